# Shengji (升级). `make help` explains the targets; everything is installed into this folder.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

# A Python of 3.11 or newer; name another with `make PYTHON=/path/to/python3 …`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
UV := $(shell command -v uv || echo .uv/bin/uv)
RUN := .venv/bin
export UV_PYTHON_DOWNLOADS = never
export UV_PROJECT_ENVIRONMENT = .venv

.PHONY: help demo up test upgrades check format contracts bench bench-quick soak clean clean-data install

help: ## Show this
	@echo "Shengji: runs a province's industrial-upgrade plan. Needs Python 3.11 or newer; nothing else."
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo
	@echo "Settings by environment: SHENGJI_DATA_DIR, SHENGJI_GATEWAY_PORT, SHENGJI_INTAKE_PORT,"
	@echo "SHENGJI_POSTGRES_URL and SHENGJI_NATS_URL (outside servers); docs/runbook.md has them all."

demo: .venv/.installed ## Start everything and run the scenario of 2013 on a live board; again: go on (UNTIL=summary: the whole year, then stop)
	@$(RUN)/python -m demo $(if $(UNTIL),--until $(UNTIL))

up: .venv/.installed ## Start everything, without the scenario; Ctrl-C stops it cleanly
	@$(RUN)/shengji up

test: .venv/.installed ## Run every check and every test
	@$(MAKE) -j2 check upgrades
	@# Two workers, because faults are mostly waiting; tests/kit/together.py says which tests stay in one.
	@$(RUN)/python -m pytest --ignore=tests/upgrades -n $(or $(WORKERS),2) --dist loadscope --no-loadscope-reorder

# An upgrade replaces whole processes: it is tried in a process of its own, untouched by other tests.
upgrades: .venv/.installed
	@$(RUN)/python -m pytest tests/upgrades

check: .venv/.installed ## Style, types, layers, contract files, generated deployment files
	@$(call quietly,ruff check,$(RUN)/ruff check -q)
	@$(call quietly,ruff format,$(RUN)/ruff format --check)
	@$(call quietly,mypy,$(RUN)/mypy)
	@$(call quietly,import layers,$(RUN)/lint-imports --no-logo)
	@$(call quietly,contract files,$(RUN)/python -m deploy.contracts --check)
	@$(call quietly,deployment files,$(RUN)/python -m deploy.manifests --check)

format: .venv/.installed ## Put the code in shape
	@$(RUN)/ruff check -q --fix .
	@$(RUN)/ruff format -q .

contracts: .venv/.installed ## Write contract and deployment files anew from the code
	@$(RUN)/python -m deploy.contracts
	@$(RUN)/python -m deploy.manifests

bench: .venv/.installed ## Measure everything on this machine; results in bench/results
	@$(RUN)/python -m bench $(if $(CURVE),--curve $(CURVE))

bench-quick: .venv/.installed ## The same, small: about a minute
	@$(RUN)/python -m bench --quick

soak: .venv/.installed ## An hour of steady load (or SECONDS=…): memory flat, lag bounded, balance exact; then faults, longer
	@$(RUN)/python -m bench.soak $(SECONDS)
	@SHENGJI_FAULT_ROUNDS=$(or $(ROUNDS),3) $(RUN)/python -m pytest tests/faults

clean-data: .venv/.installed ## Forget the data of `demo` and `up`
	@$(RUN)/python -m deploy.local.clean

clean: ## Remove what was installed and cached; keeps the data
	@rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

install: .venv/.installed ## Install into this folder, nothing more
	@echo "installed in .venv"

# One line when all is well, the whole output when not.
define quietly
if out=$$($(2) 2>&1); then echo "$(1): ok"; else echo "$$out"; echo "$(1): FAILED"; exit 1; fi
endef

.venv/.installed: pyproject.toml uv.lock $(if $(findstring .uv/,$(UV)),.uv/bin/uv)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found on PATH." \
		"Install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@echo "installing into .venv …"
	@$(UV) sync --frozen --quiet --python "$(PYTHON)"
	@touch $@

.uv/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found on PATH." \
		"Install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@echo "installing uv into .uv …"
	@"$(PYTHON)" -m venv .uv || { echo "The module venv is missing beside $(PYTHON)" \
		"(on Debian and Ubuntu: apt install python3-venv), or install uv yourself."; exit 1; }
	@.uv/bin/python -m pip install -qq --disable-pip-version-check 'uv>=0.9'
