# `make study` runs the main job, `make test` the tests, `make test-long` those that run whole studies
# or simulate;
# each sets up what it needs first.
# Without a network: `make study WHEELS=folder` installs from a folder of wheels
# (docs/howto/install_offline.md).
.PHONY: study test test-long long setup moved benchmark benchmarks docs fuzz
SHELL := /bin/bash
VENV := .venv
DOCS := .venv-docs
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
WITH := PATH="$$PWD/$(VENV)/bin:$$PATH"
# What is imported and rewritten for a test is kept for the next run, whatever the shell says
TESTED := $(WITH) PYTHONDONTWRITEBYTECODE=
LONG := $(addprefix tests/,pipeline cases export browser docs/test_tutorial.py test_budget.py \
  report/test_claims.py report/test_one_story.py report/test_word_opened.py bad_input/test_large.py bad_input/test_many_outcomes.py bad_input/test_poison.py \
  economics/test_bad_input.py economics/test_broken_files.py new_study/test_raw_exports.py docs/test_performance.py)
SLOW = $(shell grep --recursive --files-with-matches --include='test_*.py' 'pytest\.mark\.slow' tests)
# An environment's scripts name its folder: in a checkout that was moved or copied they are dead, or
# another's. Asked of pyvenv.cfg, where venv writes its own command: prints its folder if not this one
elsewhere = $(if $(wildcard $(1)),$(shell cd -P . && read -rd "" told < $(1)/pyvenv.cfg; \
  [[ $$told == *" $$PWD/$(1)"* ]] || echo $(1)))
ifdef WHEELS
FROM := --no-index --find-links "$(WHEELS)"
endif

study: setup
	@$(WITH) snakemake

test: setup
	@$(TESTED) python -m pytest -m "not slow" $(addprefix --ignore=,$(LONG))

# Whole studies by Snakemake, other programs (R, a browser, LibreOffice), very large files, what each
# step imports; then what is marked slow: simulations, and whatever is asked of many generated files
test-long: setup
	@$(TESTED) python -m pytest $(LONG)
	@$(TESTED) python -m pytest -m slow $(SLOW)

long: # what those are, for .ci/newest
	@printf '%s\n' $(LONG)

# One benchmark: make benchmark NAME=mixed (one BLAS thread, as in every job)
benchmark: setup
	@$(WITH) OPENBLAS_NUM_THREADS=1 python "benchmarks/$(NAME).py"

# All benchmarks, and docs/performance.md: make benchmarks OPTIONS="--only kr mixed" (benchmarks/README.md)
benchmarks: setup
	@$(WITH) OPENBLAS_NUM_THREADS=1 python benchmarks/run_all.py $(OPTIONS)

# The pages of docs/ in site/; a link that leads nowhere ends it
docs: $(DOCS)/ready
	@$(DOCS)/bin/sphinx-build -q -W --keep-going -E -j 2 -c docs/site -b html . site
	@echo "Documentation: site/index.html"

$(DOCS)/ready: requirements-docs.lock $(if $(call elsewhere,$(DOCS)),moved)
	@echo "Setting up $(DOCS) (once)"
	@python3 -m venv $(if $(call elsewhere,$(DOCS)),--clear) $(DOCS)
	@$(DOCS)/bin/python -m pip --disable-pip-version-check --quiet install $(FROM) --require-hashes -r requirements-docs.lock
	@touch $@

# Spoilt files for every reader, at random: make fuzz SECONDS=3600 (docs/threat_model.md); what is
# found lies in the folder found/, with the command that makes it again on the screen
SECONDS := 60
fuzz: setup
	@$(WITH) OPENBLAS_NUM_THREADS=1 python tests/fuzz/run.py --seconds "$(SECONDS)" --keep found

setup: $(VENV)/ready

moved: # of no file: what waits for it is made anew

$(VENV)/ready: requirements.lock pyproject.toml $(if $(call elsewhere,$(VENV)),moved)
	@python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.11 to 3.13 is needed; python3 is $$(python3 --version)"; exit 1; }
	@echo "Setting up .venv (once; about two minutes)"
	@python3 -m venv $(if $(call elsewhere,$(VENV)),--clear) $(VENV)
	@$(PIP) install $(FROM) --no-compile --require-hashes -r requirements.lock
	@$(PIP) install --no-index --no-deps --no-build-isolation -e .
	@# not the packages' own tests, a third of all; some packages hold odd samples
	@$(VENV)/bin/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true
	@$(VENV)/bin/python -m compileall -q -j 0 src
	@touch $@
