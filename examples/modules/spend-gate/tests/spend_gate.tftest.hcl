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

run "arguments" {
  command = plan

  variables {
    customer_ids      = ["11111111-2222-3333-4444-555555555555"]
    max_percent_used  = 90
    warn_percent_used = 70
    require_budget    = false
    max_data_age      = "72h"
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
      data.partnercenter_spend_gate.this.max_percent_used == 90 &&
      data.partnercenter_spend_gate.this.warn_percent_used == 70 &&
      data.partnercenter_spend_gate.this.require_budget == false &&
      data.partnercenter_spend_gate.this.max_data_age == "72h"
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
