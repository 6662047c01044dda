# The verdict and the report of a plan, for spend-gate.sh.
#
#   terraform show -json plan.tfplan | jq --arg code 0 --arg fail_on failed -f report.jq
#
# $code is the exit code of terraform plan, $fail_on is SPEND_GATE_FAIL_ON. Without
# a plan the input is null. The output is an object: status (passed, warned, failed),
# fails (is this run to fail?), markdown, summary.

def modules: ., (.child_modules[]? | modules);

# As code in Markdown. The key of a for_each may be any text.
def as_code: "`" + gsub("[`\r\n]"; "") + "`";

def data_sources: [.prior_state.values.root_module // {} | modules | .resources[]? | select(.mode == "data")];

# A data source inside a check is always among these, but may have been read.
def waits:
  (data_sources | map(.address)) as $read
  | .resource_changes[]?
  | select((.type | startswith("partnercenter_")) and .change.actions == ["read"]
    and (.action_reason != "read_because_check_nested" or (.address | IN($read[]) | not)));

# With -refresh=false, a plan that destroys has read nothing and does not say so. Where
# there is no resource to destroy, all that it shows is that nothing is to be left.
def destroys:
  any(.resource_changes[]?; .change.actions == ["delete"] and .action_reason == null and .deposed == null)
  or (.applyable == true and (.planned_values.root_module // {}) == {} and (.planned_values.outputs // {}) == {}
    and all(.resource_changes[]?; .action_reason == null));

# With -invoke (Terraform 1.14) nothing is read, and the plan calls itself complete.
def invokes: any(.action_invocations[]?; .invoke_action_trigger != null);

# Has the plan read this gate? A plan that ended with an error, or has a target, may
# also have what a gate said at the last apply. After an error, only a gate that says
# with its own summary why it stopped the plan is sure to have been read. OpenTofu, and
# Terraform before 1.8, do not say whether a plan is complete: there, only a gate whose
# condition has passed. Inside a check, only a plan that has read it lists it.
def read_by($plan):
  .address as $address | .values.summary as $summary
  | [$plan.checks[]?.instances[]? | select(.address.to_display == $address)][0] as $condition
  | if $plan.errored == false then
      ($plan.complete == true and ($plan | destroys or invokes | not)) or $condition.status == "pass"
      or any($plan.resource_changes[]?; .address == $address and .action_reason == "read_because_check_nested")
    else
      $condition.status == "fail" and ($summary | type) == "string" and $summary != ""
      and any($condition.problems[]?; .message | contains($summary))
    end;

# From a registry of your own, the provider has another address.
def is_ours: .provider_name
  | IN("registry.terraform.io/seed-12616aef/partnercenter", "registry.opentofu.org/seed-12616aef/partnercenter");

def rank: if .values.passed != true then 0 elif .values.status != "passed" then 1 else 2 end;

def count($what): "\(length) \($what)";

. as $plan
| ($code == "0" or $code == "2") as $success
| ($plan | data_sources | map(select(.type | IN("partnercenter_spend_gate", "partnercenter_azure_subscription_gate")))) as $all
| ([$all[] | select(is_ours and read_by($plan))] | sort_by(rank)) as $gates
| [
    if $plan == null and $success then
      "The plan could not be read. The log of this run says why."
    elif $plan == null then
      "The plan ended with exit code \($code), and without a report. The log of this run says why."
    elif ($success | not) or $plan.errored != false then
      "The plan ended with an error. What it has not read is not shown."
    else
      ($plan | waits | "\(.address | as_code) is read during the apply, so this plan does not know what it says."),
      ($all[] | select(is_ours | not) | "\(.address | as_code) is not of this provider, so its verdict does not count."),
      ($all[] | select(is_ours and (read_by($plan) | not)) | "\(.address | as_code) has not been read by this plan."),
      ($gates[] | select(.values.passed | type != "boolean") | "\(.address | as_code) could not be read."),
      (if $gates == [] then "This plan has read no spend gate." else empty end)
    end
  ] as $problems
| ([$gates[] | select(rank == 0)]) as $failed
| ([$gates[] | select(rank == 1)]) as $warned
| [$plan.checks[]? | select(.status != "pass")] as $checks
| ($problems != []
    or ($fail_on != "error" and $failed != [])
    or ($fail_on == "warned" and ($warned != [] or $checks != []))) as $fails
| [
    ($problems[] | "**\(.)**\n"),
    (if ($gates | length) > 1 then
      "**\($gates | count("spend gates")): \([
        ($failed | select(. != []) | count("failed")),
        ($warned | select(. != []) | count("passed with warnings")),
        ([$gates[] | select(rank == 2)] | select(. != []) | count("passed"))
      ] | join(", ")).**\n"
    else empty end),
    (if $problems == [] and $plan.complete == false then
      "**This plan is not complete**, as with `-target` or `-exclude`: it may not have read all gates.\n"
    else empty end),
    (if $problems != [] then empty
    elif $fail_on == "error" and $failed != [] then
      "This pipeline only reports what the gate says, and goes on.\n"
    elif $fails and $failed == [] then
      "**A warning fails this pipeline**: \([$warned[].address, $checks[].address.to_display] | unique | map(as_code) | join(", ")).\n"
    else empty end)
  ] as $lead
| {
    status: (if $fails or $failed != [] then "failed" elif $warned != [] then "warned" else "passed" end),
    $fails,
    markdown: ([
      # The verdict comes first, also where the gate's own is the only one.
      (if ($gates | length) == 1 and $problems == [] then $gates[0].values.report_markdown // empty, $lead[]
      else
        $lead[],
        ($gates[]
          | (if ($gates | length) > 1 then "\(.address | as_code):\n" else empty end),
            (.values.report_markdown // empty))
      end)
    ] | join("\n")),
    summary: ([
      ($problems[] | gsub("`"; "")),
      ($gates[] | select(rank < 2) | .values.summary // empty)
    ] | join("\n"))
  }
