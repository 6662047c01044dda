package terraform.spend_test

import rego.v1

import data.terraform.spend

nobody := "no partnercenter_azure_subscription_gate or partnercenter_spend_gate has passed in this plan"

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
	"planned_values": {"root_module": {"resources": [{"address": "terraform_data.workload", "mode": "managed"}]}},
	"applyable": true,
	"complete": true,
	"errored": false,
}

plan(resources) := plan_of({"resources": resources})

with_field(field, value) := object.union(plan([passed]), {field: value})

# What must be denied, in the form of every engine.
denied(input_, messages) if {
	every form in forms(input_) {
		spend.deny == messages with input as form
	}
}

warned(input_, messages) if {
	every form in forms(input_) {
		spend.warn == messages with input as form
	}
}

forms(plan_) := [
	plan_,
	{"plan": plan_, "run": {"id": "run-1"}}, # HCP Terraform
	{"plan": plan_, "deploymentRequest": {"type": "deploy"}, "approvers": []}, # env zero
	{"tfplan": plan_, "tfrun": {"source": "vcs"}}, # Scalr
	spacelift({"resource_changes": object.get(plan_, "resource_changes", [])}, object.union(
		plan_,
		{"timestamp": during},
	)),
]

before := "2026-11-21T07:59:59Z"

during := "2026-11-21T08:00:09Z"

spacelift(changes, handed) := object.union(
	{"terraform": changes, "spacelift": {"run": {"created_at": time.parse_rfc3339_ns("2026-11-21T08:00:00Z")}}},
	{"third_party_metadata": {"custom": {key: value | some key, value in {"plan": handed}; value != null}}},
)

test_spacelift_earlier_plan if {
	says_earlier := "the plan in plan.custom.spacelift.json is not of this run"
	every time_ in [before, "yesterday", null, 0, {}] {
		spend.deny == {says_earlier} with input as spacelift({}, object.union(plan([passed]), {"timestamp": time_}))
	}
	spend.deny == {says_earlier} with input as spacelift({}, plan([passed]))
}

carrier(planned_at, fields) := {
	"address": "module.spend_gate.terraform_data.verdict[0]",
	"type": "terraform_data",
	"name": "verdict",
	"provider_name": "terraform.io/builtin/terraform",
	"change": {"actions": ["update"], "before": null, "after": {"input": object.union(
		{"type": "partnercenter_spend_gate", "planned_at": planned_at},
		fields,
	)}},
}

carries(change) := {"terraform_version": "1.11.4", "resource_changes": [change]}

says_carried_earlier := "module.spend_gate.terraform_data.verdict[0]: it carries the verdict of an earlier run"

test_carried if {
	passes := {"passed": true, "status": "passed", "summary": "Spend gate passed."}
	spend.deny == set() with input as spacelift(carries(carrier(during, passes)), null)
	spend.warn == set() with input as spacelift(carries(carrier(during, passes)), null)
	every time_ in [before, "", null, 0] {
		spend.deny == {says_carried_earlier} with input as spacelift(carries(carrier(time_, passes)), null)
	}
	spend.deny == {says_carried_earlier} with input as spacelift(
		carries(json.remove(carrier(during, passes), ["/change/after/input/planned_at"])),
		null,
	)
	spend.deny == {says_carried_earlier} with input as json.remove(
		spacelift(carries(carrier(during, passes)), null),
		["/spacelift/run"],
	)

	# Whatever else of the run is whole.
	spend.deny == {says_carried_earlier} with input as spacelift(
		object.union(carries(carrier(before, passes)), {"complete": true, "errored": false}),
		null,
	)
	every fields in [
		{"passed": false, "summary": "Spend gate failed."},
		{"passed": "true", "summary": "Spend gate failed."},
		{"summary": "Spend gate failed."},
	] {
		spend.deny == {
			nobody,
			"module.spend_gate.terraform_data.verdict[0]: Spend gate failed.",
		} with input as spacelift(carries(carrier(during, fields)), null)
		spend.warn == set() with input as spacelift(carries(carrier(during, fields)), null)
	}
	every type in ["", null, "http", "partnercenter_spend_gates"] {
		spend.deny == {nobody} with input as spacelift(
			carries(carrier(during, object.union(passes, {"type": type}))),
			null,
		)
	}
	every change in [
		{"actions": ["delete"], "before": {"input": passes}, "after": null},
		{"actions": ["create"], "before": null, "after": {}},
	] {
		spend.deny == {nobody} with input as spacelift(
			carries(object.union(object.remove(carrier(during, passes), ["change"]), {"change": change})),
			null,
		)
	}
	spend.deny == {nobody} with input as spacelift(
		carries(object.union(carrier(during, passes), {"type": "null_resource"})),
		null,
	)

	# Where the plan has the gate itself, nobody has to carry its verdict.
	spend.deny == {nobody} with input as object.union(plan([]), carries(carrier(during, passes)))
	spend.deny == {nobody, says_failed} with input as spacelift(
		carries(carrier(during, passes)),
		object.union(plan([failed]), {"timestamp": during, "resource_changes": [carrier(during, passes)]}),
	)
}

