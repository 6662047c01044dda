package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
)

// quotaBurst is how many requests the quota lets through at once.
const quotaBurst = 10

var quotas = []struct{ perSecond, customers int }{{20, 1000}, {4, 300}, {1, 100}}

// quotaResult is a plan that asks once about each customer, under a quota.
type quotaResult struct {
	Title     string
	PerSecond int
	Requests  int
	Failed    int
	Seconds   float64
	http      bool
}

// Least is how many seconds so many requests take under the quota in any case.
func (q quotaResult) Least() float64 { return float64(q.Requests-quotaBurst) / float64(q.PerSecond) }

func (q quotaResult) Ratio() float64 { return q.Seconds / q.Least() }

// measureQuotas runs each plan once: the quota leaves little to chance.
func (b *bench) measureQuotas(ctx context.Context) ([]quotaResult, error) {
	var results []quotaResult
	for _, q := range quotas {
		for _, p := range []plan{
			{name: "quota", Title: "summaries by `for_each`", configuration: "summaries.tf"},
			{name: "quota_http", Title: "summaries by `for_each`, `data \"http\"`", configuration: "summaries_http.tf", variant: withHTTP},
		} {
			id := fmt.Sprintf("%s/%d", p.name, q.perSecond)
			if !b.cases.MatchString(id) || p.variant == withHTTP && b.httpProvider == "" {
				continue
			}
			fmt.Fprintln(os.Stderr, "run", id)
			p.emulator = func(size int) []string {
				return append(customers(size), "-quota", strconv.Itoa(q.perSecond), "-quota-burst", strconv.Itoa(quotaBurst))
			}
			// The ids come from an emulator without a quota, so that the plan has all
			// of its own.
			ids, err := b.customersWithUsage(ctx, q.customers)
			if err != nil {
				return nil, err
			}
			o, err := b.planUnderQuota(ctx, p, q.customers, ids)
			if err != nil && o.errors == 0 {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			results = append(results, quotaResult{Title: p.Title, PerSecond: q.perSecond, Requests: len(ids), Failed: o.errors, Seconds: o.Seconds, http: p.variant == withHTTP})
		}
	}
	return results, nil
}

func (b *bench) planUnderQuota(ctx context.Context, p plan, size int, ids []string) (outcome, error) {
	b.stopEmulators()
	w, err := b.prepare(ctx, p, size)
	if err != nil {
		return outcome{}, err
	}
	w.variables["customers"] = ids
	if err := w.finish(); err != nil {
		return outcome{}, err
	}
	return w.plan(ctx)
}

func (b *bench) customersWithUsage(ctx context.Context, size int) ([]string, error) {
	e, err := b.emulator(ctx, customers(size)...)
	if err != nil {
		return nil, err
	}
	return e.withUsage(ctx)
}
