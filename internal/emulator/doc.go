// Package emulator is a Partner Center, its Entra token endpoint and the billing
// exports of Microsoft Graph in memory, for tests, for demonstrations, and for people who write policies without a
// partner tenant.
//
// It answers in the shapes that Microsoft documents, down to the order of the
// keys, the byte order mark and the digits of the money. It has a sample
// partner of 25 customers, or as many generated ones as asked for, and can be
// told to misbehave. What it answers is the same at every run: all dates are
// derived from one fixed instant. Only sign-in goes by the real clock, since
// clients compare the expiry of a token with it.
//
// It answers these reads, each below /v1:
//
//	customers, customers/{id}, customers/{id}/subscriptions
//	customers/usagerecords, usagesummary
//	customers/{id}/usagesummary, …/usagebudget, …/subscriptions/usagerecords
//	customers/{id}/subscriptions/{id}/usagesummary, …/meterusagerecords
//	customers/{id}/subscriptions/{id}/resourceusagerecords, …/azureEntitlements
//	customers/{id}/subscriptions/{id}/utilizations/azure
//	ratecards/azure, ratecards/azure-shared
//	invoices, invoices/summaries
//
// It exports daily rated usage as Microsoft Graph does, with /v1.0/ or /beta/ before
//
//	reports/partners/billing/usage/unbilled/export, …/usage/billed/export
//	reports/partners/billing/operations/{id}, …/manifests/{id}
//
// and has the blobs of the exports. These are on the same host, and take a SAS but no
// access token. Their rows are made while they are sent, as many as Options.Rows asks
// for. What cannot be known of the API without a tenant, such as its words for a
// refund or an unknown invoice, is invented.
//
// Figures that belong together agree: what a customer's subscriptions, meters
// and resources have cost adds up to what the customer has. That can be set
// while it runs, with [Emulator.Spend]. The figures of Azure plans and legacy
// subscriptions differ in shape as the real ones do, and routes that know one
// kind only refuse the other, or answer nothing.
//
// Users and applications sign in with a secret, a certificate or the assertion
// of another issuer; users with a refresh token or a device code. Usage records,
// usage summaries and invoice summaries are for users only, as in the API; so
// are, on the safe side, rate cards, of which that is not documented.
//
// In place of all of these it can send the responses of a recording again, which
// [ReadRecording] reads.
//
// It deliberately shares no code with the client of this module, so that an
// error there cannot hide behind the same error here.
package emulator
