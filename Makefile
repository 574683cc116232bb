# Thin calls of `python -m autograder …` in a virtual environment of the project's own.
PYTHON ?= python3
RUN := .venv/bin/python -m autograder
OUT ?= grades
SANDBOX := .venv/bin/python -c "import sys; from autograder.room.sandbox import problem; sys.exit(problem())"

.PHONY: grade check check-oldest static quick test lab build bench recognise bubblewrap

# The example class holds a file that is no notebook, so 1 ("some need attention") is what should come out.
# It is our own work: where no sandbox can be had it is graded without one.
grade: .venv/installed bubblewrap
	$(RUN) build
	without=; $(SANDBOX) || { without=--no-sandbox; echo "The example class is graded without a sandbox."; }; \
	$(RUN) grade --submitted tests/example_class --out $(OUT) $$without || [ $$? -eq 1 ]

# What reads the code on one core, the quick tests on the others.
check: .venv/developer bubblewrap
	$(MAKE) --no-print-directory -j2 static quick

static: .venv/developer
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/lint-imports
	.venv/bin/deptry .
	.venv/bin/mypy

quick: .venv/installed
	$(RUN) test --quick

test: .venv/installed bubblewrap
	$(RUN) test

lab: .venv/installed
	$(RUN) lab

build: .venv/installed
	$(RUN) build
	$(RUN) example-class

bench: .venv/installed bubblewrap
	$(RUN) bench

recognise: .venv/installed
	$(RUN) recognise

# The sandbox of grading. Nothing but grading needs it, so this never fails.
bubblewrap:
	@command -v bwrap >/dev/null || { \
	  if [ "$$(id -u)" -eq 0 ]; then apt-get update && apt-get install -y bubblewrap; \
	  elif sudo -n true 2>/dev/null; then sudo apt-get update && sudo apt-get install -y bubblewrap; \
	  else false; fi; } || echo "There is no sandbox yet. Run: sudo apt-get install bubblewrap"

# Debian and Ubuntu keep venv in a package of its own; it is fetched where that needs no password.
.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv || { \
	  if [ "$$(id -u)" -eq 0 ]; then apt-get update && apt-get install -y python3-venv; \
	  elif sudo -n true 2>/dev/null; then sudo apt-get update && sudo apt-get install -y python3-venv; \
	  else echo "Python's venv is missing. Run: sudo apt-get install python3-venv" >&2; exit 1; fi; \
	  $(PYTHON) -m venv .venv; }
	.venv/bin/pip install --disable-pip-version-check -r requirements.txt
	touch $@

.venv/developer: .venv/installed
	.venv/bin/pip install --disable-pip-version-check -e '.[dev]'
	touch $@

# The quick tests with the oldest versions that pyproject.toml names, on Python 3.11: newer ones have no wheels of some.
# Old packages use what newer ones deprecate.
check-oldest: .venv-oldest/installed
	.venv-oldest/bin/python -m autograder test --quick -q -n auto -W ignore::DeprecationWarning

.venv-oldest/installed: pyproject.toml
	$(PYTHON) -m venv --clear .venv-oldest
	.venv-oldest/bin/pip install --disable-pip-version-check uv
	.venv-oldest/bin/uv pip install --python .venv-oldest/bin/python --resolution lowest-direct -e '.[test]'
	touch $@
