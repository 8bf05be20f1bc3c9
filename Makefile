# Zorgbundel: set-up, demo and tests. Needs only make and Python 3.12 or newer.
PYTHON ?= python3
ARGS ?=
OUT ?= build/posterior

PIP = .venv/bin/python -m pip --disable-pip-version-check -qq
# Tests that can do without compiling, beside the twin worlds of tests/reference.
COVERING = tests/unit/contracts $(wildcard tests/unit/test_*_rules.py) tests/unit/test_books.py \
	tests/unit/test_clauses.py tests/unit/test_clause_rewards.py tests/unit/test_budget.py tests/unit/test_expectations.py \
	tests/unit/test_ledger.py tests/unit/test_located_yaml.py \
	tests/unit/test_new_year.py tests/unit/test_panel.py tests/unit/test_parameter_set.py \
	tests/unit/test_parameters.py tests/unit/test_parameter_draws.py tests/unit/test_randomness.py $(wildcard tests/unit/test_reckoning*.py) \
	tests/unit/test_register.py tests/unit/test_settlement.py tests/unit/test_agents.py \
	tests/unit/test_draws.py tests/verification/test_theory_game.py

# Ten worlds that between them take nearly every branch of the month (all eighty take half an hour).
WORLDS = "safeguarded, some" "fee and more" "chosen in time" "by time" "regulator adjusts" \
	"regulator stops" "nobody offers" "the fund sees bundles" "theory monotone_benefit" \
	"bargained by every theory"

PYTEST = .venv/bin/python -m pytest -n 2 --dist loadfile

# Says FORCE when there is no usable .venv, or it was built in another folder
# (a copied .venv would silently run the code of the folder it came from).
STALE := $(shell test "$$(cat .venv/.packages 2>/dev/null)" = "$$(pwd -P)" && \
	.venv/bin/python -c '' 2>/dev/null || echo FORCE)

.DELETE_ON_ERROR:
.PHONY: help setup demo dashboard screenshots test test-all reproducibility lint coverage mutation expected \
	example posterior precomputed headlines lock licences sbom audit lighthouse clean FORCE

help:
	@echo 'make setup     build .venv in this folder (the others do so when needed)'
	@echo 'make demo      fee per session against the bundle; results in results/demo'
	@echo 'make dashboard the same and more in a browser (needs no internet)'
	@echo 'make test      the tests'
	@echo 'make test-all  the tests, the slow ones too'
	@echo 'make reproducibility  same numbers with one thread and two; and on another Python:'
	@echo '               make reproducibility OTHER=/path/to/python3.13'
	@echo 'make screenshots  every page and state of the dashboard as a picture, in build/screenshots'
	@echo 'make lint      style and types'
	@echo 'make coverage  share of the lines of model/ and agents/ that the tests run'
	@echo 'make mutation  share of small slips in the money and the rules that the tests find'
	@echo 'make expected  write the headline numbers of the scenarios anew, on purpose'
	@echo 'make example   write the frozen example of docs/example anew, on purpose'
	@echo 'make posterior make the draws that agree with the facts anew, on purpose; half an hour,'
	@echo '               goes on where it was stopped (elsewhere: make posterior OUT=DIR)'
	@echo 'make precomputed  run the library anew for the dashboard (a quarter of an hour)'
	@echo 'make headlines keep the headline numbers of this version, at a release: a link made with it'
	@echo '               then says what has changed since'
	@echo 'make lock      write requirements.lock anew after a change in pyproject.toml'
	@echo '               (newest versions of everything: make lock ARGS=--upgrade)'
	@echo 'make licences  write docs/licences.md anew after a change of the lock'
	@echo 'make sbom      list all parts in build/sbom.json (CycloneDX)'
	@echo 'make audit     ask whether a hole is known in a locked package (needs internet)'
	@echo 'make lighthouse  Lighthouse for the scores of bench --dashboard (needs Node and internet)'
	@echo 'make clean     remove .venv and caches; results stay'
	@echo 'Another Python: make PYTHON=/path/to/python3.12 setup'
	@echo 'Options for pytest: make test ARGS="-k ledger"'

setup: .venv/.ready

demo: setup
	@.venv/bin/zorgbundel demo $(ARGS)

dashboard: setup
	@.venv/bin/zorgbundel dashboard --open $(ARGS)

test: setup
	@$(PYTEST) $(ARGS)

test-all: setup
	@$(PYTEST) -m "" $(ARGS)

# Another interpreter gets an environment of its own with the same locked packages.
reproducibility: setup
	@test -z "$(OTHER)" || { "$(OTHER)" -m venv --clear build/other-python && \
		build/other-python/bin/python -m pip --disable-pip-version-check -qq install --require-hashes -r requirements.lock; }
	@ZORGBUNDEL_OTHER_PYTHON="$(if $(OTHER),build/other-python/bin/python)" \
		.venv/bin/python -m pytest -m "" -s tests/reproducibility $(ARGS)

