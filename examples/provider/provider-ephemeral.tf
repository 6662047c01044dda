# The same from variables of Terraform. They have to be ephemeral: Terraform writes the
# others into a saved plan, sensitive or not.
provider "partnercenter" {
  tenant_id     = "11111111-2222-3333-4444-555555555555"
  client_id     = "66666666-7777-8888-9999-000000000000"
  client_secret = var.client_secret
  refresh_token = var.refresh_token
}

variable "client_secret" {
  type      = string
  sensitive = true
  ephemeral = true # Terraform 1.10 and later: in neither plan nor state
}

variable "refresh_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
