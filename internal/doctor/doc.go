// Package doctor checks whether the provider will work: who signs in, and what each route
// of the API responds. It reads with the provider's own client, and looks at the bytes that
// arrive beside it.
//
//   - doctor.go: the checks, one after the other
//   - signin.go: the credential, and what its token says
//   - routes.go: the routes, and the ids that they need
//   - exports.go: an export of Microsoft Graph, from its start to the first lines of a blob
//   - tap.go: what was sent and received, next to the wire
//   - shape.go, expectations.go: how a response differs from what the provider expects
//   - report.go, text.go: the result, for programs and for people
//   - recording.go, anonymize.go: the responses, without anybody's names, ids and amounts
//
// It knows nothing of Terraform. It only sends GET to the APIs, but for the POST that starts
// an export, which changes nothing and is sent only if it is asked for.
package doctor
