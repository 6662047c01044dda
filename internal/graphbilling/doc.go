// Package graphbilling reads the daily rated usage of new commerce from Microsoft Graph's
// partner billing exports
// (https://learn.microsoft.com/graph/api/resources/partners-billing-api-overview).
//
// An export is started, then asked about until it is ready. Its manifest names blobs of
// compressed JSON lines, which are read, inflated and added up as they come: memory grows
// with the groups, not with the rows.
//
// The only request that is not a GET starts an export, which changes nothing. The access
// token goes to Microsoft Graph only. The shared access signature (SAS) of the manifest
// goes to the blobs only, and is in no log and no error.
//
// Where to look:
//
//   - client.go: [Client], [Client.Usage] and its cache
//   - query.go: [Query], and what [Query.GroupBy] means
//   - export.go: start, poll and renew an export
//   - manifest.go: where the blobs are
//   - blobs.go, transport_blobs.go: the blobs, read and retried
//   - row.go: the columns of a line
//   - sums.go: groups and exact sums
//   - errors.go: [Error], and what to do about it
//   - sample.go: the first lines of an export, to look at
//
// Sign-in, throttling, retries and logging are those of internal/pcclient.
package graphbilling
