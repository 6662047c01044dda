package provider

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// azureCLI is the user whom `az login` signed in.
func (c *signIn) azureCLI(tenantID string) azcore.TokenCredential {
	if _, err := c.lookPath("az"); err != nil {
		c.refuse("use_cli", "Azure CLI not found", "There is no `az` on the PATH to sign in with. "+waysToSignIn)
		return nil
	}
	credential, err := azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: tenantID})
	if err != nil {
		c.refuse("tenant_id", "Not a tenant", err.Error())
		return nil
	}
	return azureCLI{credential, c.from.name}
}

type azureCLI struct {
	credential azcore.TokenCredential
	source     string
}

func (a azureCLI) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := a.credential.GetToken(ctx, options)
	if err != nil {
		return token, &pcclient.SignInError{Source: a.source, Kind: "the Azure CLI", Final: true, Err: err}
	}
	return token, nil
}
