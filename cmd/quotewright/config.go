package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"quotewright/internal/fault"
	"quotewright/rulebook"
	"quotewright/server"
	"quotewright/webhooks"
)

// Config is the configuration file. docs/configuration.md describes it. Secrets are
// never in it: they are named as a file or as a variable of the environment.
type Config struct {
	Listen         string         `yaml:"listen"`
	PublicURL      string         `yaml:"public_url"`
	Data           string         `yaml:"data"`
	Rules          string         `yaml:"rules"`
	ERP            ERPConfig      `yaml:"erp"`
	SyncEvery      time.Duration  `yaml:"sync_every"`
	StaleAfter     time.Duration  `yaml:"stale_after"`
	TokenKey       Secret         `yaml:"token_key"`
	Keys           []KeyConfig    `yaml:"keys"`
	CRM            CRMConfig      `yaml:"crm"`
	Webhooks       WebhooksConfig `yaml:"webhooks"`
	FrameAncestors []string       `yaml:"frame_ancestors"`
	Log            string         `yaml:"log"`
}

// ERPConfig says which ERP is replicated and gets the orders.
type ERPConfig struct {
	Kind string `yaml:"kind"`
	Dir  string `yaml:"dir"`
}

// KeyConfig is one API key.
type KeyConfig struct {
	Name  string   `yaml:"name"`
	Role  string   `yaml:"role"`
	Roles []string `yaml:"roles"`
	Hash  string   `yaml:"hash"`
}

// CRMConfig holds the CRMs that may open the panel.
type CRMConfig struct {
	Generic *LaunchConfig `yaml:"generic"`
}

// LaunchConfig is how one CRM opens the panel.
type LaunchConfig struct {
	Secret  `yaml:",inline"`
	Origins []string `yaml:"origins"`
	Roles   []string `yaml:"roles"`
}

// WebhooksConfig holds both directions.
type WebhooksConfig struct {
	In  *Secret            `yaml:"in"`
	Out []SubscriberConfig `yaml:"out"`
}

// SubscriberConfig is one receiver of events.
type SubscriberConfig struct {
	Secret       `yaml:",inline"`
	Name         string   `yaml:"name"`
	URL          string   `yaml:"url"`
	Types        []string `yaml:"types"`
	AllowPrivate bool     `yaml:"allow_private"`
}

// Secret says where a secret is: in a file, or in a variable of the environment.
type Secret struct {
	File string `yaml:"secret_file"`
	Env  string `yaml:"secret_env"`
}

func (s Secret) given() bool { return s.File != "" || s.Env != "" }

func (s Secret) read() (string, error) {
	switch {
	case s.File != "" && s.Env != "":
		return "", errors.New("give secret_file or secret_env, not both")
	case s.Env != "":
		value := strings.TrimSpace(os.Getenv(s.Env))
		if value == "" {
			return "", fmt.Errorf("the environment variable %s is empty", s.Env)
		}
		return value, nil
	case s.File != "":
		data, err := os.ReadFile(s.File)
		if err != nil {
			return "", err
		}
		return strings.TrimSpace(string(data)), nil
	}
	return "", errors.New("secret_file or secret_env is missing")
}

// readConfig reads and checks a configuration file. Relative paths in it start at its
// folder.
func readConfig(file string) (Config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Config{}, fault.Wrap(err, fault.Invalid, "bad_config", "read the configuration")
	}
	c := Config{Listen: ":8080", Data: "data", Rules: "rules", SyncEvery: time.Minute, StaleAfter: time.Hour, Log: "info"}
	if mistakes := rulebook.DecodeYAML(file, data, &c); mistakes.Err() != nil {
		return Config{}, mistakes.Err()
	}
	c.resolve(filepath.Dir(file))
	return c, c.check(file)
}

