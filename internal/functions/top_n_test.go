package functions_test

import "testing"

// Records as they are on the wire: with their type.
func typed(kind, value string) string { return `{"type":` + kind + `,"value":` + value + `}` }

const (
	object  = `["object",{"a":"string","b":"number"}]`
	objects = `[{"a":"x","b":2},{"a":"y","b":null},{"a":"z","b":3},{"a":"v","b":2},{"a":"w","b":-120.5682999999995904716}]`
	ranked  = `[{"a":"z","b":3},{"a":"x","b":2},{"a":"v","b":2},{"a":"w","b":-120.5682999999995904716},{"a":"y","b":null}]`

	costs   = `["list",["object",{"currency_code":"string","total_cost":"number","usd_total_cost":"number"}]]`
	budgets = `["list",["object",{"currency_code":"string","budget_amount":"number","forecast_cost":"number"}]]`
	mixed   = `[{"currency_code":"SEK","total_cost":9,"usd_total_cost":1},{"currency_code":"EUR","total_cost":2,"usd_total_cost":2}]`
)

func TestTopN(t *testing.T) {
	t.Parallel()
	list := typed(`["list",`+object+`]`, objects)
	check(t, "top_n", []call{
		{name: "list", arguments: []string{list, `"b"`, "9"}, want: ranked},
		{name: "tuple", arguments: []string{typed(`["tuple",[`+object+`,["object",{"b":"number"}],["map","number"]]]`, `[{"a":"x","b":1},{"b":2},{"b":3,"c":0}]`), `"b"`, "2"}, want: `[{"b":3,"c":0},{"b":2}]`},
		{name: "set", arguments: []string{typed(`["set",`+object+`]`, `[{"a":"x","b":1},{"a":"y","b":2}]`), `"b"`, "1"}, want: `[{"a":"y","b":2}]`},
		{name: "maps", arguments: []string{typed(`["list",["map","number"]]`, `[{"b":1},{"b":2}]`), `"b"`, "1"}, want: `[{"b":2}]`},
		{name: "nulls of no type", arguments: []string{typed(`["tuple",[["object",{"b":"dynamic"}],["object",{"b":"number"}]]]`, `[{"b":null},{"b":1}]`), `"b"`, "1"}, want: `[{"b":1}]`},
		{name: "nested", arguments: []string{typed(`["list",["object",{"b":"number","c":["list","string"]}]]`, `[{"b":1,"c":["x"]},{"b":2,"c":[]}]`), `"b"`, "2"}, want: `[{"b":2,"c":[]},{"b":1,"c":["x"]}]`},
		{name: "the last digit", arguments: []string{typed(`["list",["map","number"]]`, `[{"b":120.5682999999995904716},{"b":120.5682999999995904717}]`), `"b"`, "1"}, want: `[{"b":120.5682999999995904717}]`},
		{name: "one", arguments: []string{list, `"b"`, "1"}, want: `[{"a":"z","b":3}]`},
		{name: "none", arguments: []string{list, `"b"`, "0"}, want: `[]`},
		{name: "more than there can be", arguments: []string{list, `"b"`, "1e30"}, want: ranked},
		{name: "empty list", arguments: []string{typed(`["list",`+object+`]`, `[]`), `"missing"`, "1"}, want: `[]`},
		{name: "empty tuple", arguments: []string{typed(`["tuple",[]]`, `[]`), `"b"`, "1"}, want: `[]`},

		{name: "n below 0", arguments: []string{list, `"b"`, "-1"}, fails: "n is not", place: 2},
		{name: "n not whole", arguments: []string{list, `"b"`, "1.5"}, fails: "n is not", place: 2},
		{name: "no attribute", arguments: []string{list, `"c"`, "1"}, fails: `"c", which element 0 of records does not have`, place: 1},
		{name: "no attribute in one", arguments: []string{typed(`["tuple",[["map","number"],["map","number"]]]`, `[{"b":1},{"c":1}]`), `"b"`, "1"}, fails: `"b", which element 1`, place: 1},
		{name: "a text", arguments: []string{list, `"a"`, "1"}, fails: `"a", which is not a number in element 0`, place: 1},
		{name: "no list", arguments: []string{typed(`"string"`, `"x"`), `"b"`, "1"}, fails: "records is not a list", place: 0},
		{name: "one object", arguments: []string{typed(object, `{"a":"x","b":1}`), `"b"`, "1"}, fails: "records is not a list", place: 0},
		{name: "a list of texts", arguments: []string{typed(`["list","string"]`, `["x"]`), `"b"`, "1"}, fails: "Element 0 of records is not an object", place: 0},
		{name: "a null record", arguments: []string{typed(`["list",`+object+`]`, `[{"a":"x","b":1},null]`), `"b"`, "1"}, fails: "Element 1 of records is not an object", place: 0},
	})
}

