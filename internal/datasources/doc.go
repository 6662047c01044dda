// Package datasources holds the data sources, one file each: the model, the
// schema, and how it is read and mapped, in that order.
//
// What they share:
//
//   - all.go: the index
//   - source.go: everything that Terraform asks of a data source, once for all
//   - client.go: the client of a read, its errors and warnings, for ephemeral resources and actions too
//   - errors.go: how an error is explained to the person at the terminal
//   - attributes.go: attributes by kind, and the groups that several share
//   - validators.go: what is checked before anything is sent
//   - records.go: filters, missing ids, and rows
//   - read_ahead.go: reads on while records are evaluated
//   - customer_reader.go: the records of all customers, with their budgets and totals
//   - azure_subscription.go: one Azure subscription in all plans, and what it has used
//   - summaries.go: what the usage summaries have in common
//   - exported_usage.go: what the data sources of daily usage have in common
//   - forecast.go: forecasts and shares of budgets
//   - values.go: costs, budgets and conversions
//   - times.go: times and their order
//   - totals.go: exact sums
//   - gate_arguments.go: the arguments and rules of the spend gate, for its other forms too
//   - gate_verdict.go: the results that all gates have
//   - encode.go: models to Terraform's values
package datasources
