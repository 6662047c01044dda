package pcclient

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// exact reads a literal without any rounding, in another way than the code
// under test.
func exact(t testing.TB, literal string) *big.Rat {
	t.Helper()
	number, ok := new(big.Rat).SetString(literal)
	if !ok {
		t.Fatalf("%q is not a number", literal)
	}
	return number
}

func TestDecimal_keepsDigits(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{
		"120.5682999999995904716":    "120.5682999999995904716",
		"12.39999999999999985235":    "12.39999999999999985235",
		"27.23292827625710931604":    "27.23292827625710931604",
		"33.280000000000001044":      "33.280000000000001044",
		"22.861172":                  "22.861172",
		"602.84":                     "602.84",
		"0":                          "0",
		"-0":                         "0",
		"-0.01":                      "-0.01",
		"9007199254740993":           "9007199254740993",
		"0.1":                        "0.1",
		"1.50":                       "1.5",
		"1e3":                        "1000",
		"1E+3":                       "1000",
		"-1.25e2":                    "-125",
		"12.5e-3":                    "0.0125",
		"1e-7":                       "0.0000001",
		"123456789012345678901234.5": "123456789012345678901234.5",
	} {
		t.Run(literal, func(t *testing.T) {
			t.Parallel()
			var d Decimal
			if err := json.Unmarshal([]byte(literal), &d); err != nil {
				t.Fatal(err)
			}
			if d.String() != want {
				t.Errorf("String() is %s, want %s", d, want)
			}
		})
	}
}

// A number is measured as it is written out, on either side of the point.
func TestDecimal_at60Digits(t *testing.T) {
	t.Parallel()
	sixty, zeros := strings.Repeat("9", 60), strings.Repeat("0", 900)
	for name, test := range map[string]struct {
		literal string
		passes  bool
	}{
		"60 before the point":               {sixty, true},
		"61 before the point":               {sixty + "9", false},
		"60 after the point":                {"0." + sixty, true},
		"61 after the point":                {"0." + sixty + "9", false},
		"60 on either side":                 {"-" + sixty + "." + sixty, true},
		"61 before, and some after":         {sixty + "9.5", false},
		"some before, and 61 after":         {"5." + sixty + "9", false},
		"60 by a positive exponent":         {"1e59", true},
		"61 by a positive exponent":         {"1e60", false},
		"60 by a negative exponent":         {"1e-60", true},
		"61 by a negative exponent":         {"1e-61", false},
		"120 with an exponent to undo half": {sixty + sixty + "e-60", true},
		"121 with an exponent to undo half": {sixty + sixty + "9e-60", false},
		"zeros after the last digit":        {"1.5" + zeros, true},
		"zeros after the point":             {"-100." + zeros, true},
		"zeros that an exponent moves":      {"15" + zeros + "e-901", true},
		"zeros that it moves too far":       {"1" + zeros + "e-800", false},
		"nothing":                           {"0." + zeros, true},
		"nothing, far to the right":         {"0e-9999", true},
		"nothing, far to the left":          {"-0e9999", true},
		"far to the right":                  {"1e-999999999", false},
		"far to the left":                   {"1e999999999", false},
		"exponent beyond the int64":         {"1e99999999999999999999", false},
		"exponent below the int64":          {"1e-99999999999999999999", false},
		"exponent that fits in an int32":    {"1e2147483647", false},
		"exponent at the end of the int32":  {"10e-2147483648", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d Decimal
			err := json.Unmarshal([]byte(test.literal), &d)
			if !test.passes {
				wantText(t, err, "60 digits before or after the point")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			// Added to another, it is not written out either.
			if d.IsZero() && d.Exponent() != 0 || d.Exponent() < -60 || d.Exponent() > 60 {
				t.Errorf("%s has the exponent %d", test.literal, d.Exponent())
			}
			if len(test.literal) > 20 && !strings.Contains(test.literal, "e") && exact(t, d.String()).Cmp(exact(t, test.literal)) != 0 {
				t.Errorf("%s became %s", test.literal, d)
			}
		})
	}
}

// Written out, each of these numbers takes milliseconds: a page of them would
// keep the provider busy for minutes.
func TestDecimal_doesNotWriteOutExponents(t *testing.T) {
	t.Parallel()
	for range 5_000 {
		for _, literal := range []string{"1e999999", "1e-999999", "-9.99e999999", "1e9999", "1e-9999"} {
			var d Decimal
			if err := json.Unmarshal([]byte(literal), &d); err == nil {
				t.Fatalf("%s was taken", literal)
			}
		}
	}
}

