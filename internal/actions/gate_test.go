package actions

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/action"
	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/datasources"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

func schemaOf(t *testing.T, a action.Action) action.SchemaResponse {
	t.Helper()
	var response action.SchemaResponse
	a.Schema(t.Context(), action.SchemaRequest{}, &response)
	return response
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	for _, construct := range All() {
		schema := schemaOf(t, construct()).Schema
		if problems := schema.ValidateImplementation(t.Context()); problems.HasError() {
			t.Error(problems)
		}
		for name, attribute := range schema.Attributes {
			if !strings.HasSuffix(attribute.GetMarkdownDescription(), ".") {
				t.Errorf("the description of %s is no sentence: %q", name, attribute.GetMarkdownDescription())
			}
			if attribute.IsComputed() {
				t.Errorf("%s is no argument", name)
			}
		}
	}
}

// All forms of a gate have the same arguments.
func TestGates_arguments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		construct func() action.Action
		arguments map[string]datasource.Attribute
	}{
		{newAzureSubscriptionGate, datasources.AzureSubscriptionGateAttributes()},
		{newSpendGate, datasources.GateAttributes()},
	} {
		attributes := schemaOf(t, test.construct()).Schema.Attributes
		for name, attribute := range test.arguments {
			if other, ok := attributes[name]; !ok || !attribute.Equal(other) {
				t.Errorf("%s differs", name)
			}
		}
		if len(attributes) != len(test.arguments) {
			t.Errorf("%d arguments, not %d", len(attributes), len(test.arguments))
		}
	}
}

// Terraform before 1.14 does not tell tfplugindocs the schemas of actions, so this test
// makes the pages: the arguments are those of the page of the ephemeral resource.
// go test -update writes them.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	for _, construct := range All() {
		a := construct()
		var metadata action.MetadataResponse
		a.Metadata(t.Context(), action.MetadataRequest{ProviderTypeName: "partnercenter"}, &metadata)
		description := schemaOf(t, a).Schema.MarkdownDescription
		first, _, _ := strings.Cut(description, "\n")
		short := strings.TrimPrefix(metadata.TypeName, "partnercenter_")
		caption, example := splitCaption(read(t, "examples/actions/"+metadata.TypeName+"/action.tf"))
		page := strings.NewReplacer(
			"%name", metadata.TypeName,
			"%first", first,
			"%description", description,
			"%caption", caption,
			"%example", example,
			"%arguments", arguments(t, read(t, "docs/ephemeral-resources/"+short+".md")),
		).Replace(`---
page_title: "%name Action - partnercenter"
subcategory: "Gates"
description: |-
  %first
---

# %name (Action)

%description

- **Sign in** as a partner user: [every way to sign in](https://github.com/seed-12616aef/terraform-provider-partnercenter/blob/main/docs/index.md#sign-in).
- **Guide**: [Gate spend](../guides/gate-spend.md#block-a-resource).

## Example Usage

%caption
` + "```terraform\n%example```" + `

## Schema

%arguments`)
		for _, file := range []string{"templates/actions/" + short + ".md", "docs/actions/" + short + ".md"} {
			if providertest.IsUpdate() {
				if err := os.WriteFile("../../"+file, []byte(page), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(page, read(t, file)); diff != "" {
				t.Errorf("%s differs (-want +got); make generate writes it:\n%s", file, diff)
			}
		}
		for name := range schemaOf(t, a).Schema.Attributes {
			if !strings.Contains(page, "\n- `"+name+"` (") {
				t.Errorf("the page does not have %s", name)
			}
		}
	}
}

var leadingComment = regexp.MustCompile(`^(# .*\n)*`)

// splitCaption splits an example into the comment that it begins with, as text, and
// the rest.
func splitCaption(example string) (caption, rest string) {
	comment := leadingComment.FindString(example)
	return strings.ReplaceAll("\n"+comment, "\n# ", "\n")[1:], strings.TrimPrefix(example, comment)
}

// arguments are what the page of an ephemeral resource says of its arguments, without
// enforce, which an action does not have.
func arguments(t *testing.T, page string) string {
	t.Helper()
	_, schema, ok := strings.Cut(page, "\n## Schema\n\n")
	before, results, hasResults := strings.Cut(schema, "\n### Read-Only\n\n")
	if !ok || !hasResults {
		t.Fatalf("the page has no schema, or no results:\n%s", page)
	}
	if _, nested, ok := strings.Cut(results, "\n<a id="); ok {
		before += "\n<a id=" + nested
	}
	var lines []string
	for line := range strings.Lines(before) {
		if !strings.HasPrefix(line, "- `enforce` ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
