# For a policy set of HCP Terraform, of the kind OPA.
policy "spend" {
  description       = "Spend gates of Microsoft Partner Center have passed."
  query             = "data.terraform.spend.deny"
  enforcement_level = "mandatory"
}

policy "spend-warnings" {
  description       = "Spend gates of Microsoft Partner Center have no warnings."
  query             = "data.terraform.spend.warn"
  enforcement_level = "advisory"
}
