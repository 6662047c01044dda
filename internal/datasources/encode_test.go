package datasources

import (
	"math/big"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Whatever a model holds, Terraform gets the value that the framework would make.
func TestEncode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ string, d datasource.DataSource) {
		t.Helper()
		var schema datasource.SchemaResponse
		d.Schema(t.Context(), datasource.SchemaRequest{}, &schema)
		terraform := schema.Schema.Type().TerraformType(t.Context())
		for seed := range uint64(200) {
			model := reflect.New(modelOf(d))
			if seed > 0 { // The first one is empty.
				fill(t, rand.New(rand.NewPCG(seed, 0)), model.Elem())
			}
			state := tfsdk.State{Schema: schema.Schema, Raw: tftypes.NewValue(terraform, nil)}
			if diagnostics := state.Set(t.Context(), model.Interface()); diagnostics.HasError() {
				t.Fatalf("seed %d: %v", seed, diagnostics)
			}
			if got := encode(model.Interface(), terraform); !got.Equal(state.Raw) {
				difference, _ := state.Raw.Diff(got)
				t.Fatalf("seed %d: %v", seed, difference)
			}
		}
	})
}

// modelOf is the M of a source[M].
func modelOf(d datasource.DataSource) reflect.Type {
	read, _ := reflect.TypeOf(d).Elem().FieldByName("read")
	return read.Type.In(2).Elem()
}

// fill puts anything into a model: nothing, something empty, or values.
func fill(t *testing.T, random *rand.Rand, field reflect.Value) {
	t.Helper()
	if field.Type() == reflect.TypeFor[*big.Float]() {
		if random.IntN(4) > 0 {
			field.Set(reflect.ValueOf(anyNumber(t, random)))
		}
		return
	}
	switch field.Kind() {
	case reflect.Struct:
		for i := range field.NumField() {
			if part := field.Type().Field(i); part.IsExported() || part.Anonymous {
				fill(t, random, field.Field(i))
			}
		}
	case reflect.Pointer:
		if random.IntN(4) > 0 {
			field.Set(reflect.New(field.Type().Elem()))
			fill(t, random, field.Elem())
		}
	case reflect.Slice:
		if n := random.IntN(5) - 1; n >= 0 {
			field.Set(reflect.MakeSlice(field.Type(), n, n))
			for i := range n {
				fill(t, random, field.Index(i))
			}
		}
	case reflect.Map:
		if n := random.IntN(5) - 1; n >= 0 {
			field.Set(reflect.MakeMap(field.Type()))
			for i := range n {
				element := reflect.New(field.Type().Elem()).Elem()
				fill(t, random, element)
				field.SetMapIndex(reflect.ValueOf(strconv.Itoa(i)), element)
			}
		}
	case reflect.String:
		field.SetString([]string{"", "Contoso", "日本 \u202e\n", "null"}[random.IntN(4)])
	case reflect.Bool:
		field.SetBool(random.IntN(2) > 0)
	case reflect.Int64:
		field.SetInt(random.Int64() - random.Int64())
	default:
		t.Fatalf("no model has had a %s before", field.Type())
	}
}

func anyNumber(t *testing.T, random *rand.Rand) *big.Float {
	t.Helper()
	text := []string{"0", "-0.01", "120.5682999999995904716", "79228162514264337593543950335", "1e-20"}[random.IntN(5)]
	number, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	return number
}
