package provider_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// The samples' longest numbers, which a float64 cannot hold.
var longNumbers = []string{"120.5682999999995904716", "12.39999999999999985235", "27.23292827625710931604", "33.280000000000001044"}

// Numbers arrive digit for digit wherever somebody may read them, and compare
// exactly.
func TestTerraform_digits(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_customer_usage_records" "all" {
  lifecycle {
    postcondition {
      condition = (
        one([for c in self.records : c.total_cost if c.currency_code == "SEK"]) == 120.5682999999995904716 &&
        one([for c in self.records : c.total_cost if c.currency_code == "SEK"]) != 120.5682999999995904717 &&
        one([for c in self.records : c.total_cost if c.currency_code == "SEK"]) < 120.5682999999995904717 &&
        self.totals.cost_by_currency["SEK"] == 120.5682999999995904716
      )
      error_message = "Numbers are not compared exactly."
    }
  }
}

output "records" {
  value = data.partnercenter_customer_usage_records.all.records
}
`, serve(t)...)
	w.terraform(t, "plan", "-out=plan").succeed(t).
		mention(t, "Incomplete customer usage records", "there are 25 records, but listed 4")
	w.terraform(t, "apply", "plan").succeed(t)
	for _, arguments := range [][]string{{"show", "-json", "plan"}, {"show", "-json"}, {"output", "-json"}, {"output", "-json", "records"}} {
		output := w.terraform(t, arguments...).succeed(t).stdout
		for _, number := range longNumbers {
			if !strings.Contains(output, number+",") {
				t.Errorf("terraform %s does not have %s", strings.Join(arguments, " "), number)
			}
		}
	}
	// Nothing changes from one read to the next.
	w.terraform(t, "plan", "-detailed-exitcode").succeed(t)
}

// The samples' customers, as conditions see them.
func TestTerraform_samples(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_customer_usage_records" "all" {}

data "partnercenter_usage_summary" "partner" {}

data "partnercenter_subscription_meter_usage" "legacy" {
  customer_id     = "`+sampleCustomer+`"
  subscription_id = "`+samplePlan+`"
}

locals {
  customers = { for c in data.partnercenter_customer_usage_records.all.records : c.customer_name => c }
  legacy    = local.customers["LEGACY AZURE CUSTOMER SE"]
  unlimited = local.customers["Test_Test_MA20190829_14"]
  over      = local.customers["Modern Azure Customer SE"]
  meter     = one(data.partnercenter_subscription_meter_usage.legacy.records)
}

output "true" {
  value = {
    "legacy currency is derived"   = local.legacy.currency_code == "EUR" && local.legacy.currency_derived && local.legacy.currency_locale == "fr-FR"
    "legacy USD of nothing is 0"   = local.legacy.usd_total_cost == 0
    "no budget is null, not 0 %"   = local.unlimited.percent_used == null && !local.unlimited.has_budget && !local.unlimited.within_budget && !local.unlimited.over_budget
    "over budget"                  = local.over.over_budget && !local.over.within_budget && local.over.percent_used == 602.84
    "list is not complete"         = !data.partnercenter_customer_usage_records.all.complete && data.partnercenter_customer_usage_records.all.total_count == 25
    "legacy subscription is kept"  = local.meter.object_type == "SubscriptionMonthlyUsageRecord" && local.meter.offer_id == "MS-AZR-0145P" && local.meter.status == "active" && local.meter.total_cost == 22.861172
    "legacy subscription no meter" = local.meter.meter_id == null && local.meter.meter_name == null && local.meter.category == null && local.meter.quantity_used == null && local.meter.unit == null
    "legacy USD is not known"      = local.meter.usd_total_cost == null && data.partnercenter_subscription_meter_usage.legacy.totals.usd_total_cost == null
    "summary"                      = data.partnercenter_usage_summary.partner.total_cost == 22.861172 && data.partnercenter_usage_summary.partner.excludes_azure_plan
  }
}
`, serve(t)...)
	w.terraform(t, "apply", "-auto-approve").succeed(t)
	var truths map[string]bool
	if err := json.Unmarshal([]byte(w.terraform(t, "output", "-json", "true").succeed(t).stdout), &truths); err != nil {
		t.Fatal(err)
	}
	if len(truths) != 9 {
		t.Errorf("%d of 9 are there", len(truths))
	}
	for what, isTrue := range truths {
		if !isTrue {
			t.Errorf("%s: false", what)
		}
	}
}

