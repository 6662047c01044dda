package provider

import (
	"maps"
	"math/big"
	"slices"
	"strconv"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// configure converts the configuration and the environment to the options of a client.
// It reports all problems at once, and sends no request.
func configure(configuration tfsdk.Config, environment config.Environment, userAgent string) (pcclient.Options, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	arguments, err := toArguments(configuration)
	if err != nil {
		diagnostics.AddError("Could not read the configuration", err.Error()+". This is a bug in the provider.")
		return pcclient.Options{}, diagnostics
	}
	read, problems := config.Read(arguments, environment, config.Hooks{
		UserAgent: userAgent,
		Policies:  []policy.Policy{loggingPolicy{}},
		Log:       tflog.Info,
		NotSaved:  logNotSaved,
	})
	for _, problem := range problems {
		diagnostics.AddAttributeError(path.Root(problem.Argument), problem.Summary, problem.Detail)
	}
	read.Options.Credential = loggingCredential{read.Options.Credential, read.SignIn.Source, read.SignIn.Kind}
	return read.Options, diagnostics
}

// toArguments converts a configuration.
func toArguments(configuration tfsdk.Config) (config.Arguments, error) {
	var values map[string]tftypes.Value
	if err := configuration.Raw.As(&values); err != nil {
		return config.Arguments{}, err
	}
	arguments := config.Arguments{Values: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch value := values[name]; {
		case !value.IsKnown():
			arguments.Unknown = append(arguments.Unknown, name)
		case !value.IsNull():
			arguments.Values[name] = toText(value)
		}
	}
	return arguments, nil
}

// toText converts an argument to the text that an environment variable would have.
func toText(value tftypes.Value) string {
	var text string
	var flag bool
	var number big.Float
	switch {
	case value.As(&text) == nil:
		return text
	case value.As(&flag) == nil:
		return strconv.FormatBool(flag)
	case value.As(&number) == nil:
		return number.Text('f', -1)
	}
	return ""
}
