# As the application itself (app-only): a client secret without a refresh token, in
# PARTNERCENTER_CLIENT_SECRET. Most usage routes refuse it, the data sources say which.
provider "partnercenter" {
  tenant_id = "11111111-2222-3333-4444-555555555555"
  client_id = "66666666-7777-8888-9999-000000000000"
}
