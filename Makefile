# make help lists what can be made. Each target makes what it needs from nothing, and is quick the second time.

PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3 python,$(shell \
	command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $(name))))
SOURCES := graph resolvers visualise seeds api
RUN := .venv
TEST := .venv-test
# without compiling: what is used is compiled when it is first used, and that halves the wait
INSTALL := -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(RUN)/.ready ## a made-up population from nothing to its customers, and the explorer (ARGS=--no-serve ends by itself)
	@$(RUN)/bin/knotwork demo $(ARGS)

test: lint ## lint, types, layers, doctests and all tests
	@$(TEST)/bin/python -m pytest -q --numprocesses 2 --dist loadscope --doctest-modules tests $(SOURCES) $(ARGS)

lint: $(TEST)/.ready ## ruff, mypy and the layer contract
	@$(TEST)/bin/ruff check .
	@$(TEST)/bin/ruff format --check .
	@$(TEST)/bin/mypy
	@$(TEST)/bin/lint-imports --no-logo

bench: $(TEST)/.ready ## the measured comparisons (ARGS chooses and sizes them)
	@$(TEST)/bin/python benchmarks/pipeline.py $(ARGS)

clean: ## removes what the other targets made, the sample workspace included
	rm -rf $(RUN) $(TEST) build dist demo-workspace .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find $(SOURCES) tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# hatchling is installed first and used as it is, so that building ours fetches nothing a second time
$(RUN)/.ready $(TEST)/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11 or newer with venv was found. Install one (on Debian: python3 and python3-venv)," >&2; \
		echo "or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Installing into $(@D) with $$($(PYTHON) --version), about 40 seconds the first time" >&2
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python $(INSTALL) hatchling editables
	@$(@D)/bin/python $(INSTALL) --no-build-isolation --editable '.$(if $(filter $(TEST),$(@D)),[test])'
	@touch $@
