# Two commands are enough: make book, make test. Each sets up what it needs.
# Another interpreter: make book PYTHON=python3.12

PYTHON ?= python3
RUN := .venv/bin/python
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# The chapters' numbers and drawings must not depend on the machine's threads, locale or clock.
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export PYTHONHASHSEED = 0
export SOURCE_DATE_EPOCH = 0
export PYTHONUTF8 = 1

.PHONY: help
help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-10s %s\n' "$$name" "$$what"; done

.PHONY: venv
venv: ## the environment in .venv (the other commands make it themselves)
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "error: no Python found as '$(PYTHON)'; choose another: make PYTHON=python3.12" >&2; exit 2; }
	@"$(PYTHON)" tools/environment.py $(if $(filter file,$(origin PYTHON)),,--this-python)

.PHONY: book
book: venv ## build the book; warnings are errors
	@$(RUN) tools/build_book.py

.PHONY: serve
serve: venv ## build the book and show it at a local address (PORT=8000)
	@$(RUN) tools/build_book.py --serve

.PHONY: print
print: venv ## one PDF of the whole book, and a zip of its pages (needs Chromium)
	@$(RUN) tools/print_book.py $(ARGS)

.PHONY: notebooks
notebooks: venv ## convert and execute the chapters whose sources changed
	@$(RUN) tools/notebooks.py $(ARGS)
	@$(RUN) tools/exercises.py
	@$(RUN) tools/colab_notebooks.py

.PHONY: test
test: venv ## unit tests, every notebook run again, checks of the built book
	@$(RUN) tools/verify.py $(ARGS)

.PHONY: bench
bench: venv ## speed and memory
	@$(RUN) -m benchmarks $(ARGS)

.PHONY: lint
lint: venv ## style of the code, spelling
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m codespell_lib
	@$(RUN) tools/spelling.py

.PHONY: clean
clean: ## remove what was built (not the environment)
	@rm -rf _build
