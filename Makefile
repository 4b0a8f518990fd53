# Two commands: `make demo` runs the main job on the shipped case, `make test` proves the project.
# Every target sets up what it needs in .venv; nothing else is touched.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PYTHONWARNINGS := error::DeprecationWarning:indicated

.PHONY: demo test check docs bench clean spec

demo: $(VENV)/base
	@$(BIN)/indicated demo

test: $(VENV)/dev check
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -n auto --cov --cov-report= --doctest-modules
	$(BIN)/coverage report --fail-under=90 | tail -n 30

check: $(VENV)/dev
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/indicated policy check
	$(BIN)/indicated policy test

docs: $(VENV)/dev
	$(BIN)/python docs/build.py

bench: $(VENV)/dev
	$(BIN)/python bench/stages.py

clean:
	rm -rf $(VENV) .coverage .coverage.* build dist

$(VENV)/base: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/dev: $(VENV)/base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@
