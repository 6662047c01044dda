// Package providertest speaks the plugin protocol to a provider, as Terraform
// does, for tests that need no Terraform.
package providertest

import (
	"context"
	"encoding/json"
	"flag"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var update = flag.Bool("update", false, "write the golden files")

// IsUpdate reports whether the golden files are being written.
func IsUpdate() bool { return *update }

// Server is a provider behind the protocol.
type Server struct {
	protocol tfprotov6.ProviderServer
	schemas  *tfprotov6.GetProviderSchemaResponse
}

// Arguments of a provider or a data source, as tftypes takes them: string, bool,
// *big.Float, or [List].
type Arguments map[string]any

// Unknown is the value of an argument that is not known before the apply.
const Unknown = unknown("unknown")

type unknown string

// List is an argument that is a list of texts.
func List(texts ...string) []tftypes.Value {
	values := make([]tftypes.Value, len(texts))
	for i, text := range texts {
		values[i] = tftypes.NewValue(tftypes.String, text)
	}
	return values
}

// New starts a provider.
func New(tb testing.TB, p provider.Provider) *Server {
	tb.Helper()
	protocol, err := providerserver.NewProtocol6WithError(p)()
	if err != nil {
		tb.Fatal(err)
	}
	return &Server{protocol, schemasOf(tb, p, protocol)}
}

// schemas are the [tfprotov6.GetProviderSchemaResponse] of providers, by [reflect.Type].
// A type has the same ones always, and they take longer than most reads.
var schemas sync.Map

func schemasOf(tb testing.TB, p provider.Provider, protocol tfprotov6.ProviderServer) *tfprotov6.GetProviderSchemaResponse {
	tb.Helper()
	if known, ok := schemas.Load(reflect.TypeOf(p)); ok {
		return known.(*tfprotov6.GetProviderSchemaResponse) //nolint:forcetypeassert // Nothing else is stored.
	}
	response, err := protocol.GetProviderSchema(tb.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		tb.Fatal(err)
	}
	for _, d := range response.Diagnostics {
		tb.Fatalf("%s: %s", d.Summary, d.Detail)
	}
	schemas.Store(reflect.TypeOf(p), response)
	return response
}

// Configure validates and configures the provider.
func (s *Server) Configure(tb testing.TB, arguments Arguments) []*tfprotov6.Diagnostic {
	tb.Helper()
	config := s.config(tb, s.schemas.Provider, arguments)
	validated, err := s.protocol.ValidateProviderConfig(tb.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
	if err != nil {
		tb.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return validated.Diagnostics
	}
	configured, err := s.protocol.ConfigureProvider(tb.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.11.4", Config: config})
	if err != nil {
		tb.Fatal(err)
	}
	return configured.Diagnostics
}

// Read validates and reads a data source.
func (s *Server) Read(tb testing.TB, name string, arguments Arguments) Result {
	tb.Helper()
	return s.ReadUntil(tb.Context(), tb, name, arguments)
}

// ReadUntil is Read with a context that may end it.
func (s *Server) ReadUntil(ctx context.Context, tb testing.TB, name string, arguments Arguments) Result {
	tb.Helper()
	schema, ok := s.schemas.DataSourceSchemas[name]
	if !ok {
		tb.Fatalf("there is no data source %s", name)
	}
	if problems := s.validate(ctx, tb, name, arguments); len(problems) > 0 {
		return Result{Diagnostics: problems}
	}
	config := s.config(tb, schema, arguments)
	response, err := s.protocol.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: config})
	if err != nil {
		tb.Fatal(err)
	}
	state, err := response.State.Unmarshal(schema.ValueType())
	if err != nil {
		tb.Fatal(err)
	}
	return Result{state, response.Diagnostics}
}

// Validate validates the arguments of a data source.
func (s *Server) Validate(tb testing.TB, name string, arguments Arguments) []*tfprotov6.Diagnostic {
	tb.Helper()
	return s.validate(tb.Context(), tb, name, arguments)
}

func (s *Server) validate(ctx context.Context, tb testing.TB, name string, arguments Arguments) []*tfprotov6.Diagnostic {
	tb.Helper()
	config := s.config(tb, s.schemas.DataSourceSchemas[name], arguments)
	validated, err := s.protocol.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: config})
	if err != nil {
		tb.Fatal(err)
	}
	return validated.Diagnostics
}

