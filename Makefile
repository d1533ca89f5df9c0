# Every goal makes its own virtual environment with the standard library's venv; nothing has to be installed before.
# PYTHON=python3.12 make test     another interpreter
# make test TESTS=tests/kernel    some of the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTS ?= tests
# More than there are cores: many tests wait for a terminal or another process.
WORKERS ?= 4
ARGUMENTS ?=

.PHONY: help venv play test check bench screenshots format clean

help:
	@echo "make play     start the playground (ARGUMENTS='play reincarnation' for more)"
	@echo "make test     run the tests (TESTS=tests/kernel for some of them)"
	@echo "make check    ruff, mypy --strict and the import rules"
	@echo "make bench    what is fast, against whom"
	@echo "make screenshots  the pictures in docs/screenshots, from the program itself"
	@echo "make format   sort imports and format the sources"
	@echo "make clean    remove .venv and every cache"

venv: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; say PYTHON=python3.11 make ...") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

play: $(READY)
	@$(BIN)/playground $(ARGUMENTS)

test: $(READY)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) $(TESTS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks

screenshots: $(READY)
	$(BIN)/python -m playground.screenshots docs/screenshots

format: $(READY)
	$(BIN)/ruff check --fix-only --select I .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find kernel servers scenarios playground tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
