# Every target sets itself up on a machine that has only Python, make and a package index.
#   make demo        needs the base install alone (no TensorFlow), on Python 3.9 to 3.14
#   make test, lint  need everything in a lock: requirements.lock on Python 3.11, which is what they
#                    take, or with PYTHON=python3.13 requirements-tf2x.lock on Python 3.12 and 3.13

.DEFAULT_GOAL := help
.PHONY: help demo bench android web deb test test-portable portable test-slow test-java test-web
.PHONY: test-deb fuzz lint format clean

# PYTHON=... chooses another interpreter for the environment; VENV=... another place for it.
PYTHON ?= $(shell for p in python3.11 python3; do $$p -c "" 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2

# make demo: the user's own picture, rate, model and output.
IMAGE = apps/assets/sample.jpg
BPP = 0.1
MODEL = mobile
OUT = demo.png
# make web: the folder that a web server serves.
SITE = site

# make deb: the folder that the package is written to.
DIST = dist

# make fuzz: minutes for all targets together.
MINUTES = 10
FUZZED = container payload bundles pictures

# make android, test-java, test-web, test-deb: APT=yes installs the Debian packages they need without asking.
export APT ?=

help:  ## this text
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-13s %s\n", $$1, $$2}'

demo: $(VENV)/base.stamp  ## compress a picture beside JPEG and AVIF [IMAGE=photo.jpg BPP=0.1 OUT=demo.png]
	@$(BIN)/python -m apps.demo "$(IMAGE)" --bpp=$(BPP) --model="$(MODEL)" --out="$(OUT)"

bench: $(VENV)/base.stamp  ## time the commands and the range coder [MODEL=mobile]
	@$(BIN)/python -m benchmarks.cli --model="$(MODEL)"

android: $(VENV)/base.stamp  ## build, sign and check the Android demo [MODEL=mobile APT=yes]
	@$(BIN)/python -m export.android --model="$(MODEL)" --out=export/android/app/src/main/assets
	@export/android/build_apk.sh export/android/build
	@$(BIN)/python -m export.android.check_apk export/android/build --small_pages

web: $(VENV)/base.stamp  ## build the page and the codec for browsers [MODEL=mobile SITE=site]
	@$(BIN)/python -m export.web --model="$(MODEL)" --out="$(SITE)"
	@echo "Look at it: $(BIN)/python -m http.server --directory=$(SITE), then localhost:8000"

deb: $(VENV)/base.stamp  ## build the Debian package for the command line and desktops [DIST=dist]
	@$(BIN)/python -m export.debian --out="$(DIST)"

test-deb:  ## install it in a clean tree of Debian 12 and try it there, as root [APT=yes]
	@rm -rf export/debian/build/dist
	@$(MAKE) --no-print-directory deb DIST=export/debian/build/dist
	@export/debian/test_package.sh export/debian/build/dist/*.deb export/debian/build

# Tests run side by side: the threads of NumPy's OpenBLAS would take the other's core.
test test-slow portable: export OPENBLAS_NUM_THREADS = 1

test: $(VENV)/full.stamp  ## the tests [ARGS="tests/metrics -x" WORKERS=2]
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-portable:  ## the tests that need no TensorFlow, on Python 3.9 to 3.14 [PYTHON=python3.13]
	@$(MAKE) --no-print-directory portable EXTRA="[test]" VENV="$(VENV)-$$($(PYTHON) -c \
	'import sys; print("%d.%d" % sys.version_info[:2])')"

portable: $(VENV)/base.stamp  # in an environment of its own, see test-portable
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-slow: $(VENV)/full.stamp  ## the tests that take minutes
	@$(BIN)/python -m pytest -m slow -n $(WORKERS) --dist loadfile $(ARGS)

test-java:  ## the Java decoder's tests, on the desktop [FUZZ=20000 APT=yes]
	@export/android/test_jvm.sh export/android/build/downloads $(FUZZ)

test-web: $(VENV)/base.stamp  ## the codec's tests in Node, Chromium and Firefox [APT=yes]
	@export/web/test.sh $(BIN)/python

fuzz: $(VENV)/full.stamp  ## hostile files, found by their coverage, on Linux [MINUTES=10]
	@for name in $(FUZZED); do $(BIN)/python -m tests.fuzz.guided $$name --corpus=.cache/fuzz/$$name \
	--seconds=$$((60 * $(MINUTES) / $(words $(FUZZED)))) || exit 1; done

# The packages that build the site live apart: other tools need other versions of some.
DOCS := $(VENV)-docs

.PHONY: docs look
docs: $(VENV)/base.stamp $(DOCS)/stamp  ## build the documents as a site, strictly, and check its links
	@$(DOCS)/bin/python website/stage.py --python=$(BIN)/python website/build
	@NO_MKDOCS_2_WARNING=1 PATH="$(CURDIR)/$(DOCS)/bin:$(DOCS)/bin:$$PATH" \
	$(DOCS)/bin/mkdocs build --quiet -f website/mkdocs.yml
	@$(DOCS)/bin/python website/check_links.py website/build/site
	@echo "Look at it: website/build/site/index.html"

look: docs  ## open the site in Chromium and take pictures of its pages [APT=yes]
	@website/look.sh website/build/look

$(DOCS)/stamp: website/requirements.txt | $(VENV)/bin/python
	@$(BIN)/python -m venv $(DOCS)
	@$(DOCS)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

.PHONY: conformance
conformance: $(VENV)/base.stamp  ## all decoders here against the conformance suite [APT=yes]
	@conformance/run.sh $(BIN)/python

lint: $(VENV)/full.stamp  ## ruff (lint and format) and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/full.stamp  ## rewrite the sources as ruff wants them
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:  ## remove environments, caches and what the commands wrote
	rm -rf export/android/build export/android/decoder/build export/android/app/src/main/assets
	rm -rf export/web/build export/debian/build site website/build $(DOCS)
	rm -rf $(VENV) build dist *.egg-info models/*.egg-info .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache demo.png
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	rm -rf conformance/build conformance/suite

# Each lock holds for some Pythons. On others the portable codec runs with the newest versions that
# setup.cfg allows.
LOCK = case "$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')" in \
	3.11) lock=requirements.lock ;; 3.12|3.13) lock=requirements-tf2x.lock ;; *) lock= ;; esac

$(VENV)/base.stamp: requirements.lock requirements-tf2x.lock setup.cfg models/pyproject.toml | $(VENV)/bin/python
	@echo "Installing the portable codec into $(VENV) (once) ..."
	@$(BIN)/python -c 'import sys; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 14))' || { \
	echo "Python 3.9 to 3.14 is needed; $$($(BIN)/python --version) was found." \
	     "Name another one: make clean demo PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(LOCK); [ -n "$$lock" ] && lock="-c $$lock" || echo "No lock is for this Python."; \
	$(PIP) install $$lock "setuptools>=70.1" && \
	$(PIP) install $$lock --no-build-isolation -e ".$(EXTRA)" && \
	$(PIP) install --no-deps --no-build-isolation -e models
	@touch $@

$(VENV)/full.stamp: requirements.lock requirements-tf2x.lock setup.cfg models/pyproject.toml | $(VENV)/bin/python
	@$(LOCK); [ -n "$$lock" ] || { \
	echo "Tests and training need Python 3.11, 3.12 or 3.13; $$($(BIN)/python --version) was" \
	     "found. Name one: make clean test PYTHON=/path/to/python3.11" >&2; exit 1; }; \
	echo "Installing everything in $$lock into $(VENV) (once; about 2.5 GB) ..."; \
	$(PIP) install -r $$lock
	@$(PIP) install --no-deps --no-build-isolation -e . -e models
	@touch $(VENV)/base.stamp $@

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python is needed and neither python3.11 nor python3" \
	"was found. Name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
