package configurator

import "slices"

// Values of a variable that no rule tells apart are alike: where one fits, the others do
// (interchangeable values, Freuder 1991). The solvers know one of each class.

// tellApart finds out which values of every variable are alike.
func (m *Model) tellApart() {
	m.classOf, m.classes = make([][]int, len(m.variables)), make([][]int, len(m.variables))
	for v := range m.variables {
		m.classOf[v] = make([]int, len(m.variables[v].values))
	}
	for k := range m.rules {
		r := &m.rules[k]
		for _, v := range r.variables {
			r.form.split(v, func(differ func(x, y int) bool) { m.split(v, differ) })
		}
	}
	for v := range m.variables {
		for x, k := range m.classOf[v] {
			if k == len(m.classes[v]) {
				m.classes[v] = append(m.classes[v], x)
			}
		}
	}
}

// split divides the classes of a variable where a rule tells their values apart. Classes
// are numbered by their first value.
func (m *Model) split(v int, differ func(x, y int) bool) {
	classOf := m.classOf[v]
	if slices.Max(classOf) == len(classOf)-1 {
		return // all differ
	}
	was := slices.Clone(classOf)
	var first []int // of the new classes
	for x := range classOf {
		at := slices.IndexFunc(first, func(y int) bool { return was[x] == was[y] && !differ(x, y) })
		if at < 0 {
			at = len(first)
			first = append(first, x)
		}
		classOf[x] = at
	}
}

// alone reports whether no other value is like x.
func (m *Model) alone(v, x int) bool {
	k, n := m.classOf[v][x], 0
	for _, other := range m.classOf[v] {
		if other == k {
			n++
		}
	}
	return n == 1
}

func inSet(values []uint64, x int) bool { return values[x>>6]&(1<<(x&63)) != 0 }

func (t *table) split(v int, by func(differ func(x, y int) bool)) {
	rows := t.allows[slices.Index(t.columns, v)]
	by(func(x, y int) bool { return !slices.Equal(rows[x], rows[y]) })
}

func (c *cardinality) split(_ int, by func(differ func(x, y int) bool)) {
	by(func(x, y int) bool { return x != y })
}

func (l *linear) split(v int, by func(differ func(x, y int) bool)) {
	for i := range l.parts {
		if p := &l.parts[i]; p.variable == v {
			by(func(x, y int) bool { return p.values[x] != p.values[y] })
		}
	}
	if l.when != nil {
		l.when.split(v, by)
	}
}

func (c *condition) split(_ int, by func(differ func(x, y int) bool)) {
	by(func(x, y int) bool { return x != y })
}

func (l *logic) split(v int, by func(differ func(x, y int) bool)) {
	for _, k := range l.of {
		k.split(v, by)
	}
	if l.op == member && l.variable == v {
		by(func(x, y int) bool { return inSet(l.values, x) != inSet(l.values, y) })
	}
}

func (d *diagram) split(v int, by func(differ func(x, y int) bool)) {
	depth := slices.Index(d.variables, v)
	done := map[*branch]bool{}
	var walk func(b *branch, at int)
	walk = func(b *branch, at int) {
		if done[b] {
			return
		}
		done[b] = true
		for _, e := range b.edges {
			if at < depth {
				walk(e.to, at+1)
			} else {
				by(func(x, y int) bool { return inSet(e.values, x) != inSet(e.values, y) })
			}
		}
	}
	walk(d.root, 0)
}
