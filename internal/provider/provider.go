// Package provider is the provider itself: its configuration, its credentials, and the
// data sources, ephemeral resources, actions and functions that it registers.
package provider

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/actions"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/ephemerals"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/functions"
)

// New returns a constructor of the provider. The version is "dev" in a local build.
func New(version string) func() provider.Provider {
	return func() provider.Provider {
		return &partnerCenter{version: version, environment: config.ProcessEnvironment()}
	}
}

type partnerCenter struct {
	version     string
	environment config.Environment
}

var (
	_ provider.ProviderWithActions            = (*partnerCenter)(nil)
	_ provider.ProviderWithEphemeralResources = (*partnerCenter)(nil)
	_ provider.ProviderWithFunctions          = (*partnerCenter)(nil)
)

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
			"The provider is read-only: it only sends GET requests to Partner Center, and to Microsoft Graph, where it also starts exports of usage, which changes nothing.",
		Attributes: map[string]schema.Attribute{
			"environment": text("The cloud: `public` (default), `usgovernment` or `china`, or a name that azurerm and azuread have for it: `global`, `usgovernmentl4`, `usgovernmentl5`, `dod`. It determines the API, the sign-in authority and the audience of the access token. " +
				"Also `PARTNERCENTER_ENVIRONMENT` or `ARM_ENVIRONMENT`."),
			"endpoint": text("The base URL of the API without `/v1`, if it is not the cloud's, such as that of a proxy or the emulator. It must be `https`, or `http` for a loopback address. " +
				"Also `PARTNERCENTER_ENDPOINT`."),
			"graph_endpoint": text("The base URL of Microsoft Graph without `/v1.0`, if it is not `https://graph.microsoft.com`, such as that of a proxy or the emulator. It must be `https`, or `http` for a loopback address. " +
				"The data sources of daily usage read it, in the public cloud only. Also `PARTNERCENTER_GRAPH_ENDPOINT`."),
			"authority_host": text("The URL of the sign-in authority, if it is not the cloud's. It must be `https`, or `http` for a loopback address. " +
				"Also `PARTNERCENTER_AUTHORITY_HOST` or `AZURE_AUTHORITY_HOST`."),
			"tenant_id": text("The partner's own tenant: its id or one of its domains. " +
				"Also `PARTNERCENTER_TENANT_ID`, `ARM_TENANT_ID` or `AZURE_TENANT_ID`."),
			"client_id": text("The id of the app registration to sign in with. " +
				"Also `PARTNERCENTER_CLIENT_ID`, `ARM_CLIENT_ID` or `AZURE_CLIENT_ID`, if the credentials come from there."),
			"client_secret": secret("The secret of the app registration. With a refresh token it signs in a user (App+User); alone it signs in the application itself (app-only), " +
				"which most usage routes refuse. Also `PARTNERCENTER_CLIENT_SECRET`, `ARM_CLIENT_SECRET` or `AZURE_CLIENT_SECRET`."),
			"client_certificate_path": text("The path of a file with a certificate of the app registration and its RSA private key, instead of `client_secret`: PEM with an unencrypted key, or PKCS#12. " +
				"Also `PARTNERCENTER_CLIENT_CERTIFICATE_PATH`, `ARM_CLIENT_CERTIFICATE_PATH` or `AZURE_CLIENT_CERTIFICATE_PATH`."),
			"client_certificate_password": secret("The password of the PKCS#12 file of `client_certificate_path`. Both have to be set in the same place. " +
				"Also `PARTNERCENTER_CLIENT_CERTIFICATE_PASSWORD`, `ARM_CLIENT_CERTIFICATE_PASSWORD` or `AZURE_CLIENT_CERTIFICATE_PASSWORD`."),
			"oidc_token": secret("A token from an identity provider that the app registration trusts (a federated credential), instead of `client_secret`. " +
				"Also `PARTNERCENTER_OIDC_TOKEN` or `ARM_OIDC_TOKEN`."),
			"oidc_token_file_path": text("The path of a file that contains such a token, instead of `oidc_token`. It is read each time an access token is requested. " +
				"Also `PARTNERCENTER_OIDC_TOKEN_FILE_PATH`, `ARM_OIDC_TOKEN_FILE_PATH` or `AZURE_FEDERATED_TOKEN_FILE`."),
			"refresh_token": secret("A refresh token of a partner user, to sign in as that user without a browser (App+User). Requires `tenant_id` and `client_id` and, unless the app registration is a public client, a secret, a certificate or an OIDC token. " +
				"Also `PARTNERCENTER_REFRESH_TOKEN`."),
			"refresh_token_file": text("The path of a file that contains a refresh token, instead of `refresh_token`. It is read each time an access token is requested. " +
				"Also `PARTNERCENTER_REFRESH_TOKEN_FILE`."),
			"rotate_refresh_token": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to write the refresh token that Entra returns at each sign-in back to `refresh_token_file`, which is required, so that the file never expires. Defaults to `false`. " +
					"The file is replaced atomically and keeps its mode; other processes that rotate it wait for `<file>.lock` beside it. " +
					"Where it cannot be replaced (a container has mounted the single file, or the directory is not writable), it is overwritten in place: mount its directory if you can. " +
					"A file that cannot be overwritten either is an error before any request is sent. A token that could not be saved is a warning in the plan. " +
					"Also `PARTNERCENTER_ROTATE_REFRESH_TOKEN`.",
			},
			"access_token": secret("An access token for Partner Center, without the word Bearer. A token that has expired or is for another audience is not sent. Also `PARTNERCENTER_ACCESS_TOKEN`."),
			"graph_access_token": secret("An access token for Microsoft Graph, without the word Bearer, for the data sources of daily usage. They need it where `access_token` is set, which is for another audience; it may be set alone. " +
				"It must have the permission `PartnerBilling.Read.All`. Also `PARTNERCENTER_GRAPH_ACCESS_TOKEN`."),
			"use_cli": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to sign in as the user of the Azure CLI. It is the default if no other credentials are configured; `true` requires it, `false` turns it off. " +
					"Also `PARTNERCENTER_USE_CLI` or `ARM_USE_CLI`.",
			},
			"max_concurrency": number("The maximum number of concurrent requests, over all data sources of a run. Defaults to 8. Also `PARTNERCENTER_MAX_CONCURRENCY`."),
			"max_retries": number("The maximum number of retries of a request that was throttled (429), failed (408, 500, 502, 503, 504), or got no response. Defaults to 5. " +
				"After a 429 the provider waits as the API asks; that only counts as a retry if no other request of the run succeeded meanwhile. Also `PARTNERCENTER_MAX_RETRIES`."),
			"max_retry_wait": text("The longest `Retry-After` that the provider waits for, as a Go duration such as `90s`. A longer one is an error that says how long to wait. Defaults to `2m`. " +
				"Also `PARTNERCENTER_MAX_RETRY_WAIT`."),
			"request_timeout": text("The timeout of one try of a request, as a Go duration. Defaults to `3m`, since some routes are slow. " +
				"Also `PARTNERCENTER_REQUEST_TIMEOUT`."),
			"operation_timeout": text("The timeout for reading one data source with all pages, retries and waits, as a Go duration. Defaults to `30m`. " +
				"Also `PARTNERCENTER_OPERATION_TIMEOUT`."),
		},
	}
}

// Configure sends no request: the first read signs in.
func (p *partnerCenter) Configure(_ context.Context, request provider.ConfigureRequest, response *provider.ConfigureResponse) {
	userAgent := "terraform-provider-partnercenter/" + p.version + " (Terraform " + request.TerraformVersion + ")"
	options, diagnostics := configure(request.Config, p.environment, userAgent)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	clients := datasources.NewClients(options)
	response.DataSourceData, response.EphemeralResourceData, response.ActionData = clients, clients, clients
}

func (p *partnerCenter) DataSources(context.Context) []func() datasource.DataSource {
	return datasources.All()
}

// EphemeralResources need Terraform 1.10 or later.
func (p *partnerCenter) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return ephemerals.All()
}

// Actions need Terraform 1.14 or later.
func (p *partnerCenter) Actions(context.Context) []func() action.Action {
	return actions.All()
}

// Functions need no configuration: they make no requests.
func (p *partnerCenter) Functions(context.Context) []func() function.Function {
	return functions.All()
}

// Resources is empty: the provider changes nothing.
func (p *partnerCenter) Resources(context.Context) []func() resource.Resource { return nil }
