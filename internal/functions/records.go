package functions

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// record is an object or a map, and its attributes.
type record struct {
	value      attr.Value
	attributes map[string]attr.Value
	figure     *big.Float // that it is ranked by
}

func recordsOf(list types.Dynamic) ([]record, *function.FuncError) {
	elements, ok := elementsOf(list.UnderlyingValue())
	if !ok {
		return nil, function.NewArgumentFuncError(placeRecords, "records is not a list of objects.")
	}
	records := make([]record, len(elements))
	for i, element := range elements {
		attributes, ok := attributesOf(element)
		if !ok {
			return nil, function.NewArgumentFuncError(placeRecords, fmt.Sprintf("Element %d of records is not an object.", i))
		}
		records[i] = record{value: element, attributes: attributes}
	}
	return records, nil
}

func elementsOf(list attr.Value) ([]attr.Value, bool) {
	switch l := list.(type) {
	case types.List:
		return l.Elements(), !l.IsNull()
	case types.Set:
		return l.Elements(), !l.IsNull()
	case types.Tuple:
		return l.Elements(), !l.IsNull()
	}
	return nil, false
}

func attributesOf(element attr.Value) (map[string]attr.Value, bool) {
	switch e := element.(type) {
	case types.Object:
		return e.Attributes(), !e.IsNull()
	case types.Map:
		return e.Elements(), !e.IsNull()
	}
	return nil, false
}

// amounts are the attributes of the data sources that are in the `currency_code` of
// their record.
var amounts = map[string]bool{
	"total_cost": true, "forecast_cost": true, "budget_amount": true,
	"total_charges": true, "paid_amount": true, "balance_amount": true, "last_payment_amount": true,
	"cost": true,
}

// sameCurrency refuses to compare amounts of different or unknown currencies, once
// there are two. Nothing is nothing in each.
func sameCurrency(records []record, attribute string) *function.FuncError {
	var compared []*record
	for i := range records {
		if records[i].figure != nil && records[i].figure.Sign() != 0 {
			compared = append(compared, &records[i])
		}
	}
	if len(compared) < 2 {
		return nil
	}
	for _, r := range compared {
		first, other := compared[0].currency(), r.currency()
		if first == "" || other == "" {
			return function.NewArgumentFuncError(placeAttribute,
				fmt.Sprintf("attribute is %s, and not all records have a currency_code that says what it is in. Rank by usd_total_cost.", attribute))
		}
		if other != first {
			return function.NewArgumentFuncError(placeAttribute,
				fmt.Sprintf("attribute is %s, and the records are in different currencies (%s, %s). Rank by usd_total_cost.", attribute, first, other))
		}
	}
	return nil
}

// currency is empty if it is not known.
func (r *record) currency() string {
	code, _ := r.attributes["currency_code"].(types.String)
	return strings.ToUpper(code.ValueString())
}

// measure reads the attribute that records are ranked by.
func measure(records []record, attribute string) *function.FuncError {
	for i := range records {
		value, ok := records[i].attributes[attribute]
		if !ok {
			return function.NewArgumentFuncError(placeAttribute, fmt.Sprintf("attribute is %q, which element %d of records does not have.", attribute, i))
		}
		if value.IsNull() {
			continue
		}
		number, ok := value.(types.Number)
		if !ok {
			return function.NewArgumentFuncError(placeAttribute, fmt.Sprintf("attribute is %q, which is not a number in element %d of records.", attribute, i))
		}
		records[i].figure = number.ValueBigFloat()
	}
	return nil
}

// rank sorts records: the largest first, null last.
func rank(records []record) {
	slices.SortStableFunc(records, func(a, b record) int {
		switch {
		case a.figure != nil && b.figure != nil:
			return b.figure.Cmp(a.figure)
		case a.figure != nil:
			return -1
		case b.figure != nil:
			return 1
		}
		return 0
	})
}

// listed makes a tuple of the records of a tuple, and otherwise a list: a set
// would not keep their order.
func listed(ctx context.Context, from types.Dynamic, records []record) (any, *function.FuncError) {
	values, kinds := make([]attr.Value, len(records)), make([]attr.Type, len(records))
	for i, r := range records {
		values[i], kinds[i] = r.value, r.value.Type(ctx)
	}
	if collection, ok := from.UnderlyingValue().Type(ctx).(attr.TypeWithElementType); ok {
		list, problems := types.ListValue(collection.ElementType(), values)
		return types.DynamicValue(list), function.FuncErrorFromDiags(ctx, problems)
	}
	tuple, problems := types.TupleValue(kinds, values)
	return types.DynamicValue(tuple), function.FuncErrorFromDiags(ctx, problems)
}
