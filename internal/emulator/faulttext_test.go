package emulator_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]emulator.Fault{
		"customers/usagerecords: status=429 retry-after=2 times=3": {Path: "customers/usagerecords", Status: 429, RetryAfter: "2", Times: 3},
		"delay=1.5s":                          {Delay: 1500 * time.Millisecond},
		"reset":                               {Reset: true},
		"token: reset  times=always cut-body": {Path: "token", Reset: true, Times: emulator.Always, CutBody: true},
		`status=429 retry-after="Fri, 20 Nov 2026 06:00:57 GMT"`: {
			Status: 429, RetryAfter: "Fri, 20 Nov 2026 06:00:57 GMT",
		},
		`usagesummary:status=403 code=900150 description="the \"role\" lacks rights" delay=1ms`: {
			Path: "usagesummary", Status: 403, Code: 900150, Description: `the "role" lacks rights`, Delay: time.Millisecond,
		},
		"status=502 body=`<html>\"Bad\" Gateway</html>` content-type=text/html": {
			Status: 502, Body: new(`<html>"Bad" Gateway</html>`), ContentType: "text/html",
		},
		"token: status=400 error=expired_token": {Path: "token", Status: 400, Error: "expired_token"},
		"after=1 times=2 trickle=10ms pad=1000 gzip framing=until-close": {
			After: 1, Times: 2, Trickle: 10 * time.Millisecond, Pad: 1000, Gzip: true, Framing: emulator.UntilClose,
		},
		"operations/*: operation=running times=3 retry-after=2": {Path: "operations/*", Operation: "running", Times: 3, RetryAfter: "2"},
		"part-00001-*: encoding=utf-16":                         {Path: "part-00001-*", Encoding: emulator.UTF16},
		"status=302 location=https://elsewhere.example/":        {Status: 302, Location: "https://elsewhere.example/"},
		`status=403 body=""`:                                    {Status: 403, Body: new("")},
		`body= status=403`:                                      {Status: 403, Body: new("")},
	} {
		got, err := emulator.ParseFault(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, error %v, want %+v", text, got, err, want)
		}
	}
}

func TestParseFaultSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "says nothing to do",
		"usagesummary:":                "says nothing to do",
		"usagesummary":                 `unknown word "usagesummary"; known are status,`,
		"usagesummary status=500":      `unknown word "usagesummary"; known are status,`,
		"operations/*: operation=over": `operation "over" is not one of notStarted, running,`,
		"encoding=ebcdic":              `encoding "ebcdic" is not one of plain, deflate, utf-16`,
		"token: explode":               `unknown word "explode"`,
		"status":                       "status needs a value, as in status=…",
		"status=throttled":             `status "throttled" is not a number from 200 to 599`,
		"status=100":                   `status "100" is not a number from 200 to 599`,
		"code=-1":                      `code "-1" is not a number from 0`,
		"times=0":                      `times "0" is not a number from 1`,
		"delay=5":                      `delay "5" is not a duration such as 500ms or 2s`,
		"delay=-5s":                    `delay "-5s" is not a duration such as 500ms or 2s`,
		"trickle=slow":                 `trickle "slow" is not a duration`,
		"framing=none":                 `framing "none" is not one of chunked, until-close`,
		"gzip=yes":                     "gzip takes no value",
		"pad=-1":                       `pad "-1" is not a number from 1`,
		"reset=true":                   "reset takes no value",
		`description="no end`:          "description: the closing quote is missing",
		`x: status=500 body="\q"`:      "body: ",
		`status=500 description="a"b`:  `unknown word "b"`,
	} {
		_, err := emulator.ParseFault(text)
		if err == nil || !strings.HasPrefix(err.Error(), "fault ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
}
