# Needs no tenant and no emulator. What a mock is not told is false, 0, empty or
# random text, so every verdict that should pass has to be written down.
mock_provider "partnercenter" {}

run "a_bare_mock_blocks" {
  command = plan

  expect_failures = [data.partnercenter_spend_gate.this]
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
    target = data.partnercenter_spend_gate.this
    values = {
      passed          = true
      status          = "passed"
      summary         = "Spend gate passed: 1 customer"
      report_markdown = "### Spend gate passed"
    }
  }

  assert {
    condition     = output.passed && output.status == "passed"
    error_message = "A gate that passed does not say so."
  }

  assert {
    condition     = output.summary == "Spend gate passed: 1 customer" && output.report_markdown == "### Spend gate passed"
    error_message = "The outputs are not those of the gate."
  }
}

run "passed_in_warn_mode" {
  command = plan

  variables {
    mode = "warn"
  }

  override_data {
    target = data.partnercenter_spend_gate.this
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
    target = data.partnercenter_spend_gate.this
    values = {
      passed  = false
      status  = "failed"
      summary = "Spend gate failed: Contoso: 120.00 EUR of 100.00 EUR (120.00 %)"
    }
  }

  expect_failures = [data.partnercenter_spend_gate.this]
}

run "failed_warns" {
  command = plan

  variables {
    mode = "warn"
  }

  override_data {
    target = data.partnercenter_spend_gate.this
    values = {
      passed  = false
      status  = "failed"
      summary = "Spend gate failed: Contoso: 120.00 EUR of 100.00 EUR (120.00 %)"
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
    target = data.partnercenter_spend_gate.this
    values = {
      passed  = true
      status  = "warned"
      summary = "Spend gate passed with warnings: Contoso: 90.00 EUR of 100.00 EUR (90.00 %)"
    }
  }

  expect_failures = [check.spend]

  assert {
    condition     = output.passed && output.status == "warned"
    error_message = "A gate that warned does not say so."
  }
}

run "excepted_does_not_block" {
  command = plan

  override_data {
    target = data.partnercenter_spend_gate.this
    values = {
      passed  = true
      status  = "warned"
      summary = "Spend gate passed with warnings: Contoso: 120.00 EUR of 100.00 EUR (120.00 %), limit 100 %, excepted until 2026-12-01 (a migration)"
    }
  }

  expect_failures = [check.spend]

  assert {
    condition     = output.passed && strcontains(output.summary, "excepted until 2026-12-01 (a migration)")
    error_message = "A gate with an exception does not say so."
  }
}

run "exception_ended_blocks" {
  command = plan

  override_data {
    target = data.partnercenter_spend_gate.this
    values = {
      passed  = false
      status  = "failed"
      summary = "Spend gate failed: Contoso: 120.00 EUR of 100.00 EUR (120.00 %), limit 100 %, the exception until 2026-12-01 (a migration) has ended"
    }
  }

  expect_failures = [data.partnercenter_spend_gate.this]
}

run "arguments" {
  command = plan

  variables {
    customer_ids                = ["11111111-2222-3333-4444-555555555555"]
    exclude_customer_ids        = ["11111111-2222-3333-4444-666666666666"]
    is_upgraded                 = true
    max_percent_used            = 90
    warn_percent_used           = 70
    max_forecast_percent_used   = 120
    warn_forecast_percent_used  = 110
    require_budget              = false
    max_total_cost              = { EUR = 1000 }
    max_usd_total_cost          = 1100
    max_customer_total_cost     = { EUR = 100 }
    max_customer_usd_total_cost = 110
    budgets                     = { "11111111-2222-3333-4444-555555555555" = 500 }
    exceptions                  = [{ customer_id = "11111111-2222-3333-4444-555555555555", until = "2026-12-01", reason = "a migration" }]
    max_data_age                = "72h"
    allow_missing               = true
    allow_empty                 = true
    allow_incomplete            = true
    max_findings                = 10
  }

  override_data {
    target = data.partnercenter_spend_gate.this
    values = {
      passed = true
      status = "passed"
    }
  }

  assert {
    condition = (
      data.partnercenter_spend_gate.this.customer_ids == tolist(["11111111-2222-3333-4444-555555555555"]) &&
      data.partnercenter_spend_gate.this.exclude_customer_ids == tolist(["11111111-2222-3333-4444-666666666666"]) &&
      data.partnercenter_spend_gate.this.is_upgraded == true &&
      data.partnercenter_spend_gate.this.max_percent_used == 90 &&
      data.partnercenter_spend_gate.this.warn_percent_used == 70 &&
      data.partnercenter_spend_gate.this.max_forecast_percent_used == 120 &&
      data.partnercenter_spend_gate.this.warn_forecast_percent_used == 110 &&
      data.partnercenter_spend_gate.this.require_budget == false &&
      data.partnercenter_spend_gate.this.max_total_cost == tomap({ EUR = 1000 }) &&
      data.partnercenter_spend_gate.this.max_usd_total_cost == 1100 &&
      data.partnercenter_spend_gate.this.max_customer_total_cost == tomap({ EUR = 100 }) &&
      data.partnercenter_spend_gate.this.max_customer_usd_total_cost == 110 &&
      data.partnercenter_spend_gate.this.budgets == tomap({ "11111111-2222-3333-4444-555555555555" = 500 }) &&
      one(data.partnercenter_spend_gate.this.exceptions).until == "2026-12-01" &&
      one(data.partnercenter_spend_gate.this.exceptions).reason == "a migration" &&
      data.partnercenter_spend_gate.this.max_data_age == "72h" &&
      data.partnercenter_spend_gate.this.allow_missing == true &&
      data.partnercenter_spend_gate.this.allow_empty == true &&
      data.partnercenter_spend_gate.this.allow_incomplete == true &&
      data.partnercenter_spend_gate.this.max_findings == 10
    )
    error_message = "The gate does not have the variables as its arguments."
  }
}

# Without them, no rule is set but the default one.
run "no_arguments" {
  command = plan

  override_data {
    target = data.partnercenter_spend_gate.this
    values = {
      passed = true
      status = "passed"
    }
  }

  assert {
    condition = (
      data.partnercenter_spend_gate.this.max_percent_used == 100 &&
      data.partnercenter_spend_gate.this.max_forecast_percent_used == null &&
      data.partnercenter_spend_gate.this.warn_forecast_percent_used == null &&
      data.partnercenter_spend_gate.this.max_customer_total_cost == null &&
      data.partnercenter_spend_gate.this.budgets == null &&
      data.partnercenter_spend_gate.this.exceptions == null
    )
    error_message = "The gate has rules that nobody set."
  }
}

run "no_such_mode" {
  command = plan

  variables {
    mode = "stop"
  }

  expect_failures = [var.mode]
}
