// Package gate decides whether spend is within limits: rules over plain values. It
// knows neither Terraform nor HTTP, and takes the time as an argument.
//
// It fails closed: what is not known is never within a limit.
//
// All kinds of gates have in common:
//
//   - gate.go: the verdict
//   - finding.go: what rules find
//   - subject.go, ranking.go: what limits are about, from records, and which subject is worst
//   - fraction.go, evaluation.go: figures, and how they are compared with limits
//   - forecast.go: what a cost comes to at the end of its period
//   - exception.go: whose violations are warnings for a while
//   - text.go: the summary, and amounts in words
//   - report.go, markdown.go: the report for people
//
// A gate evaluates one subject after the other, and keeps only those that the verdict tells
// of: the worst.
//
// A kind of gate is a file of its own, with its words and its rules: spend.go,
// azure_subscription.go.
package gate
