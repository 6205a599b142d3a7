# One door to everything: `make` shows what there is. Each target installs what it needs into this folder (.local, .venv,
# bss/web/node_modules) and into ~/.cache/tenant-reseller-operator; nothing needs root.

PYTHON ?= python3
UV_VERSION := 0.13.9

UV := .local/tools/bin/uv
RUN := .venv/bin/python
VENV := .venv/.synced
PROJECTS := pyproject.toml contract/pyproject.toml bss/pyproject.toml uv.lock

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# make demo N=20
N ?=
# make test ARGS="-k login"
ARGS ?=
# make test-soak SEED=1
SEED ?=
ifeq ($(SEED),)
SEED := $(shell date +%s)
endif

##@ Try it

.PHONY: up
up: $(VENV) ## Start control plane, PostgreSQL, BSS and operator; what runs already is left alone
	@$(RUN) -m local up

.PHONY: demo
demo: $(VENV) ## up, and declare the sample resellers; N=20 declares twenty at once
	@$(RUN) -m local demo $(N)

.PHONY: bss
bss: $(VENV) ## Run a command of the stack's BSS (ARGS="purge ORGANIZATION")
	@$(RUN) -m local bss $(ARGS)

.PHONY: status
status: $(VENV) ## Show what runs, where, and where its log is
	@$(RUN) -m local status

.PHONY: down
down: $(VENV) ## Stop everything; the data stays
	@$(RUN) -m local down

.PHONY: reset
reset: $(VENV) ## Stop everything and remove the data
	@$(RUN) -m local reset

##@ In a cluster of containers (kind)

.PHONY: images
images: $(VENV) ## Build the images of operator and BSS with docker or podman, or with an engine started here (root)
	@$(RUN) -m local.kind images $(ARGS)

.PHONY: kind-up
kind-up: $(VENV) ## A kind cluster with operator, BSS and demo distributor; the address and its password are told at the end
	@$(RUN) -m local.kind install $(ARGS)

.PHONY: kind-down
kind-down: $(VENV) ## Delete the kind cluster, and stop an engine that was started here
	@$(RUN) -m local.kind down $(ARGS)

.PHONY: e2e-kind
e2e-kind: $(VENV) ## The end-to-end scenarios on a fresh kind cluster (ARGS=--keep leaves it, ARGS=--install gets what is missing)
	@$(RUN) -m local.kind e2e $(ARGS)

##@ Develop

.PHONY: test
test: $(VENV) test-prerequisites ## All tests, on real parts (ARGS="-k login" chooses some)
	@$(RUN) -m pytest $(ARGS)

.PHONY: test-soak
test-soak: $(VENV) test-prerequisites ## Hours of faults and properties with new chances (SEED=... repeats them)
	@echo "seed $(SEED): repeat with make test-soak SEED=$(SEED)"
	@$(RUN) -m pytest -m "soak or hypothesis" --timeout=7200 \
	  --hypothesis-profile=soak --hypothesis-seed=$(SEED) --fault-seed=$(SEED) $(ARGS)

.PHONY: test-fast
test-fast: $(VENV) ## The tests that need no server
	@$(RUN) -m pytest -q tests/operator tests/contract $(ARGS)

.PHONY: bench
bench: $(VENV) ## Measure the operator on a real API server with the fake BSS (ARGS=--quick tries it, ARGS=--help)
	@$(RUN) -m local.bench $(ARGS)

.PHONY: lint
lint: $(VENV) ## Style, strict types, direction of imports, generated files
	@$(RUN) -m ruff check --quiet
	@$(RUN) -m ruff format --check --quiet
	@.venv/bin/lint-imports --no-logo >.local/lint-imports.log || { cat .local/lint-imports.log; exit 1; }
	@$(RUN) -m mypy --no-error-summary
	@$(RUN) -m tenant_reseller.crd --check
	@$(RUN) -m tenant_reseller.reference --check
	@$(RUN) -m tenant_provisioning.openapi --check
	@echo "lint: all is well"

.PHONY: fmt
fmt: $(VENV) ## Format the code
	@$(RUN) -m ruff check --quiet --fix --unsafe-fixes --exit-zero
	@$(RUN) -m ruff format --quiet

.PHONY: generate
generate: $(VENV) ## Write the generated files: resource definition, OpenAPI document, reference page
	@$(RUN) -m tenant_reseller.crd
	@$(RUN) -m tenant_reseller.reference
	@$(RUN) -m tenant_provisioning.openapi

PICTURES := login tenant-products distributor-process storefront

.PHONY: pictures
pictures: $(VENV) test-prerequisites ## Take the pictures of the README anew, with the browser tests
	@$(RUN) -m pytest -q tests/browser
	@mkdir -p docs/images
	@cp $(PICTURES:%=.local/artifacts/browser/%.png) docs/images/

.PHONY: clean
clean: ## Stop everything, remove all that make installed here (not the cache)
	@[ ! -e $(VENV) ] || $(RUN) -m local reset
	@[ ! -e $(VENV) ] || [ ! -d .local/kind ] || $(RUN) -m local.kind down --purge
	@rm -rf .local .venv bss/web/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is missing (looked for: $(PYTHON)). Install it (Debian: apt install python3 python3-venv)," >&2; \
	  echo "or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .local/tools >/dev/null || { \
	  echo "Python's venv module is missing. Debian: apt install python3-venv" >&2; rm -rf .local/tools; exit 1; }
	@.local/tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# The stamp lies in the environment, so that removing the one removes the other.
$(VENV): $(PROJECTS) | $(UV)
	@UV_PYTHON_DOWNLOADS=never $(UV) sync --quiet --frozen --all-packages --all-extras --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@touch $@

.PHONY: test-prerequisites
test-prerequisites: $(VENV)
	@$(RUN) -m local build --tests
