# The two commands a newcomer needs: `make up` runs the sandbox, `make check` proves the house.
# PYTHON=/path/to/python3 chooses the interpreter (3.11 or later, with venv and ensurepip).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup up test check bench campaign states lock

VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet install --no-input
# The system's own build comes first: it is optimised where version shims often are not.
CANDIDATES := $(or $(PYTHON),/usr/bin/python3 python3.14 python3.13 python3.12 python3.11 python3)
SUITABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
UV ?= uv
COMPILE := UV_PYTHON_DOWNLOADS=never $(UV) pip compile --quiet --universal --generate-hashes \
	--no-emit-index-url --no-header --python-version 3.11 --extra embedded --extra build
PYTEST_WORKERS ?= 2

help:
	@echo "make setup     build $(VENV) with what the program needs"
	@echo "make up        setup when needed, then run the sandbox (Ctrl-C ends it)"
	@echo "make test      run the tests"
	@echo "make check     formatting, lint, types, import contracts, style, then the tests"
	@echo "make bench     measure, as ratios to a yardstick of the same run"
	@echo "make campaign  the long property and fault runs"
	@echo "make states    draw docs/states from the state tables"
	@echo "make lock      resolve requirements/*.lock anew (needs uv)"

setup: $(RUN_STAMP)

up: setup
	@exec $(BIN)/cambist up

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -q -n $(PYTEST_WORKERS) --dist loadfile

check: $(DEV_STAMP)
	$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --strict src tools bench
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.tidy
	@$(MAKE) --no-print-directory test

bench: $(RUN_STAMP)
	$(BIN)/python -m bench

campaign: $(DEV_STAMP)
	$(BIN)/python -m pytest -q -m campaign --hypothesis-profile=campaign \
		-o faulthandler_timeout=3600

states: $(RUN_STAMP)
	$(BIN)/python -m tools.states

# Locks hold hashes and no address of any index or file; both are resolved from pyproject.toml,
# for every platform at once, starting from the versions the old locks name.
lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv (pip install uv)" >&2; exit 1; }
	$(COMPILE) --extra ccxt --extra dev pyproject.toml -o requirements/dev.lock
	$(COMPILE) --constraint requirements/dev.lock pyproject.toml -o requirements/run.lock

$(BIN)/python:
	@for candidate in $(CANDIDATES); do \
		if "$$candidate" -c '$(SUITABLE)' >/dev/null 2>&1; then \
			"$$candidate" -m venv $(VENV) && exit 0; rm -rf $(VENV); exit 1; \
		fi; \
	done; \
	echo "no Python 3.11 or later with venv and ensurepip among: $(CANDIDATES)" >&2; \
	echo "install one (Debian: apt-get install python3-venv) or name it with PYTHON=" >&2; \
	exit 1

$(RUN_STAMP): requirements/run.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/run.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements/dev.lock $(RUN_STAMP)
	$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@
