package config

// own is the source of the provider's own environment variables.
var own = credentialSources[1]

// FromEnvironment returns the value that an argument has in the environment, if the
// credentials are those of the provider's own variables, or "".
func FromEnvironment(environment Environment, argument string) string {
	s := newSettings(Arguments{}, environment)
	choice := &signIn{settings: s, source: own}
	text := choice.value(argument)
	switch argument {
	case "environment", "tenant_id":
		text, _ = choice.identifier(argument)
	case "authority_host":
		text, _ = s.lookup(argument, authorityVariables...)
	}
	return text
}

// SignInVariables returns the names of the provider's own environment variables that
// decide who signs in, and where.
func SignInVariables() []string {
	arguments := append([]string{"environment", "endpoint", "graph_endpoint", "authority_host", "tenant_id", "client_id", "client_certificate_password", "rotate_refresh_token"}, credentials...)
	for i, argument := range arguments {
		arguments[i] = environmentName(argument)
	}
	return arguments
}
