package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
)

// partner is a running emulator.
type partner struct {
	process *exec.Cmd
	// environment signs in to it.
	environment []string
	endpoint    string
	token       string
}

func startPartner(ctx context.Context, program string, flags ...string) (*partner, error) {
	p := &partner{process: exec.CommandContext(ctx, program, flags...)} //nolint:gosec // The user names it.
	output, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.process.Start(); err != nil {
		return nil, err
	}
	// It prints a line a variable, for a shell, and the refresh token last.
	variables := map[string]string{}
	for lines := bufio.NewScanner(output); variables["PARTNERCENTER_REFRESH_TOKEN"] == "" && lines.Scan(); {
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		variables[name] = strings.Trim(value, "'")
		p.environment = append(p.environment, name+"="+variables[name])
	}
	p.endpoint = variables["PARTNERCENTER_ENDPOINT"]
	if err := p.signIn(ctx, variables); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	return p, nil
}

func (p *partner) stop() {
	_ = p.process.Process.Kill()
	_ = p.process.Wait()
}

func (p *partner) signIn(ctx context.Context, variables map[string]string) error {
	form := url.Values{
		"grant_type":    {"refresh_token"},
		"client_id":     {variables["PARTNERCENTER_CLIENT_ID"]},
		"client_secret": {variables["PARTNERCENTER_CLIENT_SECRET"]},
		"refresh_token": {variables["PARTNERCENTER_REFRESH_TOKEN"]},
		"scope":         {"https://api.partnercenter.microsoft.com/.default"},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost,
		p.endpoint+"/"+variables["PARTNERCENTER_TENANT_ID"]+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, err := answer(request)
	if err != nil {
		return err
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	err = json.Unmarshal(body, &token)
	p.token = token.AccessToken
	return err
}

// get reads a path of the API, and returns the body with its byte order mark.
func (p *partner) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.endpoint+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	return answer(request)
}

func answer(request *http.Request) ([]byte, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", request.URL.Path, response.Status)
	}
	return body, err
}

// usageRecord is of a customer or of a plan.
type usageRecord struct {
	ResourceID string      `json:"resourceId"`
	IsUpgraded bool        `json:"isUpgraded"`
	TotalCost  json.Number `json:"totalCost"`
}

func (p *partner) usageRecords(ctx context.Context, path string) ([]usageRecord, error) {
	body, err := p.get(ctx, path)
	if err != nil {
		return nil, err
	}
	var collection struct {
		Items []usageRecord `json:"items"`
	}
	err = json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &collection)
	return collection.Items, err
}

const customersPath = "/v1/customers/usagerecords"

// customers are the ids of the customers.
func (p *partner) customers(ctx context.Context) ([]string, error) {
	records, err := p.usageRecords(ctx, customersPath)
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = strings.ToLower(r.ResourceID)
	}
	return ids, err
}

// plans are the ids of so many Azure plans, each with that of its customer.
func (p *partner) plans(ctx context.Context, count int) (map[string]string, error) {
	customers, err := p.usageRecords(ctx, customersPath)
	if err != nil {
		return nil, err
	}
	plans := map[string]string{}
	for _, customer := range customers {
		if !customer.IsUpgraded || customer.TotalCost == "0" {
			continue
		}
		records, err := p.usageRecords(ctx, "/v1/customers/"+customer.ResourceID+"/subscriptions/usagerecords")
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if plans[r.ResourceID] = customer.ResourceID; len(plans) == count {
				return plans, nil
			}
		}
	}
	return nil, fmt.Errorf("there are %d plans, not %d", len(plans), count)
}
