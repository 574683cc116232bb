# Thin calls of `python -m autograder …` in a virtual environment of the project's own.
PYTHON ?= python3
RUN := .venv/bin/python -m autograder
OUT ?= grades

.PHONY: grade test lab build bench recognise

# The example class holds a file that is no notebook, so 1 ("some need attention") is what should come out.
grade: .venv/installed
	$(RUN) build
	$(RUN) grade --submitted tests/example_class --out $(OUT) || [ $$? -eq 1 ]

test: .venv/installed
	$(RUN) test

lab: .venv/installed
	$(RUN) lab

build: .venv/installed
	$(RUN) build
	$(RUN) example-class

bench: .venv/installed
	$(RUN) bench

recognise: .venv/installed
	$(RUN) recognise --out grades/samples

# Debian and Ubuntu keep venv in a package of its own; it is fetched where that needs no password.
.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv || { \
	  if [ "$$(id -u)" -eq 0 ]; then apt-get update && apt-get install -y python3-venv; \
	  elif sudo -n true 2>/dev/null; then sudo apt-get update && sudo apt-get install -y python3-venv; \
	  else echo "Python's venv is missing. Run: sudo apt-get install python3-venv" >&2; exit 1; fi; \
	  $(PYTHON) -m venv .venv; }
	.venv/bin/pip install --disable-pip-version-check -r requirements.txt
	touch $@
