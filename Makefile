# Upright. `make help` lists the commands. Everything a command needs, it installs into .venv/ first.
# Kept to what GNU make 3.81 and a plain sh understand.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Not compiled at set-up: twilio and fhir.resources hold thousands of modules that nobody imports.
LOCKED := --require-hashes --no-deps --only-binary :all: --no-compile
READY := $(VENV)/ready-to-run
DEV := $(VENV)/ready-to-test
ASSETS := clinic/static/nhsuk/nhsuk-frontend.min.css
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test check browser faults soak bench security lock shell clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

run: $(READY) $(ASSETS) ## the whole service with demo data, on http://127.0.0.1:8000
	@exec $(BIN)/python -m clinic

test: $(DEV) $(ASSETS) ## every test, on SQLite, a real PostgreSQL and a real Redis
	$(BIN)/python -m pytest -n $(WORKERS) --durations=10

check: $(DEV) $(ASSETS) ## lint, types, import order, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house/test_templates.py

browser: $(DEV) $(ASSETS) ## the journeys in a real browser, with the accessibility checks
	$(BIN)/python -m pytest tests/browser

faults: $(DEV) ## messages through scripted faults and 30 kills (minutes)
	$(BIN)/python -m benchmarks.faults

soak: $(DEV) ## promise P1 in full: 10,000 messages, 500 kills, 20 seeds (hours)
	$(BIN)/python -m benchmarks.soak --page docs/soak.md

bench: $(DEV) $(ASSETS) ## speed against floors measured in the same run
	$(BIN)/python -m benchmarks

security: $(DEV) $(ASSETS) ## hostile input against a running copy
	$(BIN)/python -m pytest tests/security

shell: $(READY) ## a Python shell inside the application
	@exec $(BIN)/flask --app wsgi shell

lock: $(DEV) ## write the lock files again (LOCK_FLAGS=--upgrade takes newer versions)
	sh tools/lock.sh $(LOCK_FLAGS)

clean: ## remove the environment and the page assets; instance/ (the demo's data) stays
	rm -rf $(VENV) clinic/static/nhsuk clinic/fonts

# A virtual environment whose Python has gone (a moved folder, an upgrade) is made anew.
$(READY): requirements.lock pyproject.toml
	@$(BIN)/python -c 'import pip' 2>/dev/null || { python=$$(sh tools/find_python.sh) && "$$python" -m venv --clear $(VENV); }
	@echo 'Installing the packages of requirements.lock into $(VENV)/ (once, about half a minute)'
	@$(PIP) $(LOCKED) -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(DEV): requirements-dev.lock $(READY)
	@echo 'Installing the test tools of requirements-dev.lock (once, about a minute)'
	@$(PIP) $(LOCKED) -r requirements-dev.lock
	@touch $@

$(ASSETS): package-lock.json tools/assets.py | $(READY)
	@echo 'Fetching the NHS frontend and the font of letters (once)'
	@$(BIN)/python tools/assets.py
	@touch $@
