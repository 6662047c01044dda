# Denies a plan unless its spend gates have passed. It reads the JSON of a plan
# (terraform show -json), also where HCP Terraform puts it, under input.plan.
#
# Amounts are compared by the provider, exactly. Here only its verdicts are read.
package terraform.spend

plan := object.get(input, "plan", input)

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
	resource.type == "partnercenter_spend_gate"
}

own(gate) if gate.provider_name in addresses

passed(gate) if {
	own(gate)
	gate.values.passed == true
}

# The prior state also has what a gate said at the last apply, if this plan has
# not read it. A plan that is whole has read all its gates, but for one that
# destroys without a refresh, which looks like one with a refresh.
read_now(_) if {
	plan.complete == true
	not destroys
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

# A plan that removes something for another reason says which.
destroys if {
	some change in plan.resource_changes
	change.change.actions == ["delete"]
	object.get(change, "action_reason", null) == null
	not change.deposed
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
	passed(gate)
	not read_now(gate)
	not plan.complete == false
	not plan.errored == true
	message := sprintf("%v: %v", [address(gate), concat("", [
		"nothing in this plan tells that it was read, so its verdict may be that of an earlier one. ",
		"A gate with a postcondition tells, but not with -destroy",
	])])
}

# A plan without a gate is not a plan within limits.
deny contains "no partnercenter_spend_gate has passed in this plan" if {
	every gate in gates {
		not passed(gate)
	}
}

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
# inside a check is always there too, but has been read.
deny contains message if {
	some change in plan.resource_changes
	"read" in change.change.actions
	object.get(change, "action_reason", null) != "read_because_check_nested"
	of_provider(change)
	message := unknown(change)
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
