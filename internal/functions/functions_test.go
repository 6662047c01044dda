package functions_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/functions"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/provider"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// call is a function's arguments, in JSON, and what becomes of them: the result in
// JSON, or an error that says this and is on that argument.
type call struct {
	name      string
	arguments []string
	want      string
	fails     string
	place     int64
}

// check calls a function of the provider, which nobody has configured.
func check(t *testing.T, name string, calls []call) {
	t.Helper()
	server := providertest.New(t, provider.New("test")())
	for _, test := range calls {
		t.Run(test.name, func(t *testing.T) {
			answer := server.Call(t, name, test.arguments...)
			if test.fails == "" {
				if got := answer.JSON(t); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
				return
			}
			switch problem := answer.Error; {
			case problem == nil:
				t.Errorf("no error, but %s", answer.JSON(t))
			case problem.FunctionArgument == nil || *problem.FunctionArgument != test.place:
				t.Errorf("the error is not on argument %d: %s", test.place, problem.Text)
			case !strings.Contains(problem.Text, test.fails):
				t.Errorf("the error does not say %q: %s", test.fails, problem.Text)
			}
		})
	}
}

// Whoever adds a function explains it, with its arguments, and shows how it is
// used. The documentation is generated from that.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	for _, construct := range functions.All() {
		var metadata function.MetadataResponse
		construct().Metadata(t.Context(), function.MetadataRequest{}, &metadata)
		t.Run(metadata.Name, func(t *testing.T) {
			t.Parallel()
			var response function.DefinitionResponse
			construct().Definition(t.Context(), function.DefinitionRequest{}, &response)
			definition := response.Definition
			if definition.Summary == "" || strings.HasSuffix(definition.Summary, ".") {
				t.Errorf("the summary is no title: %q", definition.Summary)
			}
			checkSentence(t, "the function", definition.MarkdownDescription)
			for _, parameter := range definition.Parameters {
				checkSentence(t, parameter.GetName(), parameter.GetMarkdownDescription())
			}
			for _, file := range []string{
				"../../examples/functions/" + metadata.Name + "/function.tf",
				"../../docs/functions/" + metadata.Name + ".md",
			} {
				if _, err := os.Stat(file); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func checkSentence(t *testing.T, place, description string) {
	t.Helper()
	if !strings.HasSuffix(description, ".") {
		t.Errorf("the description of %s is no sentence: %q", place, description)
	}
}
