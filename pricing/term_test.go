package pricing

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/money"
)

// termOf compiles the words of a term: period, billing, align, proration, uplift; _ for
// none.
func termOf(t interface {
	Helper()
	Fatalf(string, ...any)
}, words string) termPlan {
	t.Helper()
	w := strings.Fields(words + " _ _ _ _")
	name := func(i int) Name { return Name{Text: strings.Trim(w[i], "_")} }
	d := TermDefinition{Period: name(0), Billing: name(1), Align: name(2), Proration: name(3)}
	if u := name(4).Text; u != "" {
		percent := money.MustParse(u)
		d.Uplift = &percent
	}
	plan, mistakes := compileTerm(d)
	if len(mistakes) > 0 {
		t.Fatalf("%s: %v", words, mistakes)
	}
	return plan
}

func date(text string) catalog.Date {
	var d catalog.Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

var euro = money.Currency{Code: "EUR", Digits: 2}

// TestTermGolden has charges that were worked out by hand; the sums stand beside them.
func TestTermGolden(t *testing.T) {
	for _, c := range []struct {
		name, plan string
		start, end string // or a number of months
		price      string // of a period of 10 units
		ramp       string // from=quantity
		want       string // from..to=amount, or an error's code
	}{
		{"twelve months from a 31st end on a 30th", "month", "2026-01-31", "12", "100", "",
			`2026-01-31..2026-02-27=100 2026-02-28..2026-03-30=100 2026-03-31..2026-04-29=100 2026-04-30..2026-05-30=100
			 2026-05-31..2026-06-29=100 2026-06-30..2026-07-30=100 2026-07-31..2026-08-30=100 2026-08-31..2026-09-29=100
			 2026-09-30..2026-10-30=100 2026-10-31..2026-11-29=100 2026-11-30..2026-12-30=100 2026-12-31..2027-01-30=100`},
		{"a leap day's anniversaries", "year", "2028-02-29", "24", "365", "",
			"2028-02-29..2029-02-27=365 2029-02-28..2030-02-27=365"},
		// 20 of 29 days: 290 × 20/29 = 200. 9 of 31: 290 × 9/31 = 84.193…
		{"from the middle of a leap February", "month _ calendar", "2028-02-10", "3", "290", "",
			"2028-02-10..2028-02-29=200 2028-03-01..2028-03-31=290 2028-04-01..2028-04-30=290 2028-05-01..2028-05-09=84.19"},
		// the 15th to the 30th are 16 days: 300 × 16/30 = 160. The 1st to the 14th: 300 × 14/30 = 140
		{"every month has 30 days", "month _ calendar day30", "2026-01-15", "2", "300", "",
			"2026-01-15..2026-01-31=160 2026-02-01..2026-02-28=300 2026-03-01..2026-03-14=140"},
		// the last of February counts for the 28th, 29th and 30th: 300 × 3/30
		{"the last day of February for three", "month _ calendar day30", "2026-02-28", "2026-03-31", "300", "",
			"2026-02-28..2026-02-28=30 2026-03-01..2026-03-31=300"},
		// 31 January is day 30; up to 14 March it is 44 days later, of which the first month is 30: 300 × 15/30
		{"30 days a month from a 31st", "month _ start day30", "2026-01-31", "2026-03-14", "300", "",
			"2026-01-31..2026-02-27=300 2026-02-28..2026-03-14=150"},
		// 3 × 310. Then the month to 9 May, and 16 of the 31 days to 9 June: 310 + 160
		{"three months at once", "month quarter", "2026-01-10", "2026-05-25", "310", "",
			"2026-01-10..2026-04-09=930 2026-04-10..2026-05-25=470"},
		// 19 of 28 days and March: 280 × 19/28 + 280 = 470
		{"calendar quarters", "month quarter calendar", "2026-02-10", "2026-06-30", "280", "",
			"2026-02-10..2026-03-31=470 2026-04-01..2026-06-30=840"},
		// February: 14 days of 10, 14 days of 15 units: 300 × 14/28 + 450 × 14/28 = 150 + 225
		{"more from the middle of a month", "month", "2026-01-01", "3", "300", "2026-02-15=15",
			"2026-01-01..2026-01-31=300 2026-02-01..2026-02-28=375 2026-03-01..2026-03-31=450"},
		{"a month that has begun is charged as it began", "month _ _ month", "2026-01-01", "3", "300", "2026-02-15=15",
			"2026-01-01..2026-01-31=300 2026-02-01..2026-02-28=300 2026-03-01..2026-03-31=450"},
		{"no part of a month has another quantity", "month _ _ none", "2026-01-01", "3", "300", "2026-02-15=15", "partial_period"},
		// 1 × 300 + 2 × 300 × 12/10 = 300 + 720
		{"whole months have another quantity", "month quarter _ none", "2026-01-01", "3", "300", "2026-02-01=12", "2026-01-01..2026-03-31=1020"},
		{"a ramp from the first day, a pause, and back", "month", "2026-01-01", "3", "300", "2026-01-01=20 2026-02-01=0 2026-03-01=10",
			"2026-01-01..2026-01-31=600 2026-02-01..2026-02-28=0 2026-03-01..2026-03-31=300"},
		// 1000, × 1.03, × 1.0609
		{"three percent more each year", "year _ _ _ 3", "2026-05-01", "36", "1000", "",
			"2026-05-01..2027-04-30=1000 2027-05-01..2028-04-30=1030 2028-05-01..2029-04-30=1060.90"},
		// 12 × 100 + 12 × 103 + 12 × 106.09 = 1200 + 1236 + 1273.08
		{"the same at once", "month term _ _ 3", "2026-05-01", "36", "100", "", "2026-05-01..2029-04-30=3709.08"},
		// 6 × 100; 6 × 100 + 6 × 110; 6 × 110
		{"an anniversary within a calendar year", "month year calendar _ 10", "2026-07-01", "24", "100", "",
			"2026-07-01..2026-12-31=600 2027-01-01..2027-12-31=1260 2028-01-01..2028-06-30=660"},
		// 12 of the 31 days to 19 January: 62 × 12/31 = 24
		{"ends with the others", "month", "2026-10-20", "2026-12-31", "62", "",
			"2026-10-20..2026-11-19=62 2026-11-20..2026-12-19=62 2026-12-20..2026-12-31=24"},
		// the 20th to the 30th: 62 × 11/30 = 22.733…
		{"ends with the others, 30 days a month", "month _ _ day30", "2026-10-20", "2026-12-31", "62", "",
			"2026-10-20..2026-11-19=62 2026-11-20..2026-12-19=62 2026-12-20..2026-12-31=22.73"},
		{"ends with the others, in whole months", "month _ _ month", "2026-10-20", "2026-12-31", "62", "",
			"2026-10-20..2026-11-19=62 2026-11-20..2026-12-19=62 2026-12-20..2026-12-31=62"},
		{"does not end with the others", "month _ _ none", "2026-10-20", "2026-12-31", "62", "", "partial_period"},
		{"a part of a calendar month", "month _ calendar none", "2026-10-20", "2026-12-31", "62", "", "partial_period"},
		// 31/7 and 28/7 weeks
		{"weeks by the month", "week month _ none", "2026-01-01", "2", "70", "", "2026-01-01..2026-01-31=310 2026-02-01..2026-02-28=280"},
		// Wednesday to Sunday: 70 × 5/7; Monday and Tuesday: 70 × 2/7
		{"weeks from Monday", "week _ calendar", "2026-01-07", "2026-01-20", "70", "",
			"2026-01-07..2026-01-11=50 2026-01-12..2026-01-18=70 2026-01-19..2026-01-20=20"},
		{"a week of seven days", "week _ _ none", "2026-01-07", "2026-01-20", "70", "", "2026-01-07..2026-01-13=70 2026-01-14..2026-01-20=70"},
		// 28 and 31 days
		{"days by the month", "day month", "2026-02-01", "2", "2.50", "", "2026-02-01..2026-02-28=70 2026-03-01..2026-03-31=77.50"},
		{"day by day", "day", "2026-02-28", "2026-03-01", "2.50", "", "2026-02-28..2026-02-28=2.50 2026-03-01..2026-03-01=2.50"},
		// 17 of 365 days: 46.575…; a twelfth: 83.333…; 10 of 365: 27.397…
		{"a year by the month", "year month calendar", "2026-01-15", "2026-03-10", "1000", "",
			"2026-01-15..2026-01-31=46.58 2026-02-01..2026-02-28=83.33 2026-03-01..2026-03-10=27.40"},
		// a twelfth, 15/31 of it for 10 units and 16/31 for 20: 100 × 15/31 + 200 × 16/31 = 151.612…
		{"more within a twelfth of a year", "year month", "2026-03-01", "1", "1200", "2026-03-16=20", "2026-03-01..2026-03-31=151.61"},
		// 181 of the 365 days to 31 December 2027: 1000 + 495.890…
		{"a year and a half", "year term", "2026-01-01", "18", "1000", "", "2026-01-01..2027-06-30=1495.89"},
		{"a year and a half of 360 days", "year term _ day30", "2026-01-01", "18", "1000", "", "2026-01-01..2027-06-30=1500"},
		{"a year and six months", "year term _ month", "2026-01-01", "18", "1000", "", "2026-01-01..2027-06-30=1500"},
		{"no half years", "year term _ none", "2026-01-01", "18", "1000", "", "partial_period"},
		{"whole years", "year term calendar none", "2026-04-15", "24", "1000", "", "2026-04-15..2028-04-14=2000"},
		// -0.01 × 15/30: half a cent goes away from zero
		{"a credit", "month", "2026-04-01", "2026-04-15", "-0.01", "", "2026-04-01..2026-04-15=-0.01"},
		{"ends before it starts", "month", "2026-04-02", "2026-04-01", "10", "", "invalid_term"},
		{"no months", "month", "2026-04-02", "0", "10", "", "invalid_term"},
		{"a hundred years", "year term", "2026-04-02", "1200", "10", "", "2026-04-02..2126-04-01=1000"},
		{"more than a hundred years", "year term", "2026-04-02", "1201", "10", "", "invalid_term"},
		{"far too many months", "month", "2026-04-02", "9223372036854775807", "10", "", "invalid_term"},
		{"ten thousand days", "day", "2026-04-02", "400", "10", "", "invalid_term"},
		{"a ramp before the start", "month", "2026-04-02", "1", "10", "2026-04-01=5", "invalid_ramp"},
		{"a ramp after the end", "month", "2026-04-02", "1", "10", "2026-05-02=5", "invalid_ramp"},
		{"a ramp twice on a day", "month", "2026-04-02", "1", "10", "2026-04-03=5 2026-04-03=6", "invalid_ramp"},
		{"a ramp below zero", "month", "2026-04-02", "1", "10", "2026-04-03=-5", "invalid_ramp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			term := Term{Start: date(c.start)}
			var months int
			if _, err := fmt.Sscanf(c.end, "%d", &months); err == nil && !strings.Contains(c.end, "-") {
				term.End = EndAfter(term.Start, months)
			} else {
				term.End = date(c.end)
			}
			for step := range strings.FieldsSeq(c.ramp) {
				from, quantity, _ := strings.Cut(step, "=")
				term.Ramp = append(term.Ramp, RampStep{date(from), money.MustParseNum(quantity)})
			}
			got := chargesText(termOf(t, c.plan).charges(term, money.NumOfInt(10), money.MustParseNum(c.price), euro, nil))
			if want := strings.Join(strings.Fields(c.want), " "); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func chargesText(charges []Charge, err error) string {
	var public *fault.Error
	if errors.As(err, &public) {
		return public.Code
	}
	var parts []string
	for _, c := range charges {
		amount := c.Amount.String()
		if _, cents, ok := strings.Cut(amount, "."); ok && len(cents) == 1 {
			amount += "0"
		}
		parts = append(parts, fmt.Sprintf("%s..%s=%s", c.From, c.To, amount))
	}
	return strings.Join(parts, " ")
}

func TestEndAfter(t *testing.T) {
	for _, c := range []struct {
		start  string
		months int
		want   string
	}{
		{"2026-01-01", 12, "2026-12-31"}, {"2026-01-31", 1, "2026-02-27"}, {"2028-01-31", 1, "2028-02-28"}, {"2028-02-29", 12, "2029-02-27"},
		{"2028-02-29", 48, "2032-02-28"}, {"2100-01-31", 1, "2100-02-27"}, {"2000-01-31", 1, "2000-02-28"}, {"2026-03-01", 11, "2027-01-31"},
		{"2028-02-01", 1, "2028-02-29"}, {"2026-05-31", 1, "2026-06-29"}, {"2026-05-15", 0, "2026-05-14"}, {"2026-01-15", -1, "2025-12-14"},
	} {
		if got := EndAfter(date(c.start), c.months); got != date(c.want) {
			t.Errorf("%d months from %s end on %s, want %s", c.months, c.start, got, c.want)
		}
	}
}

func TestCompileTerm(t *testing.T) {
	minus := money.MustParse("-100")
	at := func(line int) fault.Position { return fault.Position{File: "m.yaml", Line: line} }
	_, mistakes := compileTerm(TermDefinition{
		At: at(1), Period: Name{"week", at(2)}, Billing: Name{"day", at(3)}, Align: Name{"left", at(4)}, Proration: Name{"month", at(5)}, Uplift: &minus,
	})
	if got, want := mistakes.Sort().Error(), `m.yaml:1: an uplift is more than -100 percent, not -100
m.yaml:3: billing is month, quarter, year, term, not "day"
m.yaml:4: align is start, calendar, not "left"
m.yaml:5: proration month needs a price per month, quarter or year, not per week`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, mistakes = compileTerm(TermDefinition{At: at(1), Proration: Name{"half", at(2)}}); len(mistakes) != 2 {
		t.Errorf("without a period: %v", mistakes)
	}
	for period, want := range map[string]int64{"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1} {
		if n := termOf(t, period).perYear(); !n.Equal(money.NumOfInt(want)) {
			t.Errorf("a year has %s times a %s", n, period)
		}
	}
	if _, err := termOf(t, "month").charges(Term{Start: date("2026-01-01")}, money.NumOfInt(1), money.NumOfInt(1), euro, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a term without an end: %v", err)
	}
	ramp := Term{date("2026-01-01"), date("2026-01-31"), []RampStep{{date("2026-01-02"), money.NumOfInt(1)}}}
	if got := chargesText(termOf(t, "month").charges(ramp, money.Num{}, money.NumOfInt(1), euro, nil)); got != "invalid_ramp" {
		t.Errorf("a ramp of nothing: %s", got)
	}
}

// TestSpreadNet: what later steps take off is spread over the charges to the cent.
func TestSpreadNet(t *testing.T) {
	charges, _ := termOf(t, "month").charges(Term{Start: date("2026-01-01"), End: date("2026-03-15")}, money.NumOfInt(1), money.NumOfInt(100), euro, nil)
	// 100 100 48.39 = 248.39; 200 × 100/248.39 = 80.518…, twice, and 38.963…: the third lost most and gets the cent
	spreadNet(charges, money.NumOfInt(200), euro)
	if got, want := chargesText(charges, nil), "2026-01-01..2026-01-31=80.52 2026-02-01..2026-02-28=80.52 2026-03-01..2026-03-15=38.96"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	spreadNet(charges, money.Num{}, euro)
	spreadNet(nil, money.Num{}, euro)
	rapid.Check(t, func(t *rapid.T) {
		_, term, price := drawTerm(t)
		plan := termOf(t, rapid.SampledFrom([]string{"month", "year month calendar", "week month", "month quarter _ _ 3"}).Draw(t, "plan"))
		charges, err := plan.charges(term, money.NumOfInt(10), price, euro, nil)
		if err != nil {
			t.Fatalf("%v", err)
		}
		before := total(charges)
		net := before.Mul(money.NumOfInt(rapid.Int64Range(0, 120).Draw(t, "percent"))).DivRound(money.NumOfInt(100), 2)
		scaled := append([]Charge(nil), charges...)
		spreadNet(scaled, net, euro)
		if !total(scaled).Equal(net) {
			t.Fatalf("%v add up to %s, not %s", scaled, total(scaled), net)
		}
		for i, c := range scaled {
			// |c × before − charge × net| ≤ a cent × before
			off := c.Amount.Mul(before).Sub(charges[i].Amount.Mul(net)).Abs()
			if !before.IsZero() && money.MustParseNum("0.01").Mul(before.Abs()).Less(off) {
				t.Fatalf("charge %d is %s, of %s", i, c.Amount, charges[i].Amount)
			}
		}
	})
}

func total(charges []Charge) (sum money.Num) {
	for _, c := range charges {
		sum = sum.Add(c.Amount)
	}
	return sum
}

// drawTerm draws a term with a ramp and a price in cents, and the words of a plan.
func drawTerm(t *rapid.T) (words string, term Term, price money.Num) {
	period := rapid.SampledFrom([]string{"day", "week", "month", "month", "quarter", "year"}).Draw(t, "period")
	prorations := []string{"_", "day", "day30", "month", "none"}
	if period == "day" || period == "week" {
		prorations = []string{"day", "none"}
	}
	words = strings.Join([]string{period,
		rapid.SampledFrom([]string{"_", "month", "quarter", "year", "term"}).Draw(t, "billing"),
		rapid.SampledFrom([]string{"start", "calendar"}).Draw(t, "align"),
		rapid.SampledFrom(prorations).Draw(t, "proration"),
		rapid.SampledFrom([]string{"_", "_", "3", "-2.5", "0"}).Draw(t, "uplift")}, " ")
	term.Start = date("2026-11-01").AddDays(rapid.IntRange(0, 800).Draw(t, "start"))
	if rapid.Bool().Draw(t, "first of a month") {
		term.Start.Day = 1
	}
	if rapid.Bool().Draw(t, "whole months") {
		term.End = EndAfter(term.Start, rapid.IntRange(1, 40).Draw(t, "months"))
	} else {
		term.End = term.Start.AddDays(rapid.IntRange(0, 900).Draw(t, "days"))
	}
	price = money.NumOfInt(rapid.Int64Range(-1e7, 1e7).Draw(t, "price")).DivRound(money.NumOfInt(100), 2)
	return words, term, price
}

func drawRamp(t *rapid.T, term *Term) {
	from := term.Start
	for range rapid.IntRange(0, 3).Draw(t, "ramp") {
		if from = from.AddDays(rapid.IntRange(0, 200).Draw(t, "later")); from.After(term.End) {
			return
		}
		if rapid.Bool().Draw(t, "with the month") && from.AddDays(1-from.Day).After(term.Start) {
			from.Day = 1
		}
		if n := len(term.Ramp); n == 0 || from.After(term.Ramp[n-1].From) {
			term.Ramp = append(term.Ramp, RampStep{from, money.NumOfInt(rapid.Int64Range(0, 30).Draw(t, "quantity"))})
		}
	}
}

// TestTermAgainstDays compares the charges with a calculator that goes from day to day
// and gives each its part of the price.
func TestTermAgainstDays(t *testing.T) {
	var refused, charged int
	rapid.Check(t, func(t *rapid.T) {
		words, term, price := drawTerm(t)
		drawRamp(t, &term)
		if strings.Contains(words, "day30") && !strings.Contains(words, "calendar") {
			term.Start.Day = min(term.Start.Day, 28) // a month from the 31st has no 30 days; see the golden cases
		}
		plan := termOf(t, words)
		got := chargesText(plan.charges(term, money.NumOfInt(10), price, euro, nil))
		want := newDayByDay(words, term).charges(price)
		if got != want {
			t.Fatalf("%q %v at %s\ngot  %s\nwant %s", words, term, price, got, want)
		}
		if want == "partial_period" {
			refused++
		} else {
			charged++
		}
	})
	if refused == 0 || charged == 0 {
		t.Errorf("%d refused, %d charged", refused, charged)
	}
}

// TestTermProperties: charges cover the term without gaps and overlaps; a ramp to the same
// quantity changes nothing; whole terms cost so many times the price.
func TestTermProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words, term, price := drawTerm(t)
		plan, ten := termOf(t, words), money.NumOfInt(10)
		charges, err := plan.charges(term, ten, price, euro, nil)
		if err != nil {
			return
		}
		day := term.Start
		for _, c := range charges {
			if c.From != day || c.To.Before(c.From) {
				t.Fatalf("%v does not begin on %s", c, day)
			}
			day = c.To.AddDays(1)
		}
		if day != term.End.AddDays(1) {
			t.Fatalf("%v do not end on %s", charges, term.End)
		}
		same := term
		drawRamp(t, &same)
		for i := range same.Ramp {
			same.Ramp[i].Quantity = ten
		}
		if split, err := plan.charges(same, ten, price, euro, nil); err == nil && chargesText(split, nil) != chargesText(charges, nil) {
			t.Fatalf("split at %v\ngot  %v\nwant %v", same.Ramp, split, charges)
		} else if err != nil && plan.proration != "none" {
			t.Fatal(err)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		words, term, price := drawTerm(t)
		plan := termOf(t, strings.Replace(strings.Join(strings.Fields(words)[:4], " "), "calendar", "start", 1))
		periods := rapid.IntRange(1, 30).Draw(t, "periods")
		term.End = EndAfter(term.Start, periods*plan.period.months)
		if plan.period.days > 0 {
			term.End = term.Start.AddDays(periods*plan.period.days - 1)
		}
		charges, err := plan.charges(term, money.NumOfInt(10), price, euro, nil)
		if err != nil {
			if plan.proration != "none" || plan.billing == plan.period || plan.billing == (duration{}) {
				t.Fatalf("%s: %v", words, err)
			}
			return
		}
		off := total(charges).Sub(price.Mul(money.NumOfInt(int64(periods)))).Abs()
		if allowed := money.NumOfInt(int64(len(charges))).Mul(money.MustParseNum("0.005")); allowed.Less(off) && !unevenStub(plan, periods) ||
			plan.billing == plan.period && !off.IsZero() {
			t.Fatalf("%d × %s is charged as %s", periods, price, total(charges))
		}
	})
}

// unevenStub: months of a year's price count a twelfth each, but days of one by the days
// of the year, so that a term with both is not the sum of its parts.
func unevenStub(plan termPlan, periods int) bool {
	return plan.billing.months > 0 && plan.billing.months < plan.period.months && periods*plan.period.months%plan.billing.months != 0
}

// dayByDay calculates charges with nothing but days and fractions.
type dayByDay struct {
	period, billing, align, proration string
	uplift                            *big.Rat
	term                              Term
}

func newDayByDay(words string, term Term) dayByDay {
	w := strings.Fields(words)
	d := dayByDay{period: w[0], billing: w[1], align: w[2], proration: w[3], uplift: big.NewRat(1, 1), term: term}
	if w[1] == "_" {
		d.billing = w[0]
	}
	if d.billing == "term" {
		d.align = "start"
	}
	if w[4] != "_" {
		percent, _ := new(big.Rat).SetString(w[4])
		d.uplift.Add(d.uplift, percent.Mul(percent, big.NewRat(1, 100)))
	}
	return d
}

var monthsOf = map[string]int{"month": 1, "quarter": 3, "year": 12}

// begins reports whether a length of time begins on a day.
func (c dayByDay) begins(length string, day catalog.Date) bool {
	since, months := day.DaysSince(c.term.Start), monthsOf[length]
	switch {
	case length == "term":
		return since == 0
	case length == "day":
		return true
	case length == "week" && c.align == "calendar":
		return day.In(time.UTC).Weekday() == time.Monday
	case length == "week":
		return since%7 == 0
	case c.align == "calendar":
		return day.Day == 1 && (int(day.Month)-1)%months == 0
	}
	months = (day.Year-c.term.Start.Year)*12 + int(day.Month) - int(c.term.Start.Month)
	last := day.AddDays(1).Day == 1
	return months%monthsOf[length] == 0 && (day.Day == c.term.Start.Day || last && day.Day < c.term.Start.Day)
}

// widthOf is how many days the price period has that a day lies in.
func (c dayByDay) widthOf(length string, day catalog.Date) int64 {
	from, to := day, day.AddDays(1)
	for !c.begins(length, from) {
		from = from.AddDays(-1)
	}
	for !c.begins(length, to) {
		to = to.AddDays(1)
	}
	return int64(to.DaysSince(from))
}

func (c dayByDay) charges(price money.Num) string {
	var parts []Charge
	for from := c.term.Start; !from.After(c.term.End); {
		next := from.AddDays(1)
		for !next.After(c.term.End) && !c.begins(c.billing, next) {
			next = next.AddDays(1)
		}
		whole := c.billing != "term" && c.begins(c.billing, from) && c.begins(c.billing, next)
		if c.proration == "none" && !c.evenParts(from, next, whole) {
			return "partial_period"
		}
		sum := new(big.Rat)
		for day := from; day != next; day = day.AddDays(1) {
			sum.Add(sum, new(big.Rat).Mul(c.dayFactor(day, from, next, whole), c.level(day)))
		}
		sum.Mul(sum, price.Decimal().Rat())
		// FloatString rounds halves away from zero.
		parts = append(parts, Charge{From: from, To: next.AddDays(-1), Amount: money.MustParseNum(sum.FloatString(2))})
		from = next
	}
	return chargesText(parts, nil)
}

// evenParts reports whether nothing has to be prorated.
func (c dayByDay) evenParts(from, next catalog.Date, whole bool) bool {
	if !whole && c.billing != "term" {
		return false
	}
	cuts := []catalog.Date{from}
	for day := from.AddDays(1); day != next; day = day.AddDays(1) {
		if c.ramps(day) || c.uplift.Cmp(big.NewRat(1, 1)) != 0 && day == c.anniversary(day.Year-c.term.Start.Year) {
			cuts = append(cuts, day)
		}
	}
	if whole && len(cuts) == 1 {
		return true
	}
	width := map[string]int{"day": 1, "week": 7}[c.period]
	for _, cut := range append(cuts, next) {
		if width > 0 && c.anchorDays(cut)%width != 0 || width == 0 && !c.begins(c.period, cut) {
			return false
		}
	}
	return true
}

func (c dayByDay) ramps(day catalog.Date) bool {
	for _, r := range c.term.Ramp {
		if r.From == day {
			return true
		}
	}
	return false
}

// anchorDays counts the days from which weeks are counted.
func (c dayByDay) anchorDays(day catalog.Date) int {
	switch {
	case c.align != "calendar":
		return day.DaysSince(c.term.Start)
	case c.billing == "week" || c.billing == "day":
		return day.DaysSince(date("2024-01-01")) // a Monday
	}
	return day.DaysSince(catalog.Date{Year: c.term.Start.Year, Month: time.January, Day: 1})
}

// dayFactor is what part of the price of a period a day costs.
func (c dayByDay) dayFactor(day, from, next catalog.Date, whole bool) *big.Rat {
	months := int64(monthsOf[c.period])
	switch {
	case c.proration == "day30":
		tomorrow := day.AddDays(1)
		switch {
		case day.Day == 30 && tomorrow.Day == 31:
			return new(big.Rat) // the 30th day is the 31st
		case tomorrow.Day == 1 && day.Day < 30:
			return big.NewRat(int64(31-day.Day), 30*months)
		}
		return big.NewRat(1, 30*months)
	case c.proration == "month":
		if c.begins("month", day) || day == c.term.Start {
			return big.NewRat(1, months)
		}
		return new(big.Rat)
	case whole && monthsOf[c.billing] > 0 && int64(monthsOf[c.billing]) < months:
		return big.NewRat(int64(monthsOf[c.billing]), months*int64(next.DaysSince(from)))
	}
	return big.NewRat(1, c.widthOf(c.period, day))
}

// level is the quantity of a day ÷ that of the line, times the uplift.
func (c dayByDay) level(day catalog.Date) *big.Rat {
	level := big.NewRat(1, 1)
	for _, r := range c.term.Ramp {
		if !r.From.After(day) {
			level = new(big.Rat).Mul(r.Quantity.Decimal().Rat(), big.NewRat(1, 10))
		}
	}
	for years := 1; !c.anniversary(years).After(day); years++ {
		level.Mul(level, c.uplift)
	}
	return level
}

func (c dayByDay) anniversary(years int) catalog.Date {
	d := c.term.Start
	if d.Year += years; !d.IsValid() {
		d.Day = 28
	}
	return d
}

func BenchmarkTerm(b *testing.B) {
	plan := termPlan{period: duration{months: 1}, billing: duration{months: 1}, proration: "day", uplift: true, growth: money.MustParseNum("1.03")}
	term := Term{Start: date("2026-01-15"), End: EndAfter(date("2026-01-15"), 36)}
	var charges []Charge
	b.ReportAllocs()
	for b.Loop() {
		charges, _ = plan.charges(term, money.NumOfInt(10), money.MustParseNum("1249.90"), euro, charges[:0])
	}
	if len(charges) != 36 {
		b.Fatal(charges)
	}
}
