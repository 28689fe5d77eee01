# `make book` and `make test` install what is missing, then do what they say.

CLI = .venv/bin/kexue-book
PYTHON = .venv/bin/python
# One process a core. What is left of a module goes to whoever is idle, so that few make its books twice.
PYTEST = $(PYTHON) -m pytest -q -n auto --dist worksteal
CORPUS ?= ../shared/corpus

.PHONY: all book setup setup-test setup-validate test validate check fix docs formulas book-formulas formula-cost bench book-scale soak clean

all: test

book: setup
	$(CLI) build --posts posts --parts category --book-title 科学札记 --name kexue-book-sample --output dist

setup:
	@scripts/setup.sh book

setup-test:
	@scripts/setup.sh test

setup-validate:
	@scripts/setup.sh validate

test: setup-test check
	$(PYTEST)

# EPUBCheck, Ace by DAISY and foliate-js on whole books; tests that need more than the others.
validate: setup-validate
	PYTHONPATH=tests:benchmarks $(PYTHON) scripts/validate --corpus $(CORPUS)
	$(PYTHON) -m pytest -q -m validate

check: setup-test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

fix: setup-test
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

docs: setup-test
	$(PYTHON) scripts/cli_reference.py

formulas: setup-test
	$(PYTHON) benchmarks/formula_coverage.py $(CORPUS)/formulas.jsonl

book-formulas: setup-test
	$(PYTHON) benchmarks/book_formulas.py $(CORPUS)/kexue $(CORPUS)/wild

formula-cost: setup-test
	$(PYTHON) benchmarks/formula_cost.py $(CORPUS)/formulas.jsonl

bench: setup-test
	$(PYTHON) benchmarks/fidelity.py $(CORPUS)/kexue

# Hours; SCALE holds more options, as in SCALE='--sizes 100 --keep'.
book-scale: setup-test
	scripts/peers.sh
	$(PYTHON) benchmarks/book_scale.py --corpus $(CORPUS)/kexue --write docs/benchmarks.md $(SCALE)

soak: setup-test
	HYPOTHESIS_PROFILE=soak $(PYTEST) -m hypothesis

clean:
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
