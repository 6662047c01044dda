# In CI: a refresh token of a partner user, with the secret of a web application. Both
# are in the environment, as `PARTNERCENTER_REFRESH_TOKEN` and `PARTNERCENTER_CLIENT_SECRET`.
provider "partnercenter" {
  tenant_id = "11111111-2222-3333-4444-555555555555"
  client_id = "66666666-7777-8888-9999-000000000000"
}
