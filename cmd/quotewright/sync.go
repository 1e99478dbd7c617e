package main

import (
	"context"
	"fmt"
	stdio "io"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"quotewright/server"
)

type syncCommand struct {
	Config string `required:"" short:"c" help:"The configuration file."`
	Full   bool   `help:"Ask for everything, not only for changes."`
}

// Run pulls from the ERP once and says what is there now. A running service on the same
// data sees it at its next start or sync.
func (c syncCommand) Run(ctx context.Context, io streams) error {
	config, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	n := &node{log: slog.New(slog.DiscardHandler)}
	defer n.close()
	if err := n.openData(config); err != nil {
		return err
	}
	if err := n.replica.Start(ctx); err != nil {
		return err
	}
	before := n.replica.Snapshot().Version()
	if err := n.replica.Sync(ctx, c.Full, progressOn(io.err)); err != nil {
		return err
	}
	s := n.replica.Snapshot()
	counts := s.Counts()
	change := "nothing changed"
	if s.Version() != before || c.Full {
		change = "stored"
	}
	fmt.Fprintf(io.out, "catalog %s, %s: %d products, %d conditions, %d customers\n", s.Version(), change, counts.Products, counts.Conditions, counts.Customers)
	return nil
}

// progressOn shows progress as a bar on a terminal, as a line per kind elsewhere.
func progressOn(w stdio.Writer) server.Progress {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(kind string, done, total int) {
			if done == total {
				fmt.Fprintf(w, "%s: %d\n", kind, total)
			}
		}
	}
	var bar *progressbar.ProgressBar
	current := ""
	return func(kind string, done, total int) {
		if kind != current {
			current = kind
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(kind),
				progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond),
				progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }))
		}
		_ = bar.Set(done)
	}
}
