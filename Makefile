# Everything a person or CI does here. Needs make and Python 3.11, 3.12 or 3.13, nothing else.

PYTHON ?= python3
ARGS ?=
API ?= http://localhost:8080
URL ?=

VENV := .venv
UV := $(VENV)/bin/uv
INSTALL := $(UV) pip install --quiet --require-hashes --compile-bytecode
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate
MINISTACK := .tools/ministack/.stamp
SAM := .tools/sam/.stamp
PREDICT_LIMIT_MB := 120

export SAM_CLI_TELEMETRY := 0

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run ui screenshots compose compose-down sam test test-docker lint format check bench dvc openapi validate build lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Environments. Stamp files make a second call return at once.

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "Matinee needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is not one of them." >&2; \
		echo "Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments." >&2; \
		echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.uv: requirements/uv.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.build: requirements/build.txt pyproject.toml | $(VENV)/.uv
	$(INSTALL) --python $(VENV)/bin/python -r $<
	$(UV) pip install --quiet --python $(VENV)/bin/python --offline --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.local: requirements/local.txt $(VENV)/.build
	$(INSTALL) --python $(VENV)/bin/python -r $<
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.local
	$(INSTALL) --python $(VENV)/bin/python -r $<
	@touch $@

# These two freeze versions that Matinee's own packages do not, hence environments of their own.
.tools/%/.stamp: requirements/%.txt | $(VENV)/.uv
	$(UV) venv --quiet --clear --python $(VENV)/bin/python .tools/$*
	$(INSTALL) --python .tools/$*/bin/python -r $<
	@touch $@

setup: $(VENV)/.local $(MINISTACK) ## Install what `make run` needs

setup-dev: $(VENV)/.dev $(MINISTACK) ## Install what tests and checks need

## Work

run: setup ## Start Matinee on this machine; options go in ARGS="--pick-ports"
	@exec $(VENV)/bin/python -m matinee_cli run $(ARGS)

ui: $(VENV)/.local ## Start the dashboard alone; API=http://... names another API than that of `make run`
	@API_URL=$(API) exec $(VENV)/bin/python -m streamlit run ui/app.py --server.address 127.0.0.1

screenshots: $(VENV)/.dev ## Draw every page of a running dashboard into screenshots/; URL=http://...
	$(VENV)/bin/python -m tests.browser.screenshots $(if $(URL),--url $(URL))

compose: setup ## Start the services in containers, with ratings and a model
	@$(VENV)/bin/python -m matinee_cli compose up

compose-down: $(VENV)/.local ## Stop the services in containers; data stays
	@$(VENV)/bin/python -m matinee_cli compose down

sam: $(VENV)/.local $(SAM) ## Serve the API from Lambda's containers, on top of `make compose`
	.tools/sam/bin/sam build
	@exec $(VENV)/bin/python -m matinee_cli sam local start-api $(ARGS)

test: setup-dev ## Run every test; ARGS="tests/unit -k ratings" runs some
	$(VENV)/bin/pytest $(ARGS)

test-docker: setup-dev $(SAM) ## Run the tests against containers and SAM; ARGS="-k contract" runs some
	$(VENV)/bin/pytest tests/docker -m docker $(ARGS)

lint: $(VENV)/.dev ## Check style and formatting
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

format: $(VENV)/.dev ## Repair style and formatting
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

check: lint ## Check style, formatting and types
	$(VENV)/bin/mypy

bench: setup-dev ## Measure the serving path, the start, import and training
	$(VENV)/bin/python -m benchmarks $(ARGS)

dvc: setup-dev ## Train with DVC what is out of date; options go in ARGS="--force"
	$(VENV)/bin/dvc repro $(ARGS)

openapi: $(VENV)/.local ## Write functions/*/openapi.json again
	$(VENV)/bin/python local/openapi_documents.py

validate: $(SAM) ## Validate and lint the template
	AWS_DEFAULT_REGION=us-east-1 .tools/sam/bin/sam validate --lint --template template.yaml
	.tools/sam/bin/cfn-lint template.yaml

build: $(SAM) ## Build the predict function as deployed and check its size
	.tools/sam/bin/sam build PredictFunction --template template.yaml
	@mb=$$(du -smc .aws-sam/build/*/ | awk 'END {print $$1}'); \
	echo "predict function, layer included: $$mb MB unzipped (limit $(PREDICT_LIMIT_MB) MB)"; \
	test "$$mb" -lt $(PREDICT_LIMIT_MB)

lock: $(VENV)/.uv ## Resolve the versions and hashes in requirements/ again
	$(LOCK) --group dev -o requirements/dev.txt
	for group in local predict train drift mlflow ui build; do \
		$(LOCK) --group $$group -c requirements/dev.txt -o requirements/$$group.txt || exit 1; done
	echo ministack | $(LOCK) - -o requirements/ministack.txt
	printf 'aws-sam-cli\ncfn-lint\n' | $(LOCK) - -o requirements/sam.txt
	echo uv | $(LOCK) - -o requirements/uv.txt

clean: ## Remove environments, caches and build output; .matinee/ (your data) stays
	rm -rf $(VENV) .tools .aws-sam dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
