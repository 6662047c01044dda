# With an access token that something else has got, for
# https://api.partnercenter.microsoft.com. It lives about an hour.
provider "partnercenter" {
  access_token = var.access_token
}

variable "access_token" {
  type      = string
  sensitive = true
  ephemeral = true # Terraform 1.10 and later: in neither plan nor state
}
