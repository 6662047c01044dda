# On a machine that stays, so that nobody has to sign in again: each refresh token
# that Entra returns replaces the one in the file.
provider "partnercenter" {
  tenant_id            = "11111111-2222-3333-4444-555555555555"
  client_id            = "66666666-7777-8888-9999-000000000000"
  refresh_token_file   = "/var/lib/terraform/partner-center-refresh-token"
  rotate_refresh_token = true
}
