# Works with GNU make 3.81 (macOS) and BSD tools.

PYTHON ?=
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# The stamp's name carries all that decides what is installed, so a fresh checkout or a touched file costs nothing.
READY := $(VENV)/ready-$(shell { pwd; echo '$(PYTHON)'; cat requirements.lock pyproject.toml; } | cksum | cut -d ' ' -f 1)

.DEFAULT_GOAL := help
.PHONY: run run-kafka test faults faults-mutants lint bench bench-short clean help

run: $(READY) ## Play four months of traffic through the whole pipeline (options: ARGS="--speed 5")
	@$(BIN)/leadstream run $(ARGS)

run-kafka: $(READY) ## The same through a real Kafka broker, which it starts (Java 17 and Maven; options as for run)
	@$(BIN)/python -m dev.run_kafka $(ARGS)

test: lint ## Lint, then every test: unit, property, contract, integration (a few: ARGS="-k ledger")
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

faults: $(READY) ## Kill the flow again and again on a long log, and compare what is left (minutes)
	@$(BIN)/python -m pytest -m faults $(ARGS)

faults-mutants: $(READY) ## Take one guard away at a time, and see the fault tests notice (minutes)
	@$(BIN)/python -m tests.faults.mutants

lint: $(READY) ## Style, format and types (ruff, mypy --strict)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

bench: $(READY) ## Throughput, memory and latency on a million events: a table and build/bench.json
	@$(BIN)/python -m benchmarks.run $(ARGS)

bench-short: $(READY) ## The same on fewer events, for a quick look
	@$(BIN)/python -m benchmarks.run --short $(ARGS)

clean: ## Remove all that make made: .venv, build, caches
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

$(READY):
	@python=$$(sh .ci/find-python $(if $(PYTHON),'$(PYTHON)')) && \
	echo "Installing leadstream's packages into $(VENV) (once; half a minute)" && \
	"$$python" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@
