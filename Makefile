# Everything a developer or newcomer types. Each target makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: install demo test slow lint soak coverage benchmarks clean help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Convolens needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Set PYTHON=..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Convolens and what it needs into $(VENV) ..."
	@$(PIP) torch
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the development tools into $(VENV) ..."
	@$(PIP) -e '.[dev]'
	@touch $@

install: $(VENV)/.installed  ## make .venv/bin/convolens

demo: $(VENV)/.installed  ## train on scikit-learn's digits, draw a report, predict three photos
	@$(BIN)/convolens demo

# Tests start many programs, each of which would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
TESTS := -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: $(VENV)/.installed-dev  ## run every test and doctest that is quick: some six minutes on two idle cores
	@$(BIN)/python $(TESTS) -m "not slow and not soak" $(PYTEST_ARGS)

slow: $(VENV)/.installed-dev  ## run those of tests/slow.txt: some sixteen minutes more
	@$(BIN)/python $(TESTS) -m "slow and not soak" $(PYTEST_ARGS)

coverage: $(VENV)/.installed-dev  ## run them with coverage (at least 90 % of src/)
	@rm -f .coverage .coverage.*
	@$(BIN)/python $(TESTS) -m "not soak" --cov --cov-report= $(PYTEST_ARGS)
	@$(BIN)/python -m coverage report --fail-under=90

lint: $(VENV)/.installed-dev  ## ruff, mypy, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

soak: $(VENV)/.installed-dev  ## the tests that run long, and every property on 500 examples
	@CONVOLENS_EXAMPLES=500 $(BIN)/python $(TESTS) -m "soak or hypothesis" $(PYTEST_ARGS)

benchmarks: $(VENV)/.installed-dev  ## ratios for docs/benchmarks.md
	@$(BIN)/python benchmarks/training.py

clean:  ## remove the virtual environment and caches
	@find src tests -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
