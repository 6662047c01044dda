# With a client certificate in place of the secret: PKCS#12, or PEM with a key
# that is not encrypted. Without the refresh token it is app-only.
provider "partnercenter" {
  tenant_id                   = "11111111-2222-3333-4444-555555555555"
  client_id                   = "66666666-7777-8888-9999-000000000000"
  client_certificate_path     = "/run/secrets/partner-center.pfx"
  client_certificate_password = var.certificate_password
  refresh_token               = var.refresh_token
}

variable "certificate_password" {
  type      = string
  sensitive = true
  ephemeral = true # Terraform 1.10 and later: in neither plan nor state
}

variable "refresh_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
