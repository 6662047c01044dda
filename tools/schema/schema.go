package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Provider is what terraform providers schema -json prints of a provider, without the
// descriptions: they are in docs/, and break nothing.
type Provider struct {
	Provider           *Schema              `json:"provider"`
	Resources          map[string]*Schema   `json:"resource_schemas,omitempty"`
	DataSources        map[string]*Schema   `json:"data_source_schemas,omitempty"`
	EphemeralResources map[string]*Schema   `json:"ephemeral_resource_schemas,omitempty"`
	Actions            map[string]*Schema   `json:"action_schemas,omitempty"`
	Functions          map[string]*Function `json:"functions,omitempty"`
}

// Schema is that of a data source, for example.
type Schema struct {
	Version int64  `json:"version"`
	Block   Object `json:"block"`
}

// Object is a block or a nested type.
type Object struct {
	Attributes  map[string]*Attribute `json:"attributes,omitempty"`
	NestingMode string                `json:"nesting_mode,omitempty"`
}

// Attribute has a type or a nested type.
type Attribute struct {
	Type       json.RawMessage `json:"type,omitempty"`
	NestedType *Object         `json:"nested_type,omitempty"`
	Deprecated bool            `json:"deprecated,omitempty"`
	Required   bool            `json:"required,omitempty"`
	Optional   bool            `json:"optional,omitempty"`
	Computed   bool            `json:"computed,omitempty"`
	Sensitive  bool            `json:"sensitive,omitempty"`
	WriteOnly  bool            `json:"write_only,omitempty"`
}

// Function is the signature of a function.
type Function struct {
	Parameters []*Parameter    `json:"parameters,omitempty"`
	Variadic   *Parameter      `json:"variadic_parameter,omitempty"`
	ReturnType json.RawMessage `json:"return_type"`
}

// Parameter is one of a function.
type Parameter struct {
	Name       string          `json:"name"`
	Type       json.RawMessage `json:"type"`
	IsNullable bool            `json:"is_nullable,omitempty"`
}

// readSchema reads the schema of a provider by the plugin protocol.
func readSchema(ctx context.Context, server tfprotov6.ProviderServer) (*Provider, error) {
	response, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	for _, d := range response.Diagnostics {
		return nil, fmt.Errorf("%s: %s", d.Summary, d.Detail)
	}
	if len(response.ListResourceSchemas)+len(response.StateStoreSchemas) > 0 || response.ProviderMeta != nil {
		return nil, errors.New("the provider has list resources, state stores or metadata, which tools/schema does not compare yet")
	}
	p := &Provider{Functions: map[string]*Function{}}
	if p.Provider, err = toSchema(response.Provider); err != nil {
		return nil, err
	}
	actions := map[string]*tfprotov6.Schema{}
	for name, action := range response.ActionSchemas {
		actions[name] = action.Schema
	}
	for _, kind := range []struct {
		from map[string]*tfprotov6.Schema
		to   *map[string]*Schema
	}{
		{response.ResourceSchemas, &p.Resources},
		{response.DataSourceSchemas, &p.DataSources},
		{response.EphemeralResourceSchemas, &p.EphemeralResources},
		{actions, &p.Actions},
	} {
		*kind.to = map[string]*Schema{}
		for name, schema := range kind.from {
			if (*kind.to)[name], err = toSchema(schema); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for name, function := range response.Functions {
		if p.Functions[name], err = toFunction(function); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return p, nil
}

func toSchema(s *tfprotov6.Schema) (*Schema, error) {
	if len(s.Block.BlockTypes) > 0 {
		return nil, errors.New("it has nested blocks, which tools/schema does not compare yet")
	}
	attributes, err := toAttributes(s.Block.Attributes)
	return &Schema{Version: s.Version, Block: Object{Attributes: attributes}}, err
}

var nestingModes = map[tfprotov6.SchemaObjectNestingMode]string{
	tfprotov6.SchemaObjectNestingModeSingle: "single",
	tfprotov6.SchemaObjectNestingModeList:   "list",
	tfprotov6.SchemaObjectNestingModeSet:    "set",
	tfprotov6.SchemaObjectNestingModeMap:    "map",
}

func toAttributes(from []*tfprotov6.SchemaAttribute) (map[string]*Attribute, error) {
	attributes := map[string]*Attribute{}
	for _, a := range from {
		to := &Attribute{
			Deprecated: a.Deprecated, Required: a.Required, Optional: a.Optional,
			Computed: a.Computed, Sensitive: a.Sensitive, WriteOnly: a.WriteOnly,
		}
		var err error
		if a.NestedType != nil {
			to.NestedType = &Object{NestingMode: nestingModes[a.NestedType.Nesting]}
			to.NestedType.Attributes, err = toAttributes(a.NestedType.Attributes)
		} else {
			to.Type, err = toType(a.Type)
		}
		if err != nil {
			return nil, err
		}
		attributes[a.Name] = to
	}
	return attributes, nil
}

func toFunction(f *tfprotov6.Function) (to *Function, err error) {
	to = &Function{}
	for _, p := range f.Parameters {
		parameter, err := toParameter(p)
		if err != nil {
			return nil, err
		}
		to.Parameters = append(to.Parameters, parameter)
	}
	if f.VariadicParameter != nil {
		if to.Variadic, err = toParameter(f.VariadicParameter); err != nil {
			return nil, err
		}
	}
	to.ReturnType, err = toType(f.Return.Type)
	return to, err
}

func toParameter(p *tfprotov6.FunctionParameter) (*Parameter, error) {
	typ, err := toType(p.Type)
	return &Parameter{Name: p.Name, Type: typ, IsNullable: p.AllowNullValue}, err
}

// toType returns a type as Terraform writes it in JSON, such as ["list","string"].
func toType(t tftypes.Type) (json.RawMessage, error) { return json.Marshal(t) }

// encode returns the schema in JSON, indented and sorted.
func (p *Provider) encode() ([]byte, error) {
	text, err := json.MarshalIndent(p, "", "  ")
	return append(text, '\n'), err
}

func decode(content []byte) (*Provider, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	p := &Provider{}
	if err := decoder.Decode(p); err != nil {
		return nil, err
	}
	if p.Provider == nil {
		return nil, errors.New("it is not the schema of a provider")
	}
	return p, nil
}
