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
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// emulator is one that runs.
type emulator struct {
	process *exec.Cmd
	// variables are those that the provider needs, by their names.
	variables map[string]string
	token     string
}

func startEmulator(ctx context.Context, program string, arguments ...string) (*emulator, error) {
	e := &emulator{process: exec.CommandContext(ctx, program, arguments...), variables: map[string]string{}} //nolint:gosec // The user names it.
	output, err := e.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := e.process.Start(); err != nil {
		return nil, err
	}
	// It prints one export command per variable, the refresh token last.
	for lines := bufio.NewScanner(output); e.variables["PARTNERCENTER_REFRESH_TOKEN"] == "" && lines.Scan(); {
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		e.variables[name] = strings.Trim(value, "'")
	}
	if err := e.signIn(ctx); err != nil {
		e.stop()
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	return e, nil
}

func (e *emulator) stop() {
	_ = e.process.Process.Kill()
	_ = e.process.Wait()
}

func (e *emulator) signIn(ctx context.Context) error {
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
func (e *emulator) save(ctx context.Context, path, file string) error {
	body, err := e.do(ctx, http.MethodGet, path, http.NoBody)
	if err != nil {
		return err
	}
	return os.WriteFile(file, body, 0o600)
}

// requests is how many requests it has received.
func (e *emulator) requests(ctx context.Context) (int, error) {
	body, err := e.do(ctx, http.MethodGet, "/emulator/requests", http.NoBody)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(body)))
}

// withUsage returns the ids of the customers with a cost. The provider asks twice about
// those without usage: the second response has their budget.
func (e *emulator) withUsage(ctx context.Context) ([]string, error) {
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

func (e *emulator) do(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
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
