# For a policy group of Scalr, which knows no warnings: what is denied here is
# advisory. The rules are in ../../rego/spend.rego, its folder of common functions.
package terraform

import rego.v1

import data.terraform.spend

deny contains message if some message in spend.warn
