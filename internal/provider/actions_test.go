package provider_test

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/provider"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

const spendGateAction = "partnercenter_spend_gate"

// texts are the diagnostics as Terraform shows those of actions, each in one line.
func texts(diagnostics []*tfprotov6.Diagnostic) []string {
	var lines []string
	for _, d := range diagnostics {
		lines = append(lines, d.Severity.String()+": "+d.Summary+": "+d.Detail)
	}
	return lines
}

func TestActionSpendGate(t *testing.T) {
	t.Parallel()
	const (
		over    = "Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %), limit 100 %"
		near    = "Brasserie Quatre Vents SARL: 412.86 EUR of 500.00 EUR (82.57 %), limit 80 %"
		stopped = "ERROR: Stopped by partnercenter_spend_gate: Spend gate failed: "
	)
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		progress  []string
		end       []string
	}{
		"passed": {
			arguments: providertest.Arguments{"customer_ids": providertest.List(emulator.MeteredCustomerID)},
			progress:  []string{"Spend gate passed for 1 customer."},
		},
		"warned": {
			arguments: providertest.Arguments{"customer_ids": providertest.List(emulator.LegacyCustomerID), "warn_percent_used": big.NewFloat(80)},
			progress:  []string{"Warning: " + near + "."},
		},
		"warned, and no warning is listed": {
			arguments: providertest.Arguments{"customer_ids": providertest.List(emulator.LegacyCustomerID), "warn_percent_used": big.NewFloat(80), "max_findings": big.NewFloat(0)},
			progress:  []string{"Spend gate passed with warnings: " + near + "."},
		},
		"failed": {
			arguments: providertest.Arguments{"customer_ids": providertest.List(emulator.OverBudgetCustomerID)},
			end:       []string{stopped + over + "."},
		},
		"failed and warned": {
			arguments: providertest.Arguments{"customer_ids": providertest.List(emulator.OverBudgetCustomerID, emulator.LegacyCustomerID), "warn_percent_used": big.NewFloat(80)},
			progress:  []string{"Warning: " + near + "."},
			end:       []string{stopped + over + "."},
		},
		"not listed": {
			arguments: providertest.Arguments{"customer_ids": providertest.List(samplePlan)},
			end:       []string{stopped + "no customer is selected; customer " + samplePlan + " is not listed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := emulator.New(emulator.Options{})
			s := configured(t, e, emulator.UserAccessToken())
			test.arguments["max_percent_used"] = big.NewFloat(100)
			if problems := s.PlanAction(t, spendGateAction, test.arguments); len(problems) > 0 {
				t.Errorf("at plan: %q", texts(problems))
			}
			if requests := e.Requests(); len(requests) > 0 {
				t.Errorf("at plan, requests were sent: %v", requests)
			}
			progress, end := s.InvokeAction(t.Context(), t, spendGateAction, test.arguments)
			if !slices.Equal(progress, test.progress) {
				t.Errorf("the progress is %q", progress)
			}
			if !slices.EqualFunc(texts(end), test.end, strings.HasPrefix) {
				t.Errorf("it ended with %q", texts(end))
			}
		})
	}
}

