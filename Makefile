# `make` lists the targets. What stands in ARGS goes to the command: make lite ARGS="01_tensor", make test ARGS="-k book".
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
LOCKED = student instructor cluster docs dev
comma = ,
MIN_PYTHON := $(shell sed -n 's/^min_python = //p' settings.ini)

.DEFAULT_GOAL := help
.PHONY: help env demo test lab build lint bench book lite lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2} END {print "\nARGS=\"...\" goes to the command of test, lab, build, bench and lite."}' $(MAKEFILE_LIST)

env: $(VENV)/.made  ## make the environment in .venv from the lock file

$(VENV)/.made: requirements.lock settings.ini setup.py pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
		echo "TinyTorch needs Python $(MIN_PYTHON) or newer, found no $(PYTHON). Name yours: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.version_info[:2] >= ($(subst .,$(comma) ,$(MIN_PYTHON))) or sys.exit( \
		"TinyTorch needs Python $(MIN_PYTHON) or newer, found %s (%s). Name another: make $(MAKECMDGOALS) PYTHON=python3.12" \
		% (sys.version.split()[0], sys.executable))'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) came without venv, which makes environments: apt-get install python3-venv, or another PYTHON=…" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	@# compat: an edition's own tinytorch/ hides this one as a whole, not file by file
	$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	@touch $@

demo: env  ## the whole course once, from src/ to a gradebook, in demo/
	@$(BIN)/python -m tinytorch_course.demo

test: env  ## run all tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations 15 $(ARGS)

lab: env  ## JupyterLab on the paired notebooks
	@$(BIN)/tinytorch lab $(ARGS)

build: env  ## src -> notebooks -> library
	@$(BIN)/tinytorch build $(ARGS)

lint: env  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: env  ## ratios to hand-written NumPy and to other frameworks
	$(BIN)/python -m benchmarks $(ARGS)

book: env  ## the book, in _build/html
	$(BIN)/python -m tinytorch_course.publish.book

lite: env  ## the course for the browser, in _lite
	$(BIN)/python -m tinytorch_course.publish.lite $(ARGS)

lock:  ## requirements.lock anew, for each supported Python (needs uv; ARGS=--upgrade for the newest versions)
	uv pip compile --quiet --universal --python-version $(MIN_PYTHON) --fork-strategy requires-python --no-annotate --no-header \
		$(LOCKED:%=--extra %) $(ARGS) pyproject.toml --output-file requirements.lock

clean:  ## remove what the targets made
	rm -rf demo _build _lite dist build
