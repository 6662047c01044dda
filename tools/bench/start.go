package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// startResult is how long a provider takes, without Terraform, until it says
// where it listens, and until it has sent its schema.
type startResult struct {
	Name              string
	Handshake, Schema float64 // medians in milliseconds
}

const startRuns = 20

// measureStarts starts the providers in turn.
func (b *bench) measureStarts(ctx context.Context) ([]startResult, error) {
	if !b.cases.MatchString("start") {
		return nil, nil
	}
	results := []startResult{{Name: "terraform-provider-partnercenter"}}
	programs := []string{b.program("terraform-provider-partnercenter")}
	if b.scaffolding != "" {
		results = append(results, startResult{Name: "terraform-provider-scaffolding-framework"})
		programs = append(programs, b.scaffolding)
	}
	handshakes, schemas := make([][]float64, len(programs)), make([][]float64, len(programs))
	for range startRuns {
		for i, program := range programs {
			handshake, schema, err := startProvider(ctx, program)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", program, err)
			}
			handshakes[i] = append(handshakes[i], handshake.Seconds()*1000)
			schemas[i] = append(schemas[i], schema.Seconds()*1000)
		}
	}
	for i := range results {
		results[i].Handshake, results[i].Schema = median(handshakes[i]), median(schemas[i])
	}
	return results, nil
}

func startProvider(ctx context.Context, program string) (handshake, schema time.Duration, err error) {
	const protocol = 6
	command := exec.Command(program) //nolint:gosec,noctx // The user names it, and go-plugin ends it.
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "PLUGIN_PROTOCOL_VERSIONS=" + strconv.Itoa(protocol)}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]plugin.PluginSet{protocol: {"provider": connection{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Cmd:              command,
		SkipHostEnv:      true,
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	start := time.Now()
	if _, err := client.Start(); err != nil {
		return 0, 0, err
	}
	handshake = time.Since(start)
	protocolClient, err := client.Client()
	if err != nil {
		return 0, 0, err
	}
	dispensed, err := protocolClient.Dispense("provider")
	if err != nil {
		return 0, 0, err
	}
	provider, ok := dispensed.(*grpc.ClientConn)
	if !ok {
		return 0, 0, errors.New("it does not speak gRPC")
	}
	// The messages of the protocol are not public. Their fields stay unknown.
	err = provider.Invoke(ctx, "/tfplugin6.Provider/GetProviderSchema", &emptypb.Empty{}, &emptypb.Empty{}, grpc.MaxCallRecvMsgSize(64<<20))
	return handshake, time.Since(start), err
}

// connection makes go-plugin hand out the connection itself.
type connection struct{ plugin.NetRPCUnsupportedPlugin }

func (connection) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return c, nil
}

func (connection) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("this is no provider")
}