func TestActionAzureSubscriptionGate(t *testing.T) {
	t.Parallel()
	exceptions := func(until, reason string) []tftypes.Value {
		exception := map[string]tftypes.Value{"until": tftypes.NewValue(tftypes.String, until), "reason": tftypes.NewValue(tftypes.String, reason)}
		return []tftypes.Value{tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"until": tftypes.String, "reason": tftypes.String}}, exception)}
	}
	const (
		over    = "Nordhavn Production: 2168.00 EUR, limit 2000.00 EUR"
		stopped = "ERROR: Stopped by partnercenter_azure_subscription_gate: Azure subscription gate failed: "
	)
	for name, test := range map[string]struct {
		arguments     providertest.Arguments
		progress, end string
		plan          string
	}{
		"passed":                {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(3000)}, progress: "Azure subscription gate passed"},
		"warned":                {arguments: providertest.Arguments{"warn_total_cost": big.NewFloat(2000)}, progress: "Warning: " + over},
		"failed":                {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(2000)}, end: stopped + over},
		"excepted":              {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(2000), "exceptions": exceptions("2999-01-01", "a migration")}, progress: "Warning: " + over},
		"another currency":      {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(3000), "currency_code": "SEK"}, end: stopped},
		"unknown to the plans":  {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(3000), "azure_subscription_id": samplePlan}, end: "ERROR: "},
		"no rule":               {plan: "max_total_cost: At least one attribute out of"},
		"no end":                {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(2000), "exceptions": exceptions("some day", "a migration")}, plan: "exceptions: "},
		"no reason":             {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(2000), "exceptions": exceptions("2999-01-01", " ")}, plan: "exceptions: "},
		"no id":                 {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(3000), "azure_subscription_id": "../customers"}, plan: "azure_subscription_id: "},
		"a required null":       {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(3000), "customer_id": nil}, plan: "customer_id: "},
		"a currency that is no": {arguments: providertest.Arguments{"max_total_cost": big.NewFloat(3000), "currency_code": "eur"}, plan: "currency_code: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := emulator.New(emulator.Options{})
			if err := e.Spend(emulator.MeteredCustomerID, "4000"); err != nil {
				t.Fatal(err)
			}
			s := configured(t, e, emulator.UserAccessToken())
			arguments := providertest.Arguments{"customer_id": emulator.MeteredCustomerID, "azure_subscription_id": emulator.MeteredEntitlementID, "currency_code": "EUR"}
			maps.Copy(arguments, test.arguments)
			planned := strings.Join(texts(s.PlanAction(t, "partnercenter_azure_subscription_gate", arguments)), "\n")
			if (planned != "") != (test.plan != "") || !strings.Contains(planned, test.plan) {
				t.Errorf("at plan, it said %q", planned)
			}
			progress, diagnostics := s.InvokeAction(t.Context(), t, "partnercenter_azure_subscription_gate", arguments)
			said, end := strings.Join(progress, "\n"), strings.Join(texts(diagnostics), "\n")
			if wanted := test.end + test.plan; (end != "") != (wanted != "") || !strings.Contains(end, wanted) {
				t.Errorf("it ended with %q", end)
			}
			if (said != "") != (test.progress != "") || !strings.HasPrefix(said, test.progress) {
				t.Errorf("the progress is %q", said)
			}
			if test.plan != "" && len(e.Requests()) > 0 {
				t.Errorf("requests were sent: %v", e.Requests())
			}
		})
	}
}

func TestActionAzureSubscriptionGate_example(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, "provider \"partnercenter\" {}\n"+content(t, examples+"/actions/partnercenter_azure_subscription_gate/action.tf"),
		append(environment, "TF_VAR_tenant_id="+emulator.MeteredCustomerID, "TF_VAR_azure_subscription_id="+emulator.MeteredEntitlementID)...)
	for _, test := range []struct {
		cost, says string
		fails      bool
	}{
		{"4000", "Azure subscription gate failed: Nordhavn Production: 2168.00 EUR, limit 2000.00 EUR.", true},
		{"3000", "Warning: Nordhavn Production: 1626.00 EUR, limit 1600.00 EUR.", false},
	} {
		if err := e.Spend(emulator.MeteredCustomerID, test.cost); err != nil {
			t.Fatal(err)
		}
		if applied := w.terraform(t, "apply", "-auto-approve"); test.fails {
			applied.fail(t, test.says)
		} else {
			applied.succeed(t).mention(t, test.says)
		}
	}
}

