# Quotewright: everything a contributor runs. `make` alone prints this list.

SHELL      := /bin/bash
GO         ?= go
VERSION    ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BINARY     := bin/quotewright
# A test waits for a browser and for killed processes, never for a stopwatch.
TEST_FLAGS ?= -timeout 15m
BENCH      ?= .
BENCH_TIME ?= 1s
# Held to one version, so that everybody sees the same findings.
GOLANGCI   := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# SQLite is most of the first build; -O1 makes that three times shorter. `make build`
# and `make bench` keep the full optimization.
demo test: export CGO_CFLAGS ?= -O1

.DEFAULT_GOAL := help
.PHONY: help build demo test setup bench fuzz lint web web-verify import-large clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build bin/quotewright (needs Go and a C compiler)
	$(GO) build -trimpath -ldflags "-X main.version=$(VERSION)" -o $(BINARY) ./cmd/quotewright

demo: build ## Serve the demo company: panel in a stand-in CRM page, API; prints where
	$(BINARY) demo $(ARGS)

setup: ## Install what the tests need (Debian, Ubuntu; elsewhere says what is missing)
	@./.ci/setup

test: setup ## Set up, then run all tests: web pages, Go, the panel in a real browser
	cd web && npm run --silent check && npm run --silent test && npm run --silent verify-api && npm run --silent verify-dist
	$(GO) vet ./...
	$(GO) test $(TEST_FLAGS) ./...

bench: ## Run all benchmarks with allocations (BENCH=Evaluate BENCH_TIME=3s to choose)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCH_TIME) -benchmem ./...

FUZZTIME ?= 60s

fuzz: ## Run every fuzz test for a minute each (FUZZTIME=10m)
	@$(GO) list -f '{{if .TestGoFiles}}{{.ImportPath}}{{else if .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | while read package; do \
		$(GO) test -list '^Fuzz' $$package | grep '^Fuzz' | while read test; do \
			echo "$$package $$test"; \
			$(GO) test -run '^$$' -fuzz "^$$test$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done || exit 1; \
	done

lint: ## Run the linters (.golangci.yml says why each one is on)
	$(GO) run $(GOLANGCI) run ./...

web: ## Build the pages into web/dist (needs Node 20 or newer)
	cd web && npm ci --no-audit --no-fund && npm run build

clean: ## Remove what was built
	rm -rf bin web/node_modules
