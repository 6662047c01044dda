package config

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
)

// A password may begin and end with a space.
func TestCertificate_passwordWithSpaces(t *testing.T) {
	t.Parallel()
	if got := clean("client_certificate_password", " pass word \n"); got != " pass word " {
		t.Errorf("the password is %q", got)
	}
}

// hanging is an Azure CLI that waits for something for ever.
type hanging struct{}

func (hanging) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	<-ctx.Done()
	return azcore.AccessToken{}, errors.New("signal: killed")
}

func TestAzureCLI_hangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := azureCLI{credential: hanging{}, source: "this machine"}.GetToken(t.Context(), policy.TokenRequestOptions{})
		failed, ok := errors.AsType[*entra.Error](err)
		if !ok || !failed.Permanent || !strings.Contains(err.Error(), "`az` took longer than 1m0s. Run `az account get-access-token`") {
			t.Errorf("the error is %v", err)
		}
		if elapsed := time.Since(start); elapsed != time.Minute {
			t.Errorf("it took %s", elapsed)
		}
		// A read whose own time is over says that.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := (azureCLI{credential: hanging{}}).GetToken(ctx, policy.TokenRequestOptions{}); strings.Contains(err.Error(), "took longer") {
			t.Errorf("the error is %v", err)
		}
	})
}
