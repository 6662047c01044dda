package functions

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// pure is a function whose result depends on its arguments alone. All that is
// left to say is its name, its definition, and how to run it.
type pure struct {
	name       string
	definition function.Definition
	run        func(context.Context, function.ArgumentsData) (any, *function.FuncError)
}

var _ function.Function = pure{}

func (p pure) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = p.name
}

func (p pure) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	response.Definition = p.definition
}

func (p pure) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	result, problem := p.run(ctx, request.Arguments)
	if problem == nil {
		problem = response.Result.Set(ctx, result)
	}
	if problem != nil {
		problem.Text = strings.TrimRight(problem.Text, ".") // Terraform puts one there.
	}
	response.Error = problem
}
