package catalog

import (
	"sort"

	"github.com/shopspring/decimal"

	"quotewright/money"
)

// conversion is how an amount gets from one currency to another: the records used and
// the date of the oldest.
type conversion struct {
	rate  decimal.Decimal
	date  Date
	rates []Rate
}

// convert finds the latest direct rate on or before a day, else the latest inverse
// one, else the way through one other currency whose older rate is the latest. Which
// way wins is a total order, so the winner also wins among any subset of the rates
// that holds it: replays depend on that.
func (s *Snapshot) convert(from, to string, on Date) (conversion, bool) {
	if from == to {
		return conversion{rate: decimal.NewFromInt(1), date: on}, true
	}
	if r, ok := s.latestRate(from, to, on); ok {
		return conversion{r.Rate, r.Date, []Rate{r}}, true
	}
	if r, ok := s.latestRate(to, from, on); ok {
		return quotient(decimal.NewFromInt(1), r.Rate, r.Date, r)
	}
	return s.convertThrough(from, to, on)
}

func (s *Snapshot) convertThrough(from, to string, on Date) (conversion, bool) {
	var (
		best  []Rate
		older Date
	)
	for _, hub := range s.currencies {
		if hub == from || hub == to {
			continue
		}
		first, ok1 := s.leg(from, hub, on)
		second, ok2 := s.leg(hub, to, on)
		if !ok1 || !ok2 {
			continue
		}
		date := first.Date
		if second.Date.Before(date) {
			date = second.Date
		}
		if best == nil || date.After(older) {
			best, older = []Rate{first, second}, date
		}
	}
	if best == nil {
		return conversion{}, false
	}
	numerator, denominator := decimal.NewFromInt(1), decimal.NewFromInt(1)
	at := from
	for _, r := range best {
		if r.From == at {
			numerator, at = numerator.Mul(r.Rate), r.To
		} else {
			denominator, at = denominator.Mul(r.Rate), r.From
		}
	}
	return quotient(numerator, denominator, older, best...)
}

// leg returns the later of the direct and the inverse rate.
func (s *Snapshot) leg(from, to string, on Date) (Rate, bool) {
	direct, ok := s.latestRate(from, to, on)
	inverse, inverseOK := s.latestRate(to, from, on)
	if !ok || inverseOK && inverse.Date.After(direct.Date) {
		return inverse, inverseOK
	}
	return direct, ok
}

func (s *Snapshot) latestRate(from, to string, on Date) (Rate, bool) {
	rates := s.rates.of(joinKey(from, to))
	n := sort.Search(len(rates), func(i int) bool { return rates[i].Date.After(on) })
	if n == 0 {
		return Rate{}, false
	}
	return rates[n-1], true
}

func quotient(numerator, denominator decimal.Decimal, date Date, used ...Rate) (conversion, bool) {
	rate, err := money.Divide(numerator, denominator)
	if err != nil {
		return conversion{}, false
	}
	return conversion{rate, date, used}, true
}
