# Two commands: `make demo` runs the main job on the shipped case, `make test` proves the project.
# Every target sets up what it needs in .venv; nothing else is touched.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PYTHONWARNINGS := error::DeprecationWarning:indicated

.PHONY: demo desk test coverage check docs site bench bench-peer figures fuzz clean

demo: $(VENV)/base
	@$(BIN)/indicated demo

# The review desk on this machine; what it keeps goes to desk-data.
desk: $(VENV)/desk
	@$(BIN)/indicated serve

test: $(VENV)/dev check
	$(BIN)/python -m pytest -n auto --dist loadfile --doctest-modules

# The same tests, counting the branches that they reach: half as long again.
coverage: $(VENV)/dev
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

# The library as pages for a browser, with a search box that works offline: build/site/index.html
site: $(VENV)/base
	@$(BIN)/python docs/site/build.py build/site

bench: $(VENV)/dev
	$(BIN)/python bench/stages.py
	$(BIN)/python bench/reading.py

# Beside medspaCy, which needs an older numpy and so an environment of its own.
bench-peer: $(VENV)/dev .venv-peer/ready
	$(BIN)/python bench/reading.py --peer .venv-peer/bin/python

.venv-peer/ready:
	@$(PYTHON) -m venv .venv-peer
	@.venv-peer/bin/python -m pip install --quiet --disable-pip-version-check "medspacy==1.3.1" "numpy<2"
	@touch $@

# Precision and recall of the reader by phenomenon, facts recovered from generated notes, and how
# hard a patient's page is to read.
figures: $(VENV)/dev
	$(BIN)/python -m tests.notes.report open
	$(BIN)/python -m tests.notes.report set_aside
	$(BIN)/python -m tests.notes.synthetic.score
	$(BIN)/python -m tests.report.grade
	$(BIN)/python -m tests.followups.report
	$(BIN)/python -m tests.deid.report
	$(BIN)/python -m tests.claims.report
	$(BIN)/python -m tests.evidence_adequacy.report

fuzz: $(VENV)/dev
	$(BIN)/python -m tests.fuzz.fuzz_reading --seconds $(or $(SECONDS),60) --seed $(or $(SEED),1)

clean:
	rm -rf $(VENV) .coverage .coverage.* build dist

$(VENV)/base: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[paper,pictures]"
	@touch $@

$(VENV)/desk: $(VENV)/base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[desk,pdf,docx,paper,pictures,sharing]"
	@touch $@

$(VENV)/dev: $(VENV)/base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@
