// Package datasources holds the data sources, one file each: the model, the
// schema, and how it is read and mapped, in that order.
//
// What they share:
//
//   - all.go: the index
//   - source.go: everything that Terraform asks of a data source, once for all
//   - client.go: the client of a read, its errors and warnings, for ephemeral resources too
//   - diagnose.go: how an error is explained to the person at the terminal
//   - attributes.go: attributes by kind, and the groups that several share
//   - validators.go: what is checked before anything is sent
//   - values.go: costs and budgets, read honestly
//   - totals.go: exact sums
package datasources
