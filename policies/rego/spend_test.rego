package terraform.spend_test

import data.terraform.spend

nobody := "no partnercenter_spend_gate has passed in this plan"

gate(address, values) := {
	"address": address,
	"mode": "data",
	"type": "partnercenter_spend_gate",
	"name": "budgets",
	"provider_name": "registry.terraform.io/seed-12616aef/partnercenter",
	"schema_version": 0,
	"values": values,
	"sensitive_values": {},
}

passed := gate("data.partnercenter_spend_gate.budgets", {"passed": true, "summary": "Spend gate passed."})

failed := gate("data.partnercenter_spend_gate.budgets", {
	"passed": false,
	"summary": "Spend gate failed: Contoso: 120.57 SEK of 20.00 SEK (602.84 %).",
})

says_failed := "data.partnercenter_spend_gate.budgets: Spend gate failed: Contoso: 120.57 SEK of 20.00 SEK (602.84 %)."

says_nothing := "data.partnercenter_spend_gate.budgets: it was not evaluated"

plan_of(root) := {
	"format_version": "1.2",
	"terraform_version": "1.11.4",
	"prior_state": {"format_version": "1.0", "values": {"root_module": root}},
	"applyable": true,
	"complete": true,
	"errored": false,
}

plan(resources) := plan_of({"resources": resources})

with_field(field, value) := object.union(plan([passed]), {field: value})

# What must be denied, in both forms.
denied(input_, messages) if {
	spend.deny == messages with input as input_
	spend.deny == messages with input as {"plan": input_, "run": {"id": "run-1"}}
}

test_passed if denied(plan([passed]), set())

test_failed if denied(plan([failed]), {nobody, says_failed})

test_null if denied(
	plan([gate(passed.address, {"passed": null, "summary": null})]),
	{nobody, says_nothing},
)

test_absent if denied(plan([gate(passed.address, {})]), {nobody, says_nothing})

test_no_values if denied(plan([object.remove(passed, ["values"])]), {nobody, says_nothing})

test_not_a_boolean if denied(plan([gate(passed.address, {"passed": "true"})]), {nobody, says_nothing})

# One gate that has passed does not excuse another.
test_one_of_two if denied(plan([passed, failed]), {says_failed})

test_no_gate if denied(plan([]), {nobody})

test_no_prior_state if denied({"format_version": "1.2", "complete": true}, {nobody})

test_no_plan if denied({}, {nobody})

test_not_a_plan if {
	spend.deny == {nobody} with input as []
	spend.deny == {nobody} with input as {"plan": null}
}

test_module if {
	denied(plan_of({"child_modules": [{"address": "module.spend", "resources": [passed]}]}), set())
	denied(
		plan_of({
			"resources": [passed],
			"child_modules": [{"address": "module.a", "child_modules": [{
				"address": "module.a.module.b[\"x\"]",
				"resources": [gate("module.a.module.b[\"x\"].data.partnercenter_spend_gate.budgets", failed.values)],
			}]}],
		}),
		{sprintf("module.a.module.b[\"x\"].%s", [says_failed])},
	)
}

# An attribute that looks like a gate is not one.
test_forged if denied(
	plan([{
		"address": "terraform_data.forged",
		"mode": "managed",
		"type": "terraform_data",
		"name": "forged",
		"values": {
			"input": {"resources": [passed], "child_modules": [{"resources": [passed]}]},
			"resources": [passed],
		},
	}]),
	{nobody},
)

test_managed if denied(plan([object.union(passed, {"mode": "managed"})]), {nobody})

deferred(reason) := {
	"address": "data.partnercenter_spend_gate.later",
	"mode": "data",
	"type": "partnercenter_spend_gate",
	"name": "later",
	"change": {"actions": ["read"], "before": null, "after": {}, "after_unknown": {"passed": true}},
	"action_reason": reason,
}

says_deferred := concat("", [
	"data.partnercenter_spend_gate.later: ",
	"it is read while applying, so nothing is known of its spend yet",
])

test_deferred if {
	every reason in ["read_because_config_unknown", "read_because_dependency_pending"] {
		denied(with_field("resource_changes", [deferred(reason)]), {says_deferred})
	}
	denied(
		with_field("resource_changes", [object.remove(deferred(""), ["action_reason"])]),
		{says_deferred},
	)
	denied(
		with_field("deferred_changes", [{"reason": "provider_config_unknown", "resource_change": deferred("")}]),
		{says_deferred},
	)
}

