// Package pcclient reads the Microsoft Partner Center REST API (v1): usage and
// spend of a partner's customers.
//
// The client only sends GET. It reads every page of a collection or returns an
// error, keeps every number exact, retries what is worth it, and never sends a
// token to another host. It knows nothing of Terraform.
//
// Where to look:
//
//   - client.go: [Client], its options, and the request of one page
//   - pipeline.go: the policies between a request and the network, in order; each
//     is in its policy_*.go
//   - pager.go: collections and their next links
//   - service.go: [Service], another host and audience with the same policies
//   - cache.go, cache_entry.go, flights.go: one request for identical ones
//   - errors.go: [Error] and the shapes an error body can have
//   - decimal.go, time.go: values as the API wrote them
//   - usage.go: the routes, one file per area of the API
//
// Credentials come from internal/entra; HTTP itself is in internal/transport.
package pcclient
