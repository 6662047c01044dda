// Package ephemerals holds the ephemeral resources: what Terraform opens while
// planning and again while applying, and keeps in neither plan nor state.
package ephemerals

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/gate"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// All returns the constructors of all ephemeral resources.
func All() []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newSpendGate}
}

func newSpendGate() ephemeral.EphemeralResource { return &spendGate{} }

// spendGate is the spend gate that is checked again when a saved plan is applied.
// A data source is not.
type spendGate struct{ api *pcclient.Client }

type spendGateModel struct {
	datasources.GateArguments
	Enforce *bool `tfsdk:"enforce"`

	Passed   *bool    `tfsdk:"passed"`
	Status   *string  `tfsdk:"status"`
	Summary  *string  `tfsdk:"summary"`
	Messages []string `tfsdk:"messages"`
}

func (*spendGate) Metadata(_ context.Context, request ephemeral.MetadataRequest, response *ephemeral.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_spend_gate"
}

func (*spendGate) Schema(_ context.Context, _ ephemeral.SchemaRequest, response *ephemeral.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"enforce": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Whether a gate that fails is an error. With `false` it is only a warning. Defaults to `true`.",
		},
		"passed":  schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether there is no violation, whatever the warnings."},
		"status":  schema.StringAttribute{Computed: true, MarkdownDescription: "`passed`, `warned` or `failed`."},
		"summary": schema.StringAttribute{Computed: true, MarkdownDescription: "The verdict in one line: the worst customers by name and the limit that each exceeded."},
		"messages": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "The worst violations, then the worst warnings, in words, up to `max_findings` of each.",
		},
	}
	for name, argument := range datasources.GateAttributes() {
		attributes[name] = argument
	}
	response.Schema = schema.Schema{
		MarkdownDescription: "Whether the spend of customers is within limits, when the plan is made and again when it is applied. " +
			"A saved plan is stopped if spend has risen since, which the [data source](../data-sources/spend_gate.md) lets pass.\n\n" +
			"~> **It holds back only what depends on it, and does not hold back destruction.** Write `depends_on = [ephemeral.partnercenter_spend_gate.x]` on the module or the resource; what does not depend on it is applied. " +
			"A resource that has to be replaced is destroyed before the gate is checked again: with `create_before_destroy` on it, the old one stays if the gate fails. " +
			"Give neither the gate nor its module a `depends_on`: at apply, what that names is changed before the gate is checked.\n\n" +
			"A gate that fails is an error, with the summary; one that passes with warnings is a warning. Terraform 1.10 and OpenTofu 1.11 and later know ephemeral resources. Terraform's mocks do not, so keep it in a module of its own. " +
			"Give that module an output that refers to it: without one, OpenTofu does not open it when a plan is applied.\n\n" +
			"The figures are those of [partnercenter_customer_usage_records](../data-sources/customer_usage_records.md), and the sign-in has to be a user's (App+User).",
		Attributes: attributes,
	}
}

func (s *spendGate) Configure(_ context.Context, request ephemeral.ConfigureRequest, response *ephemeral.ConfigureResponse) {
	s.api, response.Diagnostics = datasources.ConfiguredClient(request.ProviderData)
}

func (s *spendGate) Open(ctx context.Context, request ephemeral.OpenRequest, response *ephemeral.OpenResponse) {
	var model spendGateModel
	response.Diagnostics.Append(request.Config.Get(ctx, &model)...)
	if response.Diagnostics.HasError() {
		return
	}
	var verdict *gate.Verdict
	response.Diagnostics.Append(datasources.Read(ctx, s.api, "spend gate", func(ctx context.Context) (err error) {
		verdict, err = model.Evaluate(ctx, s.api)
		return err
	})...)
	if response.Diagnostics.HasError() {
		return
	}
	switch enforced := model.Enforce == nil || *model.Enforce; {
	case !verdict.Passed() && enforced:
		response.Diagnostics.AddError("Spend gate failed", verdict.Summary()+".")
		return
	case !verdict.Passed():
		response.Diagnostics.AddWarning("Spend gate failed", verdict.Summary()+".")
	case verdict.WarningCount() > 0:
		response.Diagnostics.AddWarning("Spend gate passed with warnings", verdict.Summary()+".")
	}
	model.set(verdict)
	response.Diagnostics.Append(response.Result.Set(ctx, &model)...)
}

func (m *spendGateModel) set(verdict *gate.Verdict) {
	m.Passed = new(verdict.Passed())
	m.Status = new(verdict.Status())
	m.Summary = new(verdict.Summary())
	m.Messages = verdict.Messages()
}
