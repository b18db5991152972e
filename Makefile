# `make run` is all it takes: Python 3.11 or newer and make. Everything else lands in .venv and var.

PYTHON ?= python3
# Test processes side by side. More than there are cores only wait for one another.
PROCESSES ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -gt 8 ] && echo 8 || echo $$n)
CHROMIUM := $(shell command -v chromium)
# yes, no, or as found: browser tests as part of `make test`
BROWSER ?= $(if $(CHROMIUM),yes,no)

VENV := .venv
BIN := $(VENV)/bin
# Named after what it installed, so that nothing is done twice and a changed list is installed at once.
INSTALLED := $(VENV)/installed-$(shell cksum < constraints.txt | cut -d' ' -f1)
PHASE = .ci/phase

.PHONY: install run test check bench messages openapi pictures clean
.DEFAULT_GOAL := run

install: $(INSTALLED)

$(INSTALLED):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1 || echo missing)."; \
	  echo "If you have one under another name: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || { \
	  echo "Python cannot make environments here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing packages into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes -r constraints.txt
	@rm -f $(VENV)/installed-*
	@touch $@

run: install
	@exec $(BIN)/python manage.py serve

test: install
	@$(PHASE) messages $(BIN)/python manage.py compile_catalogues
	@$(PHASE) tests $(BIN)/pytest -n $(PROCESSES) $(if $(filter yes,$(BROWSER)),,-m "not browser") $(ARGS)

# All of them run, whichever fails.
check: install
	@status=0; run() { $(PHASE) "$$@" || status=1; }; export DATABASE_URL=sqlite://:memory:; \
	run "lint" $(BIN)/ruff check --quiet .; \
	run "format" $(BIN)/ruff format --check --quiet .; \
	run "layers" $(BIN)/lint-imports --no-logo; \
	run "migrations" $(BIN)/python manage.py makemigrations --check --dry-run; \
	run "production settings" env $$(grep -v '^#' .ci/production.env) \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING; \
	run "interface for programs" $(BIN)/python manage.py openapi --check; \
	run "messages" $(BIN)/python manage.py compile_catalogues; \
	run "page of registers" sh -c '$(BIN)/python manage.py registers --markdown | diff -u docs/registers.md -'; \
	run "messages and templates" $(BIN)/pytest tests/i18n tests/frontdoor/test_templates.py; \
	exit $$status

bench: install
	@$(BIN)/python -m tests.benchmarks $(ARGS)

messages: install
	@$(BIN)/python manage.py collect_messages
	@$(BIN)/python manage.py compile_catalogues

openapi: install
	@$(BIN)/python manage.py openapi

# Of a demo site of its own; needs chromium, as the browser tests do.
pictures: install
	@$(BIN)/python docs/pictures.py $(ARGS)

clean:
	rm -rf $(VENV) var/test-templates var/check .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