// Terraform validates before it knows variables, and not again: a gate must not pass
// because a rule is null or limits nothing.
func TestActionSpendGate_validatedAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		want      string
	}{
		"no rule":            {nil, "max_percent_used: At least one attribute out of"},
		"all rules null":     {providertest.Arguments{"max_percent_used": nil, "max_total_cost": nil}, "At least one attribute out of"},
		"requires no budget": {providertest.Arguments{"require_budget": false}, "require_budget: "},
		"infinite":           {providertest.Arguments{"max_percent_used": big.NewFloat(math.Inf(1))}, "max_percent_used: The number is infinite"},
		"negative":           {providertest.Arguments{"max_usd_total_cost": big.NewFloat(-1)}, "max_usd_total_cost: -1 is negative"},
		"no limits":          {providertest.Arguments{"max_total_cost": map[string]tftypes.Value{}}, "max_total_cost: "},
		"a null limit":       {providertest.Arguments{"max_total_cost": map[string]tftypes.Value{"EUR": tftypes.NewValue(tftypes.Number, nil)}}, "max_total_cost: "},
		"no currency":        {providertest.Arguments{"max_total_cost": map[string]tftypes.Value{"euro": tftypes.NewValue(tftypes.Number, 1)}}, "max_total_cost: "},
		"no age":             {providertest.Arguments{"max_data_age": "-1h"}, "max_data_age: "},
		"no customers":       {providertest.Arguments{"max_percent_used": big.NewFloat(100), "customer_ids": providertest.List()}, "customer_ids: "},
		"not a customer":     {providertest.Arguments{"max_percent_used": big.NewFloat(100), "customer_ids": providertest.List("contoso")}, "customer_ids: "},
		"warns too late":     {providertest.Arguments{"max_percent_used": big.NewFloat(100), "warn_percent_used": big.NewFloat(100)}, "warn_percent_used: "},
		"too many findings":  {providertest.Arguments{"max_percent_used": big.NewFloat(100), "max_findings": big.NewFloat(1e6)}, "max_findings: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := emulator.New(emulator.Options{})
			s := configured(t, e, emulator.UserAccessToken())
			progress, end := s.InvokeAction(t.Context(), t, spendGateAction, test.arguments)
			for when, problems := range map[string][]string{"planned": texts(s.PlanAction(t, spendGateAction, test.arguments)), "invoked": texts(end)} {
				if len(problems) == 0 || !strings.HasPrefix(problems[0], "ERROR: ") || !strings.Contains(problems[0], test.want) {
					t.Errorf("%s, it said %q", when, problems)
				}
			}
			if len(progress) > 0 || len(e.Requests()) > 0 {
				t.Errorf("it read all the same: %q, %v", progress, e.Requests())
			}
		})
	}
}

// What is not known yet is neither an error at plan nor a reason to read. Terraform
// never invokes an action with it; if it did, nothing would pass.
func TestActionSpendGate_unknown(t *testing.T) {
	t.Parallel()
	arguments := providertest.Arguments{}
	for _, name := range []string{"max_percent_used", "customer_ids", "max_total_cost", "max_data_age", "require_budget", "max_findings"} {
		arguments[name] = providertest.Unknown
		e := emulator.New(emulator.Options{})
		s := configured(t, e, emulator.UserAccessToken())
		if problems := s.PlanAction(t, spendGateAction, arguments); len(problems) > 0 {
			t.Errorf("%s, at plan: %q", name, texts(problems))
		}
		if _, end := s.InvokeAction(t.Context(), t, spendGateAction, arguments); len(end) == 0 || end[0].Severity != tfprotov6.DiagnosticSeverityError {
			t.Errorf("%s, invoked: %q", name, texts(end))
		}
		if requests := e.Requests(); len(requests) > 0 {
			t.Errorf("%s: requests were sent: %v", name, requests)
		}
	}
}

func TestActionSpendGate_notConfigured(t *testing.T) {
	t.Parallel()
	s := providertest.New(t, provider.New("test")())
	progress, end := s.InvokeAction(t.Context(), t, spendGateAction, providertest.Arguments{"max_percent_used": big.NewFloat(100)})
	if len(progress) > 0 || len(end) != 1 || !strings.Contains(end[0].Summary, "Provider not configured") {
		t.Errorf("%q, %q", progress, texts(end))
	}
}

// An action without a config block at all.
func TestActionSpendGate_noConfiguration(t *testing.T) {
	t.Parallel()
	s, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	server, ok := s.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the framework's server knows no actions")
	}
	schemas, err := s.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	typ := schemas.ActionSchemas[spendGateAction].Schema.ValueType()
	null, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range []*tfprotov6.DynamicValue{nil, &null} {
		planned, err := server.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: spendGateAction, Config: config})
		if err != nil || len(planned.Diagnostics) == 0 {
			t.Errorf("it was planned: %v", err)
		}
		stream, err := server.InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{ActionType: spendGateAction, Config: config})
		if err != nil {
			t.Fatal(err)
		}
		for event := range stream.Events {
			if end, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); !ok || !strings.Contains(strings.Join(texts(end.Diagnostics), "\n"), "At least one attribute out of") {
				t.Errorf("it passed: %+v", event)
			}
		}
	}
}

