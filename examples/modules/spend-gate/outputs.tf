output "passed" {
  description = "Whether nothing is violated, whatever the warnings."
  value       = data.partnercenter_spend_gate.this.passed
}

output "status" {
  description = "\"passed\", \"warned\" or \"failed\"."
  value       = data.partnercenter_spend_gate.this.status
}

output "summary" {
  description = "The verdict in a line, with the worst customers by name."
  value       = data.partnercenter_spend_gate.this.summary
}

output "report_markdown" {
  description = "A table and a chart, for a comment on a pull request or the summary of a job."
  value       = data.partnercenter_spend_gate.this.report_markdown
}