// Stop ends whatever goes on, as Terraform does after an interrupt.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	response, err := s.protocol.StopProvider(tb.Context(), &tfprotov6.StopProviderRequest{})
	if err != nil || response.Error != "" {
		tb.Errorf("%v %s", err, response.Error)
	}
}

func (s *Server) config(tb testing.TB, schema *tfprotov6.Schema, arguments Arguments) *tfprotov6.DynamicValue {
	tb.Helper()
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		tb.Fatal("the schema is no object")
	}
	for name := range arguments {
		if _, ok := object.AttributeTypes[name]; !ok {
			tb.Fatalf("there is no attribute %s", name)
		}
	}
	values := map[string]tftypes.Value{}
	for name, typ := range object.AttributeTypes {
		value := arguments[name]
		if value == Unknown {
			value = tftypes.UnknownValue
		}
		values[name] = tftypes.NewValue(typ, value)
	}
	config, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		tb.Fatal(err)
	}
	return &config
}

// Call calls a function. Its arguments are JSON; that of a dynamic parameter says
// its type, too: {"type":"string","value":"text"}.
func (s *Server) Call(tb testing.TB, name string, arguments ...string) Answer {
	tb.Helper()
	called, ok := s.schemas.Functions[name]
	if !ok {
		tb.Fatalf("there is no function %s", name)
	}
	request := &tfprotov6.CallFunctionRequest{Name: name}
	for _, argument := range arguments {
		request.Arguments = append(request.Arguments, &tfprotov6.DynamicValue{JSON: []byte(argument)})
	}
	response, err := s.protocol.CallFunction(tb.Context(), request)
	if err != nil {
		tb.Fatal(err)
	}
	if response.Error != nil {
		return Answer{Error: response.Error}
	}
	value, err := response.Result.Unmarshal(called.Return.Type)
	if err != nil {
		tb.Fatal(err)
	}
	return Answer{Value: value}
}

// Answer is what Terraform gets of a function.
type Answer struct {
	Value tftypes.Value
	Error *tfprotov6.FunctionError
}

// JSON returns the value, with all the digits of its numbers. It fails the test if
// there was an error.
func (a Answer) JSON(tb testing.TB) string {
	tb.Helper()
	if a.Error != nil {
		tb.Fatal(a.Error.Text)
	}
	text, err := json.Marshal(plain(tb, a.Value))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// Result is what Terraform gets for a data source.
type Result struct {
	State       tftypes.Value
	Diagnostics []*tfprotov6.Diagnostic
}

// Succeed fails the test if there was an error.
func (r Result) Succeed(tb testing.TB) Result {
	tb.Helper()
	for _, d := range r.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			tb.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
	return r
}

// Fail fails the test unless there was one error and no state. It returns the
// error.
func (r Result) Fail(tb testing.TB) *tfprotov6.Diagnostic {
	tb.Helper()
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
		tb.Fatalf("want one error, got %d diagnostics: %+v", len(r.Diagnostics), r.Diagnostics)
	}
	if !r.State.IsNull() {
		tb.Fatalf("there is a state beside the error: %s", asJSON(tb, plain(tb, r.State)))
	}
	return r.Diagnostics[0]
}

// Golden compares the whole state with a file. The flag -update writes the file.
func (r Result) Golden(tb testing.TB, file string) {
	tb.Helper()
	file = filepath.Join("testdata", file)
	got := asJSON(tb, plain(tb, r.State))
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:gosec // A golden file of the test.
	if err != nil {
		tb.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		tb.Errorf("the state differs from %s (-want +got):\n%s", file, diff)
	}
}

