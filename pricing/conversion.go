package pricing

import (
	"fmt"

	"quotewright/catalog"
	"quotewright/money"
)

func (r *run) inRecordCurrency(t *conditionType, c *catalog.Condition, amount money.Num) (money.Num, error) {
	to := c.Currency
	if to == "" {
		to = r.model.schema.Company.Code
	}
	if to == r.in.Currency.Code {
		return amount, nil
	}
	on := r.rateDate(t, c)
	rate, _, ok := r.view.Rate(r.in.Currency.Code, to, on)
	if !ok {
		return money.Num{}, missingRate{r.in.Currency.Code, to, on}
	}
	return amount.Mul(money.NumOf(rate)), nil
}

// converted brings an amount of a record into the quote's currency and notes the rate.
func (r *run) converted(t *conditionType, record *catalog.Condition, amount money.Num, sub *subject, c *candidate) (money.Num, error) {
	from := record.Currency
	if from == "" {
		from = r.model.schema.Company.Code
	}
	if from == r.in.Currency.Code {
		return amount, nil
	}
	on := r.rateDate(t, record)
	rate, date, ok := r.view.Rate(from, r.in.Currency.Code, on)
	if !ok {
		return amount, missingRate{from, r.in.Currency.Code, on}
	}
	if c != nil && r.trace {
		c.note = r.putAfter(c.note, amount.String(), " ", from, " at ", rate.String(), " of ", date.String())
	}
	return amount.Mul(money.NumOf(rate)), nil
}

// rateDate is the day of the exchange rate for a record.
func (r *run) rateDate(t *conditionType, record *catalog.Condition) catalog.Date {
	switch {
	case t.def.RateDate.Text == "record":
		if record.ValidFrom.IsValid() {
			return record.ValidFrom
		}
	case t.rateSlot >= 0:
		if v := r.lookup(t.rateSlot); v.Known() {
			return v.Date()
		}
	}
	return r.in.Date
}

type missingRate struct {
	from, to string
	on       catalog.Date
}

func (e missingRate) Error() string {
	return fmt.Sprintf("there is no exchange rate from %s to %s on or before %s", e.from, e.to, e.on)
}
