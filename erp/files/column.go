package files

import (
	"slices"
	"strings"

	"quotewright/internal/fault"
)

// column declares a column of a file. A name that ends with a colon stands for any
// column that starts with it (attr:color).
type column[R any] struct {
	name   string
	need   bool   // required or optional
	refers string // the file that has the cell as its key
	set    func(r *R, c *cell)
}

// Whether a column, and every cell of it, must be there.
const (
	required = true
	optional = false
)

// place is a declared column at its place in a sheet.
type place[R any] struct {
	*column[R]
	index int
	name  string // as in the header
}

// columnsOf matches a sheet's header with the declared columns. Mistakes are reported
// and left out.
func columnsOf[R any](declared []column[R], s *sheet, mistakes *report) []place[R] {
	var places []place[R]
	first := map[string]int{}
	for i, cell := range s.fields {
		name := strings.TrimSpace(cell)
		if other, twice := first[name]; twice {
			mistakes.add(s.at(i), "column %s is there twice, as columns %d and %d", name, other+1, i+1)
			continue
		}
		first[name] = i
		if problem := unclean(name); problem != "" {
			mistakes.add(s.at(i), "the name of column %d %s", i+1, problem)
		} else if c := declaredAs(declared, name); c != nil {
			places = append(places, place[R]{c, i, name})
		} else {
			mistakes.add(s.at(i), "unknown column %q; the columns are %s", name, columnNames(declared))
		}
	}
	for i := range declared {
		if _, there := first[declared[i].name]; !there && declared[i].need {
			mistakes.add(fault.Position{File: s.name, Line: s.line()}, "column %s is missing", declared[i].name)
		}
	}
	return places
}

func declaredAs[R any](declared []column[R], name string) *column[R] {
	for i := range declared {
		c := &declared[i]
		open := strings.HasSuffix(c.name, ":") && strings.HasPrefix(name, c.name) && len(name) > len(c.name)
		if name == c.name && !strings.HasSuffix(name, ":") || open {
			return c
		}
	}
	return nil
}

func columnNames[R any](declared []column[R]) string {
	var names []string
	for _, c := range declared {
		if strings.HasSuffix(c.name, ":") {
			c.name += "NAME"
		}
		names = append(names, c.name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
