// Package gate decides whether spend is within limits: the rules of a spend gate
// over plain values. It knows neither Terraform nor HTTP, and takes the time as an argument.
//
// It fails closed: what is not known is never within a limit.
//
//   - gate.go: what a gate takes and returns
//   - customer.go: the records of one customer together, and who is worst
//   - rules.go: the rules, those that fail closed first
//   - text.go: the summary, and amounts in words
//   - report.go, markdown.go: the report for people
package gate
