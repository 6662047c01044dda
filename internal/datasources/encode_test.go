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
	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// Whatever a model holds, Terraform gets the value that the framework would make of
// the same model with the numbers that Terraform knows in place of decimals.
func TestEncode(t *testing.T) {
	t.Parallel()
	for name, d := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var schema datasource.SchemaResponse
			d.Schema(t.Context(), datasource.SchemaRequest{}, &schema)
			terraform := schema.Schema.Type().TerraformType(t.Context())
			for seed := range uint64(40) {
				model := reflect.New(modelOf(d))
				if seed > 0 { // The first one is empty.
					fill(t, rand.New(rand.NewPCG(seed, 0)), model.Elem())
				}
				state := tfsdk.State{Schema: schema.Schema, Raw: tftypes.NewValue(terraform, nil)}
				if diagnostics := state.Set(t.Context(), withNumbers(model.Elem()).Interface()); diagnostics.HasError() {
					t.Fatalf("seed %d: %v", seed, diagnostics)
				}
				if got := encode(model.Interface(), terraform); !got.Equal(state.Raw) {
					difference, _ := state.Raw.Diff(got)
					t.Fatalf("seed %d: %v", seed, difference)
				}
			}
		})
	}
}

// withNumbers copies a model, with its decimals as numbers.
func withNumbers(from reflect.Value) reflect.Value {
	to := reflect.New(numbersIn(from.Type())).Elem()
	switch {
	case from.Type() == reflect.TypeFor[*pcclient.Decimal]():
		if d, _ := reflect.TypeAssert[*pcclient.Decimal](from); d != nil {
			to.Set(reflect.ValueOf(figures.Number(d.Decimal)))
		}
	case to.Type() == from.Type():
		to.Set(from)
	case from.Kind() == reflect.Pointer:
		if !from.IsNil() {
			to.Set(withNumbers(from.Elem()).Addr())
		}
	case from.Kind() == reflect.Slice:
		if !from.IsNil() {
			to.Set(reflect.MakeSlice(to.Type(), from.Len(), from.Len()))
			for i := range from.Len() {
				to.Index(i).Set(withNumbers(from.Index(i)))
			}
		}
	case from.Kind() == reflect.Map:
		if !from.IsNil() {
			to.Set(reflect.MakeMap(to.Type()))
			for entries := from.MapRange(); entries.Next(); {
				to.SetMapIndex(entries.Key(), withNumbers(entries.Value()))
			}
		}
	case from.Kind() == reflect.Struct:
		for i := range to.NumField() {
			to.Field(i).Set(withNumbers(from.FieldByName(to.Type().Field(i).Name)))
		}
	}
	return to
}

// numbersIn is the type of what [withNumbers] makes. Embedded structs are spread out
// in it.
func numbersIn(model reflect.Type) reflect.Type {
	switch {
	case model == reflect.TypeFor[*pcclient.Decimal]():
		return reflect.TypeFor[*big.Float]()
	case model == reflect.TypeFor[*big.Float]():
		return model
	}
	switch model.Kind() {
	case reflect.Pointer:
		return reflect.PointerTo(numbersIn(model.Elem()))
	case reflect.Slice:
		return reflect.SliceOf(numbersIn(model.Elem()))
	case reflect.Map:
		return reflect.MapOf(model.Key(), numbersIn(model.Elem()))
	case reflect.Struct:
		var fields []reflect.StructField
		for _, field := range reflect.VisibleFields(model) {
			if _, ok := field.Tag.Lookup("tfsdk"); ok {
				fields = append(fields, reflect.StructField{Name: field.Name, Type: numbersIn(field.Type), Tag: field.Tag})
			}
		}
		return reflect.StructOf(fields)
	default:
		return model
	}
}

// modelOf is the M of a source[M].
func modelOf(d datasource.DataSource) reflect.Type {
	read, _ := reflect.TypeOf(d).Elem().FieldByName("read")
	return read.Type.In(2).Elem()
}

// fill puts anything into a model: nothing, something empty, or values.
func fill(t *testing.T, random *rand.Rand, field reflect.Value) {
	t.Helper()
	switch field.Type() {
	case reflect.TypeFor[*big.Float]():
		if random.IntN(4) > 0 {
			field.Set(reflect.ValueOf(figures.Number(anyNumber(random))))
		}
		return
	case reflect.TypeFor[*pcclient.Decimal]():
		if random.IntN(4) > 0 {
			field.Set(reflect.ValueOf(&pcclient.Decimal{Decimal: anyNumber(random)}))
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

func anyNumber(random *rand.Rand) decimal.Decimal { return numbers[random.IntN(len(numbers))] }

var numbers = []decimal.Decimal{
	{},
	decimal.RequireFromString("-0.01"), decimal.RequireFromString("120.5682999999995904716"),
	decimal.RequireFromString("79228162514264337593543950335"), decimal.New(1, -60), decimal.New(1, 400),
	decimal.NewFromInt(200).DivRound(decimal.NewFromInt(3), 600),
}
