package rulebook

import (
	"fmt"
	"slices"
	"strings"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/pricing"
)

// CheckCatalog holds the rulebook against a catalog: rules and records that name what is
// not there, and products on sale that a required step has no record for. With a day,
// only records that are valid on it count. All it returns are warnings, sorted.
func (b *Book) CheckCatalog(s *catalog.Snapshot, on catalog.Date) fault.Mistakes {
	c := &catalogCheck{book: b, records: s.Records(), view: catalog.NewView(s), on: on, tables: map[string]bool{}, indexes: map[string]*recordIndex{}}
	c.collect(s)
	for _, m := range b.salesModels {
		c.salesModel(m.Definition)
	}
	for _, id := range sorted(b.schema.Conditions) {
		c.orphans(b.schema.Conditions[id])
	}
	return c.mistakes.Sort()
}

// catalogCheck is one comparison with a catalog.
type catalogCheck struct {
	book     *Book
	records  catalog.Delta
	view     *catalog.View
	on       catalog.Date
	there    map[string]map[string]bool // values by name in formulas
	keys     map[string]map[string]bool // values by key field of records
	tables   map[string]bool            // that were looked at
	indexes  map[string]*recordIndex    // by condition type
	mistakes fault.Mistakes
}

// nouns say what the values of a name are called.
var nouns = map[string]string{"product.sku": "product", "line.sku": "product", "product.family": "product family", "product.tax_category": "tax category of a product",
	"customer.id": "customer", "customer.parent": "customer", "customer.group": "customer group", "customer.region": "region of a customer",
	"customer.price_list": "price list of a customer"}

// lacking says what the values of a key field are that are not there.
var lacking = map[string]string{"sku": "products that it does not have", "family": "product families that it does not have",
	"customer": "customers that it does not have", "option": "options that no configuration model has"}

// collect gathers what products and customers there are.
func (c *catalogCheck) collect(s *catalog.Snapshot) {
	skus, taxes, ids, groups, regions, lists := set{}, set{}, set{}, set{}, set{}, set{}
	for i := range c.records.Products.Upsert {
		p := &c.records.Products.Upsert[i]
		skus.add(p.SKU)
		taxes.add(p.TaxCategory)
	}
	for i := range c.records.Customers.Upsert {
		customer := &c.records.Customers.Upsert[i]
		ids.add(customer.ID)
		groups.add(customer.Group)
		lists.add(customer.PriceList)
		for _, r := range catalog.RegionPath(customer.Region) {
			regions.add(r)
		}
	}
	families := set{}
	families.add(s.Families()...)
	if len(lists) > 0 {
		lists.add(sorted(c.book.schema.PriceLists)...)
	}
	c.there = map[string]map[string]bool{"product.sku": skus, "line.sku": skus, "product.family": families, "product.tax_category": taxes,
		"customer.id": ids, "customer.parent": ids, "customer.group": groups, "customer.region": regions, "customer.price_list": lists}
	c.keys = map[string]map[string]bool{"sku": skus, "family": families, "customer": ids, "option": c.optionKeys()}
}

type set map[string]bool

func (s set) add(values ...string) {
	for _, v := range values {
		if v != "" {
			s[v] = true
		}
	}
}

// optionKeys are the keys of option prices that some configuration can have.
func (c *catalogCheck) optionKeys() set {
	keys := set{}
	for id, m := range c.book.models {
		for _, f := range m.Features() {
			keys.add(id+"/"+f.ID, f.ID)
			for _, o := range f.Options {
				keys.add(id+"/"+f.ID+"/"+o.ID, f.ID+"/"+o.ID, o.ID)
			}
		}
	}
	return keys
}

// salesModel looks at one sales model, its tables and its required steps.
func (c *catalogCheck) salesModel(def pricing.Definition) {
	names := namesOf(c.book.schema, def)
	r := &reports{at: def.At}
	for _, source := range allConditions(def) {
		c.formula(names, source, r)
	}
	for _, d := range def.Procedure {
		for _, f := range d.FreeGoods {
			c.absent(r, "product.sku", "=", f.SKU.Text, f.SKU.At)
		}
		for _, b := range d.Bundles {
			for _, p := range b.Of {
				c.absent(r, "product.sku", "=", p.SKU.Text, p.SKU.At)
			}
		}
	}
	c.mistakes = append(c.mistakes, r.all()...)
	for _, d := range def.Procedure {
		if t := c.book.schema.Tables[d.Table.Text]; t != nil && !c.tables[t.Name] {
			c.tables[t.Name] = true
			c.table(names, t)
		}
		if d.Required && d.Condition.Text != "" && d.Override.Text == "" {
			c.required(names, def, d)
		}
	}
}

