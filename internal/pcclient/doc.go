// Package pcclient reads the Microsoft Partner Center REST API (v1): usage and
// spend of a partner's customers.
//
// The client only sends GET. It reads every page of a collection or returns an
// error, keeps every number exact, repeats what is worth repeating, and never
// sends a token to another host. It knows nothing of Terraform.
//
// Where to look:
//
//   - client.go: [Client], its options, and the request of one page
//   - pipeline.go: what happens between a request and the wire, in order
//   - pages.go: collections and their next links
//   - memo.go: one question, one answer
//   - errors.go: [Error] and the shapes an error body can have
//   - token.go: access tokens from the token endpoint; assertion.go: proof of the
//     client without a secret; rotation.go: refresh tokens that replace themselves
//   - claims.go: what an access token says of itself
//   - decimal.go, time.go: values as the API wrote them
//   - usage.go: the routes, one file per area of the API
package pcclient
