# make demo   a workbook from samples/astronaut.png, built and proven
# make test   lint, types, import contracts, tests
# make thorough   the tests that repeat what those show, for more kinds of workbook and in more ways (half an hour)
# make fuzz   hostile inputs, signals and full disks (about half an hour); FUZZ="--seconds 60 --signals 2" for less
# make bench  the figures of docs/speed.md (slow)
# make templates   the weights of the templates, trained anew (about ten minutes)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test thorough fuzz bench templates samples clean

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	mkdir -p out
	$(BIN)/sheetnet build samples/astronaut.png -o out/astronaut.xlsx --label Astronaut --force
	$(BIN)/sheetnet verify out/astronaut.xlsx
	@echo "Open it with Excel or LibreOffice: out/astronaut.xlsx"

test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses auto -m "not thorough"

thorough: $(VENV)/.dev
	$(BIN)/python -m pytest --numprocesses auto -m thorough

# A line for each broken rule says how to repeat it; FUZZ="--help" lists the options.
fuzz: $(VENV)/.dev
	cd tests && ../$(BIN)/python -m fuzz $(FUZZ)

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/bench.py

# The same seed gives the same files on one machine; on another one the last digits differ.
templates: $(VENV)/.dev
	$(BIN)/python templates/train.py

# The workbooks and pages in samples/: a test compares them with what the program makes.
samples: $(VENV)/.demo
	$(BIN)/sheetnet build --template by-hand -o samples/by-hand.xlsx --force
	$(BIN)/sheetnet build samples/astronaut.png -o samples/detective.xlsx --label Astronaut --force
	$(BIN)/sheetnet page samples/astronaut.png -o samples/detective.html --force
	$(BIN)/sheetnet page --template digits -o samples/digits.html --force

clean:
	rm -rf $(VENV) out build dist