// allConditions are the formulas of a sales model that decide something.
func allConditions(def pricing.Definition) []formula.Source {
	var list []formula.Source
	for _, d := range def.Eligibility {
		list = append(list, d.When)
	}
	for _, d := range def.Procedure {
		list = append(list, sources(d)...)
	}
	for _, d := range def.Approvals {
		list = append(list, d.When)
	}
	return slices.DeleteFunc(list, func(s formula.Source) bool { return s.Text == "" })
}

// formula looks at the texts that a formula compares names with.
func (c *catalogCheck) formula(names *names, source formula.Source, r *reports) {
	f, _ := formula.Compile(names.env, source, formula.Any)
	if f == nil {
		return
	}
	formula.Walk(f.Root(), func(n formula.Node) {
		b, ok := n.(*formula.Binary)
		if !ok || testOps[b.Op] == "" {
			return
		}
		name, with := b.Left, b.Right
		if _, ok := name.(*formula.Variable); !ok {
			name, with = with, name
		}
		v, ok := name.(*formula.Variable)
		if !ok {
			return
		}
		formula.Walk(with, func(n formula.Node) {
			if l, ok := n.(*formula.Literal); ok && l.Kind() == formula.Text {
				c.absent(r, v.Name, testOps[b.Op], l.Value.Text(), l.At())
			}
		})
	})
}

// table looks at the cells of a table.
func (c *catalogCheck) table(names *names, def *pricing.TableDefinition) {
	r := &reports{at: def.At}
	for i, h := range def.Header {
		column, ok := pricing.ReadColumn(names.env, h)
		if !ok || c.there[column.Name] == nil {
			continue
		}
		seen := map[string]bool{}
		for _, row := range def.Rows {
			if i >= len(row) || row[i].Text == "" {
				continue
			}
			values, _ := column.Values(row[i])
			for _, v := range values {
				if !seen[v.Text()] {
					seen[v.Text()] = true
					c.absent(r, column.Name, column.Op, v.Text(), row[i].At)
				}
			}
		}
	}
	c.mistakes = append(c.mistakes, r.all()...)
}

// absent warns of a value that nothing in the catalog has. A catalog without any is not
// asked.
func (c *catalogCheck) absent(r *reports, name, op, value string, at fault.Position) {
	values := c.there[name]
	if len(values) == 0 || value == "" || values[value] {
		return
	}
	if op == "startsWith" {
		for v := range values {
			if strings.HasPrefix(v, value) {
				return
			}
		}
		r.add("names that the catalog does not have", fault.SeverityWarning, at, "the catalog has no %s that starts with %q", nouns[name], value)
		return
	}
	hint := ""
	if near := formula.Nearest(value, sorted(values)); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	r.add("names that the catalog does not have", fault.SeverityWarning, at, "the catalog has no %s %s%s", nouns[name], value, hint)
}

// orphans warns of records that no line can find: they name what is not there.
func (c *catalogCheck) orphans(t pricing.ConditionType) {
	missing, records := map[string]set{}, map[string]int{}
	for i := range c.records.Conditions.Upsert {
		record := &c.records.Conditions.Upsert[i]
		if record.Type != t.ID {
			continue
		}
		for _, k := range record.Keys {
			if values := c.keys[k.Name]; len(values) > 0 && !values[k.Value] {
				if missing[k.Name] == nil {
					missing[k.Name] = set{}
				}
				missing[k.Name].add(k.Value)
				records[k.Name]++
			}
		}
	}
	for _, field := range sorted(missing) {
		c.mistakes.Warn(t.At, "the catalog has %s of %s for %s: %s", counted(records[field], "record"), t.ID, lacking[field], few(sorted(missing[field])))
	}
}

// few are the first of a list, and a sign that there are more.
func few(list []string) string {
	const most = 5
	if len(list) > most {
		return strings.Join(list[:most], ", ") + ", …"
	}
	return strings.Join(list, ", ")
}
