package main

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"strings"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// loginSettings are from the command line and the environment.
type loginSettings struct {
	tenant       string
	clientID     string
	clientSecret string
	authority    *url.URL
	cloud        entra.Cloud
	out          string // a file, or "" for standard output
	force        bool
}

const loginHelp = `Usage: partnercenter login -tenant TENANT -client-id ID [flags]

Signs a partner user in with a browser, on any device, and writes the refresh
token to a file (-out) or to standard output. Messages go to standard error.

The secret of a confidential client is read from PARTNERCENTER_CLIENT_SECRET.
There is no flag for it: everybody on the machine can see command lines.

Flags:
`

const loginExamples = `
Examples:
  partnercenter login -tenant contoso.onmicrosoft.com -client-id 66666666-7777-8888-9999-000000000000 -out refresh-token
  gh secret set PARTNERCENTER_REFRESH_TOKEN < refresh-token && rm refresh-token
`

// parseLogin parses the command line. What it leaves out is from the environment
// variables of the provider.
func (p program) parseLogin(args []string) (*loginSettings, error) {
	s := &loginSettings{clientSecret: config.FromEnvironment(p.Environment, "client_secret")}
	var environment, authority string
	flags := flag.NewFlagSet("login", flag.ContinueOnError)
	for _, f := range []struct {
		value                 *string
		name, argument, usage string
	}{
		{&s.tenant, "tenant", "tenant_id", "the partner's `tenant`: its id or one of its domains (or PARTNERCENTER_TENANT_ID)"},
		{&s.clientID, "client-id", "client_id", "`id` of the app registration (or PARTNERCENTER_CLIENT_ID)"},
		{&environment, "environment", "environment", "`cloud`: public, usgovernment or china, or as azurerm and azuread name them (or PARTNERCENTER_ENVIRONMENT; default public)"},
		{&authority, "authority-host", "authority_host", "`URL` of the sign-in authority, if it is not the cloud's (or PARTNERCENTER_AUTHORITY_HOST)"},
	} {
		flags.StringVar(f.value, f.name, config.FromEnvironment(p.Environment, f.argument), f.usage)
		// The help must not show the environment.
		flags.Lookup(f.name).DefValue = ""
	}
	flags.StringVar(&s.out, "out", "", "`file` to write the refresh token to, readable only for you (mode 0600)")
	flags.BoolVar(&s.force, "force", false, "replace the file if it exists; it keeps its mode")
	if err := p.parseFlags(flags, args, loginHelp, loginExamples); err != nil {
		return nil, err
	}
	if err := refuseArguments(flags); err != nil {
		return nil, err
	}
	// A value may be from a file, and end with a line end.
	s.tenant, s.clientID = strings.TrimSpace(s.tenant), strings.TrimSpace(s.clientID)
	environment, authority = strings.TrimSpace(environment), strings.TrimSpace(authority)
	if err := s.check(environment, authority); err != nil {
		return nil, usageError{err}
	}
	return s, nil
}

func (s *loginSettings) check(environment, authority string) error {
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
