version = "v1"

policy "spend_gate" {
  enabled           = true
  enforcement_level = "hard-mandatory"
}
