package ephemerals

import (
	"context"
	"fmt"
	"strings"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/gate"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// gateModel is the arguments of a gate, and what they have in common.
type gateModel interface {
	Evaluate(ctx context.Context, api *pcclient.Client) (*gate.Verdict, error)
	common() *gateResults
}

// gateResults are what all gates have beside their own arguments.
type gateResults struct {
	Enforce *bool `tfsdk:"enforce"`

	Passed   *bool    `tfsdk:"passed"`
	Status   *string  `tfsdk:"status"`
	Summary  *string  `tfsdk:"summary"`
	Messages []string `tfsdk:"messages"`
}

func (r *gateResults) common() *gateResults { return r }

// gateResource is a gate that is checked again when a saved plan is applied. A data
// source is not.
type gateResource struct {
	name       string // without the provider's
	question   string // that it answers
	figures    string // where they are from
	attributes func() map[string]datasource.Attribute
	model      func() gateModel

	api *pcclient.Client
}

var _ ephemeral.EphemeralResourceWithConfigure = (*gateResource)(nil)

// title is the name in words.
func (g *gateResource) title() string { return strings.ReplaceAll(g.name, "_", " ") }

func (g *gateResource) Metadata(_ context.Context, request ephemeral.MetadataRequest, response *ephemeral.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_" + g.name
}

func (g *gateResource) Schema(_ context.Context, _ ephemeral.SchemaRequest, response *ephemeral.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"enforce": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Whether a gate that fails is an error. With `false` it is only a warning. Defaults to `true`.",
		},
		"passed":  schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether there is no violation, whatever the warnings."},
		"status":  schema.StringAttribute{Computed: true, MarkdownDescription: "`passed`, `warned` or `failed`."},
		"summary": schema.StringAttribute{Computed: true, MarkdownDescription: "The verdict in one line: what was found, the worst first, and the limit that was exceeded."},
		"messages": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "The worst violations, then the worst warnings, in words, up to `max_findings` of each.",
		},
	}
	for name, argument := range g.attributes() {
		attributes[name] = argument
	}
	response.Schema = schema.Schema{
		MarkdownDescription: g.question + " " +
			fmt.Sprintf("A saved plan is stopped if spend has risen since, which the [data source](../data-sources/%s.md) lets pass.\n\n", g.name) +
			fmt.Sprintf("~> **It holds back only what depends on it, and does not hold back destruction.** Write `depends_on = [ephemeral.partnercenter_%s.x]` on the module or the resource; what does not depend on it is applied. ", g.name) +
			"A resource that has to be replaced is destroyed before the gate is checked again: with `create_before_destroy` on it, the old one stays if the gate fails. " +
			"Give neither the gate nor its module a `depends_on`: at apply, what that names is changed before the gate is checked.\n\n" +
			"A gate that fails is an error, with the summary; one that passes with warnings is a warning. Terraform 1.10 and OpenTofu 1.11 and later know ephemeral resources. Terraform's mocks do not, so keep it in a module of its own. " +
			"Give that module an output that refers to it: without one, OpenTofu does not open it when a plan is applied.\n\n" +
			g.figures,
		Attributes: attributes,
	}
}

func (g *gateResource) Configure(_ context.Context, request ephemeral.ConfigureRequest, response *ephemeral.ConfigureResponse) {
	g.api, response.Diagnostics = datasources.ConfiguredClient(request.ProviderData)
}

func (g *gateResource) Open(ctx context.Context, request ephemeral.OpenRequest, response *ephemeral.OpenResponse) {
	model := g.model()
	response.Diagnostics.Append(request.Config.Get(ctx, model)...)
	if response.Diagnostics.HasError() {
		return
	}
	var verdict *gate.Verdict
	response.Diagnostics.Append(datasources.Read(ctx, g.api, g.title(), func(ctx context.Context) (err error) {
		verdict, err = model.Evaluate(ctx, g.api)
		return err
	})...)
	if response.Diagnostics.HasError() {
		return
	}
	results := model.common()
	title := strings.ToUpper(g.title()[:1]) + g.title()[1:]
	switch enforced := results.Enforce == nil || *results.Enforce; {
	case !verdict.Passed() && enforced:
		response.Diagnostics.AddError(title+" failed", verdict.Summary()+".")
		return
	case !verdict.Passed():
		response.Diagnostics.AddWarning(title+" failed", verdict.Summary()+".")
	case verdict.WarningCount() > 0:
		response.Diagnostics.AddWarning(title+" passed with warnings", verdict.Summary()+".")
	}
	results.set(verdict)
	response.Diagnostics.Append(response.Result.Set(ctx, model)...)
}

func (r *gateResults) set(verdict *gate.Verdict) {
	r.Passed = new(verdict.Passed())
	r.Status = new(verdict.Status())
	r.Summary = new(verdict.Summary())
	r.Messages = verdict.Messages()
}
