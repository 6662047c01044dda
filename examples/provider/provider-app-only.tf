# As the application itself (app-only): a client secret, a certificate or an OIDC token,
# without a refresh token. Most usage routes of Partner Center refuse it, the data sources
# say which; the daily usage of Microsoft Graph needs no more. Here the secret is in the
# environment, as `PARTNERCENTER_CLIENT_SECRET`.
provider "partnercenter" {
  tenant_id = "11111111-2222-3333-4444-555555555555"
  client_id = "66666666-7777-8888-9999-000000000000"
}
