package emulator

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// VerificationURI is where users are told to enter their code. Nobody has to
// go there: after Options.DevicePolls the emulator takes the code as entered.
const VerificationURI = "https://microsoft.com/devicelogin"

// device is a sign-in that waits for its user.
type device struct {
	clientID string
	scopes   []string
	// pending is how many polls are still to be put off.
	pending int
}

type deviceCodeResponse struct {
	UserCode        string `json:"user_code"`
	DeviceCode      string `json:"device_code"`
	VerificationURI string `json:"verification_uri"`
	ExpiresIn       int    `json:"expires_in"`
	// Interval is a second: Entra says five.
	Interval int    `json:"interval"`
	Message  string `json:"message"`
}

func (e *Emulator) issueDeviceCode(form url.Values) (*deviceCodeResponse, *signInError) {
	id := form.Get("client_id")
	switch {
	case id == "":
		return nil, missing("client_id")
	case !strings.EqualFold(id, ClientID) && !strings.EqualFold(id, PublicClientID):
		return nil, unknownClient(id)
	}
	asked := strings.Fields(form.Get("scope"))
	if !slices.Contains(asked, partnerCenter().scope()) && !slices.Contains(asked, partnerCenter().userScope()) {
		return nil, invalidScope(70011, "The provided value for the input parameter 'scope' is not valid: '"+form.Get("scope")+"'.")
	}
	waiting := &device{clientID: id, scopes: asked, pending: e.options.DevicePolls}
	if waiting.pending == 0 {
		waiting.pending = 1
	}
	answer := &deviceCodeResponse{
		UserCode:        rand.Text()[:9],
		DeviceCode:      rand.Text() + rand.Text(),
		VerificationURI: VerificationURI,
		ExpiresIn:       900,
		Interval:        1,
	}
	answer.Message = "To sign in, use a web browser to open the page " + answer.VerificationURI + " and enter the code " + answer.UserCode + " to authenticate."

	e.grants.mu.Lock()
	defer e.grants.mu.Unlock()
	if e.grants.devices == nil {
		e.grants.devices = make(map[string]*device)
	}
	e.grants.devices[answer.DeviceCode] = waiting
	return answer, nil
}

// redeemDeviceCode returns the scopes that a device code was issued for, once
// and no earlier than its user has signed in.
func (e *Emulator) redeemDeviceCode(form url.Values) ([]string, *signInError) {
	code := form.Get("device_code")
	if code == "" {
		return nil, missing("device_code")
	}
	e.grants.mu.Lock()
	defer e.grants.mu.Unlock()
	waiting, ok := e.grants.devices[code]
	if !ok || !strings.EqualFold(waiting.clientID, form.Get("client_id")) {
		return nil, &signInError{http.StatusBadRequest, "invalid_grant", 70000, "The provided value for the input parameter 'device_code' is not valid."}
	}
	if waiting.pending > 0 {
		waiting.pending--
		return nil, &signInError{
			http.StatusBadRequest, "authorization_pending", 70016,
			"OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
		}
	}
	delete(e.grants.devices, code)
	return slices.Clone(waiting.scopes), nil
}
