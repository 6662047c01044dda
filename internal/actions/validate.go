package actions

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// validate checks the arguments with the validators of the schema. Terraform asks for
// that only before it knows variables, and not again when it plans or invokes an
// action: a gate whose only rule is null by then, or infinite, would limit nothing.
func validate(ctx context.Context, g *gateAction, config tfsdk.Config) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	problems, err := validateByProtocol(ctx, g, config)
	if err != nil {
		diagnostics.AddError("Could not check the arguments", err.Error()+". This is a bug in the provider.")
	}
	for _, problem := range problems {
		diagnostics.Append(withArgument(problem))
	}
	return diagnostics
}

// validateByProtocol asks the framework's server, since the framework has no other
// function that runs all validators.
func validateByProtocol(ctx context.Context, g *gateAction, config tfsdk.Config) ([]*tfprotov6.Diagnostic, error) {
	only := onlyAction{action: *g}
	value, err := tfprotov6.NewDynamicValue(config.Schema.Type().TerraformType(ctx), config.Raw)
	if err != nil {
		return nil, err
	}
	server, ok := providerserver.NewProtocol6(only)().(tfprotov6.ActionServer)
	if !ok {
		return nil, errors.New("the framework's server knows no actions")
	}
	response, err := server.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: "_" + g.name, Config: &value})
	if err != nil {
		return nil, err
	}
	return response.Diagnostics, nil
}

// withArgument names the argument in the text too: Terraform does not show where in
// an action a problem is.
func withArgument(problem *tfprotov6.Diagnostic) diag.Diagnostic {
	if problem.Severity == tfprotov6.DiagnosticSeverityError && problem.Attribute != nil && len(problem.Attribute.Steps()) > 0 {
		if name, ok := problem.Attribute.Steps()[0].(tftypes.AttributeName); ok {
			return diag.NewAttributeErrorDiagnostic(path.Root(string(name)), problem.Summary, string(name)+": "+problem.Detail)
		}
	}
	if problem.Severity == tfprotov6.DiagnosticSeverityWarning {
		return diag.NewWarningDiagnostic(problem.Summary, problem.Detail)
	}
	return diag.NewErrorDiagnostic(problem.Summary, problem.Detail)
}

// onlyAction is a provider without a name that has nothing but this action.
type onlyAction struct {
	provider.Provider
	action gateAction
}

func (onlyAction) Metadata(context.Context, provider.MetadataRequest, *provider.MetadataResponse) {}

func (p onlyAction) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return &p.action }}
}
