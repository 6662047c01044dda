package datasources

import (
	"reflect"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// An encoder makes Terraform's value of a field of a model, the one that the
// framework's State.Set makes, which knows no decimals. That looks at the types of
// each value anew, which is most of the time that ten thousand records take; this
// looks once per type.
type encoder func(reflect.Value) tftypes.Value

// encoders are those of the models.
var encoders sync.Map // of reflect.Type to encoder

// encode makes the state of a data source of its model.
func encode(model any, as tftypes.Type) tftypes.Value {
	value := reflect.ValueOf(model)
	known, ok := encoders.Load(value.Type())
	if !ok {
		known, _ = encoders.LoadOrStore(value.Type(), newEncoder(value.Type(), as))
	}
	return known.(encoder)(value) //nolint:forcetypeassert // Nothing else is stored.
}

func newEncoder(field reflect.Type, as tftypes.Type) encoder {
	if field.Kind() == reflect.Pointer && field.Elem().Kind() == reflect.Struct && as.Is(tftypes.Object{}) {
		object := newEncoder(field.Elem(), as)
		return orNull(as, func(value reflect.Value) tftypes.Value { return object(value.Elem()) })
	}
	if field == reflect.TypeFor[*pcclient.Decimal]() {
		return orNull(as, func(value reflect.Value) tftypes.Value {
			return tftypes.NewValue(as, figures.Number(value.Interface().(*pcclient.Decimal).Decimal)) //nolint:forcetypeassert // It is of this type.
		})
	}
	switch as := as.(type) {
	case tftypes.Object:
		return newObjectEncoder(field, as)
	case tftypes.List:
		element := newEncoder(field.Elem(), as.ElementType)
		return orNull(as, func(value reflect.Value) tftypes.Value {
			elements := make([]tftypes.Value, value.Len())
			for i := range elements {
				elements[i] = element(value.Index(i))
			}
			return tftypes.NewValue(as, elements)
		})
	case tftypes.Map:
		element := newEncoder(field.Elem(), as.ElementType)
		return orNull(as, func(value reflect.Value) tftypes.Value {
			elements := make(map[string]tftypes.Value, value.Len())
			for entries := value.MapRange(); entries.Next(); {
				elements[entries.Key().String()] = element(entries.Value())
			}
			return tftypes.NewValue(as, elements)
		})
	}
	return func(value reflect.Value) tftypes.Value { return tftypes.NewValue(as, value.Interface()) }
}

func newObjectEncoder(model reflect.Type, as tftypes.Object) encoder {
	type attribute struct {
		name   string
		index  []int
		encode encoder
	}
	var attributes []attribute
	for _, field := range reflect.VisibleFields(model) {
		if name, ok := field.Tag.Lookup("tfsdk"); ok {
			attributes = append(attributes, attribute{name, field.Index, newEncoder(field.Type, as.AttributeTypes[name])})
		}
	}
	return func(value reflect.Value) tftypes.Value {
		values := make(map[string]tftypes.Value, len(attributes))
		for _, a := range attributes {
			values[a.name] = a.encode(value.FieldByIndex(a.index))
		}
		return tftypes.NewValue(as, values)
	}
}

// orNull encodes what is there.
func orNull(as tftypes.Type, present encoder) encoder {
	return func(value reflect.Value) tftypes.Value {
		if value.IsNil() {
			return tftypes.NewValue(as, nil)
		}
		return present(value)
	}
}
