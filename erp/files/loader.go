package files

import (
	"context"
	"io/fs"

	"github.com/shopspring/decimal"

	"quotewright/catalog"
)

// progressRows is how many rows are read between two reports of progress.
const progressRows = 10_000

// loader is one pass over a folder.
type loader struct {
	ctx      context.Context
	fsys     fs.FS
	progress func(file string, rows int)
	delta    catalog.Delta
	mistakes report
	keys     map[string]map[string]int // by file: key to line. No entry: the keys are not known
	steps    scaleSteps

	numbers    map[string]decimal.Decimal
	dates      map[string]catalog.Date
	currencies map[string]string
}

// load reads all files. Any mistake means that there is no Delta.
func load(ctx context.Context, fsys fs.FS, progress func(string, int)) (catalog.Delta, map[string]string, error) {
	l := &loader{
		ctx: ctx, fsys: fsys, progress: progress, keys: map[string]map[string]int{}, steps: newScaleSteps(),
		numbers: map[string]decimal.Decimal{}, dates: map[string]catalog.Date{}, currencies: map[string]string{},
	}
	found, err := find(fsys, &l.mistakes)
	if err != nil {
		return catalog.Delta{}, nil, err
	}
	hashes := map[string]string{}
	for _, s := range sources {
		s.full(&l.delta)
		name, there := found[s.base()]
		if !there {
			l.absent(s)
			continue
		}
		if hashes[s.base()], err = s.read(l, name); err != nil {
			return catalog.Delta{}, nil, err
		}
	}
	if err := l.mistakes.err(); err != nil {
		return catalog.Delta{}, nil, err
	}
	return l.delta, hashes, nil
}

// absent makes every reference to an optional file that is not there a mistake. A
// missing products.csv is one mistake, not one for each reference to it.
func (l *loader) absent(s source) {
	if s != source(productFile) {
		l.keys[s.base()] = map[string]int{}
	}
}

func (l *loader) reached(file string, rows int) error {
	if l.progress != nil {
		l.progress(file, rows)
	}
	return l.ctx.Err()
}
