package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// A quota is a bucket of tokens: so many requests at once, and so many a second.
const quotaBurst = 10

// quotas are the partners that let few requests through: how many a second, and
// how many customers are asked about.
var quotas = []struct{ perSecond, customers int }{{20, 300}, {4, 300}, {1, 100}}

// underQuota is a plan whose requests are too many for a quota.
type underQuota struct {
	Title     string
	PerSecond int
	Requests  int
	Failed    int     // of the data sources
	Seconds   float64 // of the whole plan
	Quota     float64 // seconds that so many requests take in any case
}

func (u underQuota) Ratio() float64 { return u.Seconds / u.Quota }

// underQuotas measures each plan once: it takes as long as the quota says.
func (b *bench) underQuotas(ctx context.Context) ([]underQuota, error) {
	var all []underQuota
	for _, q := range quotas {
		for _, s := range []series{
			{name: "quota", title: "summaries by `for_each`", configuration: "summaries.tf", steps: []step{eachCustomer}},
			{name: "quota_http", title: "summaries by `for_each`, `data \"http\"`", configuration: "summaries_http.tf", steps: []step{eachCustomer, byHTTP}, rival: true},
		} {
			c := &benchCase{series: s, size: q.perSecond}
			if !b.settings.cases.MatchString(c.id()) || s.rival && b.http == "" {
				continue
			}
			// One of its own, so that nobody has used the quota before.
			b.stop()
			clear(b.partners)
			c.emulator = func(int) []string {
				return append(large(q.customers), "-quota", strconv.Itoa(q.perSecond), "-quota-burst", strconv.Itoa(quotaBurst))
			}
			fmt.Fprintln(os.Stderr, "run", c.id())
			if err := b.set(ctx, c); err != nil {
				return nil, fmt.Errorf("%s: %w", c.id(), err)
			}
			took, failed, err := c.workspace.planAndCount(ctx)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.id(), err)
			}
			all = append(all, underQuota{
				Title: s.title, PerSecond: q.perSecond, Requests: q.customers, Failed: failed,
				Seconds: took.Seconds(), Quota: float64(q.customers-quotaBurst) / float64(q.perSecond),
			})
		}
	}
	return all, nil
}

// planAndCount plans, and counts the data sources that failed.
func (w *workspace) planAndCount(ctx context.Context) (took time.Duration, failed int, err error) {
	var said bytes.Buffer
	command := w.terraform(ctx, "plan", "-json")
	command.Stdout, command.Stderr = &said, &said
	start := time.Now()
	err = command.Run()
	took = time.Since(start)
	for lines := bufio.NewScanner(bytes.NewReader(said.Bytes())); lines.Scan(); {
		var line struct {
			Level      string `json:"@level"`
			Diagnostic struct {
				Address string `json:"address"`
			} `json:"diagnostic"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Level == "error" && line.Diagnostic.Address != "" {
			failed++
		}
	}
	if err != nil && failed == 0 {
		return took, 0, fmt.Errorf("terraform plan in %s: %w\n%s", filepath.Base(w.directory), err, &said)
	}
	return took, failed, nil
}