// A gate over rows that were not asked for must not pass.
func TestTerraform_withoutRecords(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_customer_usage_records" "all" {
  include_records = false
  lifecycle {
    postcondition {
      condition     = alltrue([for c in self.records : c.within_budget])
      error_message = "Not within budget."
    }
  }
}
`, environment...)
	w.terraform(t, "plan").fail(t, "Iteration over null value")
}

// Whoever asks for the same gets the same answer, of one request.
func TestTerraform_oneRequest(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{Latency: 50 * time.Millisecond})
	w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_customer_usage_records" "all" {
  count           = 30
  include_records = false
  is_upgraded     = count.index % 2 == 0
}
`, environment...)
	w.terraform(t, "plan").succeed(t)
	if requests := countRequests(e, "/usagerecords"); requests != 1 {
		t.Errorf("%d requests were sent", requests)
	}
	if requests := countRequests(e, "/token"); requests != 1 {
		t.Errorf("%d tokens were fetched", requests)
	}
}

func countRequests(e *emulator.Emulator, suffix string) int {
	count := 0
	for _, request := range e.Requests() {
		if strings.HasSuffix(request.Path, suffix) {
			count++
		}
	}
	return count
}

// meters reads the meters of every customer of the emulator.
const meters = `
provider "partnercenter" {
  max_concurrency = 3
}

data "partnercenter_subscription_meter_usage" "plan" {
  count           = 12
  customer_id     = format("aaaaaaaa-0000-4000-8000-%012d", count.index)
  subscription_id = "` + samplePlan + `"
}
`

func TestTerraform_concurrency(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{Latency: 20 * time.Millisecond})
	// The emulator knows none of these customers. What counts is how they are asked for.
	newWorkspace(t, meters, environment...).terraform(t, "plan").fail(t, "code 20002", "MS-RequestId")
	most := mostAtOnce(e)
	if count := countRequests(e, "/meterusagerecords"); count != 12 || most > 3 || most < 2 {
		t.Errorf("%d requests, at most %d at once", count, most)
	}
}

// A refresh token that Entra refused is not sent again.
func TestTerraform_deadRefreshToken(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{})
	environment = append(environment, "PARTNERCENTER_REFRESH_TOKEN="+emulator.ExpiredRefreshToken)
	newWorkspace(t, strings.Replace(meters, "12", "30", 1), environment...).terraform(t, "plan").
		fail(t, "Could not sign in to Partner Center", "AADSTS700082", "90 days", "a refresh token and a client secret", "PARTNERCENTER_*")
	if requests := e.Requests(); len(requests) != 1 {
		t.Errorf("%d requests were sent", len(requests))
	}
}

// Ctrl-C ends everything, wherever the read is.
func TestTerraform_interrupt(t *testing.T) {
	t.Parallel()
	for stage, test := range map[string]struct {
		fault    emulator.Fault
		path     string // of the requests
		requests int    // after which it is there
	}{
		"the sign-in":         {emulator.Fault{Path: "token", Delay: time.Hour}, "/token", 1},
		"the headers":         {emulator.Fault{Path: "usagerecords", Delay: time.Hour}, "/usagerecords", 1},
		"the body":            {emulator.Fault{Path: "usagerecords", Trickle: time.Minute}, "/usagerecords", 1},
		"a Retry-After":       {emulator.Fault{Path: "usagerecords", Status: 429, RetryAfter: "100"}, "/usagerecords", 1},
		"a wait for the next": {emulator.Fault{Path: "usagerecords", Status: 503, Times: 4}, "/usagerecords", 3},
		"the second page":     {emulator.Fault{Path: "usagerecords", After: 1, Delay: time.Hour}, "/usagerecords", 2},
	} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			e, environment := emulate(t, emulator.Options{PageSize: 12})
			e.Misbehave(test.fault)
			w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_customer_usage_records" "all" {}
`, environment...)
			interrupt(t, w.command(t, "plan"), func() bool { return countRequests(e, test.path) == test.requests })
		})
	}
}

// eventually waits for a condition outside of this process.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for range 1000 {
		if condition() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it never happens that %s", what)
}

// Whoever has no sign-in is told on the argument, before anything is sent.
func TestTerraform_nothingConfigured(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, "provider \"partnercenter\" {}\n\ndata \"partnercenter_usage_summary\" \"partner\" {}\n", environment[0])
	// Without the Azure CLI that this machine may have.
	w.environment = append(w.environment, "PATH="+t.TempDir())
	w.terraform(t, "plan").fail(t, "Error: No sign-in configured", "with provider[\"", source+`"]`, "PARTNERCENTER_REFRESH_TOKEN")
	if requests := e.Requests(); len(requests) > 0 {
		t.Errorf("%d requests were sent", len(requests))
	}
}

