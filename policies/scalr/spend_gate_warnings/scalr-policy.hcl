version = "v1"

policy "spend_gate_warnings" {
  enabled           = true
  enforcement_level = "advisory"
}
