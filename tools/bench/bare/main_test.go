package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/tools/bench/internal/recording"
)

const written = `{"format_version":"1.0","provider_schemas":{"registry.terraform.io/seed-12616aef/partnercenter":{
"provider":{"version":0,"block":{"attributes":{"endpoint":{"type":"string","description_kind":"markdown","optional":true}}}},
"data_source_schemas":{"partnercenter_thing":{"version":0,"block":{"attributes":{
  "customer_id":{"type":"string","description":"Whose.","description_kind":"markdown","required":true},
  "limit":{"type":"number","optional":true},
  "required":{"type":"bool","optional":true},
  "limits":{"type":["map","number"],"optional":true},
  "records":{"nested_type":{"attributes":{"cost":{"type":"number","computed":true},"tags":{"nested_type":{"attributes":{"name":{"type":"string","computed":true}},"nesting_mode":"list"},"computed":true}},"nesting_mode":"list"},"computed":true},
  "totals":{"nested_type":{"attributes":{"complete":{"type":"bool","computed":true}},"nesting_mode":"single"},"computed":true}
}}}}}}}`

// thing is the type of that data source.
var thing = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"customer_id": tftypes.String,
	"limit":       tftypes.Number,
	"required":    tftypes.Bool,
	"limits":      tftypes.Map{ElementType: tftypes.Number},
	"records": tftypes.List{ElementType: tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"cost": tftypes.Number,
		"tags": tftypes.List{ElementType: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String}}},
	}}},
	"totals": tftypes.Object{AttributeTypes: map[string]tftypes.Type{"complete": tftypes.Bool}},
}}

func read(t *testing.T, directory string) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	if err := os.WriteFile(recording.Schema(directory), []byte(written), 0o600); err != nil {
		t.Fatal(err)
	}
	schemas, err := readSchemas(recording.Schema(directory))
	if err != nil {
		t.Fatal(err)
	}
	return schemas
}

func TestSchemasAreWhatTerraformWrote(t *testing.T) {
	t.Parallel()
	schemas := read(t, t.TempDir())
	schema := schemas.DataSourceSchemas["partnercenter_thing"]
	if got := schema.ValueType(); !got.Equal(thing) {
		t.Errorf("got  %s\nwant %s", got, thing)
	}
	for _, attribute := range schema.Block.Attributes {
		required := attribute.Name == "customer_id"
		if attribute.Required != required || (attribute.Description == "Whose.") != required || (attribute.DescriptionKind == tfprotov6.StringKindMarkdown) != required {
			t.Errorf("%+v", attribute)
		}
	}
}

func TestAStateIsServedAsItWasKept(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	s := &server{directory: directory, schemas: read(t, directory)}
	for id, state := range map[string]string{"one": "\x81 the state of one", "two": "\x81 the state of two"} {
		if err := os.WriteFile(recording.State(directory, "partnercenter_thing", map[string]any{"customer_id": id, "limit": 80, "required": false}), []byte(state), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[string]string{"one": "\x81 the state of one", "two": "\x81 the state of two", "three": ""} {
		values := map[string]tftypes.Value{}
		for name, typ := range thing.AttributeTypes {
			values[name] = tftypes.NewValue(typ, nil)
		}
		values["customer_id"] = tftypes.NewValue(tftypes.String, id)
		values["limit"] = tftypes.NewValue(tftypes.Number, 80)
		values["required"] = tftypes.NewValue(tftypes.Bool, false)
		config, err := tfprotov6.NewDynamicValue(thing, tftypes.NewValue(thing, values))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "partnercenter_thing", Config: &config})
		if want == "" {
			if err == nil {
				t.Errorf("%s has a state", id)
			}
			continue
		}
		if err != nil || string(got.State.MsgPack) != want {
			t.Errorf("%s: %v, %v", id, got, err)
		}
	}
}

func TestSchemasOfAnotherProviderAreRefused(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(name, []byte(`{"provider_schemas":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readSchemas(name); err == nil {
		t.Error("no error")
	}
}
