# Denies a plan unless its spend gates have passed, and warns of what they warn of.
# It reads the JSON of a plan (terraform show -json), also where an engine puts it
# into an input of its own.
#
# Amounts are compared by the provider, exactly. Here only its verdicts are read.
package terraform.spend

# OPA before 1.0 needs it.
import rego.v1

# HCP Terraform and env zero have the plan under plan, Scalr under tfplan. Spacelift
# has its changes under terraform, and the plan where a hook has written it to
# plan.custom.spacelift.json.
plan := object.get(
	input, ["third_party_metadata", "custom", "plan"],
	object.get(
		input, "tfplan",
		object.get(input, "plan", object.get(input, "terraform", input)),
	),
)

gate_types := {"partnercenter_spend_gate", "partnercenter_azure_subscription_gate"}

# What is read while planning is in the prior state alone: neither in
# resource_changes nor in planned_values. Only modules are followed. Walking
# everything would take an attribute that looks like a passed gate for one.
modules contains module if {
	walk(plan.prior_state.values.root_module, [path, module])
	every step in path {
		module_step(step)
	}
	is_object(module)
}

module_step("child_modules")

module_step(step) if is_number(step)

reads contains resource if {
	some module in modules
	some resource in module.resources
	resource.mode == "data"
}

# Where the provider is published. Anybody may publish one of the same name, whose
# data sources have the same types and say what they like. From a registry of your
# own it has another address: add that here.
addresses := {
	"registry.terraform.io/seed-12616aef/partnercenter",
	"registry.opentofu.org/seed-12616aef/partnercenter",
}

gates contains resource if {
	some resource in reads
	resource.type in gate_types
}

# Spacelift itself hands over changes of resources only. There a terraform_data may
# carry the verdict, as that of the module spend-gate does. Nothing tells who has
# written into it, so it is not believed where the plan has the gate itself.
gates contains gate if {
	plan == input.terraform
	some change in plan.resource_changes
	change.type == "terraform_data"
	change.change.after.input.type in gate_types
	gate := {"address": address(change), "carried": true, "values": change.change.after.input}
}

carried(gate) if gate.carried == true

own(gate) if gate.provider_name in addresses

own(gate) if carried(gate)

passed(gate) if {
	own(gate)
	gate.values.passed == true
}

# The prior state also has what a gate said at the last apply, if this plan has
# not read it. A plan that is whole has read all its gates, but for one that
# destroys without a refresh, which looks like one with a refresh, and one that only
# invokes an action.
read_now(_) if {
	plan.complete == true
	not destroys
	not invokes
}

# Terraform before 1.8 and OpenTofu do not say whether a plan is whole. They do
# say which conditions they have looked at.
read_now(gate) if {
	some check in plan.checks
	some instance in check.instances
	instance.address.to_display == gate.address
	instance.status == "pass"
}

# What is inside a check is listed as read only by the plan that has read it.
read_now(gate) if {
	some change in plan.resource_changes
	change.address == gate.address
	change.action_reason == "read_because_check_nested"
}

# What carries a verdict keeps that of an earlier plan if this one has not changed
# it, and so does one with ignore_changes. It says when it was planned.
carried_now(gate) if in_this_run(gate.values.planned_at)

believed(gate) if {
	passed(gate)
	not carried(gate)
	read_now(gate)
}

believed(gate) if {
	passed(gate)
	carried(gate)
	carried_now(gate)
}

in_this_run(time_) if time.parse_rfc3339_ns(time_) >= input.spacelift.run.created_at

# A plan that removes something for another reason says which.
destroys if {
	some change in plan.resource_changes
	change.change.actions == ["delete"]
	object.get(change, "action_reason", null) == null
	not change.deposed
}

# Where there is no resource to destroy, nothing is listed as destroyed. What is
# left to be seen is that nothing is planned to be there.
destroys if {
	plan.applyable == true
	object.get(plan, ["planned_values", "root_module"], {}) == {}
	object.get(plan, ["planned_values", "outputs"], {}) == {}
	every change in object.get(plan, "resource_changes", []) {
		object.get(change, "action_reason", null) == null
	}
}

# With -invoke (Terraform 1.14) nothing is read, and the plan calls itself complete.
invokes if {
	some invocation in plan.action_invocations
	object.get(invocation, "invoke_action_trigger", null) != null
}

# Only "not … == true" holds for false, null and absent alike. Null is what a
# gate inside a check leaves behind when it could not be read.
deny contains message if {
	some gate in gates
	own(gate)
	not passed(gate)
	message := sprintf("%v: %v", [address(gate), summary(gate)])
}

deny contains message if {
	some gate in gates
	not own(gate)
	message := sprintf("%v: it is of the provider %v, whose verdict nobody knows", [
		address(gate),
		object.get(gate, "provider_name", null),
	])
}