screenshots: setup
	@.venv/bin/python -m pytest -q -m slow tests/dashboards/test_screenshots.py \
		tests/dashboards/test_states.py $(ARGS)

lint: setup
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy

# Compiled code cannot be measured or changed, so these two run everything as plain Python.
coverage: setup
	@mkdir -p build/coverage
	@NUMBA_DISABLE_JIT=1 .venv/bin/python -W ignore -m coverage run -m tests.reference.side_by_side $(WORLDS)
	@NUMBA_DISABLE_JIT=1 .venv/bin/python -m coverage run -a -m pytest -q -p no:cacheprovider -m "not slow and not compiled" \
		$(COVERING)
	@.venv/bin/python -m coverage report

mutation: setup
	@NUMBA_DISABLE_JIT=1 OPENBLAS_NUM_THREADS=1 .venv/bin/python -W ignore -m tests.mutation $(ARGS)

# The stamps are written last, so a set-up that broke off is done again.
.venv/.packages: requirements.lock $(STALE)
	@version=$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) \
		|| version='missing or does not start'; \
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || { \
		echo "Zorgbundel needs Python 3.12 or newer; $(PYTHON) here is $$version." \
			"Install it or run: make PYTHON=/path/to/python3.12 $(or $(MAKECMDGOALS),setup)" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Zorgbundel needs Python's venv and ensurepip modules, which $(PYTHON) here lacks." \
			"Install them (on Debian or Ubuntu: apt install python3-venv) or run:" \
			"make PYTHON=/path/to/python3.12 $(or $(MAKECMDGOALS),setup)" >&2; \
		exit 1; }
	@echo 'Setting up .venv (first time takes about a minute) ...'
	@rm -rf .venv
	@"$(PYTHON)" -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@pwd -P > $@

.venv/.ready: .venv/.packages pyproject.toml
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

# Exact versions and hashes for every platform; names no download address.
expected: setup
	@.venv/bin/python -m experiments.expected

# The frozen example of docs/example, anew, on purpose.
example: setup
	@.venv/bin/python -m experiments.frozen_example

posterior: setup
	@.venv/bin/zorgbundel calibration --posterior --out $(OUT) $(ARGS)
	@cp $(OUT)/posterior.csv $(OUT)/posterior.json experiments/posteriors/shipped/

precomputed: setup
	@.venv/bin/zorgbundel dashboard --precompute $(ARGS)

headlines: setup
	@.venv/bin/python -m dashboards.earlier $(ARGS)

lock: setup
	@test -x build/lock/bin/uv || { .venv/bin/python -m venv --clear build/lock && \
		build/lock/bin/python -m pip --disable-pip-version-check -qq install 'uv>=0.9,<1'; }
	@UV_NATIVE_TLS=1 build/lock/bin/uv pip compile --quiet pyproject.toml --extra dev --extra dashboard --group build \
		--universal --python-version 3.12 --generate-hashes --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --output-file requirements.lock $(ARGS)

licences: setup
	@.venv/bin/python -m experiments.dependencies licences

# Tools that only look at the program live in an environment of their own.
build/tools/.ready:
	@"$(PYTHON)" -m venv --clear build/tools
	@build/tools/bin/python -m pip --disable-pip-version-check -qq install 'cyclonedx-bom>=7.5,<8' 'pip-audit>=2.10,<3'
	@touch $@

sbom: setup build/tools/.ready
	@build/tools/bin/cyclonedx-py environment .venv/bin/python --pyproject pyproject.toml \
		--output-reproducible --of JSON -o build/sbom.json
	@echo 'The parts of the program are listed in build/sbom.json (CycloneDX).'

audit: setup build/tools/.ready
	@rm -f build/audit.json
	@build/tools/bin/pip-audit -r requirements.lock --require-hashes --disable-pip --progress-spinner off \
		$(AUDIT) -f json -o build/audit.json 2>/dev/null || true
	@.venv/bin/python -m experiments.dependencies audit build/audit.json

# Lighthouse is for who measures the dashboard (zorgbundel bench --dashboard); it needs Node.
LIGHTHOUSE = build/lighthouse/node_modules/.bin/lighthouse
$(LIGHTHOUSE):
	@command -v npm >/dev/null || { echo 'make lighthouse needs Node 18.16 or newer with npm'; exit 2; }
	@npm install --silent --no-audit --no-fund --no-save --prefix build/lighthouse lighthouse@12.8.2

lighthouse: $(LIGHTHOUSE)
	@echo 'Lighthouse is in build/lighthouse; zorgbundel bench --dashboard uses it.'

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .numba-cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
