# For a policy set of HCP Terraform, of the kind Sentinel.
policy "spend-gate" {
  source            = "./spend-gate.sentinel"
  enforcement_level = "hard-mandatory"
}