test_deferred_only if denied(
	object.union(plan([]), {"resource_changes": [deferred("read_because_config_unknown")]}),
	{nobody, says_deferred},
)

# Inside a check it is in both places, and has been read.
test_nested_in_check if denied(
	with_field("resource_changes", [deferred("read_because_check_nested")]),
	set(),
)

test_other_changes if denied(
	with_field("resource_changes", [
		object.union(deferred("read_because_config_unknown"), {"type": "http"}),
		{
			"address": "terraform_data.workload",
			"mode": "managed",
			"type": "terraform_data",
			"name": "workload",
			"change": {"actions": ["create"], "before": null, "after": {}},
		},
	]),
	set(),
)

check(status, problems) := {
	"address": {
		"kind": "resource",
		"mode": "data",
		"type": "partnercenter_usage_summary",
		"name": "partner",
		"to_display": "data.partnercenter_usage_summary.partner",
	},
	"status": status,
	"instances": [{
		"address": {"instance_key": "a", "to_display": "data.partnercenter_usage_summary.partner[\"a\"]"},
		"status": status,
		"problems": problems,
	}],
}

test_check_pass if denied(with_field("checks", [check("pass", [])]), set())

test_check_fail if denied(
	with_field("checks", [check("fail", [{"message": "Too much."}, {"message": "Far too much."}])]),
	{
		"data.partnercenter_usage_summary.partner[\"a\"]: Too much.",
		"data.partnercenter_usage_summary.partner[\"a\"]: Far too much.",
	},
)

test_check_without_problems if {
	every status in ["fail", "error", "unknown"] {
		message := sprintf("data.partnercenter_usage_summary.partner: a condition has the status %s", [status])
		denied(with_field("checks", [check(status, [])]), {message})
		denied(with_field("checks", [object.remove(check(status, []), ["instances"])]), {message})
	}
}

test_check_without_status if denied(
	with_field("checks", [object.remove(check("pass", []), ["status"])]),
	{"data.partnercenter_usage_summary.partner: a condition has the status null"},
)

test_check_of_others if denied(
	with_field("checks", [
		{
			"address": {"kind": "check", "name": "near_budget", "to_display": "check.near_budget"},
			"status": "fail",
			"instances": [{
				"address": {"to_display": "check.near_budget"},
				"status": "fail",
				"problems": [{"message": "Near the budget."}],
			}],
		},
		{
			"address": {
				"kind": "resource",
				"mode": "managed",
				"type": "terraform_data",
				"name": "workload",
				"to_display": "terraform_data.workload",
			},
			"status": "unknown",
		},
	]),
	set(),
)

says_errored := "the plan ended with an error"

says_incomplete := "the plan is not complete (-target or -exclude), so a gate may not have been read"

# The message of a condition that repeats the summary is said once.
test_errored if denied(
	object.union(plan([failed]), {
		"applyable": false,
		"complete": false,
		"errored": true,
		"checks": [{
			"address": {
				"kind": "resource",
				"mode": "data",
				"type": "partnercenter_spend_gate",
				"name": "budgets",
				"to_display": failed.address,
			},
			"status": "fail",
			"instances": [{
				"address": {"to_display": failed.address},
				"status": "fail",
				"problems": [{"message": failed.values.summary}],
			}],
		}],
	}),
	{nobody, says_failed, says_errored},
)

# With -target the prior state has what the gate said at the last apply.
test_target if denied(with_field("complete", false), {says_incomplete})

# An error of something else, or of the gate itself: what it said before is still there.
test_errored_with_old_verdict if {
	denied(with_field("errored", true), {says_errored})
	denied(object.union(plan([passed]), {"errored": true, "complete": false}), {says_errored})
	denied(
		object.union(object.remove(plan([passed]), ["complete"]), {"errored": true, "checks": [looked_at("pass")]}),
		{says_errored},
	)
}

says_not_told := concat("", [
	"data.partnercenter_spend_gate.budgets: ",
	"nothing in this plan tells that it was read, so its verdict may be that of an earlier one. ",
	"A gate with a postcondition tells, but not with -destroy",
])

