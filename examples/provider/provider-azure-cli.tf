# At a desk: the partner user whom `az login --tenant <partner's tenant>` signed
# in.
provider "partnercenter" {
  tenant_id = "11111111-2222-3333-4444-555555555555"
  use_cli   = true
}