test_carried_warned if {
	spend.warn == {"module.spend_gate.terraform_data.verdict[0]: Spend gate passed with 1 warning."}
		with input as spacelift(
			carries(carrier(during, {
				"passed": true,
				"status": "warned",
				"summary": "Spend gate passed with 1 warning.",
			})),
			null,
		)
}

warning(n) := {"rule": "warn_percent_used", "message": sprintf("Contoso %d: 82.57 %%", [n])}

with_warnings(number, fields) := object.union(passed.values, object.union(
	{"status": "warned", "warnings": [warning(n) | some n in numbers.range(1, number)], "warning_count": number},
	fields,
))

test_warned if {
	warned(plan([passed]), {"data.partnercenter_spend_gate.budgets: Spend gate passed."})
	warned(plan([gate(passed.address, object.union(passed.values, {"status": "passed"}))]), set())
	warned(
		plan([gate(passed.address, with_warnings(2, {}))]),
		{
			"data.partnercenter_spend_gate.budgets: Contoso 1: 82.57 %",
			"data.partnercenter_spend_gate.budgets: Contoso 2: 82.57 %",
		},
	)
	denied(plan([gate(passed.address, with_warnings(2, {}))]), set())

	# Without a list, the summary has to do.
	every list in [[], null, [{"message": null}]] {
		warned(
			plan([gate(passed.address, with_warnings(1, {"warnings": list}))]),
			{"data.partnercenter_spend_gate.budgets: Spend gate passed."},
		)
	}

	# What a gate said at the last apply is not repeated.
	warned(object.union(plan([gate(passed.address, with_warnings(21, {}))]), {"complete": false}), set())
	spend.warn == set() with input as spacelift(
		carries(carrier(before, {"passed": true, "status": "warned", "summary": "Spend gate passed with 1 warning."})),
		null,
	)

	# One that has not passed is denied, and says so there.
	warned(plan([failed]), set())
	warned(plan([gate(failed.address, with_warnings(2, {"passed": false}))]), set())
	warned(plan([]), set())
}

test_warned_bounded if {
	every case in [
		{"listed": 20, "count": 20, "more": 0},
		{"listed": 21, "count": 21, "more": 1},
		{"listed": 100, "count": 8000, "more": 7980},
		{"listed": 2, "count": 5, "more": 3},
		{"listed": 21, "count": null, "more": 1},
	] {
		bounded := spend.warn with input as plan([gate(
			passed.address,
			with_warnings(case.listed, {"warning_count": case.count}),
		)])
		rest := {sprintf("%s: warnings that are not shown here: %d", [passed.address, case.more]) | case.more > 0}
		count(bounded) == min([case.listed, 20]) + count(rest)
		count(rest - bounded) == 0
	}
}

workload_gate(values) := object.union(gate("data.partnercenter_azure_subscription_gate.this", values), {
	"type": "partnercenter_azure_subscription_gate",
	"name": "this",
})

