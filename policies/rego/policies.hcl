# For a policy set of HCP Terraform, of the kind OPA.
policy "spend" {
  description       = "Spend gates of Microsoft Partner Center have passed."
  query             = "data.terraform.spend.deny"
  enforcement_level = "mandatory"
}
