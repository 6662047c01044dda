// Package doctor checks whether the provider will work: who signs in, and what each route
// of the API responds. It reads with the provider's own client, and looks at the bytes that
// arrive beside it.
//
//   - doctor.go: the checks, one after the other
//   - signin.go: the credential, and what its token says
//   - routes.go: the routes, and the ids that they need
//   - tap.go: what was sent and received, next to the wire
//   - shape.go, expectations.go: how a response differs from what the provider expects
//   - report.go, text.go: the result, for programs and for people
//   - recording.go, anonymize.go: the responses, without anybody's names, ids and amounts
//
// It knows nothing of Terraform, and only sends GET to the API.
package doctor
