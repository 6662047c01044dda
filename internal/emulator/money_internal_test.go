package emulator

import (
	"encoding/json"
	"testing"
)

func TestMoneyIsExact(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ got, want json.Number }{
		{product("120.5682999999995904716", "0.1043"), "12.57527368999995728618788"},
		{product("-0.05", "0.1"), "-0.005"},
		{product("2.50", "4"), "10"},
		{product("100", "1"), "100"},
		{product("0", "1.001"), "0"},
		{sum(), "0"},
		{sum("0.1", "0.2", "-0.3"), "0"},
		{sum("99.99999999999999999999", "0.00000000000000000001"), "100"},
		{percent("120.5682999999995904716", "20"), "602.84"},
		{percent("1", "3"), "33.33"},
		{percent("0.00005", "1"), "0.01"},
		{percent("-0.00005", "1"), "-0.01"},
		{percent("45", "50"), "90"},
		{percent("5", "0"), "0"},
		{percent("5", ""), "0"},
		{portion("100", "1", "3"), "33.33333333333333333"},
		{portion("-0.2", "1.50", "3"), "-0.1"},
		{portion("7", "0", "3"), "0"},
		{roundToCents("1.005"), "1.01"},
		{roundToCents("-1.005"), "-1.01"},
		{roundToCents("12"), "12"},
		{negate("1.5"), "-1.5"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
	if compare("10", "9.5") <= 0 || compare("-1", "0.00") >= 0 || compare("1.0", "1") != 0 {
		t.Error("compare")
	}
}
