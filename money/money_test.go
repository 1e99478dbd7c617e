package money

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// minorDigits are the digits of all currencies of ISO 4217.
var minorDigits = map[int32]string{
	0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
	2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
		COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD
		KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK
		NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
		TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
	3: "BHD IQD JOD KWD LYD OMR TND",
	4: "CLF UYW",
}

func TestCurrencies(t *testing.T) {
	for digits, codes := range minorDigits {
		for code := range strings.FieldsSeq(codes) {
			c, err := ParseCurrency(code)
			if err != nil || c.Code != code || c.Digits != digits {
				t.Errorf("%s has %d digits, %v, want %d", code, c.Digits, err, digits)
			}
			if !c.MinorUnit().Equal(decimal.New(1, -digits)) {
				t.Errorf("the minor unit of %s is %s", code, c.MinorUnit())
			}
		}
	}
	for _, code := range []string{"", "eur", "Eur", "EU", "EURO", "BTC", "€", " EUR", "ZZZ", strings.Repeat("E", 1000)} {
		if c, err := ParseCurrency(code); err == nil || len(err.Error()) > 120 {
			t.Errorf("%.20q is %+v, %v", code, c, err)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "10.10": "10.1", "-5": "-5", "+5.50": "5.5", ".5": "0.5", "-.5": "-0.5", "007": "7", "1250.50": "1250.5", "-0": "0",
		strings.Repeat("9", 20) + "." + strings.Repeat("9", 20): strings.Repeat("9", 20) + "." + strings.Repeat("9", 20),
	} {
		if d, err := Parse(text); err != nil || d.String() != want {
			t.Errorf("%q is %s, %v, want %s", text, d, err, want)
		}
	}
	for _, text := range []string{"", "-", ".", "-.", "5.", "1e3", "1E3", "0x1F", "1,000.00", "1.000,00", "1_000", " 1", "1 ", "1\n", "--1", "+-1",
		"1-", "1.2.3", "Inf", "NaN", "½", "１", "٣", "€5", "5%", strings.Repeat("9", 41), "0." + strings.Repeat("0", 41), "1\x00", strings.Repeat("x", 1<<20)} {
		if d, err := Parse(text); err == nil || len(err.Error()) > 150 {
			t.Errorf("%.50q is %s, %v", text, d, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustParse takes what is no number")
		}
	}()
	MustParse("five")
}

// TestAmountText: an amount prints with its currency's minor digits, and with more only
// where it has them.
func TestAmountText(t *testing.T) {
	for _, c := range []struct{ currency, value, want string }{
		{"EUR", "10.10", "10.10"}, {"EUR", "10.1", "10.10"}, {"EUR", "10", "10.00"}, {"EUR", "-5400", "-5400.00"}, {"EUR", "0", "0.00"},
		{"EUR", "0.3333", "0.3333"}, {"EUR", "0.3300", "0.33"}, {"EUR", "-0.005", "-0.005"}, {"JPY", "1200", "1200"}, {"JPY", "1200.00", "1200"},
		{"JPY", "0.5", "0.5"}, {"KWD", "1.5", "1.500"}, {"EUR", "123456789012345678901234567890.10", "123456789012345678901234567890.10"},
	} {
		currency, err := ParseCurrency(c.currency)
		if err != nil {
			t.Fatal(err)
		}
		a := currency.Amount(MustParse(c.value))
		if a.String() != c.want {
			t.Errorf("%s %s prints as %s, want %s", c.currency, c.value, a, c.want)
		}
		data, err := json.Marshal(map[string]any{"a": a, "p": &a})
		if err != nil || string(data) != `{"a":"`+c.want+`","p":"`+c.want+`"}` {
			t.Errorf("as JSON: %s, %v", data, err)
		}
		var back struct{ A, P Amount }
		if err := json.Unmarshal(data, &back); err != nil || back.A.String() != c.want || !back.A.Equal(a.Num) {
			t.Errorf("%s comes back as %s, %v", data, back.A, err)
		}
	}
	var a Amount
	if err := json.Unmarshal([]byte(`10.10`), &a); err != nil || a.String() != "10.10" {
		t.Errorf("a JSON number is %s, %v", a, err)
	}
	for _, text := range []string{`"1e5"`, `1e5`, `""`, `"x"`, `{}`, `true`} {
		if err := json.Unmarshal([]byte(text), &a); err == nil {
			t.Errorf("%s is taken for %s", text, a)
		}
	}
}

// TestAmountRoundTrip: whatever an amount holds, rounded or not, it comes back.
func TestAmountRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Currency{Code: "XTS", Digits: rapid.Int32Range(0, 4).Draw(t, "digits")}.Amount(anyDecimal(t, "a").Mul(anyDecimal(t, "b")))
		data, err := json.Marshal(a)
		var back Amount
		if err != nil || json.Unmarshal(data, &back) != nil || !back.Equal(a.Num) || back.String() != a.String() {
			t.Fatalf("%s comes back as %s, %v", a, back, err)
		}
	})
}

func anyDecimal(t *rapid.T, name string) decimal.Decimal {
	return decimal.New(rapid.Int64Range(-1e15, 1e15).Draw(t, name), rapid.Int32Range(-6, 2).Draw(t, name+" exponent"))
}

func TestPercentAndDivide(t *testing.T) {
	if got := Percent(MustParse("1250.50"), MustParse("-7.5")); !got.Equal(MustParse("-93.7875")) {
		t.Errorf("-7.5 %% of 1250.50 is %s", got)
	}
	if got, err := Divide(MustParse("2"), MustParse("3")); err != nil || got.String() != "0.66666666666666666667" {
		t.Errorf("2/3 is %s, %v", got, err)
	}
	if _, err := Divide(MustParse("2"), MustParse("0.00")); err == nil {
		t.Error("2/0 is no error")
	}
	if got := (Currency{"EUR", 2}).Round(MustParse("-0.005")); !got.Equal(MustParse("-0.01")) {
		t.Errorf("-0.005 rounds to %s", got)
	}
}

// TestNoFloats: no float comes near an amount. The package neither names a float type
// nor calls what takes or gives one.
func TestNoFloats(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	fset, functions := token.NewFileSet(), 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if strings.Contains(strings.ToLower(n.Name), "float") {
					t.Errorf("%s: %s", fset.Position(n.Pos()), n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					t.Errorf("%s: %s", fset.Position(n.Pos()), n.Value)
				}
			case *ast.FuncDecl:
				functions++
			}
			return true
		})
	}
	if functions < 15 {
		t.Errorf("only %d functions are found", functions)
	}
}
