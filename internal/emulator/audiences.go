package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// audience is a service that access tokens are issued for. A token is good for
// one of them.
type audience struct {
	// name is the claim aud of its tokens.
	name string
	// permission is what an application needs with a user.
	permission string
	// role is what an application needs as itself, empty where it needs none.
	role string
}

func partnerCenter() audience {
	return audience{name: "https://api.partnercenter.microsoft.com", permission: "user_impersonation"}
}

func microsoftGraph() audience {
	return audience{name: "https://graph.microsoft.com", permission: exportPermission, role: exportPermission}
}

// exportPermission is the permission of Microsoft Graph to read exports, of the
// same name for users and for applications.
const exportPermission = "PartnerBilling.Read.All"

// scope asks for everything that has been consented to.
func (a audience) scope() string { return a.name + "/.default" }

// userScope asks for what an application may do with a user.
func (a audience) userScope() string { return a.name + "/" + a.permission }

// askedAudience is the audience that the scopes of a form are of.
func askedAudience(form url.Values) (audience, *signInError) {
	var asked []audience
	for _, a := range []audience{partnerCenter(), microsoftGraph()} {
		if slices.Contains(strings.Fields(form.Get("scope")), a.scope()) {
			asked = append(asked, a)
		}
	}
	switch len(asked) {
	case 0:
		return audience{}, invalidScope(70011, fmt.Sprintf("The provided value for the input parameter 'scope' is not valid: '%s'.", form.Get("scope")))
	case 1:
		return asked[0], nil
	default:
		return audience{}, invalidScope(28000, "Provided value for the input parameter scope is not valid because it contains more than one resource.")
	}
}

func invalidScope(code int, message string) *signInError {
	return &signInError{http.StatusBadRequest, "invalid_scope", code, message}
}
