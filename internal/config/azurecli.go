package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// azureCLITimeout limits `az`, which has a token or requests one once.
const azureCLITimeout = time.Minute

// azureCLI returns the credential of the user who signed in with `az login`.
func (c *signIn) azureCLI(tenantID string) azcore.TokenCredential {
	_, err := c.LookPath("az")
	switch {
	case err != nil && c.source.name == noSource.name:
		c.reject("use_cli", "No sign-in configured", "Neither the provider's configuration nor the environment has credentials, and the Azure CLI (`az`) is not on the PATH. "+waysToSignIn)
		return nil
	case err != nil:
		c.reject("use_cli", "Azure CLI not found", fmt.Sprintf("%s asks for the Azure CLI, but `az` is not on the PATH. %s", c.source.argumentName("use_cli"), waysToSignIn))
		return nil
	}
	credential, err := azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: tenantID})
	if err != nil {
		c.reject("tenant_id", "Not a tenant", err.Error())
		return nil
	}
	advice := ""
	if c.source.name == noSource.name {
		advice = "No other credentials are configured. " + waysToSignIn
	}
	return azureCLI{credential, c.describeSource(), c.describeCredentials(), advice}
}

type azureCLI struct {
	credential azcore.TokenCredential
	source     string
	kind       string
	advice     string
}

func (a azureCLI) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	timeoutCtx, cancel := context.WithTimeout(ctx, azureCLITimeout)
	defer cancel()
	token, err := a.credential.GetToken(timeoutCtx, options)
	switch {
	case err == nil && token.Token != "":
		return token, nil
	case err == nil:
		err = errors.New("`az` returned no access token")
	case ctx.Err() == nil && timeoutCtx.Err() != nil:
		err = fmt.Errorf("`az` took longer than %s. Run `az account get-access-token` by hand to see what it is waiting for", azureCLITimeout)
	default:
		err = cleanAzureCLIError(err)
	}
	return azcore.AccessToken{}, &entra.Error{Source: a.source, Kind: a.kind, Permanent: true, Advice: a.advice, Err: err}
}

// cleanAzureCLIError returns the error that `az` printed, without what azidentity adds.
func cleanAzureCLIError(err error) error {
	_, isSyntax := errors.AsType[*json.SyntaxError](err)
	if _, isType := errors.AsType[*json.UnmarshalTypeError](err); isSyntax || isType {
		return errors.New("the output of `az` is not an access token")
	}
	text, _, _ := strings.Cut(err.Error(), " To troubleshoot, visit ")
	text = strings.TrimPrefix(text, "AzureCLICredential: ")
	if at := strings.Index(text, "ERROR: "); at > 0 {
		text = text[at:] // Warnings are printed before it.
	}
	return errors.New(transport.OneLine(text))
}
