package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// withAttributes is a provider with a data source of these attributes, in JSON.
func withAttributes(t *testing.T, attributes string) *Provider {
	t.Helper()
	return parse(t, `{"provider":{"version":0,"block":{}},"data_source_schemas":{"x":{"version":0,"block":{"attributes":`+attributes+`}}}}`)
}

// withFunction is a provider with a function of this signature, in JSON.
func withFunction(t *testing.T, signature string) *Provider {
	t.Helper()
	return parse(t, `{"provider":{"version":0,"block":{}},"functions":{"f":`+signature+`}}`)
}

func parse(t *testing.T, text string) *Provider {
	t.Helper()
	p, err := decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// checkChanges compares changes with the lines of a text.
func checkChanges(t *testing.T, changes []change, want string) {
	t.Helper()
	var lines []string
	for _, c := range changes {
		lines = append(lines, c.String())
	}
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("the changes are\n%s\nwant\n%s", got, want)
	}
}

func TestCompare_attributes(t *testing.T) {
	t.Parallel()
	const (
		optional = `{"a":{"type":"string","optional":true}}`
		required = `{"a":{"type":"string","required":true}}`
		computed = `{"a":{"type":"string","computed":true}}`
		nested   = `{"a":{"nested_type":{"nesting_mode":"list","attributes":{"b":{"type":"number","computed":true}}},"computed":true}}`
	)
	for name, test := range map[string]struct{ before, after, want string }{
		"nothing":             {optional, optional, ""},
		"removed":             {optional, `{}`, "BREAKING data source x.a: removed"},
		"renamed":             {optional, `{"b":{"type":"string","optional":true}}`, "BREAKING data source x.a: removed\ndata source x.b: added"},
		"added":               {`{}`, optional, "data source x.a: added"},
		"added, required":     {`{}`, required, "BREAKING data source x.a: added, and required"},
		"type":                {optional, `{"a":{"type":"number","optional":true}}`, `BREAKING data source x.a: type "string" is now "number"`},
		"element type":        {`{"a":{"type":["list","string"],"optional":true}}`, `{"a":{"type":["set","string"],"optional":true}}`, `BREAKING data source x.a: type ["list","string"] is now ["set","string"]`},
		"optional → required": {optional, required, "BREAKING data source x.a: now required"},
		"required → optional": {required, optional, "data source x.a: now optional"},
		"optional → computed": {optional, computed, "BREAKING data source x.a: no longer an argument\ndata source x.a: now computed"},
		"computed → optional": {computed, optional, "BREAKING data source x.a: no longer computed\ndata source x.a: now also an argument"},
		"computed → required": {computed, required, "BREAKING data source x.a: now required\nBREAKING data source x.a: no longer computed"},
		"computed, also optional": {
			computed, `{"a":{"type":"string","optional":true,"computed":true}}`, "data source x.a: now also an argument",
		},
		"sensitive":       {optional, `{"a":{"type":"string","optional":true,"sensitive":true}}`, "BREAKING data source x.a: now sensitive"},
		"not sensitive":   {`{"a":{"type":"string","optional":true,"sensitive":true}}`, optional, "data source x.a: no longer sensitive"},
		"write-only":      {optional, `{"a":{"type":"string","optional":true,"write_only":true}}`, "BREAKING data source x.a: now write-only"},
		"deprecated":      {optional, `{"a":{"type":"string","optional":true,"deprecated":true}}`, "data source x.a: now deprecated"},
		"nested, removed": {nested, `{"a":{"nested_type":{"nesting_mode":"list"},"computed":true}}`, "BREAKING data source x.a.b: removed"},
		"nested, type":    {nested, strings.Replace(nested, "number", "string", 1), `BREAKING data source x.a.b: type "number" is now "string"`},
		"nested, mode":    {nested, strings.Replace(nested, "list", "set", 1), "BREAKING data source x.a: type nested list is now nested set"},
		"nested → type":   {nested, computed, `BREAKING data source x.a: type nested list is now "string"`},
		"type → nested":   {computed, nested, `BREAKING data source x.a: type "string" is now nested list`},
		"nested, added, required": {
			nested, strings.Replace(nested, `"attributes":{`, `"attributes":{"c":{"type":"string","required":true},`, 1), "BREAKING data source x.a.c: added, and required",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkChanges(t, compare(withAttributes(t, test.before), withAttributes(t, test.after)), test.want)
		})
	}
}