// Reading a number takes time that grows with the square of its length: minutes for
// ten million digits.
func TestDecimal_doesNotReadEndlessDigits(t *testing.T) {
	t.Parallel()
	for _, literal := range []string{strings.Repeat("9", 10_000_000), "0." + strings.Repeat("9", 10_000_000), strings.Repeat("9", 10_000_000) + "e-10000000"} {
		var d Decimal
		if err := json.Unmarshal([]byte(literal), &d); err == nil {
			t.Error("a number of ten million digits was taken")
		}
	}
}

func TestDecimal_refusesAllButNumbers(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{
		`null`:       "is null where a number is expected",
		`"12.5"`:     "is a string where a number is expected",
		`""`:         "is a string where a number is expected",
		`true`:       "is a boolean where a number is expected",
		`{}`:         "is an object where a number is expected",
		`[1]`:        "is an array where a number is expected",
		`NaN`:        "invalid character",
		`Infinity`:   "invalid character",
		`-Infinity`:  "invalid character",
		`0x1F`:       "invalid character",
		`1_000`:      "invalid character",
		`1,5`:        "invalid character",
		`+1`:         "invalid character",
		`.5`:         "invalid character",
		`5.`:         "unexpected EOF",
		`01`:         "invalid character",
		`1e`:         "unexpected EOF",
		"\u22125":    "invalid character",
		"\u0661":     "invalid character",
		` `:          "EOF",
		`1 2`:        "invalid character",
		`-`:          "unexpected EOF",
		`1e5.5`:      "invalid character",
		`"NaN"`:      "is a string",
		`"Infinity"`: "is a string",
	} {
		t.Run(literal, func(t *testing.T) {
			t.Parallel()
			var d Decimal
			wantText(t, json.Unmarshal([]byte(literal), &d), want)
		})
	}
}

// A number of ParseDecimal is one of JSON, as its documentation says.
func TestParseDecimal_notation(t *testing.T) {
	t.Parallel()
	for _, literal := range []string{
		"", " ", "1 ", " 1", "null", `"1"`, "NaN", "Infinity", "0x1F", "1_000", "1,5", "1e", "--1", "1.2.3", "1e5.5",
		"+1", ".5", "5.", "01", "\u22125",
	} {
		if d, err := ParseDecimal(literal); err == nil {
			t.Errorf("%q became %s, want an error", literal, d)
		}
	}
}

func TestDecimal_everyLiteralSurvives(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		literal := randomLiteral(random)
		var d Decimal
		if err := json.Unmarshal([]byte(literal), &d); err != nil {
			t.Fatalf("%s: %v", literal, err)
		}
		if got := d.String(); exact(t, got).Cmp(exact(t, literal)) != 0 {
			t.Fatalf("%s became %s", literal, got)
		}
	}
}

// randomLiteral returns a number of up to 60 digits on either side of the point, in
// any notation of JSON.
func randomLiteral(random *rand.Rand) string {
	digits := func(length int) string {
		text := []byte{byte('1' + random.IntN(9))}
		for len(text) < length {
			text = append(text, byte('0'+random.IntN(10)))
		}
		return string(text)
	}
	sign := []string{"", "-"}[random.IntN(2)]
	before, after := digits(1+random.IntN(60)), digits(1+random.IntN(60))
	switch random.IntN(4) {
	case 0:
		return sign + before
	case 1:
		return sign + "0." + after
	case 2: // 12.345e1, which moves the point
		return fmt.Sprintf("%s%s.%se%d", sign, before, after, random.IntN(61-len(before)))
	default:
		return sign + before + "." + after
	}
}

func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{
		"0", "-0", "120.5682999999995904716", "1e3", "1e999999", "1e-999999", "1e59", "1e60", "1e-60", "0e-99", "null", `"1"`, "NaN", "0x1", "",
		strings.Repeat("9", 60), strings.Repeat("9", 61), "0." + strings.Repeat("0", 149), "1.", "-", " 1", "[1]", "1e", "\u22121",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, literal string) {
		var d Decimal
		if json.Unmarshal([]byte(literal), &d) != nil {
			return
		}
		// What was taken is a number, is passed on, and is passed on exactly.
		if got := d.String(); exact(t, got).Cmp(exact(t, strings.TrimSpace(literal))) != 0 {
			t.Errorf("%s became %s", literal, got)
		}
	})
}
