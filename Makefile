# What a test needs beyond Go is detected; see CONTRIBUTING.md.

MODULES := . adapters/redisdb cmd/gatehouse e2e examples
NPM_DIRS := $(patsubst %/package.json,%,$(wildcard e2e/*/package.json examples/*/package.json))
GOLANGCI_LINT_VERSION := 2.15.0
# The race detector needs a C compiler. REQUIRE_ALL=1 insists on it.
RACE := $(if $(REQUIRE_ALL)$(shell command -v $${CC:-cc} 2>/dev/null),-race)

.PHONY: run test lint golangci-lint bench npm tidy

run: ## Start the demo
	go run ./cmd/gatehouse demo

# The tests note in a file what they miss, which is shown once at the end.
test: ## Run every test that this machine can run
	@missing=$$(mktemp) && trap 'rm -f "$$missing"' EXIT || exit 1; \
	$(if $(RACE),,echo "A C compiler is missing, so the race detector is off: install gcc or clang" >"$$missing";) \
	failed=; \
	for m in $(MODULES); do \
		echo "== $$m"; \
		(cd $$m && GATEHOUSE_MISSING="$$missing" go test $(RACE) ./...) || { failed=1; break; }; \
	done; \
	sort -u "$$missing"; \
	test -z "$$failed"

lint: ## Check the code
	@test -z "$$(gofmt -l $(MODULES))" || { echo "not gofmt-ed:"; gofmt -l $(MODULES); exit 1; }
	@for m in $(MODULES); do (cd $$m && go vet ./...) || exit 1; done
	@if command -v golangci-lint >/dev/null; then for m in $(MODULES); do (cd $$m && golangci-lint run ./...) || exit 1; done; \
	else echo 'golangci-lint is missing: run "make golangci-lint"'; test -z "$(REQUIRE_ALL)"; fi

golangci-lint: ## Install the linters in the version that counts
	@golangci-lint version 2>/dev/null | grep -qF '$(GOLANGCI_LINT_VERSION) ' || \
	go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(GOLANGCI_LINT_VERSION)

bench: ## Run the benchmarks
	go test -run '^$$' -bench . -benchmem ./auth/...
	cd e2e && go test -run '^$$' -bench . -benchmem ./bench/... ./databases/...

# npm ci refuses a lock file that lacks packages of other systems.
npm: ## Install what the tests need from npm
	@for d in $(NPM_DIRS); do (cd $$d && { npm ci --no-audit --no-fund || npm install --no-audit --no-fund; }) || exit 1; done

tidy:
	@for m in $(MODULES); do (cd $$m && go mod tidy) || exit 1; done