looked_at(status) := {
	"address": {
		"kind": "resource",
		"mode": "data",
		"type": "partnercenter_spend_gate",
		"name": "budgets",
		"to_display": passed.address,
	},
	"status": status,
	"instances": [{"address": {"to_display": passed.address}, "status": status}],
}

# Before Terraform 1.8 there was no such field, and OpenTofu has none.
test_older_terraform if {
	old := object.remove(plan([passed]), ["applyable", "complete"])
	denied(old, {says_not_told})
	denied(object.union(old, {"complete": null}), {says_not_told})
	denied(object.union(old, {"checks": [looked_at("pass")]}), set())
	denied(
		object.union(old, {"checks": [looked_at("unknown")]}),
		{says_not_told, sprintf("%s: a condition has the status unknown", [passed.address])},
	)
	denied(
		object.union(old, {"resource_changes": [object.union(
			deferred("read_because_check_nested"),
			{"address": passed.address},
		)]}),
		set(),
	)

	# Another one that was looked at says nothing of this one.
	denied(
		object.union(old, {"resource_changes": [deferred("read_because_check_nested")]}),
		{says_not_told},
	)
}

deletes(fields) := object.union(
	{
		"address": "terraform_data.workload",
		"mode": "managed",
		"type": "terraform_data",
		"name": "workload",
		"change": {"actions": ["delete"], "before": {}, "after": null},
	},
	fields,
)

# With -refresh=false a plan that destroys reads nothing, and does not say so.
test_destroy if {
	denied(with_field("resource_changes", [deletes({})]), {says_not_told})
	denied(with_field("resource_changes", [deletes({"action_reason": null})]), {says_not_told})
	denied(with_field("resource_changes", [deletes({"action_reason": "delete_because_no_resource_config"})]), set())
	denied(with_field("resource_changes", [deletes({"deposed": "12345678"})]), set())
}

# A provider of the same name, of somebody else.
test_other_provider if {
	every address in [
		"registry.terraform.io/evil/partnercenter",
		"registry.example.com/seed-12616aef/partnercenter",
		"registry.example.com/evil/partnercenter",
		"registry.terraform.io/seed-12616aef/partnercenter2",
		"seed-12616aef/partnercenter",
		"",
		null,
		true,
	] {
		other := object.union(passed, {"address": "data.partnercenter_spend_gate.other", "provider_name": address})
		message := sprintf("%s: it is of the provider %v, whose verdict nobody knows", [other.address, address])
		denied(plan([other]), {message, nobody})
		denied(plan([passed, other]), {message})
	}
	denied(
		plan([object.remove(passed, ["provider_name"])]),
		{sprintf("%s: it is of the provider null, whose verdict nobody knows", [passed.address]), nobody},
	)
}

test_opentofu if denied(
	plan([object.union(passed, {"provider_name": "registry.opentofu.org/seed-12616aef/partnercenter"})]),
	set(),
)

records(values) := {
	"address": "data.partnercenter_customer_usage_records.all",
	"mode": "data",
	"type": "partnercenter_customer_usage_records",
	"name": "all",
	"values": values,
}

customer(name, within) := {"customer_id": concat("-", ["id", name]), "customer_name": name, "within_budget": within}

test_records if {
	denied(
		plan([passed, records({"complete": true, "records": [customer("Contoso", true)]})]),
		set(),
	)
	denied(
		plan([passed, records({"complete": true, "records": [
			customer("Contoso", true),
			customer("Fabrikam", false),
			customer("Tailspin", null),
			{"customer_id": "id-Wingtip", "customer_name": null},
		]})]),
		{
			"data.partnercenter_customer_usage_records.all: Fabrikam (id-Fabrikam) is not within a budget",
			"data.partnercenter_customer_usage_records.all: Tailspin (id-Tailspin) is not within a budget",
			"data.partnercenter_customer_usage_records.all: null (id-Wingtip) is not within a budget",
		},
	)
}

test_records_left_out if denied(plan([passed, records({"complete": true, "records": null})]), set())

test_records_incomplete if {
	every values in [{"complete": false}, {"complete": null, "records": null}, {}] {
		denied(
			plan([passed, records(values)]),
			{"data.partnercenter_customer_usage_records.all: the list of customers is not complete"},
		)
	}
}
