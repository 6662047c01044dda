# Needs no tenant and no emulator. What a mock is not told is false, 0, empty or
# random text, so every verdict that should pass has to be written down.
mock_provider "partnercenter" {}

variables {
  customer_id           = "11111111-2222-3333-4444-555555555555"
  azure_subscription_id = "66666666-7777-8888-9999-000000000000"
  currency_code         = "EUR"
  max_total_cost        = 100
}

run "a_bare_mock_blocks" {
  command = plan

  expect_failures = [data.partnercenter_azure_subscription_gate.this]
}

run "a_bare_mock_warns" {
  command = plan

  variables {
    mode = "warn"
  }

  expect_failures = [check.spend]
}

run "passed" {
  command = plan

  override_data {
    target = data.partnercenter_azure_subscription_gate.this
    values = {
      passed          = true
      status          = "passed"
      summary         = "Azure subscription gate passed for Shop"
      report_markdown = "### Azure subscription gate passed"
    }
  }

  assert {
    condition     = output.passed && output.status == "passed"
    error_message = "A gate that passed does not say so."
  }

  assert {
    condition     = output.summary == "Azure subscription gate passed for Shop" && output.report_markdown == "### Azure subscription gate passed"
    error_message = "The outputs are not those of the gate."
  }
}

run "passed_in_warn_mode" {
  command = plan

  variables {
    mode = "warn"
  }

  override_data {
    target = data.partnercenter_azure_subscription_gate.this
    values = {
      passed = true
      status = "passed"
    }
  }

  assert {
    condition     = output.passed
    error_message = "A gate that passed does not say so."
  }
}

run "failed_blocks" {
  command = plan

  override_data {
    target = data.partnercenter_azure_subscription_gate.this
    values = {
      passed  = false
      status  = "failed"
      summary = "Azure subscription gate failed: Shop: 120.00 EUR, limit 100.00 EUR"
    }
  }

  expect_failures = [data.partnercenter_azure_subscription_gate.this]
}

run "failed_warns" {
  command = plan

  variables {
    mode = "warn"
  }

  override_data {
    target = data.partnercenter_azure_subscription_gate.this
    values = {
      passed  = false
      status  = "failed"
      summary = "Azure subscription gate failed: Shop: 120.00 EUR, limit 100.00 EUR"
    }
  }

  expect_failures = [check.spend]

  assert {
    condition     = !output.passed && output.status == "failed"
    error_message = "A gate that failed does not say so."
  }
}

run "warned_does_not_block" {
  command = plan

  override_data {
    target = data.partnercenter_azure_subscription_gate.this
    values = {
      passed  = true
      status  = "warned"
      summary = "Azure subscription gate passed with warnings: Shop: 90.00 EUR, limit 80.00 EUR"
    }
  }

  expect_failures = [check.spend]

  assert {
    condition     = output.passed && output.status == "warned"
    error_message = "A gate that warned does not say so."
  }
}

run "arguments" {
  command = plan

  variables {
    resource_group_names          = ["rg-web"]
    max_total_cost                = 90
    warn_total_cost               = 70
    max_forecast_total_cost       = 120
    warn_forecast_total_cost      = 100
    max_resource_group_total_cost = { rg-web = 50 }
    max_usd_total_cost            = 99
    max_data_age                  = "72h"
    allow_missing                 = true
    exceptions                    = [{ until = "2026-12-01", reason = "a migration" }]
    max_findings                  = 7
  }

  override_data {
    target = data.partnercenter_azure_subscription_gate.this
    values = {
      passed = true
      status = "passed"
    }
  }

  assert {
    condition = (
      data.partnercenter_azure_subscription_gate.this.customer_id == var.customer_id &&
      data.partnercenter_azure_subscription_gate.this.azure_subscription_id == var.azure_subscription_id &&
      data.partnercenter_azure_subscription_gate.this.currency_code == var.currency_code &&
      data.partnercenter_azure_subscription_gate.this.resource_group_names == tolist(["rg-web"]) &&
      data.partnercenter_azure_subscription_gate.this.max_total_cost == 90 &&
      data.partnercenter_azure_subscription_gate.this.warn_total_cost == 70 &&
      data.partnercenter_azure_subscription_gate.this.max_forecast_total_cost == 120 &&
      data.partnercenter_azure_subscription_gate.this.warn_forecast_total_cost == 100 &&
      data.partnercenter_azure_subscription_gate.this.max_resource_group_total_cost == tomap({ rg-web = 50 }) &&
      data.partnercenter_azure_subscription_gate.this.max_usd_total_cost == 99 &&
      data.partnercenter_azure_subscription_gate.this.max_data_age == "72h" &&
      data.partnercenter_azure_subscription_gate.this.allow_missing &&
      data.partnercenter_azure_subscription_gate.this.exceptions[0].reason == "a migration" &&
      data.partnercenter_azure_subscription_gate.this.max_findings == 7
    )
    error_message = "The gate does not have the variables as its arguments."
  }
}

run "no_such_mode" {
  command = plan

  variables {
    mode = "stop"
  }

  expect_failures = [var.mode]
}
