# Antragswerk. "make run" and "make test" are all that a newcomer needs; "make check" is the daily loop.
SHELL := /bin/sh
TOOLS := $(CURDIR)/.tools/bin
TEMPL := v0.3.977
SQLC := v1.31.1
STATICCHECK := v0.8.2
GOSEC := v2.30.0
# Not asked: G115 (numbers are bounded where they come in, which it cannot see). Tests' servers and the bench are no product.
GOSEC_RULES := -exclude=G115 -exclude-dir=internal/testenv -exclude-dir=internal/bench
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
# One set of flags for building, vetting and testing, so that each package is compiled once. The binary is static.
export GOFLAGS := -trimpath
export CGO_ENABLED ?= 0

# The version is the only stamp: two builds of one commit are alike, wherever they are made (make reproduce).
STAMP = -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$(VERSION)"

.PHONY: help
help: ## print this list
	@grep -hE '^[a-z/-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

ASSET_SOURCES := $(shell find static/src static/build.mjs internal/web/page -name '*.css' -o -name '*.js' -o -name '*.mjs' -o -name '*.templ' 2>/dev/null)

static/dist/manifest.json: node_modules/.installed $(ASSET_SOURCES)
	node static/build.mjs

.PHONY: assets
assets: static/dist/manifest.json ## build styles, fonts and scripts into static/dist

.PHONY: build
build: assets ## build bin/antragswerk
	go build $(STAMP) -o bin/antragswerk ./cmd/antragswerk

.PHONY: run
run: build ## build and run the platform with demo data on http://127.0.0.1:8080
	DEMO_CASES=$${DEMO_CASES:-24} bin/antragswerk serve

.PHONY: generate
generate: $(TOOLS)/templ $(TOOLS)/sqlc ## write the generated code anew
	$(TOOLS)/templ generate -path internal
	cd internal/sqlstore && $(TOOLS)/sqlc generate

.PHONY: verify
verify: generate ## generated code is up to date
	git diff --exit-code -- internal

$(TOOLS)/templ:
	GOBIN=$(TOOLS) go install github.com/a-h/templ/cmd/templ@$(TEMPL)

$(TOOLS)/sqlc:
	GOBIN=$(TOOLS) go install github.com/sqlc-dev/sqlc/cmd/sqlc@$(SQLC)

.PHONY: servers
servers: ## install the real servers that the tests start (PostgreSQL, Redis, S3, clamd, Chromium)
	sh deploy/tools/install-test-servers.sh

.PHONY: check
check: assets ## the daily loop: vet and tests that need no server and no browser
	go vet ./...
	go run ./cmd/antragswerk forms check $(filter-out forms/regions/,$(wildcard forms/*/))
	go test ./internal/civic ./internal/formdef/... ./internal/locale ./internal/find ./internal/apply ./internal/clerk ./internal/admin ./internal/publish ./internal/deliver ./internal/seal ./internal/web/... ./internal/archtest ./internal/supply ./cmd/...

.PHONY: test
test: servers build ## everything, against real servers and a real browser
	go vet ./...
	@mkdir -p bin && : > bin/real-servers
	REAL_SERVERS_LOG=$(CURDIR)/bin/real-servers go test -count=1 -timeout 14m $$(go list ./... | grep -v internal/e2e)
	REAL_SERVERS_LOG=$(CURDIR)/bin/real-servers E2E_BINARY=$(CURDIR)/bin/antragswerk go test -count=1 -timeout 40m ./internal/e2e
	@echo; echo "The tests ran against:"; sort -u bin/real-servers

.PHONY: race
race: servers build ## the tests under the race detector
	CGO_ENABLED=1 go test -race -count=1 -timeout 40m ./...

.PHONY: race/fast
race/fast: assets ## the race detector over the packages that need no server
	CGO_ENABLED=1 go test -race -count=1 ./internal/civic ./internal/seal ./internal/kv ./internal/find ./internal/apply ./internal/clerk ./internal/deliver

$(TOOLS)/staticcheck:
	GOBIN=$(TOOLS) go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK)

$(TOOLS)/gosec:
	GOBIN=$(TOOLS) go install github.com/securego/gosec/v2/cmd/gosec@$(GOSEC)

.PHONY: lint
lint: assets $(TOOLS)/staticcheck $(TOOLS)/gosec ## vet, staticcheck and gosec
	go vet ./...
	$(TOOLS)/staticcheck ./...
	$(TOOLS)/gosec -quiet -exclude-generated $(GOSEC_RULES) ./...

.PHONY: licences
licences: ## every dependency is documented and under a licence that fits
	go test -count=1 ./internal/supply -run Documented -v

.PHONY: sbom
sbom: build ## bill of materials (CycloneDX) of bin/antragswerk
	go run ./deploy/tools/sbom bin/antragswerk $(VERSION) > bin/antragswerk.cdx.json

.PHONY: reproduce
reproduce: ## build the commit twice, elsewhere and without caches, and compare
	deploy/tools/reproduce.sh

.PHONY: release
release: assets ## bin/release: binaries, bills of materials, checksums, signed by RELEASE_KEY
	rm -rf bin/release && mkdir -p bin/release
	for arch in amd64 arm64; do \
		GOOS=linux GOARCH=$$arch go build $(STAMP) -o bin/release/antragswerk-linux-$$arch ./cmd/antragswerk && \
		go run ./deploy/tools/sbom bin/release/antragswerk-linux-$$arch $(VERSION) > bin/release/antragswerk-linux-$$arch.cdx.json || exit 1; done
	deploy/tools/sign.sh bin/release

.PHONY: fuzz
fuzz: ## fuzz what strangers' bytes reach, FUZZTIME each
	@for p in $$(grep -rl --include=*_test.go '^func Fuzz' internal | xargs -n1 dirname | sort -u); do \
		for f in $$(grep -ho '^func Fuzz[A-Za-z]*' $$p/*_test.go | sed 's/func //'); do \
			echo "$$p $$f"; go test ./$$p -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-20s} || exit 1; done; done

.PHONY: bench
bench: servers build ## measure against bare references in one run and write docs/benchmarks.md
	go run ./internal/bench

.PHONY: clean
clean: ## remove what was built
	rm -rf bin static/dist/*.* node_modules
