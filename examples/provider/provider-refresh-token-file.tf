# On a machine that keeps the refresh token in a file, with a public client,
# which has no secret.
provider "partnercenter" {
  tenant_id          = "11111111-2222-3333-4444-555555555555"
  client_id          = "66666666-7777-8888-9999-000000000000"
  refresh_token_file = "/run/secrets/partner-center-refresh-token"
}
