package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// change is one difference between two schemas.
type change struct {
	kind     string   // data source, for example
	path     []string // its name, and the names of attributes
	text     string
	breaking bool // something that works with the old schema does not with the new one
}

func (c change) String() string {
	words := []string{}
	if c.breaking {
		words = append(words, "BREAKING")
	}
	if c.kind != "" {
		words = append(words, c.kind)
	}
	return strings.Join(append(words, strings.Join(c.path, ".")+":", c.text), " ")
}

// comparison collects changes.
type comparison struct {
	kind    string
	changes []change
}

func (c *comparison) add(path []string, breaking bool, text string) {
	c.changes = append(c.changes, change{c.kind, slices.Clone(path), text, breaking})
}

// compare returns the changes from one schema to another, breaking ones first. Validators
// and defaults are not part of a schema.
func compare(before, after *Provider) []change {
	c := &comparison{}
	c.attributes([]string{"provider"}, before.Provider.Block.Attributes, after.Provider.Block.Attributes)
	for _, kind := range []struct {
		name          string
		before, after map[string]*Schema
	}{
		{"resource", before.Resources, after.Resources},
		{"data source", before.DataSources, after.DataSources},
		{"ephemeral resource", before.EphemeralResources, after.EphemeralResources},
		{"action", before.Actions, after.Actions},
	} {
		c.kind = kind.name
		both(c, nil, kind.before, kind.after, func(path []string, before, after *Schema) {
			if before.Version != after.Version {
				c.add(path, false, "another version of the schema")
			}
			c.attributes(path, before.Block.Attributes, after.Block.Attributes)
		})
	}
	c.kind = "function"
	both(c, nil, before.Functions, after.Functions, c.function)
	slices.SortStableFunc(c.changes, func(a, b change) int {
		switch {
		case a.breaking == b.breaking:
			return 0
		case a.breaking:
			return -1
		}
		return 1
	})
	return c.changes
}

// both compares what has the same name, and adds what has been removed or added.
func both[T any](c *comparison, path []string, before, after map[string]T, same func(path []string, before, after T)) {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		path := append(slices.Clone(path), name)
		if counterpart, ok := after[name]; ok {
			same(path, before[name], counterpart)
		} else {
			c.add(path, true, "removed")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, ok := before[name]; !ok {
			added, ok := any(after[name]).(*Attribute)
			required := ok && added.Required
			text := "added"
			if required {
				text = "added, and required"
			}
			c.add(append(slices.Clone(path), name), required, text)
		}
	}
}

func (c *comparison) attributes(path []string, before, after map[string]*Attribute) {
	both(c, path, before, after, c.attribute)
}

func (c *comparison) attribute(path []string, before, after *Attribute) {
	wasArgument, isArgument := before.Required || before.Optional, after.Required || after.Optional
	for _, rule := range []struct {
		applies, breaking bool
		text              string
	}{
		{!before.Required && after.Required, true, "now required"},
		{before.Required && after.Optional, false, "now optional"},
		{wasArgument && !isArgument, true, "no longer an argument"},
		{!before.Optional && !before.Required && after.Optional, false, "now also an argument"},
		{before.Computed && !after.Computed, true, "no longer computed"},
		{!before.Computed && after.Computed, false, "now computed"},
		{!before.Sensitive && after.Sensitive, true, "now sensitive"},
		{before.Sensitive && !after.Sensitive, false, "no longer sensitive"},
		{!before.WriteOnly && after.WriteOnly, true, "now write-only"},
		{before.WriteOnly && !after.WriteOnly, false, "no longer write-only"},
		{!before.Deprecated && after.Deprecated, false, "now deprecated"},
		{before.Deprecated && !after.Deprecated, false, "no longer deprecated"},
	} {
		if rule.applies {
			c.add(path, rule.breaking, rule.text)
		}
	}
	switch {
	case before.NestedType == nil && after.NestedType == nil:
		if !sameType(before.Type, after.Type) {
			c.add(path, true, "type "+oneLine(before.Type)+" is now "+oneLine(after.Type))
		}
	case before.NestedType == nil || after.NestedType == nil:
		c.add(path, true, "type "+describeType(before)+" is now "+describeType(after))
	default:
		if before.NestedType.NestingMode != after.NestedType.NestingMode {
			c.add(path, true, "type "+describeType(before)+" is now "+describeType(after))
		}
		c.attributes(path, before.NestedType.Attributes, after.NestedType.Attributes)
	}
}

func describeType(a *Attribute) string {
	if a.NestedType != nil {
		return "nested " + a.NestedType.NestingMode
	}
	return oneLine(a.Type)
}

func (c *comparison) function(path []string, before, after *Function) {
	if !sameType(before.ReturnType, after.ReturnType) {
		c.add(path, true, "return type "+oneLine(before.ReturnType)+" is now "+oneLine(after.ReturnType))
	}
	if len(before.Parameters) != len(after.Parameters) || (before.Variadic == nil) != (after.Variadic == nil) {
		// A variadic parameter that is added takes nothing away.
		breaking := len(before.Parameters) != len(after.Parameters) || after.Variadic == nil
		c.add(path, breaking, "other parameters")
	}
	for i := range min(len(before.Parameters), len(after.Parameters)) {
		c.parameter(path, before.Parameters[i], after.Parameters[i])
	}
	if before.Variadic != nil && after.Variadic != nil {
		c.parameter(path, before.Variadic, after.Variadic)
	}
}

func (c *comparison) parameter(path []string, before, after *Parameter) {
	path = append(slices.Clone(path), before.Name)
	if before.Name != after.Name {
		c.add(path, false, "now called "+after.Name) // Arguments have no names.
	}
	if !sameType(before.Type, after.Type) {
		c.add(path, true, "type "+oneLine(before.Type)+" is now "+oneLine(after.Type))
	}
	if before.IsNullable != after.IsNullable {
		text := "null is now allowed"
		if before.IsNullable {
			text = "null is no longer allowed"
		}
		c.add(path, before.IsNullable, text)
	}
}

// sameType compares types in JSON, however they are indented.
func sameType(a, b json.RawMessage) bool { return oneLine(a) == oneLine(b) }

func oneLine(typ json.RawMessage) string {
	var short bytes.Buffer
	if err := json.Compact(&short, typ); err != nil {
		return string(typ)
	}
	return short.String()
}
