# make demo and make test do everything from a fresh clone; they need Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
MINUTES ?= 10
EXAMPLES ?= 0

# Python keeps what it compiles of this checkout: tests start hundreds of programs.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-full lint lock bench fuzz simulate agreement schemas clean

demo: $(VENV)/.installed
	$(BIN)/sensemaking demo

test: $(VENV)/.installed-dev
	$(MAKE) lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow"

test-full: $(VENV)/.installed-dev
	./tests/install_browser.sh
	SENSEMAKING_HYPOTHESIS=full $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m slow tests/fuzz
	SENSEMAKING_HYPOTHESIS=full $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "slow and not alone" --ignore=tests/fuzz
	$(BIN)/python -m pytest -m alone $$(grep -rl --include='*.py' 'mark\.alone' tests)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --threads 2
	$(BIN)/lint-imports

bench: $(VENV)/.installed-bench
	$(BIN)/python -m tests.bench

simulate: $(VENV)/.installed-dev
	$(BIN)/python -m tests.recovery_page
	$(BIN)/python -m tests.simulation

agreement: $(VENV)/.installed-dev
	$(BIN)/python -m tests.agreement_with_r

fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) --examples $(EXAMPLES)

schemas: $(VENV)/.installed
	$(BIN)/python -m pipelines.commands.schemas
	$(BIN)/python -m pipelines.commands.reference_pages

# The locks name no host: hashes alone say what is installed.
lock: $(VENV)/.installed-dev
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-strip-extras --quiet \
	  --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-strip-extras --quiet \
	  --constraint requirements.lock --extra build --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-strip-extras --quiet \
	  --constraint requirements-dev.lock --extra build --extra dev --extra bench pyproject.toml -o requirements-bench.lock

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/.installed-bench: requirements-bench.lock $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	touch $@

clean:
	rm -rf $(VENV) demo-study build *.egg-info
