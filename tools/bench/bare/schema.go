package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The schemas as terraform providers schema -json writes them.
type (
	schemas struct {
		Providers map[string]struct {
			Provider    schema            `json:"provider"`
			DataSources map[string]schema `json:"data_source_schemas"`
		} `json:"provider_schemas"`
	}
	schema struct {
		Version int64 `json:"version"`
		Block   struct {
			Attributes      map[string]attribute `json:"attributes"`
			Description     string               `json:"description"`
			DescriptionKind string               `json:"description_kind"`
		} `json:"block"`
	}
	attribute struct {
		Type            json.RawMessage `json:"type"`
		NestedType      *nestedType     `json:"nested_type"`
		Description     string          `json:"description"`
		DescriptionKind string          `json:"description_kind"`
		Required        bool            `json:"required"`
		Optional        bool            `json:"optional"`
		Computed        bool            `json:"computed"`
		Sensitive       bool            `json:"sensitive"`
	}
	nestedType struct {
		Attributes  map[string]attribute `json:"attributes"`
		NestingMode string               `json:"nesting_mode"`
	}
)

func readSchemas(name string) (*tfprotov6.GetProviderSchemaResponse, error) {
	content, err := os.ReadFile(name) //nolint:gosec // The benchmark names it.
	if err != nil {
		return nil, err
	}
	var all schemas
	if err := json.Unmarshal(content, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	ours, ok := all.Providers[address]
	if !ok {
		return nil, fmt.Errorf("%s has no schema of %s", name, address)
	}
	response := &tfprotov6.GetProviderSchemaResponse{DataSourceSchemas: map[string]*tfprotov6.Schema{}}
	if response.Provider, err = ours.Provider.protocol(); err != nil {
		return nil, err
	}
	for name, s := range ours.DataSources {
		if response.DataSourceSchemas[name], err = s.protocol(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return response, nil
}

func (s schema) protocol() (*tfprotov6.Schema, error) {
	attributes, err := protocolAttributes(s.Block.Attributes)
	if err != nil {
		return nil, err
	}
	return &tfprotov6.Schema{
		Version: s.Version,
		Block: &tfprotov6.SchemaBlock{
			Attributes:      attributes,
			Description:     s.Block.Description,
			DescriptionKind: kind(s.Block.DescriptionKind),
		},
	}, nil
}

func protocolAttributes(all map[string]attribute) ([]*tfprotov6.SchemaAttribute, error) {
	list := make([]*tfprotov6.SchemaAttribute, 0, len(all))
	for name, a := range all {
		converted := &tfprotov6.SchemaAttribute{
			Name:            name,
			Description:     a.Description,
			DescriptionKind: kind(a.DescriptionKind),
			Required:        a.Required,
			Optional:        a.Optional,
			Computed:        a.Computed,
			Sensitive:       a.Sensitive,
		}
		var err error
		if a.NestedType == nil {
			converted.Type, err = tftypes.ParseJSONType(a.Type) //nolint:staticcheck // It is for what Terraform wrote, which this is.
		} else {
			converted.NestedType, err = a.NestedType.protocol()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, converted)
	}
	return list, nil
}

func (n *nestedType) protocol() (*tfprotov6.SchemaObject, error) {
	modes := map[string]tfprotov6.SchemaObjectNestingMode{
		"single": tfprotov6.SchemaObjectNestingModeSingle,
		"list":   tfprotov6.SchemaObjectNestingModeList,
		"map":    tfprotov6.SchemaObjectNestingModeMap,
		"set":    tfprotov6.SchemaObjectNestingModeSet,
	}
	mode, ok := modes[n.NestingMode]
	if !ok {
		return nil, fmt.Errorf("unknown nesting mode %q", n.NestingMode)
	}
	attributes, err := protocolAttributes(n.Attributes)
	return &tfprotov6.SchemaObject{Attributes: attributes, Nesting: mode}, err
}

func kind(text string) tfprotov6.StringKind {
	if text == "markdown" {
		return tfprotov6.StringKindMarkdown
	}
	return tfprotov6.StringKindPlain
}
