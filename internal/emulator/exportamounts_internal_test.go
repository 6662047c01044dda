package emulator

import (
	"encoding/json"
	"math/big"
	"testing"
	"time"
)

func TestDivisionsAddUp(t *testing.T) {
	t.Parallel()
	for _, amount := range []json.Number{
		"0", "1", "-1", "0.1", "12.50444529763028279", "-184.2750000000000341", "1845023.44170000000153",
		"0.000000000001", "-0.000000000000000000000000000001", "98765432109876543210.5",
	} {
		for _, rows := range []int{1, 2, 3, 4, 5, 1000, 1001} {
			d := divide(amount, rows)
			total := new(big.Rat)
			for row := range rows {
				text := string(d.append(nil, row))
				if !json.Valid([]byte(text)) {
					t.Fatalf("%s in %d: %s is not JSON", amount, rows, text)
				}
				part, ok := new(big.Rat).SetString(text)
				if !ok {
					t.Fatalf("%s in %d: %s", amount, rows, text)
				}
				total.Add(total, part)
			}
			if total.Cmp(parseDecimal(amount)) != 0 {
				t.Errorf("%s in %d: %s", amount, rows, total.FloatString(40))
			}
		}
	}
	from := time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
	for _, days := range []int{1, 19, 31} {
		parts := divideByDays("12.50444529763028279", from, days, 7)
		if got := sum(parts...); len(parts) != days || got != "12.50444529763028279" {
			t.Errorf("%d days: %d parts, %s", days, len(parts), got)
		}
	}
}

func TestJavaNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "0.001": "0.001", "-0.0015": "-0.0015", "0.0001": "1.0E-4", "-0.000123": "-1.23E-4", "0.00000000001": "1.0E-11", "10.0001": "10.0001",
	} {
		if got := javaNumber(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for amount, want := range map[int64]string{
		0: "0", 1: "1.0E-12", -1: "-1.0E-12", 1_000_000_000_000: "1", -1_500_000_000_000: "-1.5", 2_000_000_001: "0.002000000001", -500_000_000_000: "-0.5", 1_000_000_000: "0.001",
	} {
		if got := string(appendAmount(nil, amount)); got != want {
			t.Errorf("%d: %s, want %s", amount, got, want)
		}
	}
}

// Whatever the sign, the usage of a plan adds up by resource and by meter.
func TestUsageCellsAddUp(t *testing.T) {
	t.Parallel()
	p := newPartner(Options{})
	for _, cost := range []json.Number{"", "-3045.11968855241510377", "0.00000000000000001", "-1e-30", "1e30"} {
		for _, c := range p.customers {
			if cost != "" {
				c.cost = formatDecimal(parseDecimal(cost))
			}
			for _, plan := range c.azures() {
				if plan.legacy() {
					continue
				}
				resources, meters, quantities := map[string]json.Number{}, map[string]json.Number{}, map[string]json.Number{}
				for _, cell := range plan.usageCells() {
					resources[cell.resource.path()] = sum(resources[cell.resource.path()], cell.cost)
					meters[cell.meter.id] = sum(meters[cell.meter.id], cell.cost)
					quantities[cell.meter.id] = sum(quantities[cell.meter.id], cell.quantity)
				}
				for _, r := range plan.usedResources() {
					if compare(resources[r.path()], product(plan.cost, r.share)) != 0 {
						t.Errorf("%s of %s: %s", r.name, c.name, resources[r.path()])
					}
				}
				for _, m := range plan.usedMeters() {
					if compare(meters[m.id], m.cost) != 0 || compare(quantities[m.id], m.quantity) != 0 {
						t.Errorf("%s of %s: %s, %s", m.name, c.name, meters[m.id], quantities[m.id])
					}
				}
				if plan.idle() != (len(meters) == 0) {
					t.Errorf("%s of %s has %d meters", plan.name, c.name, len(meters))
				}
			}
		}
	}
}
