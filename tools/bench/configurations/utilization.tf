terraform {
  required_providers {
    partnercenter = { source = "seed-12616aef/partnercenter" }
  }
}

# The legacy subscription of the emulator.
data "partnercenter_azure_utilization" "all" {
  customer_id     = "b225db66-0212-4eae-88fe-93cdbf1d1466"
  subscription_id = "74b8f932-73c0-4e10-b14c-80bb959a194d"
  start_time      = "2026-11-01T00:00:00Z"
  end_time        = "2026-11-20T00:00:00Z"
}

output "records" {
  value = data.partnercenter_azure_utilization.all.record_count
}
