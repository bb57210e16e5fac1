# The commands of every day. `make help` explains each.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
ENGINE := $(shell sed -n 's/^embedded = \["\(.*\)"\]/\1/p' pyproject.toml)
ARGS ?=
# The tests of a file share what is dear to start, so they go to the same process; of which there is one more than a small
# machine has cores, as each waits for others a third of its time.
QUICK := -n 3 --dist loadfile --no-loadscope-reorder -m "not torture"

.DEFAULT_GOAL := help
.PHONY: help run demo test check bench bench-alarms bench-cluster bench-warehouse night screenshots torture test-wheel clean

help:  ## explain each target
	@sed -n 's/^\([a-z][a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-15s %s\n' "$$name" "$$text"; done

run: $(VENV)/installed  ## install into .venv and start everything (ARGS="--port 9000"); ends with Ctrl-C
	@exec $(BIN)/delivrd up $(ARGS)

demo: $(VENV)/installed  ## everything alive, with stand-ins of the providers (ARGS="--port 9000"); ends with Ctrl-C
	@exec $(BIN)/delivrd demo $(ARGS)

test: $(VENV)/installed-dev  ## install and run all the tests (ARGS="tests/settings -k units")
	$(BIN)/python -m pytest $(QUICK) $(ARGS)

check: $(VENV)/installed-dev  ## ruff, mypy, and the rule of who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-dev  ## measure: requests and events per second, delays, sizes
	$(BIN)/python -m bench.run $(ARGS)

bench-alarms: $(VENV)/installed-dev  ## what rings on labelled streams, beside the naive rule (ARGS="--judge FOLDER --seed 1")
	$(BIN)/python -m bench.alarms $(ARGS)

bench-cluster: $(VENV)/installed-dev  ## measure the same on Kafka and ClickHouse servers (needs Java)
	$(BIN)/python -m bench.run cluster-receiving cluster-consuming $(ARGS)

bench-warehouse: $(VENV)/installed-dev  ## fill a warehouse with fifty million events, ask, and look at each page (ARGS="--events 5000000")
	$(BIN)/python -m bench.warehouse.run $(ARGS)

night: $(VENV)/installed-dev  ## write docs/night.md anew: what the demo's phone shows (half an hour)
	$(BIN)/python -m tests.docs.night docs/night.md

screenshots: $(VENV)/installed-dev  ## make the README's pictures of the console anew (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots docs/images

torture: $(VENV)/installed-dev  ## the long runs: kills under load, fuzzing
	$(BIN)/python -m pytest -m torture $(ARGS)

test-wheel: $(VENV)/installed-dev  ## build the wheel, install it elsewhere, and run all the tests against it
	rm -rf build/wheel && mkdir -p build/wheel/tree
	$(BIN)/python -m pip --disable-pip-version-check --quiet wheel --no-deps --wheel-dir build/wheel .
	$(PYTHON) -m venv build/wheel/venv
	$(subst $(BIN),build/wheel/venv/bin,$(PIP)) --no-deps '$(ENGINE)'
	$(subst $(BIN),build/wheel/venv/bin,$(PIP)) "$$(ls build/wheel/*.whl)[dev]"
	cp -r $(wildcard tests simulators bench docs README.md Makefile pyproject.toml \
		deploy docker-compose.yml Dockerfile .dockerignore) build/wheel/tree
	cd build/wheel/tree && ../venv/bin/python -m pytest $(QUICK) $(ARGS)

clean:  ## remove what was installed and built; never the data
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo 'delivrd needs Python 3.11 or newer; name one with PYTHON=…' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# The engine's wheel declares pandas and pyarrow (330 MB) and uses neither here, hence --no-deps.
$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV) …"
	@$(PIP) --no-deps '$(ENGINE)'
	@$(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@$(PIP) --editable '.[dev]'
	@touch $@
