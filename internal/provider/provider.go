// Package provider is the provider itself: its configuration, its sign-in, and
// the list of what it offers.
package provider

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/ephemerals"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/functions"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// New returns a constructor of the provider. The version is "dev" in a local
// build.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &partnerCenter{version: version, system: newSystem()} }
}

type partnerCenter struct {
	version string
	system  system
}

var _ provider.ProviderWithFunctions = (*partnerCenter)(nil)

func (p *partnerCenter) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "partnercenter"
	response.Version = p.version
}

func (p *partnerCenter) Schema(_ context.Context, _ provider.SchemaRequest, response *provider.SchemaResponse) {
	notEmpty := []validator.String{stringvalidator.RegexMatches(regexp.MustCompile(`\S`), "must not be empty")}
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: notEmpty}
	}
	secret := func(description string) schema.Attribute {
		return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description, Validators: notEmpty}
	}
	number := func(description string) schema.Attribute {
		return schema.NumberAttribute{Optional: true, MarkdownDescription: description}
	}
	response.Schema = schema.Schema{
		MarkdownDescription: "Reads what the customers of a Cloud Solution Provider partner spend on Azure from the Microsoft Partner Center REST API. " +
			"The provider is read-only: it sends nothing but GET to Partner Center.",
		Attributes: map[string]schema.Attribute{
			"environment": text("The cloud: `public` (default), `usgovernment` or `china`, or one of the names that azurerm and azuread have for them: `global`, `usgovernmentl4`, `usgovernmentl5`, `dod`. It decides the API, the sign-in authority and the audience of the access token. " +
				"Also `PARTNERCENTER_ENVIRONMENT` or `ARM_ENVIRONMENT`."),
			"endpoint": text("Another base URL of the API, such as a proxy's or the emulator's, without `/v1`. It must be `https`, or `http` on a loopback address. " +
				"Also `PARTNERCENTER_ENDPOINT`."),
			"authority_host": text("Another sign-in authority than the cloud's. It must be `https`, or `http` on a loopback address. " +
				"Also `PARTNERCENTER_AUTHORITY_HOST` or `AZURE_AUTHORITY_HOST`."),
			"tenant_id": text("The partner's own tenant: its id, or one of its domains. " +
				"Also `PARTNERCENTER_TENANT_ID`, `ARM_TENANT_ID` or `AZURE_TENANT_ID`."),
			"client_id": text("The id of the app registration to sign in with. " +
				"Also `PARTNERCENTER_CLIENT_ID`, `ARM_CLIENT_ID` or `AZURE_CLIENT_ID`, if the credential comes from there."),
			"client_secret": secret("The secret of the app registration. With a refresh token it signs in a user (App+User); alone it signs in the application itself (app-only), " +
				"which most usage routes refuse. Also `PARTNERCENTER_CLIENT_SECRET`, `ARM_CLIENT_SECRET` or `AZURE_CLIENT_SECRET`."),
			"client_certificate_path": text("The path of a file with a certificate of the app registration and its RSA key, instead of `client_secret`: PEM with a key that is not encrypted, or PKCS#12. " +
				"Also `PARTNERCENTER_CLIENT_CERTIFICATE_PATH`, `ARM_CLIENT_CERTIFICATE_PATH` or `AZURE_CLIENT_CERTIFICATE_PATH`."),
			"client_certificate_password": secret("The password of the PKCS#12 file of `client_certificate_path`, taken from the same place as that. " +
				"Also `PARTNERCENTER_CLIENT_CERTIFICATE_PASSWORD`, `ARM_CLIENT_CERTIFICATE_PASSWORD` or `AZURE_CLIENT_CERTIFICATE_PASSWORD`."),
			"oidc_token": secret("A token of an identity provider that the app registration trusts (a federated credential), instead of `client_secret`. " +
				"Also `PARTNERCENTER_OIDC_TOKEN` or `ARM_OIDC_TOKEN`."),
			"oidc_token_file_path": text("The path of a file that holds such a token, instead of `oidc_token`. It is read again each time an access token is fetched. " +
				"Also `PARTNERCENTER_OIDC_TOKEN_FILE_PATH`, `ARM_OIDC_TOKEN_FILE_PATH` or `AZURE_FEDERATED_TOKEN_FILE`."),
			"refresh_token": secret("A refresh token of a partner user, to sign in as that user without a browser (App+User). Needs `tenant_id` and `client_id` and, unless the app registration is a public client, a secret, a certificate or an OIDC token. " +
				"Also `PARTNERCENTER_REFRESH_TOKEN`."),
			"refresh_token_file": text("The path of a file that holds a refresh token, instead of `refresh_token`. It is read again each time an access token is fetched. " +
				"Also `PARTNERCENTER_REFRESH_TOKEN_FILE`."),
			"rotate_refresh_token": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to write the refresh token that Entra returns at each sign-in back to `refresh_token_file`, which it requires, so that the file never grows old. Defaults to `false`. " +
					"The file is replaced in one step and keeps its mode; `<file>.lock` beside it makes other processes that do the same wait. " +
					"Where nothing can take its place (a container has the single file mounted, or the directory cannot be written), it is written in place: mount its directory where you can. " +
					"A file that cannot be written either is an error before anything is sent, and a token that could not be saved is a warning of the plan. " +
					"Also `PARTNERCENTER_ROTATE_REFRESH_TOKEN`.",
			},
			"access_token": secret("An access token for Partner Center, used as it is, without the word Bearer. One that says that it has expired or is for another audience is not sent. Also `PARTNERCENTER_ACCESS_TOKEN`."),
			"use_cli": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to sign in as the user of the Azure CLI. It is used where no other credential is given; `true` insists on it, `false` forbids it. " +
					"Also `PARTNERCENTER_USE_CLI` or `ARM_USE_CLI`.",
			},
			"max_concurrency": number("The number of requests under way at once, over all data sources of a run. Defaults to 8. Also `PARTNERCENTER_MAX_CONCURRENCY`."),
			"max_retries": number("The number of further tries of a request that was throttled (429), met a failing service (408, 500, 502, 503, 504), or got no answer. 0 is none. Defaults to 5. " +
				"A 429 whose wait was obeyed counts only if no request of the run got through meanwhile. Also `PARTNERCENTER_MAX_RETRIES`."),
			"max_retry_wait": text("The longest `Retry-After` of the API that is waited for, as a Go duration such as `90s`. A longer one is an error that says how long. Defaults to `2m`. " +
				"Also `PARTNERCENTER_MAX_RETRY_WAIT`."),
			"request_timeout": text("The time that one try of a request may take, as a Go duration. Defaults to `3m`: some routes are slow. " +
				"Also `PARTNERCENTER_REQUEST_TIMEOUT`."),
			"operation_timeout": text("The time that reading one data source may take, with all its pages, retries and waits, as a Go duration. Defaults to `30m`. " +
				"Also `PARTNERCENTER_OPERATION_TIMEOUT`."),
		},
	}
}

// Configure signs nobody in and sends nothing: the first read does.
func (p *partnerCenter) Configure(_ context.Context, request provider.ConfigureRequest, response *provider.ConfigureResponse) {
	options, diagnostics := configure(request.Config, p.system)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	options.UserAgent = "terraform-provider-partnercenter/" + p.version + " (Terraform " + request.TerraformVersion + ")"
	client := pcclient.New(options)
	response.DataSourceData, response.EphemeralResourceData = client, client
}

func (p *partnerCenter) DataSources(context.Context) []func() datasource.DataSource {
	return datasources.All()
}

// EphemeralResources are there for Terraform 1.10 and later.
func (p *partnerCenter) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return ephemerals.All()
}

// Functions need no configuration: they ask nobody.
func (p *partnerCenter) Functions(context.Context) []func() function.Function {
	return functions.All()
}

// Resources is empty: the provider changes nothing.
func (p *partnerCenter) Resources(context.Context) []func() resource.Resource { return nil }
