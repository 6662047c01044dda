package gate

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// manyRecords are customers with figures as long as the API's, of whom a fifth has
// used more than 80 % of its budget.
func manyRecords(n int) []Record {
	currencies := []string{"EUR", "SEK", "USD", "GBP"}
	records := make([]Record, n)
	for i := range records {
		cost := decimal.New(int64(1+i%100), 0).Add(decimal.RequireFromString("0.5682999999995904716"))
		date := time.Date(2026, time.November, 16, i%24, i%60, 0, 1433333, time.UTC)
		records[i] = Record{
			SubjectID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), SubjectName: fmt.Sprintf("Customer %d", i), Currency: currencies[i%len(currencies)],
			Cost: &cost, USDCost: &cost, Budget: new(decimal.NewFromInt(100)), LastModified: &date, Period: new(MonthOf(date)),
		}
	}
	return records
}

// BenchmarkEvaluateSpend is what a gate over 10,000 customers does with their
// records, to the last result.
func BenchmarkEvaluateSpend(b *testing.B) {
	records := manyRecords(10_000)
	limit := func(text string) *decimal.Decimal { return new(decimal.RequireFromString(text)) }
	byCurrency := func(text string) map[string]decimal.Decimal {
		limits := map[string]decimal.Decimal{}
		for _, code := range []string{"EUR", "SEK", "USD", "GBP"} {
			limits[code] = *limit(text)
		}
		return limits
	}
	all := SpendRules{
		MaxPercentUsed: limit("80"), WarnPercentUsed: limit("79"), MaxTotalCost: byCurrency("1e9"), MaxUSDTotalCost: limit("1e9"),
		MaxCustomerTotalCost: byCurrency("1000"), MaxCustomerUSDTotalCost: limit("1000"), MaxDataAge: new(1000 * time.Hour),
		Budgets: map[string]decimal.Decimal{}, MaxFindings: 100,
	}
	for i, record := range records {
		if i%100 == 0 {
			all.Budgets[record.SubjectID] = *record.Budget
			all.Exceptions = append(all.Exceptions, Exception{SubjectID: record.SubjectID, Until: now.Add(time.Duration(i%2*2-1) * time.Hour), Reason: "a migration"})
		}
	}
	withForecast := all
	withForecast.MaxForecastPercentUsed, withForecast.WarnForecastPercentUsed = limit("160"), limit("159")
	for _, test := range []struct {
		name  string
		rules SpendRules
	}{
		{"one rule", SpendRules{MaxPercentUsed: limit("101"), MaxFindings: 100}},
		{"one rule, a fifth found", SpendRules{MaxPercentUsed: limit("80"), MaxFindings: 100}},
		{"forecasts", SpendRules{MaxForecastPercentUsed: limit("160"), MaxFindings: 100}},
		{"all but forecasts", all},
		{"all", withForecast},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				evaluation := BeginSpend(test.rules, now)
				for _, record := range records {
					evaluation.Add(record)
				}
				verdict := evaluation.Verdict(SpendList{Listed: len(records)})
				verdict.Summary()
				verdict.Messages()
				verdict.Markdown()
			}
		})
	}
}