func TestActionSpendGate_error(t *testing.T) {
	t.Parallel()
	e := emulator.New(emulator.Options{})
	e.Misbehave(emulator.Fault{Status: http.StatusForbidden, Times: emulator.Always})
	progress, end := configured(t, e, emulator.UserAccessToken()).
		InvokeAction(t.Context(), t, spendGateAction, providertest.Arguments{"max_percent_used": big.NewFloat(100)})
	if len(progress) > 0 || len(end) != 1 || end[0].Severity != tfprotov6.DiagnosticSeverityError || !strings.Contains(end[0].Summary, "spend gate") || !strings.Contains(end[0].Detail, "403") {
		t.Errorf("%q, %q", progress, texts(end))
	}
}

// The call is cancelled, or the provider is stopped, while it waits for the API.
func TestActionSpendGate_cancelled(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"cancelled", "stopped"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			asked := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				close(asked)
				<-r.Context().Done()
			}))
			t.Cleanup(server.Close)
			s := providertest.New(t, provider.New("test")())
			if problems := s.Configure(t, providertest.Arguments{"endpoint": server.URL, "access_token": emulator.UserAccessToken()}); len(problems) > 0 {
				t.Fatalf("%q", texts(problems))
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				<-asked
				if way == "cancelled" {
					cancel()
				} else {
					s.Stop(t)
				}
			}()
			progress, end := s.InvokeAction(ctx, t, spendGateAction, providertest.Arguments{"max_percent_used": big.NewFloat(100)})
			if len(progress) > 0 || len(end) != 1 || !strings.Contains(end[0].Detail, "The read was cancelled.") {
				t.Errorf("%q, %q", progress, texts(end))
			}
		})
	}
}

// Terraform 1.14 asks for the actions in either way.
func TestActions_listed(t *testing.T) {
	t.Parallel()
	s, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	metadata, err := s.GetMetadata(t.Context(), &tfprotov6.GetMetadataRequest{})
	if err != nil || len(metadata.Diagnostics) > 0 {
		t.Fatal(err, texts(metadata.Diagnostics))
	}
	schemas, err := s.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schemas.Diagnostics) > 0 {
		t.Fatal(err, texts(schemas.Diagnostics))
	}
	for _, action := range metadata.Actions {
		if schema := schemas.ActionSchemas[action.TypeName]; schema == nil || schema.Schema.Block.Description == "" {
			t.Errorf("%s has no schema with a description", action.TypeName)
		}
	}
	// A gate in every form.
	for name := range schemas.EphemeralResourceSchemas {
		if schemas.ActionSchemas[name] == nil || !slices.Contains(metadata.Actions, tfprotov6.ActionMetadata{TypeName: name}) {
			t.Errorf("%s has no action", name)
		}
	}
	if len(schemas.ActionSchemas) != len(metadata.Actions) {
		t.Errorf("%d schemas of %d actions", len(schemas.ActionSchemas), len(metadata.Actions))
	}
}

// Terraform before 1.14, and OpenTofu, see a provider without actions.
func TestActions_olderTerraform(t *testing.T) {
	t.Parallel()
	command := needTerraform(t)
	w := newWorkspace(t, `provider "partnercenter" {}`)
	var schemas struct {
		Providers map[string]struct {
			DataSources map[string]any `json:"data_source_schemas"`
			Actions     map[string]any `json:"action_schemas"`
		} `json:"provider_schemas"`
	}
	if err := json.Unmarshal([]byte(w.terraform(t, "providers", "schema", "-json").succeed(t).stdout), &schemas); err != nil {
		t.Fatal(err)
	}
	for address, p := range schemas.Providers {
		if len(p.DataSources) != len(providertest.DataSources) {
			t.Errorf("%s has %d data sources", address, len(p.DataSources))
		}
		if _, ok := p.Actions[spendGateAction]; ok != command.has(14, never) {
			t.Errorf("%s has the action: %t", address, ok)
		}
	}
	if len(schemas.Providers) != 1 {
		t.Errorf("%d providers", len(schemas.Providers))
	}
}

