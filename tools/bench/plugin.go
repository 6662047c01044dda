package main

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protowire"
)

// plugin is a provider's process, spoken to without Terraform.
type plugin struct {
	process    *exec.Cmd
	connection *grpc.ClientConn
	started    time.Time
	// handshake is how long it took until it said where it listens.
	handshake time.Duration
}

func startPlugin(ctx context.Context, program string, environment ...string) (*plugin, error) {
	p := &plugin{process: exec.CommandContext(ctx, program), started: time.Now()} //nolint:gosec // The user names it.
	p.process.Env = append([]string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + os.TempDir(),
		"TMPDIR=" + os.TempDir(),
		// Without these it takes itself for started by a person, and ends.
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		"PLUGIN_PROTOCOL_VERSIONS=6",
	}, environment...)
	output, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.process.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	p.handshake = time.Since(p.started)
	// The core protocol, ours, the network, the address, and the encoding.
	words := strings.Split(strings.TrimSpace(line), "|")
	if err != nil || len(words) < 5 || words[4] != "grpc" {
		p.stop()
		return nil, fmt.Errorf("%s said %q instead of where it listens", program, line)
	}
	target := words[3]
	if words[2] == "unix" {
		target = "unix:" + target
	}
	p.connection, err = grpc.NewClient(target,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(encoded{}), grpc.MaxCallRecvMsgSize(math.MaxInt32)))
	if err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *plugin) stop() {
	if p.connection != nil {
		_ = p.connection.Close()
	}
	_ = p.process.Process.Kill()
	_ = p.process.Wait()
}

// encoded leaves messages as they are: the generated ones of the plugin protocol
// are not public.
type encoded struct{}

func (encoded) Name() string { return "proto" }

func (encoded) Marshal(v any) ([]byte, error) {
	message, ok := v.([]byte)
	if !ok {
		return nil, fmt.Errorf("%T is not encoded", v)
	}
	return message, nil
}

func (encoded) Unmarshal(data []byte, v any) error {
	message, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("%T is not encoded", v)
	}
	*message = data
	return nil
}

func (p *plugin) call(ctx context.Context, method string, request []byte) ([]byte, error) {
	var response []byte
	err := p.connection.Invoke(ctx, "/tfplugin6.Provider/"+method, request, &response)
	return response, err
}

// schema asks for the schema, and returns the time since the start.
func (p *plugin) schema(ctx context.Context) (time.Duration, error) {
	_, err := p.call(ctx, "GetProviderSchema", []byte{})
	return time.Since(p.started), err
}

// configure configures the provider with nothing but its environment.
func (p *plugin) configure(ctx context.Context) error {
	const config = 2
	_, err := p.call(ctx, "ConfigureProvider", field(nil, config, jsonValue("{}")))
	return err
}

// read returns the state of a data source as the protocol carries it, in
// MessagePack. The arguments are JSON.
func (p *plugin) read(ctx context.Context, name, arguments string) ([]byte, error) {
	const typeName, config = 1, 2
	response, err := p.call(ctx, "ReadDataSource", field(field(nil, typeName, []byte(name)), config, jsonValue(arguments)))
	if err != nil {
		return nil, err
	}
	const state, diagnostics, msgpack, summary = 1, 2, 1, 2
	if value := find(find(response, state), msgpack); value != nil {
		return value, nil
	}
	return nil, fmt.Errorf("%s: %s", name, find(find(response, diagnostics), summary))
}

// jsonValue is a DynamicValue in JSON.
func jsonValue(text string) []byte {
	const inJSON = 2
	return field(nil, inJSON, []byte(text))
}

func field(message []byte, number protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(message, number, protowire.BytesType), content)
}

// find returns the first field of that number which has bytes, or nil.
func find(message []byte, wanted protowire.Number) []byte {
	for len(message) > 0 {
		number, kind, length := protowire.ConsumeTag(message)
		if length < 0 {
			return nil
		}
		message = message[length:]
		if number == wanted && kind == protowire.BytesType {
			content, _ := protowire.ConsumeBytes(message)
			return content
		}
		if length = protowire.ConsumeFieldValue(number, kind, message); length < 0 {
			return nil
		}
		message = message[length:]
	}
	return nil
}