func (c *Config) resolve(dir string) {
	paths := []*string{&c.Data, &c.Rules, &c.ERP.Dir, &c.TokenKey.File}
	if c.CRM.Generic != nil {
		paths = append(paths, &c.CRM.Generic.File)
	}
	if c.Webhooks.In != nil {
		paths = append(paths, &c.Webhooks.In.File)
	}
	for i := range c.Webhooks.Out {
		paths = append(paths, &c.Webhooks.Out[i].File)
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

var hash = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// check returns every mistake that the file's structure does not show.
func (c *Config) check(file string) error {
	var mistakes fault.Mistakes
	at := fault.Position{File: file}
	if c.ERP.Kind != "files" {
		mistakes.Add(at, "erp.kind: %q is not an ERP that is known here: files", c.ERP.Kind)
	}
	if c.ERP.Dir == "" {
		mistakes.Add(at, "erp.dir is missing")
	}
	if c.SyncEvery < time.Second {
		mistakes.Add(at, "sync_every: at least 1s")
	}
	for i, k := range c.Keys {
		if !hash.MatchString(k.Hash) {
			mistakes.Add(at, "keys[%d]: hash is not 64 hexadecimal digits; quotewright key makes one", i)
		}
		if k.Name == "" || !server.KnownRole(k.Role) {
			mistakes.Add(at, "keys[%d]: name and a role are needed: rep, approver, pricing_admin, integration, admin", i)
		}
	}
	c.checkWeb(&mistakes, at)
	if _, err := c.level(); err != nil {
		mistakes.Add(at, "log: %v", err)
	}
	return mistakes.Err()
}

func (c *Config) checkWeb(mistakes *fault.Mistakes, at fault.Position) {
	if c.CRM.Generic != nil {
		if len(c.CRM.Generic.Origins) == 0 {
			mistakes.Add(at, "crm.generic.origins is missing")
		}
		for _, origin := range c.CRM.Generic.Origins {
			if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
				mistakes.Add(at, "crm.generic.origins: %q is not an origin such as https://crm.example.com", origin)
			}
		}
	}
	for _, ancestor := range c.FrameAncestors {
		if strings.ContainsAny(ancestor, " ;,\r\n'\"") || !strings.Contains(ancestor, "://") {
			mistakes.Add(at, "frame_ancestors: %q is not an origin such as https://*.crm.example.com", ancestor)
		}
	}
	names := map[string]bool{}
	for i, out := range c.Webhooks.Out {
		if out.Name == "" || names[out.Name] {
			mistakes.Add(at, "webhooks.out[%d]: a name of its own is needed", i)
		}
		names[out.Name] = true
		if err := webhooks.CheckURL(out.URL, out.AllowPrivate); err != nil {
			mistakes.Add(at, "webhooks.out[%d].url: %v", i, err)
		}
	}
}

func (c *Config) level() (slog.Level, error) {
	var level slog.Level
	return level, level.UnmarshalText([]byte(c.Log))
}

func (c *Config) keys() []server.Key {
	var keys []server.Key
	for _, k := range c.Keys {
		keys = append(keys, server.Key(k))
	}
	return keys
}

// launches reads the secrets of the CRMs that may open the panel.
func (c *Config) launches() (map[string]server.Launch, error) {
	if c.CRM.Generic == nil {
		return nil, nil
	}
	secret, err := c.CRM.Generic.read()
	if err == nil && len(secret) < 32 {
		err = errors.New("at least 32 characters are needed")
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "bad_secret", "crm.generic: read the secret")
	}
	return map[string]server.Launch{"generic": {Secret: []byte(secret), Origins: c.CRM.Generic.Origins, Roles: c.CRM.Generic.Roles}}, nil
}

// ancestors are the origins that may show the panel in a frame: those listed, else
// those of the CRMs.
func (c *Config) ancestors() []string {
	if len(c.FrameAncestors) > 0 || c.CRM.Generic == nil {
		return c.FrameAncestors
	}
	return c.CRM.Generic.Origins
}

func (c *Config) inbound() ([]webhooks.Secret, error) {
	if c.Webhooks.In == nil {
		return nil, nil
	}
	secret, err := readWebhookSecret(*c.Webhooks.In)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "bad_secret", "webhooks.in: read the secret")
	}
	return []webhooks.Secret{secret}, nil
}

func (c *Config) subscribers() ([]webhooks.Subscriber, error) {
	var subscribers []webhooks.Subscriber
	for _, out := range c.Webhooks.Out {
		secret, err := readWebhookSecret(out.Secret)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "bad_secret", "webhooks.out %s: read the secret", out.Name)
		}
		subscribers = append(subscribers, webhooks.Subscriber{
			Name: out.Name, URL: out.URL, Secret: secret, Types: out.Types, AllowPrivate: out.AllowPrivate})
	}
	return subscribers, nil
}

func readWebhookSecret(s Secret) (webhooks.Secret, error) {
	text, err := s.read()
	if err != nil {
		return webhooks.Secret{}, err
	}
	return webhooks.ParseSecret(text)
}

// tokenKey reads the key that signs panel tokens. Where none is configured, one is made
// and kept in the data folder, which is right for a single node.
func (c *Config) tokenKey() ([]byte, error) {
	if !c.TokenKey.given() {
		return ownTokenKey(filepath.Join(c.Data, "token.key"))
	}
	text, err := c.TokenKey.read()
	if err == nil && len(text) < 32 {
		err = errors.New("at least 32 characters are needed")
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "bad_secret", "token_key: read the secret")
	}
	return []byte(text), nil
}

func ownTokenKey(file string) ([]byte, error) {
	key, err := os.ReadFile(file)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	key = []byte(hex.EncodeToString(random))
	return key, os.WriteFile(file, key, 0o600)
}