test_azure_subscription_gate if {
	denied(plan([workload_gate(passed.values)]), set())
	denied(
		plan([workload_gate(failed.values)]),
		{nobody, concat("", [
			"data.partnercenter_azure_subscription_gate.this: ",
			failed.values.summary,
		])},
	)

	# One kind does not excuse the other.
	denied(plan([workload_gate(passed.values), failed]), {says_failed})
	denied(
		plan([object.union(workload_gate(passed.values), {"provider_name": "registry.terraform.io/evil/partnercenter"})]),
		{nobody, concat("", [
			"data.partnercenter_azure_subscription_gate.this: ",
			"it is of the provider registry.terraform.io/evil/partnercenter, whose verdict nobody knows",
		])},
	)
	warned(
		plan([workload_gate(with_warnings(1, {}))]),
		{"data.partnercenter_azure_subscription_gate.this: Contoso 1: 82.57 %"},
	)
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

test_deferred_of_others if denied(
	with_field("deferred_changes", [{"resource_change": object.union(deferred(""), {"type": "http"})}]),
	set(),
)

test_deferred_only if denied(
	object.union(plan([]), {"resource_changes": [deferred("read_because_config_unknown")]}),
	{nobody, says_deferred},
)

# Inside a check it is in both places, and has been read.
test_nested_in_check if {
	nested := object.union(deferred("read_because_check_nested"), {"address": passed.address})
	denied(with_field("resource_changes", [nested]), set())
	denied(with_field("resource_changes", [deferred("read_because_check_nested")]), {says_deferred})
}

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
	denied(object.union(object.remove(plan([passed]), ["complete"]), {"errored": true}), {says_errored})
	denied(
		object.union(object.remove(plan([passed]), ["complete"]), {"errored": true, "checks": [looked_at("pass")]}),
		{says_errored},
	)
}

says_not_told := concat("", [
	"data.partnercenter_spend_gate.budgets: ",
	"nothing in this plan tells that it was read, so its verdict may be that of an earlier one. ",
	"A gate with a postcondition tells, but not with -destroy or -invoke",
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

	# One that waits for the apply has not been read.
	denied(
		object.union(old, {"resource_changes": [object.union(
			deferred("read_because_config_unknown"),
			{"address": passed.address},
		)]}),
		{says_not_told, replace(says_deferred, ".later:", ".budgets:")},
	)

	# Another one that was looked at says nothing of this one.
	denied(
		object.union(old, {"checks": [object.union(
			looked_at("pass"),
			{"instances": [{"address": {"to_display": "module.a.data.partnercenter_spend_gate.budgets"}, "status": "pass"}]},
		)]}),
		{says_not_told},
	)
	denied(
		object.union(old, {"resource_changes": [deferred("read_because_check_nested")]}),
		{says_not_told, says_deferred},
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

# With -invoke a plan reads nothing, and calls itself complete.
test_invoke if {
	denied(with_field("action_invocations", [{"invoke_action_trigger": {}}]), {says_not_told})
	denied(with_field("action_invocations", [{"lifecycle_action_trigger": {"action_trigger_event": "BeforeCreate"}}]), set())
	denied(with_field("action_invocations", [{"invoke_action_trigger": null}]), set())
	denied(with_field("action_invocations", null), set())
}

# With nothing to destroy but outputs, or not even those.
test_destroy_data_only if {
	nothing := object.union(object.remove(plan([passed]), ["planned_values"]), {"planned_values": {"root_module": {}}})
	denied(nothing, {says_not_told})
	denied(object.remove(nothing, ["planned_values"]), {says_not_told})
	denied(object.union(nothing, {"resource_changes": [deletes({"deposed": "12345678"})]}), {says_not_told})

	# What has a condition tells.
	denied(object.union(nothing, {"checks": [looked_at("pass")]}), set())

	# Nothing is there, and nothing will be done.
	denied(object.union(nothing, {"applyable": false}), set())
	denied(object.union(nothing, {"planned_values": {"root_module": {}, "outputs": {"x": {"value": 1}}}}), set())
	denied(
		object.union(nothing, {"resource_changes": [deletes({"action_reason": "delete_because_no_resource_config"})]}),
		set(),
	)
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