func TestTopN_currencies(t *testing.T) {
	t.Parallel()
	check(t, "top_n", []call{
		{name: "mixed", arguments: []string{typed(costs, mixed), `"total_cost"`, "1"}, fails: "different currencies (SEK, EUR). Rank by usd_total_cost", place: 1},
		{name: "mixed in USD", arguments: []string{typed(costs, mixed), `"usd_total_cost"`, "1"}, want: `[{"currency_code":"EUR","total_cost":2,"usd_total_cost":2}]`},
		{
			name:      "unknown",
			arguments: []string{typed(costs, `[{"currency_code":"SEK","total_cost":9,"usd_total_cost":1},{"currency_code":null,"total_cost":2,"usd_total_cost":2}]`), `"total_cost"`, "1"},
			fails:     "not all records have a currency_code", place: 1,
		},
		{
			name:      "the same",
			arguments: []string{typed(costs, `[{"currency_code":"SEK","total_cost":1,"usd_total_cost":1},{"currency_code":"SEK","total_cost":2,"usd_total_cost":2}]`), `"total_cost"`, "1"},
			want:      `[{"currency_code":"SEK","total_cost":2,"usd_total_cost":2}]`,
		},
		{
			name:      "all unknown",
			arguments: []string{typed(costs, `[{"currency_code":null,"total_cost":9,"usd_total_cost":1},{"currency_code":null,"total_cost":2,"usd_total_cost":2}]`), `"total_cost"`, "1"},
			fails:     "not all records have a currency_code", place: 1,
		},
		{name: "without any", arguments: []string{typed(`["list",["map","number"]]`, `[{"total_cost":1},{"total_cost":2}]`), `"total_cost"`, "1"}, fails: "not all records have a currency_code", place: 1},
		{name: "without any, and one record", arguments: []string{typed(`["list",["map","number"]]`, `[{"total_cost":1}]`), `"total_cost"`, "1"}, want: `[{"total_cost":1}]`},
		{
			name:      "nothing, in no currency",
			arguments: []string{typed(costs, `[{"currency_code":null,"total_cost":0,"usd_total_cost":0},{"currency_code":null,"total_cost":null,"usd_total_cost":0},{"currency_code":"SEK","total_cost":2,"usd_total_cost":2}]`), `"total_cost"`, "1"},
			want:      `[{"currency_code":"SEK","total_cost":2,"usd_total_cost":2}]`,
		},
		{name: "budgets", arguments: []string{typed(budgets, `[{"currency_code":"SEK","budget_amount":9,"forecast_cost":1},{"currency_code":"EUR","budget_amount":2,"forecast_cost":2}]`), `"budget_amount"`, "1"}, fails: "attribute is budget_amount, and the records are in different currencies", place: 1},
		{name: "forecasts", arguments: []string{typed(budgets, `[{"currency_code":"SEK","budget_amount":9,"forecast_cost":1},{"currency_code":"EUR","budget_amount":2,"forecast_cost":2}]`), `"forecast_cost"`, "1"}, fails: "attribute is forecast_cost, and the records are in different currencies", place: 1},
	})
}
