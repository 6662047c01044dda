variable "carry_verdict" {
  type        = bool
  description = "Whether a terraform_data carries the verdict, for policy engines that see changes of resources only. It changes in every plan."
  default     = false
  nullable    = false
}

# A policy believes it only if it was planned in the same run: with ignore_changes
# or outside of -target it would keep the verdict of an earlier one.
resource "terraform_data" "verdict" {
  count = var.carry_verdict ? 1 : 0

  input = {
    type       = "partnercenter_spend_gate"
    passed     = data.partnercenter_spend_gate.this.passed
    status     = data.partnercenter_spend_gate.this.status
    summary    = data.partnercenter_spend_gate.this.summary
    planned_at = plantimestamp()
  }
}
