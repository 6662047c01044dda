// Command export adds up the usage of an export, as a data source does, or only inflates
// and tokenizes it. The blobs are files, so that nobody else computes meanwhile. It prints
// what it found.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"
	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

func main() {
	directory := flag.String("blobs", "", "`directory` of the blobs")
	times := flag.Int("times", 1, "how often the export has each blob: it is longer than its files")
	tokens := flag.Bool("tokens", false, "inflate and tokenize the blobs, and keep nothing")
	oneByOne := flag.Bool("one-by-one", false, "one blob after the other")
	flag.Parse()
	if err := run(*directory, *times, *tokens, *oneByOne); err != nil {
		log.Fatal(err)
	}
}

func run(directory string, times int, tokens, oneByOne bool) error {
	files, err := filepath.Glob(filepath.Join(directory, "*.json.gz"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("there are no blobs")
	}
	var names []string // The directory of a name is not one of the files.
	for i := range times {
		for _, file := range files {
			names = append(names, fmt.Sprintf("%d/%s", i, filepath.Base(file)))
		}
	}
	if tokens {
		return tokenizeAll(directory, names, oneByOne)
	}
	exports := [][]string{names}
	if oneByOne {
		exports = nil
		for _, name := range names {
			exports = append(exports, []string{name})
		}
	}
	rows, cost := int64(0), decimal.Decimal{}
	for _, blobs := range exports {
		usage, err := readUsage(directory, blobs)
		if err != nil {
			return err
		}
		rows += usage.Totals.RowCount
		cost = cost.Add(usage.Totals.CostByCurrency["EUR"].Decimal)
	}
	fmt.Println(rows, "rows,", cost, "EUR")
	return nil
}

// readUsage adds up the usage of an export of these blobs.
func readUsage(directory string, blobs []string) (*graphbilling.Usage, error) {
	endpoint, err := url.Parse(graphbilling.Endpoint)
	if err != nil {
		return nil, err
	}
	client := graphbilling.New(pcclient.New(pcclient.Options{
		Endpoint:         endpoint,
		Credential:       credential{},
		Graph:            pcclient.Graph{Endpoint: endpoint},
		OperationTimeout: time.Hour,
		Options:          transport.Options{MaxConcurrency: 8, RequestTimeout: time.Hour, Transport: server{directory, blobs}},
	}))
	return client.Usage(context.Background(), graphbilling.Query{CurrencyCode: "EUR", GroupBy: []string{"customer", "date"}})
}

type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// server plays Microsoft Graph and Azure Blob Storage.
type server struct {
	directory string
	blobs     []string
}

func (s server) Do(request *http.Request) (*http.Response, error) {
	response := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1, Request: request}
	switch {
	case request.Method == http.MethodPost:
		response.StatusCode, response.Body = http.StatusAccepted, http.NoBody
		response.Header.Set("Location", graphbilling.Endpoint+"/v1.0/reports/partners/billing/operations/1")
	case request.URL.Host == "graph.microsoft.com":
		type blob struct {
			Name string `json:"name"`
		}
		blobs := make([]blob, len(s.blobs))
		for i, name := range s.blobs {
			blobs[i].Name = name
		}
		body, err := json.Marshal(map[string]any{"status": "succeeded", "resourceLocation": map[string]any{
			"rootDirectory": "https://bench.blob.core.windows.net/export", "sasToken": "sig=bench", "blobs": blobs,
		}})
		if err != nil {
			return nil, err
		}
		response.Body = io.NopCloser(strings.NewReader(string(body)))
	default:
		file, err := os.Open(filepath.Join(s.directory, path.Base(request.URL.Path)))
		if err != nil {
			return nil, err
		}
		response.Body = file
	}
	return response, nil
}

// tokenizeAll inflates and tokenizes as many blobs at a time as the client reads.
func tokenizeAll(directory string, names []string, oneByOne bool) error {
	var workers errgroup.Group
	workers.SetLimit(max(2, runtime.GOMAXPROCS(0)))
	if oneByOne {
		workers.SetLimit(1)
	}
	var rows atomic.Int64
	for _, name := range names {
		workers.Go(func() error {
			count, err := tokenize(filepath.Join(directory, path.Base(name)))
			rows.Add(count)
			return err
		})
	}
	err := workers.Wait()
	fmt.Println(rows.Load(), "rows")
	return err
}

func tokenize(name string) (rows int64, err error) {
	file, err := os.Open(name) //nolint:gosec // The user names the directory.
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	inflated, err := gzip.NewReader(file)
	if err != nil {
		return 0, err
	}
	decoder := jsontext.NewDecoder(inflated, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		token, err := decoder.ReadToken()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return 0, err
		}
		if decoder.StackDepth() == 0 && token.Kind() == '}' {
			rows++
		}
	}
}
