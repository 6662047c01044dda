mock_provider "partnercenter" {}

variables {
  mode = "warn"
}

run "no_carrier" {
  command = plan

  override_data {
    target = data.partnercenter_spend_gate.this
    values = {
      passed = true
      status = "passed"
    }
  }

  assert {
    condition     = length(terraform_data.verdict) == 0
    error_message = "The verdict is carried without being asked for."
  }
}

run "carries_what_passed" {
  command = plan

  variables {
    carry_verdict = true
  }

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
    condition = (
      terraform_data.verdict[0].input.type == "partnercenter_spend_gate" &&
      terraform_data.verdict[0].input.passed &&
      terraform_data.verdict[0].input.status == "warned" &&
      terraform_data.verdict[0].input.summary == "Spend gate passed with warnings: Contoso: 90.00 EUR of 100.00 EUR (90.00 %)" &&
      can(timeadd(terraform_data.verdict[0].input.planned_at, "0s"))
    )
    error_message = "What is carried is not what the gate says."
  }
}

# A mock says that nothing has passed, and so does what carries it.
run "carries_what_failed" {
  command = plan

  variables {
    carry_verdict = true
  }

  expect_failures = [check.spend]

  assert {
    condition     = !terraform_data.verdict[0].input.passed
    error_message = "What is carried is not what the gate says."
  }
}
