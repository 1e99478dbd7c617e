package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"quotewright/erp/files"
	"quotewright/server"
	"quotewright/testdata"
	"quotewright/webhooks"
)

type demoCommand struct {
	Port int    `help:"Port of the service; the CRM is on the next one. 0 takes free ones." default:"8080"`
	Dir  string `help:"Where to keep everything. Default: a fresh folder that is removed at the end." type:"path"`
}

// Run serves the demo company until it is interrupted.
func (c demoCommand) Run(ctx context.Context, io streams) error {
	dir := c.Dir
	if dir == "" {
		fresh, err := os.MkdirTemp("", "quotewright-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(fresh)
		dir = fresh
	}
	return runDemo(ctx, dir, c.Port, io, nil)
}

// demo is the demo company in operation.
type demo struct {
	dir     string
	service string // URL
	crm     string // URL
	keys    map[string]string
	hook    webhooks.Secret
	launch  []byte
}

// runDemo unpacks the demo company into dir, where it is not there yet, and serves it
// until ctx ends. ready is called when everything answers.
func runDemo(ctx context.Context, dir string, port int, io streams, ready func(demo)) error {
	company, err := fs.Sub(testdata.Demo, "demo")
	if err != nil {
		return err
	}
	if err := unpack(company, dir); err != nil {
		return fmt.Errorf("unpack the demo company: %w", err)
	}
	serviceListener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	defer serviceListener.Close()
	if port != 0 {
		port++
	}
	crmListener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	defer crmListener.Close()

	d := demo{dir: dir, service: localURL(serviceListener), crm: localURL(crmListener), keys: map[string]string{}, launch: random(48)}
	config, err := d.config()
	if err != nil {
		return err
	}
	log, logFile, err := d.log()
	if err != nil {
		return err
	}
	defer logFile.Close()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		if err := files.Acknowledge(ctx, filepath.Join(dir, "catalog"), 200*time.Millisecond); err != nil {
			log.ErrorContext(ctx, "the stand-in ERP stopped", "error", err)
		}
	}()
	crm := &http.Server{Handler: d.newCRM().handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = crm.Serve(crmListener) }()
	defer crm.Close()
	return serve(ctx, config, log, serviceListener, func() {
		d.announce(io)
		if ready != nil {
			ready(d)
		}
	})
}

func localURL(l net.Listener) string {
	return fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return []byte(base64.StdEncoding.EncodeToString(b))[:n]
}

// config writes the configuration that an operator would write, with fresh secrets.
func (d *demo) config() (Config, error) {
	secrets := filepath.Join(d.dir, "secrets")
	hook := "whsec_" + base64.StdEncoding.EncodeToString(random(32))
	parsed, err := webhooks.ParseSecret(hook)
	if err != nil {
		return Config{}, err
	}
	d.hook = parsed
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return Config{}, err
	}
	launchFile, hookFile := filepath.Join(secrets, "crm"), filepath.Join(secrets, "webhook")
	err = errors.Join(os.WriteFile(launchFile, d.launch, 0o600), os.WriteFile(hookFile, []byte(hook), 0o600))
	c := Config{
		PublicURL: d.service, Data: filepath.Join(d.dir, "data"), Rules: filepath.Join(d.dir, "rules"),
		ERP:       ERPConfig{Kind: "files", Dir: filepath.Join(d.dir, "catalog")},
		SyncEvery: 2 * time.Second, StaleAfter: time.Hour, Log: "info",
		CRM:      CRMConfig{Generic: &LaunchConfig{Secret: Secret{File: launchFile}, Origins: []string{d.crm}}},
		Webhooks: WebhooksConfig{In: &Secret{File: hookFile}},
	}
	for _, k := range []KeyConfig{
		{Name: demoUsers[0].Name, Role: "rep"},
		{Name: demoUsers[1].Name, Role: "approver", Roles: demoUsers[1].Roles},
		{Name: "Paula Pricing", Role: "pricing_admin"},
	} {
		key, hash := server.NewKey()
		k.Hash, d.keys[k.Role] = hash, key
		c.Keys = append(c.Keys, k)
	}
	return c, err
}

// log opens the demo's log file: the terminal is for the addresses.
func (d *demo) log() (*slog.Logger, *os.File, error) {
	file, err := os.OpenFile(filepath.Join(d.dir, "demo.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return server.NewLog(file, slog.LevelInfo), file, nil
}

func (d *demo) announce(io streams) {
	fmt.Fprintf(io.out, `The demo company is open. Ctrl-C closes it.

  CRM with the panel   %s
  Panel alone          %s/panel
  API                  %s/v1  (%s/docs)

  Key of a rep            %s
  Key of an approver      %s
  Key of a pricing admin  %s

  Rules    %s   edit them while it runs
  Catalog  %s
  Orders   %s
  Log      %s
`, d.crm, d.service, d.service, d.service, d.keys["rep"], d.keys["approver"], d.keys["pricing_admin"],
		filepath.Join(d.dir, "rules"), filepath.Join(d.dir, "catalog"), filepath.Join(d.dir, "catalog", "orders"), filepath.Join(d.dir, "demo.log"))
}

// unpack copies files that are not there yet, so that a kept folder keeps its edits.
func unpack(from fs.FS, dir string) error {
	return fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if _, err := os.Stat(target); err == nil {
			return nil
		}
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
}