// Section compares what stands between two lines of a file. The flag -update
// writes it.
func Section(tb testing.TB, file, begin, end, got string) {
	tb.Helper()
	content, err := os.ReadFile(file) //nolint:gosec // A file of the repository.
	if err != nil {
		tb.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(content), begin+"\n")
	want, after, ends := strings.Cut(rest, end+"\n")
	if !begins || !ends {
		tb.Fatalf("%s has no lines %q and %q", file, begin, end)
	}
	if *update {
		want = got
		if err := os.WriteFile(file, []byte(before+begin+"\n"+got+end+"\n"+after), 0o600); err != nil { //nolint:gosec // As above.
			tb.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("%s differs (-want +got); go test -update writes it:\n%s", file, diff)
	}
}

// Get returns the value at a path of names and indexes: nil, a string, a bool, a
// [json.Number], a []any or a map[string]any.
func (r Result) Get(tb testing.TB, steps ...any) any {
	tb.Helper()
	value := plain(tb, r.State)
	for _, step := range steps {
		switch s := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				tb.Fatalf("%v: %v is no object", steps, value)
			}
			if value, ok = object[s]; !ok {
				tb.Fatalf("%v: there is no %s", steps, s)
			}
		case int:
			list, ok := value.([]any)
			if !ok || s >= len(list) {
				tb.Fatalf("%v: there is no element %d", steps, s)
			}
			value = list[s]
		}
	}
	return value
}

func asJSON(tb testing.TB, value any) string {
	tb.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(text) + "\n"
}

// plain makes a value of Terraform one that encoding/json writes, with all the
// digits of its numbers.
func plain(tb testing.TB, value tftypes.Value) any {
	tb.Helper()
	if value.IsNull() {
		return nil
	}
	as := func(target any) {
		if err := value.As(target); err != nil {
			tb.Fatal(err)
		}
	}
	switch typ := value.Type(); {
	case typ.Is(tftypes.String):
		var text string
		as(&text)
		return text
	case typ.Is(tftypes.Bool):
		var flag bool
		as(&flag)
		return flag
	case typ.Is(tftypes.Number):
		var number big.Float
		as(&number)
		return json.Number(number.Text('f', -1))
	case typ.Is(tftypes.List{}), typ.Is(tftypes.Tuple{}):
		var values []tftypes.Value
		as(&values)
		list := make([]any, len(values))
		for i := range values {
			list[i] = plain(tb, values[i])
		}
		return list
	}
	var values map[string]tftypes.Value
	as(&values)
	object := make(map[string]any, len(values))
	for name, element := range values {
		object[name] = plain(tb, element)
	}
	return object
}

// PlanAction plans an action. Terraform validates its arguments only before that, when
// it does not know variables yet.
func (s *Server) PlanAction(tb testing.TB, name string, arguments Arguments) []*tfprotov6.Diagnostic {
	tb.Helper()
	server, config := s.action(tb, name, arguments)
	planned, err := server.PlanAction(tb.Context(), &tfprotov6.PlanActionRequest{ActionType: name, Config: config})
	if err != nil {
		tb.Fatal(err)
	}
	if planned.Deferred != nil {
		tb.Errorf("the action is deferred: %v", planned.Deferred.Reason)
	}
	return planned.Diagnostics
}

// InvokeAction invokes an action. It returns its progress, and how it completed.
func (s *Server) InvokeAction(ctx context.Context, tb testing.TB, name string, arguments Arguments) (progress []string, end []*tfprotov6.Diagnostic) {
	tb.Helper()
	server, config := s.action(tb, name, arguments)
	stream, err := server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: name, Config: config})
	if err != nil {
		tb.Fatal(err)
	}
	completed := 0
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			end = e.Diagnostics
			completed++
		}
	}
	if completed != 1 {
		tb.Fatalf("the action completed %d times", completed)
	}
	return progress, end
}

func (s *Server) action(tb testing.TB, name string, arguments Arguments) (tfprotov6.ActionServer, *tfprotov6.DynamicValue) {
	tb.Helper()
	schema, ok := s.schemas.ActionSchemas[name]
	if !ok {
		tb.Fatalf("there is no action %s", name)
	}
	server, ok := s.protocol.(tfprotov6.ActionServer)
	if !ok {
		tb.Fatal("the framework's server knows no actions")
	}
	return server, s.config(tb, schema.Schema, arguments)
}
