output "passed" {
  description = "Whether nothing is violated, whatever the warnings."
  value       = data.partnercenter_azure_subscription_gate.this.passed
}

output "status" {
  description = "\"passed\", \"warned\" or \"failed\"."
  value       = data.partnercenter_azure_subscription_gate.this.status
}

output "summary" {
  description = "The verdict in a line, with the limits that were exceeded."
  value       = data.partnercenter_azure_subscription_gate.this.summary
}

output "report_markdown" {
  description = "A table and a chart of the resource groups, for a comment on a pull request or the summary of a job."
  value       = data.partnercenter_azure_subscription_gate.this.report_markdown
}
