package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"quotewright/catalog"
	"quotewright/erp"
	"quotewright/erp/files"
	"quotewright/internal/store"
	"quotewright/quote"
	"quotewright/rulebook"
	"quotewright/server"
	"quotewright/web"
	"quotewright/webhooks"
)

type serveCommand struct {
	Config string `required:"" short:"c" help:"The configuration file."`
}

// Run serves until it is interrupted.
func (c serveCommand) Run(ctx context.Context, io streams) error {
	config, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	level, err := config.level()
	if err != nil {
		return err
	}
	log := server.NewLog(io.err, level)
	listener, err := net.Listen("tcp", config.Listen)
	if err != nil {
		return err
	}
	return serve(ctx, config, log, listener, func() {
		log.InfoContext(ctx, "listening", "address", listener.Addr().String(), "version", version)
	})
}

// headroomBytes counts as used memory without being touched, so that the garbage of some
// dozens of large quotes is collected at once and not one by one.
const headroomBytes = 128 << 20

// serve is the whole service on one listener: it opens, wires, runs until ctx ends, and
// closes in the opposite order. The end-to-end tests and the demo run this very
// function. ready is called when requests are answered.
func serve(ctx context.Context, config Config, log *slog.Logger, listener net.Listener, ready func()) (err error) {
	defer listener.Close()
	headroom := make([]byte, headroomBytes)
	defer runtime.KeepAlive(headroom)
	n, err := openNode(ctx, config, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.close()) }()
	s, err := n.server(config)
	if err != nil {
		return err
	}
	if err := n.jobs.Start(context.WithoutCancel(ctx)); err != nil { // stopped by close, so that running jobs end
		return err
	}
	var background sync.WaitGroup
	defer background.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for _, run := range []func(context.Context){n.rules.Watch, n.replica.Run, n.expireQuotes} {
		background.Go(func() { run(ctx) })
	}
	ready()
	return s.Serve(ctx, listener)
}

// node is everything that one process has open.
type node struct {
	log     *slog.Logger
	store   *store.Store
	data    *store.Replica
	erp     *files.Connector
	jobs    *store.Jobs
	rules   *server.Rules
	replica *server.Replica
	quotes  *quote.Service
}

// openNode opens the stores, loads what was in use last, and says what each kind of job
// does.
func openNode(ctx context.Context, config Config, log *slog.Logger) (_ *node, err error) {
	n := &node{log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	if n.store, err = store.Open(config.Data); err != nil {
		return nil, err
	}
	if err := n.openData(config); err != nil {
		return nil, err
	}
	if err := n.loadCatalog(ctx); err != nil {
		return nil, err
	}
	n.rules = &server.Rules{Dir: config.Rules, Store: n.store, Now: time.Now, Log: log}
	if err := n.rules.Start(ctx); err != nil {
		return nil, err
	}
	n.quotes = &quote.Service{Store: n.store, Now: time.Now, Current: n.current}
	subscribers, err := config.subscribers()
	if err != nil {
		return nil, err
	}
	sender := webhooks.NewSender(subscribers, n.store, time.Now, log)
	delivery := erp.Delivery{Store: n.store, Connector: n.erp, Now: time.Now}
	n.jobs = store.NewJobs(n.store, log)
	store.Handle(n.jobs, delivery.Deliver)
	store.Handle(n.jobs, sender.Publish)
	store.Handle(n.jobs, sender.Deliver)
	return n, nil
}

// openData opens the catalog replica and the ERP.
func (n *node) openData(config Config) error {
	if err := os.MkdirAll(config.Data, 0o750); err != nil {
		return err
	}
	data, err := store.OpenReplica(filepath.Join(config.Data, "replica.sqlite"))
	if err != nil {
		return err
	}
	n.data, n.erp = data, files.Open(config.ERP.Dir)
	n.replica = &server.Replica{Store: data, Connector: n.erp, Every: config.SyncEvery, StaleAfter: config.StaleAfter,
		Now: time.Now, Log: n.log}
	return nil
}

// loadCatalog loads the stored catalog. Only a new installation waits for the ERP.
func (n *node) loadCatalog(ctx context.Context) error {
	if err := n.replica.Start(ctx); err != nil {
		return err
	}
	if !n.replica.Status().SyncedAt.IsZero() {
		return nil
	}
	if err := n.replica.Sync(ctx, true, nil); err != nil {
		n.log.ErrorContext(ctx, "first catalog sync failed; it is tried again", "error", err)
	}
	return nil
}

func (n *node) current() (*rulebook.Book, *catalog.Snapshot) {
	return n.rules.Book(), n.replica.Snapshot()
}

// server builds the HTTP side.
func (n *node) server(config Config) (*server.Server, error) {
	tokenKey, err := config.tokenKey()
	if err != nil {
		return nil, err
	}
	launches, err := config.launches()
	if err != nil {
		return nil, err
	}
	secrets, err := config.inbound()
	if err != nil {
		return nil, err
	}
	pages, err := web.Pages()
	if err != nil {
		return nil, err
	}
	var receiver *webhooks.Receiver
	if secrets != nil {
		receiver = &webhooks.Receiver{CRM: "generic", Secrets: secrets, Quotes: n.quotes, Inbox: n.store, Now: time.Now, Log: n.log}
	}
	return server.New(server.Config{
		Version: version, Store: n.store, Quotes: n.quotes, Rules: n.rules, Replica: n.replica, Webhooks: receiver,
		Keys: config.keys(), TokenKey: tokenKey, Launches: launches, FrameAncestors: config.ancestors(),
		Panel: pages, Now: time.Now, Log: n.log,
	})
}

// expireQuotes looks every few minutes for sent quotes whose validity has ended.
func (n *node) expireQuotes(ctx context.Context) {
	tick := time.NewTicker(5 * time.Minute)
	defer tick.Stop()
	for {
		if _, err := n.quotes.ExpireDue(ctx); err != nil && ctx.Err() == nil {
			n.log.ErrorContext(ctx, "expire quotes", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// close stops the jobs, letting those that run end, and closes the stores.
func (n *node) close() error {
	var errs []error
	if n.jobs != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		errs = append(errs, n.jobs.Stop(ctx))
	}
	if n.data != nil {
		errs = append(errs, n.data.Close())
	}
	if n.store != nil {
		errs = append(errs, n.store.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}
