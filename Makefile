# Every target sets up what it needs in .venv; nothing outside this folder is touched.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help demo test lint editors bench format clean

help:
	@echo "make demo    build examples/shop/shop.dgen into out/ and show what came out"
	@echo "make test    run the tests"
	@echo "make lint    style, strict types, import layers"
	@echo "make editors test the extension in a real VS Code, and Neovim and Emacs"
	@echo "make bench   measure speed against the writer's limit and hand-written peers"
	@echo "make format  put the Python code into the one layout"

# $(BIN)/.user holds the package alone, $(BIN)/.dev what its developers need too.
.venv/pyvenv.cfg:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

$(BIN)/.user: .venv/pyvenv.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m compileall -q src
	@touch $@

$(BIN)/.dev: .venv/pyvenv.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	$(BIN)/python -m compileall -q src
	@touch $@ $(BIN)/.user

demo: $(BIN)/.user
	$(BIN)/specdsl build examples/shop/shop.dgen --output out --mode overwrite
	$(BIN)/specdsl preview examples/shop/shop.dgen -n 5
	@echo "The data files are in out/. Change examples/shop/shop.dgen and run this again."

test: $(BIN)/.dev
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

lint: $(BIN)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

editors: $(BIN)/.dev
	editors/check

bench: $(BIN)/.dev
	$(BIN)/python benchmarks/run.py

format: $(BIN)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv out dist .mypy_cache .ruff_cache .hypothesis