deny contains message if {
	some gate in gates
	carried(gate)
	passed(gate)
	not believed(gate)
	message := sprintf("%v: it carries the verdict of an earlier run", [address(gate)])
}

# A file of that name may lie in the repository, or be left from an earlier run.
deny contains "the plan in plan.custom.spacelift.json is not of this run" if {
	input.third_party_metadata.custom.plan
	not planned_in_this_run
}

planned_in_this_run if in_this_run(plan.timestamp)

deny contains message if {
	some gate in gates
	not carried(gate)
	passed(gate)
	not believed(gate)
	not plan.complete == false
	not plan.errored == true
	message := sprintf("%v: %v", [address(gate), concat("", [
		"nothing in this plan tells that it was read, so its verdict may be that of an earlier one. ",
		"A gate with a postcondition tells, but not with -destroy or -invoke",
	])])
}

# A plan without a gate is not a plan within limits.
deny contains message if {
	every gate in gates {
		not passed(gate)
	}
	message := sprintf("no %v has passed in this plan", [concat(" or ", gate_types)])
}

# So many warnings of each gate are shown.
max_warnings := 20

warn contains message if {
	some gate in gates
	believed(gate)
	some warning in array.slice(warnings(gate), 0, max_warnings)
	message := sprintf("%v: %v", [address(gate), warning])
}

warn contains message if {
	some gate in gates
	believed(gate)
	count(warnings(gate)) > 0
	more := warning_count(gate) - min([count(warnings(gate)), max_warnings])
	more > 0
	message := sprintf("%v: warnings that are not shown here: %v", [address(gate), more])
}

# A gate with max_findings = 0, or what carries a verdict, has no list.
warn contains message if {
	some gate in gates
	believed(gate)
	not gate.values.status == "passed"
	count(warnings(gate)) == 0
	message := sprintf("%v: %v", [address(gate), summary(gate)])
}

warnings(gate) := [warning.message |
	some warning in gate.values.warnings
	is_string(warning.message)
]

# The list is bounded, the count is exact.
warning_count(gate) := gate.values.warning_count if {
	is_number(gate.values.warning_count)
} else := count(warnings(gate))

# A row says within_budget = false also for a customer without a budget.
deny contains message if {
	some usage in usage_records
	some record in usage.values.records
	not record.within_budget == true
	message := sprintf("%v: %v (%v) is not within a budget", [
		address(usage),
		object.get(record, "customer_name", null),
		object.get(record, "customer_id", null),
	])
}

# Nobody can tell whether a customer that is not listed is within a budget.
deny contains message if {
	some usage in usage_records
	not usage.values.complete == true
	message := sprintf("%v: the list of customers is not complete", [address(usage)])
}

usage_records contains resource if {
	some resource in reads
	resource.type == "partnercenter_customer_usage_records"
}

# A read that waits for the apply is in resource_changes, and nowhere else. One
# inside a check is always there too, but has been read if it is in the prior state.
deny contains message if {
	some change in plan.resource_changes
	"read" in change.change.actions
	not read_in_check(change)
	of_provider(change)
	message := unknown(change)
}

read_in_check(change) if {
	change.action_reason == "read_because_check_nested"
	some resource in reads
	resource.address == change.address
}

# Where Terraform itself may defer (plan -allow-deferral).
deny contains message if {
	some deferred in plan.deferred_changes
	of_provider(deferred.resource_change)
	message := unknown(deferred.resource_change)
}

unknown(change) := sprintf("%v: it is read while applying, so nothing is known of its spend yet", [address(change)])

# Conditions on objects of the provider. A check block is not among them: it is
# there to warn, and its address does not tell what it looks at.
deny contains message if {
	some check in failed_checks
	some instance in check.instances
	some problem in instance.problems
	message := sprintf("%v: %v", [display(instance, display(check, "a check")), problem.message])
}

# Unknown ones, and those whose message would show something sensitive, have no problems.
deny contains message if {
	some check in failed_checks
	count([problem | some problem in check.instances[_].problems]) == 0
	message := sprintf("%v: a condition has the status %v", [display(check, "a check"), object.get(check, "status", null)])
}

failed_checks contains check if {
	some check in plan.checks
	of_provider(check.address)
	not check.status == "pass"
}

# After an error Terraform has not looked at everything, and the prior state may
# hold what a gate said at the last apply.
deny contains "the plan ended with an error" if plan.errored == true

# Nor has it with -target or -exclude.
deny contains "the plan is not complete (-target or -exclude), so a gate may not have been read" if {
	plan.complete == false
	not plan.errored == true
}

of_provider(object_) if startswith(object_.type, "partnercenter_")

address(resource) := object.get(resource, "address", "a resource")

display(item, otherwise) := object.get(item, ["address", "to_display"], otherwise)

summary(gate) := text if {
	text := gate.values.summary
	is_string(text)
} else := "it was not evaluated"
