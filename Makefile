# One line of truth for each thing that is done here; CI, pre-commit and people call the same ones.
.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench package deploy engines browser vendor lock
PYTHON := .venv/bin/python

help: ## list what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## make .venv with everything that is locked, and .venv/bin/steward
	@scripts/setup dev

run: ## start the product with its demo workspace and an own, empty one
	@scripts/setup run
	@.venv/bin/steward serve --demo

test: setup browser ## run the tests, with coverage
	$(PYTHON) -m pytest -n 2 --dist loadfile --durations=10 --cov --cov-report=term $(TESTS)

check: setup ## lints, types, import contracts, sizes, and that what is generated is fresh
	$(PYTHON) -m ruff check --quiet .
	$(PYTHON) -m ruff format --check --quiet .
	$(PYTHON) -m mypy
	$(PYTHON) -c 'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))'
	$(PYTHON) scripts/vendor.py --check
	$(PYTHON) -m pytest -q -p no:cacheprovider tests/architecture

fix: setup ## format, and make again what is generated
	$(PYTHON) -m ruff check --quiet --fix . ; $(PYTHON) -m ruff format --quiet .
	$(PYTHON) -m steward.kernel.manifest
	$(PYTHON) -m steward.surfaces.openapi
	$(PYTHON) scripts/reference.py

bench: setup browser ## print the figures beside their bounds
	$(PYTHON) -m tests.bench $(BENCH)

package: setup ## package the functions for AWS into build/package
	$(PYTHON) infra/stage.py

deploy: package ## put the package into the AWS account that is signed in (needs the SAM command line)
	sam deploy

engines: setup ## bring the real engines that the contract tests can use
	$(PYTHON) -m scripts.engines

browser: setup
	@scripts/browser

vendor: setup ## fetch the desk's vendored files anew and lock them
	$(PYTHON) scripts/vendor.py

lock: setup ## lock what pyproject.toml asks for
	scripts/lock
