package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

func TestTwoEmulatorsAnswerTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]emulator.Options{
		"sample":    {},
		"generated": {Customers: 60},
		"paged":     {Customers: 60, PageSize: 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, other := serve(t, options), serve(t, options)
			for _, path := range []string{customersPath, summaryPath, "/v1/customers", "/v1/invoices", rateCardPath} {
				first := one.read(t, path)
				if first != other.read(t, path) || first != one.read(t, path) {
					t.Errorf("%s differs", path)
				}
			}
		})
	}
}

func TestGeneratedCustomersAreAMixOfTheSameKinds(t *testing.T) {
	t.Parallel()
	records := decode[usageRecords](t, serve(t, emulator.Options{Customers: 60}).read(t, customersPath))
	ids, names, kinds := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range records.Items {
		ids[strings.ToLower(r.ResourceID)] = true
		names[r.Name] = true
		kinds[kind(t, r)] = true
		kinds[standing(t, r)] = true
	}
	if records.TotalCount != 60 || len(ids) != 60 || len(names) != 60 {
		t.Errorf("total %d, %d ids, %d names, want 60", records.TotalCount, len(ids), len(names))
	}
	if len(kinds) != 9 {
		t.Errorf("kinds %v", kinds)
	}
}

func TestAsManyCustomersAreOverBudgetAsAskedFor(t *testing.T) {
	t.Parallel()
	for asked, want := range map[int]int{0: 16, 1: 1, 7: 7, 100: 76} {
		over := 0
		for _, r := range decode[usageRecords](t, serve(t, emulator.Options{Customers: 100, OverBudget: asked}).read(t, customersPath)).Items {
			if r.Budget.Amount != nil && rational(t, r.TotalCost).Cmp(rational(t, *r.Budget.Amount)) > 0 {
				over++
			}
		}
		if over != want {
			t.Errorf("%d are over budget, want %d of %d", over, want, asked)
		}
	}
}

// BenchmarkLargePartner is what the first reader of 10,000 customers waits for.
func BenchmarkLargePartner(b *testing.B) {
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, customersPath, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+emulator.UserAccessToken())
		w := httptest.NewRecorder()
		emulator.New(emulator.Options{Customers: 10_000}).ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
