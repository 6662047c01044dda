package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// settings are from the command line and the environment.
type settings struct {
	tenant       string
	clientID     string
	clientSecret string
	authority    *url.URL
	cloud        entra.Cloud
	out          string // a file, or "" for standard output
	force        bool
}

const help = `Usage: partnercenter-login -tenant TENANT -client-id ID [flags]

Signs a partner user in with a browser, on any device, and writes the refresh
token to a file (-out) or to standard output. Messages go to standard error.

The secret of a confidential client is read from PARTNERCENTER_CLIENT_SECRET.
There is no flag for it: everybody on the machine can see command lines.

Flags:
`

const examples = `
Examples:
  partnercenter-login -tenant contoso.onmicrosoft.com -client-id 66666666-7777-8888-9999-000000000000 -out refresh-token
  gh secret set PARTNERCENTER_REFRESH_TOKEN < refresh-token && rm refresh-token
`

// parse parses the command line, with the provider's environment variables as defaults.
// For -help it writes the help to stdout and returns flag.ErrHelp.
func parse(args []string, getenv func(string) string, stdout io.Writer) (*settings, error) {
	s := &settings{clientSecret: strings.TrimSpace(getenv("PARTNERCENTER_CLIENT_SECRET"))}
	var environment, authority string
	flags := flag.NewFlagSet("partnercenter-login", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&s.tenant, "tenant", getenv("PARTNERCENTER_TENANT_ID"), "the partner's `tenant`: its id or one of its domains (or PARTNERCENTER_TENANT_ID)")
	flags.StringVar(&s.clientID, "client-id", getenv("PARTNERCENTER_CLIENT_ID"), "`id` of the app registration (or PARTNERCENTER_CLIENT_ID)")
	flags.StringVar(&environment, "environment", getenv("PARTNERCENTER_ENVIRONMENT"), "`cloud`: public, usgovernment or china, or as azurerm and azuread name them (or PARTNERCENTER_ENVIRONMENT; default public)")
	flags.StringVar(&authority, "authority-host", getenv("PARTNERCENTER_AUTHORITY_HOST"), "`URL` of the sign-in authority, if it is not the cloud's (or PARTNERCENTER_AUTHORITY_HOST)")
	flags.StringVar(&s.out, "out", "", "`file` to write the refresh token to, readable only for you (mode 0600)")
	flags.BoolVar(&s.force, "force", false, "replace the file if it exists; it keeps its mode")
	flags.Usage = func() {}

	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		printHelp(flags, stdout)
		return nil, err
	case err != nil:
		return nil, err
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%q is not a flag", flags.Arg(0))
	}
	// A value from a file may end with a line end.
	s.tenant, s.clientID = strings.TrimSpace(s.tenant), strings.TrimSpace(s.clientID)
	return s, s.check(strings.TrimSpace(environment), strings.TrimSpace(authority))
}

func printHelp(flags *flag.FlagSet, stdout io.Writer) {
	// The defaults are from the environment, and would confuse in the help.
	flags.VisitAll(func(f *flag.Flag) { f.DefValue = "" })
	_, _ = io.WriteString(stdout, help)
	flags.SetOutput(stdout)
	flags.PrintDefaults()
	_, _ = io.WriteString(stdout, examples)
}

func (s *settings) check(environment, authority string) error {
	var ok bool
	s.cloud, ok = entra.CloudByName(environment)
	switch {
	case !ok:
		return fmt.Errorf("-environment %q is not public, usgovernment or china", environment)
	case !entra.IsTenant(s.tenant):
		return errors.New("-tenant must be the id of the partner's tenant, or one of its domains")
	case s.clientID == "":
		return errors.New("-client-id is missing")
	case s.force && s.out == "":
		return errors.New("-force requires -out")
	}
	if authority == "" {
		authority = s.cloud.Authority
	}
	var err error
	if s.authority, err = transport.ParseBaseURL(authority); err != nil {
		return fmt.Errorf("-authority-host %w", err)
	}
	return nil
}
