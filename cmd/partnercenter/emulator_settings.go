package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// emulatorSettings are what the command line says.
type emulatorSettings struct {
	listen  string
	options emulator.Options
	faults  []emulator.Fault
	// command is to be run in the emulator's environment; without one the
	// emulator only serves.
	command []string
}

const emulatorHelp = `Usage: partnercenter emulator [flags] [-- command [arguments]]

A Partner Center and its token endpoint on loopback, with invented customers.

Without a command it prints the environment variables for signing in to it, and
serves until Ctrl-C. With a command it runs the command with these variables,
and exits with its exit code.

Flags:
`

const emulatorExamples = `
Examples:
  partnercenter emulator -- terraform plan
  partnercenter emulator -customers 10000 -page-size 500 -- terraform plan
  partnercenter emulator -misbehave 'customers/usagerecords: status=429 retry-after=2 times=3' -- terraform plan
  partnercenter emulator -replay recording -- terraform plan
  partnercenter emulator -misbehave 'token: status=503 times=always' -misbehave 'usagesummary: delay=5s cut-body' -- terraform plan
  partnercenter emulator -misbehave 'utilizations/azure: status=204 retry-after=5' -utilization 200000 -- terraform plan
  partnercenter emulator -app-only -rows 1000000 -misbehave 'operations/*: operation=running retry-after=5 times=3' -- terraform plan

A fault is the end of a path, a colon, and words in any order. Without a path it
applies to every API request. The words are status=, retry-after=, code=,
description=, date=, location=, body=, content-type=, pad= (number of spaces
after the body), gzip, delay=, trickle= (time per byte), framing= (chunked, or
until-close), cut-body, reset, after= (number of requests to leave alone first),
and times= (a number, or always; 1 by default). Put a value with spaces in double
quotes. Only the paths token and devicecode apply to the sign-in; error= names
its errors, as in
'token: status=400 error=authorization_declined'.

A * in a path stands for any part of a segment, as in 'operations/*' and
'part-00001-*', the operations and the blobs of Microsoft Graph's exports. For
these there are operation= (notStarted, running, unknownFutureValue, completed, or
failed with code= and description=) and encoding= (plain, deflate, or utf-16).

To change what a customer has spent while the emulator runs, without signing in:
  curl -X POST "$PARTNERCENTER_ENDPOINT/emulator/spend?customer=6a78bc81-09e8-486f-a388-61ea2d959e23&cost=7200.50"
The cost is in the customer's currency. All later responses agree with it.
To see how many requests it has received, those to sign in included:
  curl "$PARTNERCENTER_ENDPOINT/emulator/requests"
Neither is part of the API.
`

// parseEmulator parses the command line.
func (p program) parseEmulator(args []string) (emulatorSettings, error) {
	var s emulatorSettings
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	flags.StringVar(&s.listen, "listen", "127.0.0.1:0", "loopback `address` to listen on; port 0 picks a free one")
	flags.IntVar(&s.options.Customers, "customers", 0, "generate this `number` of customers instead of the 25 of the sample")
	flags.IntVar(&s.options.OverBudget, "over-budget", 0, "`number` of generated customers that are over their budget (default 4 of 25)")
	flags.IntVar(&s.options.PageSize, "page-size", 0, "split collections into pages of this `number` of items")
	flags.DurationVar(&s.options.Latency, "latency", 0, "delay every API response by this `time`, such as 200ms")
	flags.IntVar(&s.options.Utilization, "utilization", 0, "give each legacy subscription this `number` of utilization records")
	flags.IntVar(&s.options.ThrottleEvery, "throttle-every", 0, "answer every nth API request, such as every 20th for the `number` 20, with a 429 that asks to wait for a second")
	flags.Float64Var(&s.options.Quota, "quota", 0, "allow this `number` of API requests per second, and answer the others with a 429 that says how long to wait")
	flags.IntVar(&s.options.QuotaBurst, "quota-burst", 10, "allow this `number` of API requests at once before -quota applies")
	flags.IntVar(&s.options.DevicePolls, "device-polls", 0, "`number` of polls for a device code before its user has signed in; -1 for a user who never signs in (default 1)")
	flags.BoolVar(&s.options.RevokeRotated, "revoke-rotated", false, "refuse a refresh token once it has been exchanged for another")
	flags.Func("replay", "`directory` of a recording of partnercenter doctor -record: respond with that in place of the invented customers", func(directory string) error {
		recording, err := emulator.ReadRecording(os.DirFS(directory))
		s.options.Replay = recording
		return err
	})
	s.options.AddExportFlags(flags)
	flags.Func("certificate", "PEM `file` with a certificate that is accepted in place of the client secret; may be repeated", func(name string) error {
		certificates, err := readCertificates(name)
		s.options.Certificates = append(s.options.Certificates, certificates...)
		return err
	})
	flags.Func("misbehave", "`fault` to inject, as described below; may be repeated", func(text string) error {
		fault, err := emulator.ParseFault(text)
		s.faults = append(s.faults, fault)
		return err
	})
	if err := p.parseFlags(flags, args, emulatorHelp, emulatorExamples); err != nil {
		return emulatorSettings{}, err
	}
	s.command = flags.Args()
	if err := s.check(); err != nil {
		return emulatorSettings{}, usageError{err}
	}
	return s, nil
}

func (s emulatorSettings) check() error {
	o := s.options
	if min(o.Customers, o.OverBudget, o.PageSize, o.Utilization, o.ThrottleEvery, o.Rows) < 0 || o.Latency < 0 {
		return errors.New("-customers, -over-budget, -page-size, -latency, -utilization, -throttle-every and -rows must not be negative")
	}
	if o.Quota < 0 || o.QuotaBurst < 1 {
		return errors.New("-quota must not be negative, and -quota-burst must be 1 or more")
	}
	if o.Replay != nil && (o.Customers > 0 || o.PageSize > 0 || o.Utilization > 0) {
		return errors.New("-replay has customers and pages of its own: leave out -customers, -page-size and -utilization")
	}
	if o.OverBudget > 0 && o.Customers == 0 {
		return errors.New("-over-budget applies to generated customers: it needs -customers")
	}
	return checkLoopback(s.listen)
}

// readCertificates reads the certificates in a file, which may have keys beside
// them.
func readCertificates(name string) ([]*x509.Certificate, error) {
	content, err := os.ReadFile(name) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		certificates = append(certificates, certificate)
	}
	if len(certificates) == 0 {
		return nil, fmt.Errorf("%s has no certificate in PEM", name)
	}
	return certificates, nil
}

// checkLoopback refuses addresses that others on the network can reach: the
// emulator's credentials are public.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("-listen %q is not host:port: %w", address, err)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("-listen %q is not a loopback address such as 127.0.0.1:8080", address)
	}
	return nil
}
