terraform {
  required_providers {
    partnercenter = {
      source = "seed-12616aef/partnercenter"
    }
  }
}

provider "partnercenter" {}

# Beside azurerm, both are those of data.azurerm_client_config.
variable "customer_id" {
  type        = string
  description = "The tenant of the Azure subscription, which is the customer's id."
}

variable "azure_subscription_id" {
  type        = string
  description = "The Azure subscription that the workload is in."
}

variable "limit" {
  type        = number
  default     = 2000
  description = "What it may cost a month, in EUR."
}

data "partnercenter_azure_subscription_gate" "own" {
  customer_id              = var.customer_id
  azure_subscription_id    = var.azure_subscription_id
  currency_code            = "EUR"
  max_total_cost           = var.limit
  warn_forecast_total_cost = var.limit

  lifecycle {
    # Stops the plan.
    postcondition {
      condition     = self.passed
      error_message = self.summary
    }
  }
}

# Warns, and lets the plan go on.
check "spend" {
  assert {
    condition     = data.partnercenter_azure_subscription_gate.own.status == "passed"
    error_message = data.partnercenter_azure_subscription_gate.own.summary
  }
}

resource "terraform_data" "workload" {
  input = "a virtual machine"

  depends_on = [data.partnercenter_azure_subscription_gate.own]
}
