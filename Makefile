# Hansa: `make demo` shows it at work, `make test` runs every test. Both install what is missing.
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
BIN := $(TARGET)/debug/hansa

CONSOLE := web/dist/index.html

.PHONY: help demo test build lint fmt openapi bench clean

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## Install what is missing, build, and show the whole story with real providers on this machine
	@scripts/install-dependencies.sh demo
	@$(MAKE) --no-print-directory $(CONSOLE)
	@echo "==> Building Hansa" >&2
	@$(CARGO) build --quiet --workspace || { echo "error: the build failed; the first error above says why" >&2; exit 1; }
	@$(BIN) demo --summary $(TARGET)/demo/summary.json

test: ## Install what is missing and run every test
	@scripts/install-dependencies.sh test
	@$(MAKE) --no-print-directory $(CONSOLE)
	@echo "==> Building the tests" >&2
	@$(CARGO) build --workspace --quiet
	@$(CARGO) test --workspace --no-run --quiet
	@echo "==> Running the tests" >&2
	@$(CARGO) test --workspace --no-fail-fast
	@echo "==> Running the tests of the console" >&2
	@cd web && npm run lint && npm test && HANSA_PROGRAM=$(abspath $(BIN)) npm run e2e

build: $(CONSOLE) ## Build the binary for release
	$(CARGO) build --release --workspace

$(CONSOLE): web/package-lock.json web/index.html web/vite.config.ts $(shell find web/src web/scripts web/public -type f)
	@echo "==> Building the console" >&2
	@cd web && { npm install --no-save --no-audit --no-fund --loglevel=error && npm run build; } >build.log 2>&1 || { \
		tail -n 30 build.log >&2; echo "error: the console could not be built; web/build.log says why" >&2; exit 1; }

lint: ## Check formatting and lints
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

openapi: ## Write the API document anew
	$(CARGO) xtask openapi

bench: ## Measure what docs/performance.md reports
	@$(CARGO) build --release --package hansa --package hansa-benches --package hansa-bench-index
	@for engine in sqlite postgresql; do \
		$(TARGET)/release/hansa-benches orders $$engine 2000 32 && \
		$(TARGET)/release/hansa-benches agents $$engine 1000 30 && \
		$(TARGET)/release/hansa-benches consoles $$engine 1000 10 && \
		$(TARGET)/release/hansa-benches match $$engine 100000 16 10 && \
		$(TARGET)/release/hansa-benches lists $$engine 100000 || exit 1; \
	done
	@$(TARGET)/release/hansa-benches footprint $(TARGET)/release/hansa
	@$(TARGET)/release/hansa-bench-index --pictures docs/img
	@$(TARGET)/release/hansa-bench-index edge 50000 10
	@benches/matching/run

clean: ## Remove what was built
	$(CARGO) clean
