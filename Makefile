# Every target sets itself up in .venv; nothing is needed but Python 3.11+, make and git.

PYTHON ?= python3
# PyTorch's CPU wheels: PyPI's own torch for Linux brings gigabytes of CUDA. Where this index cannot be
# reached, pip takes whatever torch it is offered otherwise.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH := $(shell sed -n 's/^ *"\(torch==[^"]*\)",/\1/p' pyproject.toml)
BIN := .venv/bin
SHARED := ../shared

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format acceptance soak scores search-scores bench bench-big playground pictures image pins release clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: .venv/.ready ## Make .venv with everything in it (the other targets do this by themselves)

.venv/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Jianbao needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv (some minutes the first time)..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --retries 1 --timeout 15 \
		--index-url $(TORCH_INDEX) $(TORCH) 2>/dev/null || echo "No CPU torch at $(TORCH_INDEX); taking the default one."
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: .venv/.ready ## The whole job on invented feeds: no network, token or account
	@$(BIN)/jianbao demo

# Each worker begins with one half of the tests in their order, so that it loads and starts what they share once.
test: .venv/.ready ## The tests, on SQLite and a real PostgreSQL
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not acceptance and not soak"

check: .venv/.ready ## Lint, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: .venv/.ready ## Put the code in form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

acceptance: .venv/.ready ## The real process on recorded reality (needs ../shared)
	@if [ -d $(SHARED) ]; then $(BIN)/python -m pytest -q -m acceptance tests/acceptance; \
	else echo "The recorded feeds are not here (no $(SHARED)); the rest of the suite runs without them: make test"; fi

soak: .venv/.ready ## Long runs: kills and restarts, 20 channels (needs ../shared)
	@if [ -d $(SHARED) ]; then $(BIN)/python -m pytest -q -m soak tests/acceptance; \
	else echo "The recorded feeds are not here (no $(SHARED)); the rest of the suite runs without them: make test"; fi

scores: .venv/.ready ## How well stories are made, beside other ways of grouping (needs ../shared)
	@$(BIN)/python -m tests.scores

search-scores: .venv/.bench ## How well search finds, beside the plain ways (needs ../shared; some minutes)
	@$(BIN)/python -m tests.scores.search

playground: .venv/.playground ## The real bot in a browser page, with sample feeds and no token
	@$(BIN)/python -m tests.playground

pictures: .venv/.ready ## The README's pictures anew (needs Chromium: CHROMIUM=/usr/bin/chromium)
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[dev,pictures]'
	@$(BIN)/python -m tests.playground.pictures

.venv/.playground: .venv/.ready
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[dev,playground]'
	@touch $@

.venv/.bench: .venv/.ready
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[dev,bench]'
	@touch $@

bench: .venv/.bench ## Speed and memory, as tables; some ten minutes
	@$(BIN)/python -m tests.bench

bench-big: .venv/.bench ## Grouping and searching with a million articles in the archive; some twenty minutes and 6 GB of disk
	@$(BIN)/python -m tests.bench archive search-big

image: ## The image, with Docker (other builders read the same Dockerfile: TORCH_INDEX=, BASE=)
	docker build --build-arg TORCH_INDEX=$(TORCH_INDEX) $(if $(BASE),--build-arg BASE=$(BASE)) --tag jianbao .

# torch is left out here: its CPU wheels stand in bot/deploy/torch.txt, and what they need is asked of the one in .venv.
pins: .venv/.ready ## The image's dependencies pinned anew, with hashes
	@$(BIN)/pip install -q --disable-pip-version-check uv
	@$(BIN)/python -c "from importlib.metadata import requires; \
		print(*(each for each in requires('torch') if 'extra ==' not in each), sep='\n')" | \
	$(BIN)/uv pip compile -q pyproject.toml - --extra postgres --excludes bot/deploy/torch.txt --upgrade \
		--python-version 3.11 --python-platform x86_64-manylinux_2_28 --generate-hashes --no-annotate \
		--custom-compile-command "make pins" --output-file bot/deploy/requirements.txt

release: .venv/.ready ## A release, committed and tagged: VERSION=x.y.z (DRY=1 only says what it would do)
	@$(BIN)/python bot/deploy/release.py "$(VERSION)" $(if $(DRY),--dry-run)

clean: ## Remove what setup and the tests made
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build