// A value that is known only after the apply is an error that says what to do.
func TestTerraform_unknownArgument(t *testing.T) {
	t.Parallel()
	_, environment := emulate(t, emulator.Options{})
	w := newWorkspace(t, `
resource "terraform_data" "vault" {
  input = "a-tenant"
}

provider "partnercenter" {
  tenant_id = terraform_data.vault.output
}

data "partnercenter_usage_summary" "partner" {}
`, environment...)
	w.terraform(t, "plan").fail(t, "Unknown value", "tenant_id = terraform_data.vault.output", "-target", "PARTNERCENTER_TENANT_ID")
}

// Throttled and failing answers are survived, through the real program too.
func TestTerraform_survives(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{PageSize: 10})
	e.Misbehave(
		emulator.Fault{Path: "token", Status: 503, RetryAfter: "1"},
		emulator.Fault{Path: "usagerecords", Status: 429, RetryAfter: "1"},
		emulator.Fault{Path: "usagerecords", CutBody: true},
		emulator.Fault{Path: "usagerecords", Reset: true},
	)
	w := newWorkspace(t, `
provider "partnercenter" {}

data "partnercenter_customer_usage_records" "all" {
  lifecycle {
    postcondition {
      condition     = self.complete && length(self.records) == 25
      error_message = "The list is not whole."
    }
  }
}
`, environment...)
	w.terraform(t, "plan").succeed(t)
	if count := countRequests(e, "/usagerecords"); count != 6 {
		t.Errorf("%d requests, not three pages and three failures", count)
	}
}

// A page that fails leaves the state as it was.
func TestTerraform_failingPage(t *testing.T) {
	t.Parallel()
	e, environment := emulate(t, emulator.Options{PageSize: 10})
	w := newWorkspace(t, `
provider "partnercenter" {
  max_retries = 0
}

data "partnercenter_customer_usage_records" "all" {}

output "count" {
  value = data.partnercenter_customer_usage_records.all.totals.record_count
}
`, environment...)
	w.terraform(t, "apply", "-auto-approve").succeed(t)
	before := w.read(t, "terraform.tfstate")
	if pages := countRequests(e, "/usagerecords"); pages != 3 {
		t.Fatalf("%d pages", pages)
	}
	// The first page is answered as ever, the second one is not.
	e.Misbehave(emulator.Fault{Path: "usagerecords"}, emulator.Fault{Path: "usagerecords", Status: 500})
	w.terraform(t, "apply", "-auto-approve").fail(t, "Could not read customer usage records", "GET /v1/customers/usagerecords (page 2): 500 Internal Server Error", "MS-RequestId", "MS-CorrelationId")
	if w.read(t, "terraform.tfstate") != before {
		t.Error("the state has changed")
	}
}

// With TF_LOG_PROVIDER=INFO there are lines for each read, and with DEBUG also one for
// each request.
func TestTerraform_logLevels(t *testing.T) {
	t.Parallel()
	for level, requests := range map[string]int{"INFO": 0, "DEBUG": 4} {
		_, environment := emulate(t, emulator.Options{PageSize: 10})
		w := newWorkspace(t, usageRecords, append(environment, "TF_LOG_PROVIDER="+level)...)
		log := w.terraform(t, "apply", "-auto-approve").succeed(t).stderr
		for text, want := range map[string]int{
			": Partner Center request: ": requests, // Three pages and the sign-in.
			": Sign-in started: ":        1,
			": Sign-in ended: ":          1,
			": Read started: ":           1,
			" items=25":                  1,
			"[INFO]  provider.terraform-provider-partnercenter: Read ended: pages: 3 (0 cached), items: 25 of 25, time: ": 1,
		} {
			if got := strings.Count(log, text); got != want {
				t.Errorf("%s: %d times %q, want %d:\n%s", level, got, text, want, log)
			}
		}
		if !strings.Contains(log, "tf_data_source_type=partnercenter_customer_usage_records") {
			t.Errorf("%s: the log does not name the data source", level)
		}
	}
}

const usageRecords = `
data "partnercenter_customer_usage_records" "all" {}
`