func TestCompare_functions(t *testing.T) {
	t.Parallel()
	const one = `{"parameters":[{"name":"p","type":"number"}],"return_type":"number"}`
	for name, test := range map[string]struct{ before, after, want string }{
		"return type": {one, strings.Replace(one, `"return_type":"number"`, `"return_type":"string"`, 1), `BREAKING function f: return type "number" is now "string"`},
		"type":        {one, strings.Replace(one, `"number"`, `"string"`, 1), `BREAKING function f.p: type "number" is now "string"`},
		"name":        {one, strings.Replace(one, `"p"`, `"q"`, 1), "function f.p: now called q"},
		"fewer":       {one, `{"return_type":"number"}`, "BREAKING function f: other parameters"},
		"more":        {`{"return_type":"number"}`, one, "BREAKING function f: other parameters"},
		"variadic, added": {
			one, strings.Replace(one, `"return_type"`, `"variadic_parameter":{"name":"v","type":"number"},"return_type"`, 1), "function f: other parameters",
		},
		"variadic, removed": {
			strings.Replace(one, `"return_type"`, `"variadic_parameter":{"name":"v","type":"number"},"return_type"`, 1), one, "BREAKING function f: other parameters",
		},
		"null":    {one, strings.Replace(one, `"type":"number"}`, `"type":"number","is_nullable":true}`, 1), "function f.p: null is now allowed"},
		"no null": {strings.Replace(one, `"type":"number"}`, `"type":"number","is_nullable":true}`, 1), one, "BREAKING function f.p: null is no longer allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkChanges(t, compare(withFunction(t, test.before), withFunction(t, test.after)), test.want)
		})
	}
}

// What is removed as a whole is breaking, whatever kind it is of.
func TestCompare_kinds(t *testing.T) {
	t.Parallel()
	const empty, one = `{"version":0,"block":{}}`, `{"version":0,"block":{"attributes":{"a":{"type":"string","optional":true}}}}`
	all := parse(t, `{"provider":`+one+`,"resource_schemas":{"r":`+one+`},"data_source_schemas":{"d":`+one+`},"ephemeral_resource_schemas":{"e":`+one+`},"action_schemas":{"a":`+one+`},"functions":{"f":{"return_type":"number"}}}`)
	none := parse(t, `{"provider":`+empty+`}`)
	checkChanges(t, compare(all, none), `BREAKING provider.a: removed
BREAKING resource r: removed
BREAKING data source d: removed
BREAKING ephemeral resource e: removed
BREAKING action a: removed
BREAKING function f: removed`)
	checkChanges(t, compare(none, all), `provider.a: added
resource r: added
data source d: added
ephemeral resource e: added
action a: added
function f: added`)
}

// A schema that was read back is the same, however its types are indented.
func TestCompare_readBack(t *testing.T) {
	t.Parallel()
	p := withAttributes(t, `{"a":{"type":["list",["object",{"b":"string"}]],"computed":true}}`)
	content, err := p.encode()
	if err != nil {
		t.Fatal(err)
	}
	checkChanges(t, compare(p, parse(t, string(content))), "")
	if again, err := parse(t, string(content)).encode(); err != nil || string(again) != string(content) {
		t.Errorf("it is encoded as\n%s\nand then as\n%s", content, again)
	}
	if _, err := decode([]byte(`{"provider":{"version":0,"block":{}},"list_resource_schemas":{}}`)); err == nil {
		t.Error("a kind that is not compared is no error")
	}
	if _, err := decode(json.RawMessage(`{}`)); err == nil {
		t.Error("nothing is a schema")
	}
}
