package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// partner is an emulated partner, served on loopback.
type partner struct {
	*emulator.Emulator

	server http.Server
	// variables are those that the provider needs, by their names.
	variables map[string]string
	token     string
}

func serve(ctx context.Context, options emulator.Options) (*partner, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e := &partner{Emulator: emulator.New(options), variables: map[string]string{}}
	e.server = http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = e.server.Serve(listener) }()
	for _, variable := range e.Environment("http://" + listener.Addr().String()) {
		name, value, _ := strings.Cut(variable, "=")
		e.variables[name] = value
	}
	if err := e.signIn(ctx); err != nil {
		e.stop()
		return nil, err
	}
	return e, nil
}

func (e *partner) stop() { _ = e.server.Close() }

func (e *partner) signIn(ctx context.Context) error {
	form := url.Values{
		"grant_type":    {"refresh_token"},
		"client_id":     {e.variables["PARTNERCENTER_CLIENT_ID"]},
		"client_secret": {e.variables["PARTNERCENTER_CLIENT_SECRET"]},
		"refresh_token": {e.variables["PARTNERCENTER_REFRESH_TOKEN"]},
		"scope":         {"https://api.partnercenter.microsoft.com/.default"},
	}
	path := "/" + e.variables["PARTNERCENTER_TENANT_ID"] + "/oauth2/v2.0/token"
	body, err := e.do(ctx, http.MethodPost, path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	var response struct {
		AccessToken string `json:"access_token"`
	}
	err = json.Unmarshal(body, &response)
	e.token = response.AccessToken
	return err
}

// save writes a response of the API to a file, as it came.
func (e *partner) save(ctx context.Context, path, file string) error {
	body, err := e.do(ctx, http.MethodGet, path, http.NoBody)
	if err != nil {
		return err
	}
	return os.WriteFile(file, body, 0o600)
}

// withUsage returns the ids of the customers with a cost. The provider asks twice about
// those without usage: the second response has their budget.
func (e *partner) withUsage(ctx context.Context) ([]string, error) {
	body, err := e.do(ctx, http.MethodGet, "/v1/customers/usagerecords", http.NoBody)
	if err != nil {
		return nil, err
	}
	var response struct {
		Items []struct {
			ResourceID string      `json:"resourceId"`
			TotalCost  json.Number `json:"totalCost"`
		} `json:"items"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &response); err != nil {
		return nil, err
	}
	var ids []string
	for _, item := range response.Items {
		if item.TotalCost != "0" {
			ids = append(ids, strings.ToLower(item.ResourceID))
		}
	}
	return ids, nil
}

func (e *partner) do(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, e.variables["PARTNERCENTER_ENDPOINT"]+path, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+e.token)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	return content, err
}
