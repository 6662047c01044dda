# For a policy group of Scalr. The rules are in ../../rego/spend.rego, its folder of
# common functions.
package terraform

import rego.v1

import data.terraform.spend

deny contains message if some message in spend.deny

# Without the rules nothing would be denied.
deny contains "the rules of policies/rego are missing: set the folder of common functions" if not spend.deny
