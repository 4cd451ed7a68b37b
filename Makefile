# `make study` runs the main job, `make test` the tests; both set up what they need first.
.PHONY: study test setup benchmark
VENV := .venv
PY := $(VENV)/bin/python

study: setup
	@PATH="$$PWD/$(VENV)/bin:$$PATH" snakemake
	@echo "Report: results/report/index.html"

test: setup
	@PATH="$$PWD/$(VENV)/bin:$$PATH" python -m pytest

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (once; about two minutes)"
	@python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@$(PY) -m compileall -q src
	@touch $@
