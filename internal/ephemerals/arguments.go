package ephemerals

import (
	"fmt"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
)

// arguments are those of a data source: the two forms cannot drift apart.
func arguments(ofDataSource map[string]datasource.Attribute) map[string]schema.Attribute {
	converted := make(map[string]schema.Attribute, len(ofDataSource))
	for name, attribute := range ofDataSource {
		converted[name] = argument(attribute)
	}
	return converted
}

// argument is the same attribute in the framework's types for ephemeral resources,
// of the kinds that arguments have here.
func argument(attribute datasource.Attribute) schema.Attribute {
	switch a := attribute.(type) {
	case datasource.BoolAttribute:
		return schema.BoolAttribute{Optional: true, MarkdownDescription: a.MarkdownDescription, Validators: a.Validators}
	case datasource.NumberAttribute:
		return schema.NumberAttribute{Optional: true, MarkdownDescription: a.MarkdownDescription, Validators: a.Validators}
	case datasource.Int64Attribute:
		return schema.Int64Attribute{Optional: true, MarkdownDescription: a.MarkdownDescription, Validators: a.Validators}
	case datasource.StringAttribute:
		return schema.StringAttribute{Optional: true, MarkdownDescription: a.MarkdownDescription, Validators: a.Validators}
	case datasource.ListAttribute:
		return schema.ListAttribute{Optional: true, ElementType: a.ElementType, MarkdownDescription: a.MarkdownDescription, Validators: a.Validators}
	case datasource.MapAttribute:
		return schema.MapAttribute{Optional: true, ElementType: a.ElementType, MarkdownDescription: a.MarkdownDescription, Validators: a.Validators}
	}
	panic(fmt.Sprintf("there is no argument of the kind %T", attribute))
}
