# With a token that the pipeline gets for itself (a federated credential) in
# place of the secret. Without the refresh token it is app-only.
provider "partnercenter" {
  tenant_id            = "11111111-2222-3333-4444-555555555555"
  client_id            = "66666666-7777-8888-9999-000000000000"
  oidc_token_file_path = "/run/secrets/oidc-token"
  refresh_token        = var.refresh_token
}

variable "refresh_token" {
  type      = string
  sensitive = true
  ephemeral = true # Terraform 1.10 and later: in neither plan nor state
}
