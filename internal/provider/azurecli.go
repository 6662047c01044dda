package provider

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

// azureCLITimeout is how long `az` may take. It signs nobody in: it has a token,
// or asks the authority once.
const azureCLITimeout = time.Minute

// azureCLI is the user whom `az login` signed in.
func (c *signIn) azureCLI(tenantID string) azcore.TokenCredential {
	_, err := c.lookPath("az")
	switch {
	case err != nil && c.from.name == nowhere.name:
		c.refuse("use_cli", "No sign-in configured", "Neither the provider's configuration nor the environment has a credential, and there is no `az` on the PATH to sign in with instead. "+waysToSignIn)
		return nil
	case err != nil:
		c.refuse("use_cli", "Azure CLI not found", fmt.Sprintf("%s asks for the Azure CLI, and there is no `az` on the PATH. %s", c.from.write("use_cli"), waysToSignIn))
		return nil
	}
	credential, err := azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: tenantID})
	if err != nil {
		c.refuse("tenant_id", "Not a tenant", err.Error())
		return nil
	}
	advice := ""
	if c.from.name == nowhere.name {
		advice = "Nothing else to sign in with is configured. " + waysToSignIn
	}
	return azureCLI{credential, c.source(), advice}
}

type azureCLI struct {
	credential azcore.TokenCredential
	source     string
	advice     string
}

func (a azureCLI) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	inTime, cancel := context.WithTimeout(ctx, azureCLITimeout)
	defer cancel()
	token, err := a.credential.GetToken(inTime, options)
	switch {
	case err == nil && token.Token != "":
		return token, nil
	case err == nil:
		err = errors.New("`az` returned no access token")
	case ctx.Err() == nil && inTime.Err() != nil:
		err = fmt.Errorf("`az` took longer than %s. Run `az account get-access-token` by hand to see what it waits for", azureCLITimeout)
	default:
		err = said(err)
	}
	return azcore.AccessToken{}, &entra.Error{Source: a.source, Kind: "the Azure CLI", Permanent: true, Advice: a.advice, Err: err}
}

// said is what `az` has to say, without what is around it.
func said(err error) error {
	_, broken := errors.AsType[*json.SyntaxError](err)
	if _, other := errors.AsType[*json.UnmarshalTypeError](err); broken || other {
		return errors.New("what `az` printed is no access token")
	}
	text, _, _ := strings.Cut(err.Error(), " To troubleshoot, visit ")
	text = strings.TrimPrefix(text, "AzureCLICredential: ")
	if at := strings.Index(text, "ERROR: "); at > 0 {
		text = text[at:] // Warnings come before it.
	}
	return errors.New(transport.OneLine(text))
}
