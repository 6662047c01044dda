# In CI: a refresh token of a partner user, with the secret of a web application.
provider "partnercenter" {
  tenant_id     = "11111111-2222-3333-4444-555555555555"
  client_id     = "66666666-7777-8888-9999-000000000000"
  client_secret = var.client_secret # or PARTNERCENTER_CLIENT_SECRET for both secrets
  refresh_token = var.refresh_token
}

variable "client_secret" {
  type      = string
  sensitive = true
}

variable "refresh_token" {
  type      = string
  sensitive = true
}