const gatedByAction = `
provider "partnercenter" {}

variable "limit" {
  type    = number
  default = 100
}

variable "warn" {
  type    = number
  default = null
}

variable "image" { default = "old" }

variable "region" { default = "old" }

action "partnercenter_spend_gate" "budgets" {
  config {
    customer_ids      = ["` + emulator.MeteredCustomerID + `"]
    max_percent_used  = var.limit
    warn_percent_used = var.warn
  }
}

resource "terraform_data" "workload" {
  input            = var.image
  triggers_replace = var.region

  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.partnercenter_spend_gate.budgets]
    }
  }
}

resource "terraform_data" "other" {}
`

// What stops, and what does not, from the first apply to the last destroy.
func TestActionSpendGate_triggered(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, gatedByAction, environment...)
	spend := func(cost string) {
		t.Helper()
		if err := e.Spend(emulator.MeteredCustomerID, cost); err != nil {
			t.Fatal(err)
		}
	}
	left := func(want string) {
		t.Helper()
		if got := w.terraform(t, "state", "list").stdout; got != want {
			t.Errorf("left is %q, not %q", got, want)
		}
	}
	const both = "terraform_data.other\nterraform_data.workload\n"
	failed := []string{"Error: Error when invoking action", "Stopped by partnercenter_spend_gate: Spend gate failed: Nordhavn Marine ApS: 6000.01 EUR of 6000.00 EUR (100.00 %), limit 100 %."}

	// A saved plan, and spend that has risen since: what the gate is not for is made.
	w.terraform(t, "plan", "-out=plan").succeed(t).mention(t, "Actions to be invoked before this change")
	if requests := e.Requests(); len(requests) > 0 {
		t.Errorf("the plan sent %v", requests)
	}
	spend("6000.01")
	w.terraform(t, "apply", "plan").fail(t, failed...)
	left("terraform_data.other\n")
	w.terraform(t, "apply", "-auto-approve", "-refresh=false", "-target=terraform_data.workload").fail(t, failed...)
	left("terraform_data.other\n")

	spend("4500")
	w.terraform(t, "apply", "-auto-approve").succeed(t).mention(t, "Spend gate passed for 1 customer.", "Resources: 1 added, 0 changed, 0 destroyed. Actions: 1 invoked.")
	left(both)

	spend("6000.01")
	w.terraform(t, "apply", "-auto-approve").succeed(t).mention(t, "No changes.")
	w.terraform(t, "apply", "-auto-approve", "-var=image=new").fail(t, failed...)
	// The old one is destroyed only after the gate has passed.
	w.terraform(t, "apply", "-auto-approve", "-var=region=new").fail(t, failed...)
	left(both)
	if state := w.terraform(t, "state", "pull").stdout; strings.Contains(state, `"new"`) || !strings.Contains(state, `"old"`) {
		t.Errorf("it was changed all the same: %s", state)
	}
	w.terraform(t, "apply", "-auto-approve", "-var=region=new", "-var=limit=101", "-var=warn=90").succeed(t).
		mention(t, "Warning: Nordhavn Marine ApS: 6000.01 EUR of 6000.00 EUR (100.00 %), limit 90 %.", "Resources: 1 added, 0 changed, 1 destroyed. Actions: 1 invoked.")

	w.terraform(t, "destroy", "-auto-approve").succeed(t).mention(t, "2 destroyed")
	left("")
}

