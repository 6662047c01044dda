# For conftest, which looks into the package main if it is not told of another.
package main

import rego.v1

import data.terraform.spend

deny contains message if some message in spend.deny

# Without the rules nothing would be denied.
deny contains "the rules of policies/rego/spend.rego are missing" if not spend.deny

warn contains message if some message in spend.warn
