// Package actions holds the actions: what Terraform invokes before it creates or
// updates a resource, or on request, and keeps in no state.
package actions

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/gate"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// All returns the constructors of all actions.
func All() []func() action.Action {
	return []func() action.Action{newAzureSubscriptionGate, newSpendGate}
}

// howItStops is what the descriptions of all gates say.
const howItStops = "~> **It stops the resource that triggers it, and what depends on that; everything else is applied.** Write an `action_trigger` with `before_create` and `before_update` into the `lifecycle` of each resource to hold back, which needs no `depends_on`. " +
	"A resource that has to be replaced stays as it is until the gate has passed; Terraform 1.14.0 destroys it first, later versions do not. A resource that is destroyed, or that does not change, triggers nothing.\n\n" +
	"A gate that fails is an error, with the summary; warnings are shown as progress, and stop nothing. It is not checked while planning, only its arguments are: keep the [data source](../data-sources/%[1]s.md) as well, to see in the plan what the gate says. " +
	"`terraform apply -invoke=action.partnercenter_%[1]s.x` checks it at once, and changes nothing.\n\n" +
	"Actions need Terraform 1.14 or later. OpenTofu does not have them; use the [ephemeral resource](../ephemeral-resources/%[1]s.md) there."

// gateArguments are the arguments of a gate, as of its data source.
type gateArguments interface {
	Evaluate(ctx context.Context, api *pcclient.Client) (*gate.Verdict, error)
}

// gateAction is the form of a gate that is an action. There is nothing that it
// would do: it fails, or it does not.
type gateAction struct {
	name       string // without the provider's
	stops      string // what it stops, and when
	figures    string // where they are from
	attributes func() map[string]datasource.Attribute
	arguments  func() gateArguments

	api *pcclient.Client
}

var (
	_ action.ActionWithConfigure  = (*gateAction)(nil)
	_ action.ActionWithModifyPlan = (*gateAction)(nil)
)

func (g *gateAction) Metadata(_ context.Context, request action.MetadataRequest, response *action.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_" + g.name
}

func (g *gateAction) Schema(_ context.Context, _ action.SchemaRequest, response *action.SchemaResponse) {
	attributes := map[string]schema.Attribute{}
	for name, argument := range g.attributes() {
		attributes[name] = argument
	}
	response.Schema = schema.Schema{MarkdownDescription: g.stops + "\n\n" + fmt.Sprintf(howItStops, g.name) + "\n\n" + g.figures, Attributes: attributes}
}

func (g *gateAction) Configure(_ context.Context, request action.ConfigureRequest, response *action.ConfigureResponse) {
	g.api, response.Diagnostics = datasources.ConfiguredClient(request.ProviderData)
}

// ModifyPlan only checks the arguments. The gate itself is not checked at plan: an
// error here would stop the whole plan, also the part of it that reduces costs.
func (g *gateAction) ModifyPlan(ctx context.Context, request action.ModifyPlanRequest, response *action.ModifyPlanResponse) {
	response.Diagnostics.Append(validate(ctx, g, request.Config)...)
}

// Invoke evaluates the gate.
func (g *gateAction) Invoke(ctx context.Context, request action.InvokeRequest, response *action.InvokeResponse) {
	arguments := g.arguments()
	response.Diagnostics.Append(validate(ctx, g, request.Config)...)
	if !response.Diagnostics.HasError() {
		response.Diagnostics.Append(request.Config.Get(ctx, arguments)...)
	}
	if response.Diagnostics.HasError() {
		return
	}
	var verdict *gate.Verdict
	response.Diagnostics.Append(datasources.Read(ctx, g.api, strings.ReplaceAll(g.name, "_", " "), func(ctx context.Context) (err error) {
		verdict, err = arguments.Evaluate(ctx, g.api)
		return err
	})...)
	if response.Diagnostics.HasError() {
		return
	}
	if !verdict.Passed() {
		response.Diagnostics.AddError("Stopped by partnercenter_"+g.name, verdict.Summary()+".")
	}
	for _, warning := range verdict.Warnings() {
		response.SendProgress(action.InvokeProgressEvent{Message: "Warning: " + warning.Message + "."})
	}
	if verdict.Passed() && len(verdict.Warnings()) == 0 {
		response.SendProgress(action.InvokeProgressEvent{Message: verdict.Summary() + "."})
	}
}