func TestActionSpendGate_invokedByHand(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, gatedByAction, environment...)
	invoke := func(arguments ...string) outcome {
		t.Helper()
		return w.terraform(t, append([]string{"apply", "-auto-approve", "-invoke=action.partnercenter_spend_gate.budgets"}, arguments...)...)
	}
	invoke().succeed(t).mention(t, "Spend gate passed for 1 customer.", "Actions: 1 invoked.")
	invoke("-var=warn=10").succeed(t).mention(t, "Warning: Nordhavn Marine ApS:", "limit 10 %.")
	invoke("-var=limit=1").fail(t, "Error: Error when invoking action", "Spend gate failed: Nordhavn Marine ApS:", "limit 1 %.")
	if made := w.terraform(t, "state", "list").stdout; made != "" {
		t.Errorf("it was made: %s", made)
	}
}

func TestActionSpendGate_example(t *testing.T) {
	t.Parallel()
	configuration := "provider \"partnercenter\" {}\n" + content(t, examples+"/actions/partnercenter_spend_gate/action.tf")
	apply := func(customer string) outcome {
		_, environment := emulate(t, emulator.Options{})
		return newWorkspace(t, configuration, append(environment, `TF_VAR_customer_ids=["`+customer+`"]`)...).terraform(t, "apply", "-auto-approve")
	}
	apply(emulator.MeteredCustomerID).succeed(t).mention(t, "Spend gate passed for 1 customer.")
	apply(emulator.LegacyCustomerID).succeed(t).mention(t, "Warning: Brasserie Quatre Vents SARL: 412.86 EUR of 500.00 EUR (82.57 %), limit 80 %.")
	apply(emulator.OverBudgetCustomerID).fail(t, "Spend gate failed: Tidewater Analytics LLC: 60284.15 USD of 10000.00 USD (602.84 %), limit 100 %.")
}

// With an instance that is updated, one that is removed waits for the gate too.
func TestActionSpendGate_instances(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, strings.Replace(gatedByAction, "  input            = var.image\n", "  count            = var.servers\n  input            = var.image\n", 1)+`
variable "servers" { default = 2 }
`, environment...)
	w.terraform(t, "apply", "-auto-approve").succeed(t).mention(t, "Actions: 2 invoked.")
	if reads := slices.DeleteFunc(e.Requests(), func(r emulator.Request) bool { return !strings.HasSuffix(r.Path, "/customers/usagerecords") }); len(reads) != 1 {
		t.Errorf("two servers were checked with %v", reads)
	}
	if err := e.Spend(emulator.MeteredCustomerID, "6000.01"); err != nil {
		t.Fatal(err)
	}
	servers := func() int { return strings.Count(w.terraform(t, "state", "list").stdout, "terraform_data.workload[") }
	w.terraform(t, "apply", "-auto-approve", "-var=servers=3").fail(t, "Spend gate failed: Nordhavn Marine ApS")
	w.terraform(t, "apply", "-auto-approve", "-var=servers=1", "-var=image=new").fail(t, "Spend gate failed: Nordhavn Marine ApS")
	if left := servers(); left != 2 {
		t.Errorf("%d servers are left, not 2", left)
	}
	w.terraform(t, "apply", "-auto-approve", "-var=servers=1").succeed(t)
	if left := servers(); left != 1 {
		t.Errorf("%d servers are left, not 1", left)
	}
}

func TestActionSpendGate_mocked(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, gatedByAction)
	w.write(t, "main.tftest.hcl", `
mock_provider "partnercenter" {}

run "workload" {
  assert {
    condition     = terraform_data.workload.output == "old"
    error_message = "It was not made."
  }
}
`)
	w.terraform(t, "test").succeed(t).mention(t, "1 passed, 0 failed.")
}

// Terraform validates an action only before it knows what variables are.
func TestActionSpendGate_nullLimit(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	for name, test := range map[string]struct{ limit, want string }{
		"variable":          {"var.limit", "Error: Failed to plan action"},
		"known after apply": {`terraform_data.other.id == "" ? 1 : null`, "Error: Error when invoking action"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, strings.NewReplacer("default = 100", "default = null", "= var.limit", "= "+test.limit).Replace(gatedByAction), environment...)
			w.terraform(t, "apply", "-auto-approve").fail(t, test.want, "max_percent_used: At least one attribute out of")
			if made := w.terraform(t, "state", "list").stdout; strings.Contains(made, "workload") {
				t.Errorf("it was made all the same: %s", made)
			}
		})
	}
}
