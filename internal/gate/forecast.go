package gate

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
)

// Period is what a cost adds up over. End is the first instant after it.
type Period struct{ Start, End time.Time }

// MonthOf is the calendar month in UTC: the billing period of an Azure plan.
func MonthOf(date time.Time) Period {
	date = date.UTC()
	start := time.Date(date.Year(), date.Month(), 1, 0, 0, 0, 0, time.UTC)
	return Period{start, start.AddDate(0, 1, 0)}
}

// Lengths of a period that can be right. Outside of them, a forecast would be little
// more than the cost itself.
const (
	minPeriod = 24 * time.Hour
	maxPeriod = 62 * 24 * time.Hour // twice of any there is
)

// basis is what a forecast is made of.
type basis int

const (
	ofPeriod  basis = iota // cost ÷ elapsed share of the period
	ofCost                 // the cost itself: the period has just begun, or has just ended
	ofNothing              // it is not known
)

// forecastOf is what a cost comes to at the end of its period, as of its own date,
// if it grows on as it has so far. It is never less than the cost: a refund does
// not grow.
func forecastOf(cost *decimal.Decimal, date *time.Time, period *Period, now time.Time) (*fraction, basis) {
	switch {
	case cost == nil:
		return nil, ofNothing
	case cost.IsZero():
		return whole(cost), ofPeriod
	case !isDate(date, now), period == nil, !period.contains(*date):
		return nil, ofNothing
	}
	length, elapsed, known := figures.Passed(period.Start, period.End, *date)
	if !known || date.After(period.End) {
		return whole(cost), ofCost
	}
	if cost.IsNegative() {
		return whole(cost), ofPeriod
	}
	return &fraction{cost.Mul(length), elapsed, false}, ofPeriod
}

// contains reports whether the period can be right, and the date lies in it, or at
// most a day after it.
func (p *Period) contains(date time.Time) bool {
	return !p.End.Before(p.Start.Add(minPeriod)) && !p.End.After(p.Start.Add(maxPeriod)) &&
		!date.Before(p.Start) && !date.After(p.End.Add(maxClockSkew))
}

// forecast adds up the forecasts of all records, each as of its own date. It is not
// known unless each is.
func (s *subject) forecast(now time.Time) (*fraction, basis) {
	if len(s.records) == 1 {
		record := &s.records[0]
		return forecastOf(record.Cost, record.LastModified, record.Period, now)
	}
	sum, worst := whole(&decimal.Zero), ofPeriod
	for _, record := range s.records {
		part, of := forecastOf(record.Cost, record.LastModified, record.Period, now)
		worst = max(worst, of)
		if part == nil {
			return nil, ofNothing
		}
		sum = sum.plus(part)
	}
	return sum, worst
}

// withoutForecast says why there is none.
func (s *subject) withoutForecast(now time.Time) string {
	for _, record := range s.records {
		if _, of := forecastOf(record.Cost, record.LastModified, record.Period, now); of != ofNothing {
			continue
		}
		switch {
		case !isDate(record.LastModified, now):
			return "a cost has no date"
		case record.Period == nil:
			return "the billing period of a cost is not known"
		}
		return "the billing period of a cost is given as " + instant(record.Period.Start) + " to " + instant(record.Period.End) +
			", and its date as " + instant(*record.LastModified)
	}
	return "a cost is not known"
}
