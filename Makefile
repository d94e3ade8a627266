# DDI Ledger. `make demo` runs it, `make test` tests it; both set up what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GROUPS := --group web --group worker --group demo --group test

.PHONY: setup demo serve test lint bench browser

setup: $(VENV)/.complete

$(VENV)/.complete: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("DDI Ledger needs Python 3.11 or newer; name one with PYTHON=python3.11")'
	@echo 'setting up $(VENV): about 1 GB to fetch, once'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip==26.3
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt $(GROUPS)
	touch $@

demo: setup
	$(BIN)/python manage.py demo

serve: setup
	$(BIN)/python manage.py serve

browser: setup
	$(BIN)/python -m tests.browser.chromium

test: setup browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

# Every bench in turn, which takes hours; one alone is `manage.py bench NAME`. docs/speed.md says what DDI_REALDATA adds.
bench: setup
	for name in ledger inference training relations reviewers queue; do \
		echo "bench $$name"; $(BIN)/python manage.py bench $$name || exit 1; \
	done
