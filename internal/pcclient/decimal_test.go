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

// text is a float as Terraform prints it.
func text(t testing.TB, d Decimal) string {
	t.Helper()
	float, err := d.Float()
	if err != nil {
		t.Fatal(err)
	}
	return float.Text('f', -1)
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
			if got := text(t, d); got != want {
				t.Errorf("Float() prints %s, want %s", got, want)
			}
		})
	}
}

// What goes through Terraform's protocol is equal to the literal that a user
// compares it with.
func TestDecimal_Float_isTheLiteralOfHCL(t *testing.T) {
	t.Parallel()
	for _, literal := range []string{
		"0", "0.5", "0.1", "120.5682999999995904716", "12.39999999999999985235", "27.23292827625710931604", "33.280000000000001044",
		"1e149", "1e-148", "-123.456e10", strings.Repeat("7", 75) + "." + strings.Repeat("3", 75),
		"9999999999999999999999999999999999999999", "0.999999999999999999999999999999999999999",
		"0.9999999999999999999999999999999999999999",
		// As close to the float64 of 0.1 and of 0.3 as 40 digits come.
		"0.100000000000000005551115123125782702118", "0.299999999999999988897769753748434595764",
	} {
		d, err := ParseDecimal(literal)
		if err != nil {
			t.Fatal(err)
		}
		float, err := d.Float()
		if err != nil {
			t.Fatal(err)
		}
		got := throughProtocol(t, float)
		if want := exact(t, literal); got.Cmp(want) != 0 {
			t.Errorf("%s becomes %s", literal, got.FloatString(160))
		}
	}
}

// throughProtocol is the number that Terraform reads of what terraform-plugin-go
// writes: a float64 if it is one, or else text.
func throughProtocol(t *testing.T, float *big.Float) *big.Rat {
	t.Helper()
	if short, accuracy := float.Float64(); accuracy == big.Exact {
		return new(big.Rat).SetFloat64(short)
	}
	return exact(t, float.Text('f', -1))
}

func TestDecimal_at150Digits(t *testing.T) {
	t.Parallel()
	nines := strings.Repeat("9", 150)
	for name, test := range map[string]struct {
		literal string
		passes  bool
	}{
		"150 before the point":           {nines, true},
		"151 before the point":           {nines + "9", false},
		"150 around the point":           {nines[:70] + "." + nines[:80], true},
		"151 around the point":           {nines[:71] + "." + nines[:80], false},
		"150 with the zero before it":    {"0." + nines[:149], true},
		"151 with the zero before it":    {"0." + nines, false},
		"150 and a sign":                 {"-" + nines, true},
		"151 and a sign":                 {"-" + nines + "9", false},
		"150 by a positive exponent":     {"1e149", true},
		"151 by a positive exponent":     {"1e150", false},
		"150 by a negative exponent":     {"1e-149", true},
		"151 by a negative exponent":     {"1e-150", false},
		"150 with an exponent to undo":   {nines + "e-10", true},
		"151 with an exponent to undo":   {nines + "9e-10", false},
		"exponent beyond the int64":      {"1e99999999999999999999", false},
		"exponent below the int64":       {"1e-99999999999999999999", false},
		"exponent that fits in an int32": {"1e2147483647", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d Decimal
			err := json.Unmarshal([]byte(test.literal), &d)
			if test.passes != (err == nil) {
				t.Fatalf("%s: %v", test.literal, err)
			}
			if test.passes && exact(t, text(t, d)).Cmp(exact(t, test.literal)) != 0 {
				t.Errorf("%s became %s", test.literal, text(t, d))
			}
		})
	}
	t.Run("a sum of more", func(t *testing.T) {
		t.Parallel()
		d, err := ParseDecimal(nines)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Decimal{d.Add(d.Decimal)}.Float()
		wantText(t, err, "151 digits", "150")
	})
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
		`"12.5"`:     "is a text where a number is expected",
		`""`:         "is a text where a number is expected",
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
		`"NaN"`:      "is a text",
		`"Infinity"`: "is a text",
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
		if got := text(t, d); exact(t, got).Cmp(exact(t, literal)) != 0 {
			t.Fatalf("%s became %s", literal, got)
		}
	}
}

// randomLiteral returns a number of up to 150 digits in any notation of JSON.
func randomLiteral(random *rand.Rand) string {
	length := 1 + random.IntN(150)
	digits := []byte{byte('1' + random.IntN(9))}
	for len(digits) < length {
		digits = append(digits, byte('0'+random.IntN(10)))
	}
	sign := []string{"", "-"}[random.IntN(2)]
	point := 1 + random.IntN(length)
	switch random.IntN(4) {
	case 0:
		return sign + string(digits)
	case 1:
		return sign + "0." + string(digits[:min(length, 148)]) + "7"
	case 2: // 12.345e1, which moves the point within the digits
		if point == length {
			return sign + string(digits) + "e0"
		}
		return fmt.Sprintf("%s%s.%se%d", sign, digits[:point], digits[point:], random.IntN(length-point+1))
	default:
		if point == length {
			return sign + string(digits)
		}
		return sign + string(digits[:point]) + "." + string(digits[point:])
	}
}

func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{
		"0", "-0", "120.5682999999995904716", "1e3", "1e999999", "1e-999999", "1e149", "1e150", "null", `"1"`, "NaN", "0x1", "",
		strings.Repeat("9", 150), strings.Repeat("9", 151), "0." + strings.Repeat("0", 149), "1.", "-", " 1", "[1]", "1e", "\u22121",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, literal string) {
		var d Decimal
		if json.Unmarshal([]byte(literal), &d) != nil {
			return
		}
		// What was taken is a number, is passed on, and is passed on exactly.
		if got := text(t, d); exact(t, got).Cmp(exact(t, strings.TrimSpace(literal))) != 0 {
			t.Errorf("%s became %s", literal, got)
		}
	})
}
