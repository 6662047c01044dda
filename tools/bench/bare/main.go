// Command bare is a provider that serves answers which the provider gave
// before, straight on the plugin protocol. What Terraform takes with it is
// Terraform's own share, and, if it encodes the values of the answers, what any
// provider takes.
package main

import (
	"context"
	"fmt"
	"log"
	"math/big"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/tools/bench/internal/recording"
)

const address = "registry.terraform.io/seed-12616aef/partnercenter"

func main() {
	directory := os.Getenv(recording.Environment)
	schemas, err := readSchemas(recording.Schema(directory))
	if err != nil {
		log.Fatal(err)
	}
	err = tf6server.Serve(address, func() tfprotov6.ProviderServer {
		return &server{directory: directory, encodes: os.Getenv(recording.Encode) != "", schemas: schemas}
	})
	if err != nil {
		log.Fatal(err)
	}
}

// server answers what Terraform asks while it plans data sources. Anything else
// meets the nil interface.
type server struct {
	tfprotov6.ProviderServer

	directory string
	encodes   bool
	schemas   *tfprotov6.GetProviderSchemaResponse
}

func (s *server) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return s.schemas, nil
}

func (s *server) ValidateProviderConfig(_ context.Context, request *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: request.Config}, nil
}

func (s *server) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (s *server) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func (s *server) ValidateDataResourceConfig(context.Context, *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return &tfprotov6.ValidateDataResourceConfigResponse{}, nil
}

func (s *server) ReadDataSource(_ context.Context, request *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	typ := s.schemas.DataSourceSchemas[request.TypeName].ValueType()
	arguments, err := set(request.Config, typ)
	if err != nil {
		return nil, err
	}
	state, err := os.ReadFile(recording.State(s.directory, request.TypeName, arguments))
	if err != nil {
		return nil, err
	}
	answer := &tfprotov6.DynamicValue{MsgPack: state}
	if s.encodes {
		values, err := answer.Unmarshal(typ)
		if err != nil {
			return nil, err
		}
		written, err := tfprotov6.NewDynamicValue(typ, values)
		if err != nil {
			return nil, err
		}
		answer = &written
	}
	return &tfprotov6.ReadDataSourceResponse{State: answer}, nil
}

// set are the arguments that are not null.
func set(config *tfprotov6.DynamicValue, typ tftypes.Type) (map[string]any, error) {
	value, err := config.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	var attributes map[string]tftypes.Value
	if err := value.As(&attributes); err != nil {
		return nil, err
	}
	arguments := map[string]any{}
	for name, attribute := range attributes {
		if attribute.IsNull() {
			continue
		}
		if arguments[name], err = plain(attribute); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return arguments, nil
}

// plain is a value as the benchmark has it. The recorded data sources have no
// arguments but texts, whole numbers and booleans.
func plain(value tftypes.Value) (any, error) {
	var number big.Float
	var boolean bool
	var text string
	switch {
	case value.Type().Is(tftypes.Number):
		err := value.As(&number)
		return number.Text('f', 0), err
	case value.Type().Is(tftypes.Bool):
		err := value.As(&boolean)
		return boolean, err
	}
	err := value.As(&text)
	return text, err
}
