.PHONY: help install demo serve check test format golden bench mutants fuzz soak
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= python3
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

help: ## Show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | sort

$(PY):
	@"$(PYTHON)" -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "unionhub needs Python 3.11 or later; set PYTHON=/path/to/python3.11")'
	@"$(PYTHON)" -m venv $(VENV)

$(STAMP): pyproject.toml | $(PY)
	@$(PY) -m pip install --quiet --disable-pip-version-check -e '.[hub]'
	@touch $(STAMP)

$(DEV_STAMP): pyproject.toml | $(PY)
	@$(PY) -m pip install --quiet --disable-pip-version-check -e '.[hub,dev]'
	@touch $(STAMP) $(DEV_STAMP)

install: $(DEV_STAMP) ## Make .venv with the hub and the development tools

demo: $(STAMP) ## Play a real handoff over HTTP between two unions
	@$(PY) -m hub demo

serve: $(STAMP) ## Serve http://127.0.0.1:8000/graphql until stopped; data is kept
	@$(PY) -m hub serve

check: $(DEV_STAMP) ## ruff, mypy --strict, import-linter
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy --strict hub federation tests
	@$(VENV)/bin/lint-imports

test: $(DEV_STAMP) ## All tests, against a real database and a real server
	@$(PY) -m pytest -n 2 --dist worksteal

format: $(DEV_STAMP) ## Format the code
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix-only --quiet .

golden: $(DEV_STAMP) ## Write the golden files anew (schema dump, SDL, generated pages)
	@$(PY) -m pytest -q -n 0 tests/unit/test_pages.py tests/graphql/test_schema_sdl.py tests/sql/test_schema.py --golden

bench: $(DEV_STAMP) ## Measure acts against the floor, as ratios in one run
	@$(PY) -m bench

mutants: $(DEV_STAMP) ## Remove each check, policy and constraint in turn; some test must notice
	@$(PY) -m tests.mutants

fuzz: $(DEV_STAMP) ## Random acts for long, against a model, and their replay: FUZZ_RUNS=200 FUZZ_STEPS=60 FUZZ_SEED=…
	@seed="$${FUZZ_SEED:-$$(date +%s)}"; echo "FUZZ_SEED=$$seed"; \
	 FUZZ_RUNS="$${FUZZ_RUNS:-200}" $(PY) -m pytest -q -n 0 --hypothesis-seed="$$seed" tests/random

soak: $(DEV_STAMP) ## Kill the hub fifty times at each place of an act, and its database under load
	@CRASH_SEEDS=50 $(PY) -m pytest -q -n 2 --dist worksteal tests/crash
