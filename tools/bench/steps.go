package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-12616aef/terraform-provider-partnercenter/tools/bench/internal/recording"
)

// step prepares a case: the variables of its configuration, and its files.
type step func(context.Context, *preparation) error

type preparation struct {
	*workspace

	partner *partner
	size    int
	// provider is the program of the real provider.
	provider string
}

// limit is the share of a budget that may be used, in percent.
func limit(percent int) step {
	return func(_ context.Context, p *preparation) error {
		p.variables["limit"] = percent
		return nil
	}
}

// answerFile puts the API's answer into a file.
func answerFile(ctx context.Context, p *preparation) error {
	body, err := p.partner.get(ctx, customersPath)
	if err != nil {
		return err
	}
	return p.write("answer.json", body)
}

// byHTTP says where the API is, with a token.
func byHTTP(_ context.Context, p *preparation) error {
	p.variables["endpoint"], p.variables["token"] = p.partner.endpoint, p.partner.token
	return nil
}

func eachCustomer(ctx context.Context, p *preparation) (err error) {
	p.variables["customers"], err = p.partner.customers(ctx)
	return err
}

func eachPlan(ctx context.Context, p *preparation) (err error) {
	p.variables["plans"], err = p.partner.plans(ctx, p.size)
	return err
}

// legacySubscription is the emulator's subscription that has utilization.
func legacySubscription(_ context.Context, p *preparation) error {
	p.variables["customer"] = "b225db66-0212-4eae-88fe-93cdbf1d1466"
	p.variables["subscription"] = "74b8f932-73c0-4e10-b14c-80bb959a194d"
	return nil
}

func recordCustomers(ctx context.Context, p *preparation) error {
	return p.record(ctx, "partnercenter_customer_usage_records", map[string]any{})
}

// encode has the bare server write the values that it has read.
func encode(_ context.Context, p *preparation) error {
	p.workspace.environment = append(p.workspace.environment, recording.Encode+"=1")
	return nil
}

func recordGate(ctx context.Context, p *preparation) error {
	return p.record(ctx, "partnercenter_spend_gate", map[string]any{"max_percent_used": p.variables["limit"], "require_budget": false})
}

func recordSummaries(ctx context.Context, p *preparation) error {
	customers, err := p.partner.customers(ctx)
	var arguments []map[string]any
	for _, id := range customers {
		arguments = append(arguments, map[string]any{"customer_id": id})
	}
	if err != nil {
		return err
	}
	return p.record(ctx, "partnercenter_customer_usage_summary", arguments...)
}

func recordMeters(ctx context.Context, p *preparation) error {
	plans, err := p.partner.plans(ctx, p.size)
	var arguments []map[string]any
	for plan, customer := range plans {
		arguments = append(arguments, map[string]any{"customer_id": customer, "subscription_id": plan})
	}
	if err != nil {
		return err
	}
	return p.record(ctx, "partnercenter_subscription_meter_usage", arguments...)
}

// record keeps what the real provider answers, for the bare one.
func (p *preparation) record(ctx context.Context, name string, all ...map[string]any) error {
	directory := p.file("recordings")
	if err := os.Mkdir(directory, 0o700); err != nil {
		return err
	}
	p.environment = append(p.environment, recording.Environment+"="+directory)
	if err := p.recordSchema(ctx, recording.Schema(directory)); err != nil {
		return err
	}
	asked, err := startPlugin(ctx, p.provider, p.partner.environment...)
	if err != nil {
		return err
	}
	defer asked.stop()
	if err := asked.configure(ctx); err != nil {
		return err
	}
	for _, arguments := range all {
		text, err := json.Marshal(arguments)
		if err != nil {
			return err
		}
		state, err := asked.read(ctx, name, string(text))
		if err != nil {
			return err
		}
		if err := os.WriteFile(recording.State(directory, name, arguments), state, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// recordSchema asks Terraform, in a workspace of its own, for the schemas of the
// real provider.
func (p *preparation) recordSchema(ctx context.Context, name string) error {
	directory := p.file("schema")
	if err := os.Mkdir(directory, 0o700); err != nil {
		return err
	}
	w, err := newWorkspace(directory, "records.tf")
	if err != nil {
		return err
	}
	w.programs[ours] = filepath.Dir(p.provider)
	if err := w.finish(); err != nil {
		return err
	}
	schema, err := w.terraform(ctx, "providers", "schema", "-json").Output()
	if err != nil {
		return fmt.Errorf("terraform providers schema: %w", err)
	}
	return os.WriteFile(name, schema, 0o600)
}
