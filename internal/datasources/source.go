package datasources

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// source is a data source whose arguments and results are the fields of M: all
// that is left to say is its name, its schema, and how to read it.
//
// Terraform decodes a configuration into all of M, the results included, so at
// the top level every field can be null: a pointer, a slice, or a map.
type source[M any] struct {
	name   string // without the provider's
	schema func() schema.Schema
	read   func(context.Context, *pcclient.Client, *M) error

	readExport func(context.Context, *graphbilling.Client, *M) error // instead, if it reads Microsoft Graph

	Clients
}

var _ datasource.DataSourceWithConfigure = (*source[struct{}])(nil)

func (s *source[M]) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_" + s.name
}

func (s *source[M]) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = s.schema()
}

func (s *source[M]) Configure(_ context.Context, request datasource.ConfigureRequest, response *datasource.ConfigureResponse) {
	s.Clients, response.Diagnostics = configuredClients(request.ProviderData)
}

func (s *source[M]) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	var model M
	response.State.RemoveResource(ctx) // No state but the whole one: the framework begins with the arguments.
	response.Diagnostics.Append(request.Config.Get(ctx, &model)...)
	if response.Diagnostics.HasError() {
		return
	}
	response.Diagnostics.Append(Read(ctx, s.api, s.title(), func(ctx context.Context) error {
		if s.readExport != nil {
			return s.readExport(ctx, s.exports, &model)
		}
		return s.read(ctx, s.api, &model)
	})...)
	if response.Diagnostics.HasError() {
		return
	}
	if list, ok := any(&model).(interface{ shortfall() string }); ok {
		if text := list.shortfall(); text != "" {
			response.Diagnostics.AddWarning("Incomplete "+s.title(), text)
		}
	}
	response.State.Raw = encode(&model, response.State.Schema.Type().TerraformType(ctx))
}

// title is the name in words.
func (s *source[M]) title() string { return strings.ReplaceAll(s.name, "_", " ") }
