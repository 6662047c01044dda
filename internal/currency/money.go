package currency

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// minorUnits are the decimals of the currencies of ISO 4217, as of 2026.
// golang.org/x/text has those of CLDR, which say how prices are written, not how
// money is counted.
var minorUnits = func() map[string]int32 {
	units := map[string]int32{}
	for decimals, codes := range map[int32]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD " +
			"CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD " +
			"HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU " +
			"MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK " +
			"SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD " +
			"XCG YER ZAR ZMW ZWG",
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	} {
		for code := range strings.FieldsSeq(codes) {
			units[code] = decimals
		}
	}
	return units
}()

// Known reports whether ISO 4217 has a code.
func Known(code string) bool {
	_, known := minorUnits[code]
	return known
}

// Check is what is wrong with the code of a currency, if anything is.
func Check(code string) error {
	if Known(code) {
		return nil
	}
	if capitals := strings.ToUpper(strings.TrimSpace(code)); Known(capitals) {
		return fmt.Errorf("%q is not the code of a currency (ISO 4217): write %s", code, capitals)
	}
	return fmt.Errorf("%q is not the code of a currency (ISO 4217), such as EUR", code)
}

// Format writes an amount with the decimals of its currency, rounded half away
// from zero: 120.57 SEK. A code that ISO 4217 does not have is an error.
func Format(amount decimal.Decimal, code string) (string, error) {
	if err := Check(code); err != nil {
		return "", err
	}
	decimals := minorUnits[code]
	return amount.StringFixed(decimals) + " " + code, nil
}
