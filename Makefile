# Needs Python >= 3.11 and make. Everything else is installed into .venv, when it is missing or out of date.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
NOTEBOOKS := $(wildcard book/*/*.ipynb)

.PHONY: help book test lint lab serve execute lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

book: .venv/book ## build the website into _build/html
	$(BIN)/jupyter-book build . --quiet -W -n --keep-going

test: .venv/test book lint ## run every check and every notebook
	$(BIN)/python -m pytest --cov=softmaxlib softmaxlib tests
	$(BIN)/python -m pytest README.md book

lint: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell

lab: .venv/book ## open the chapters in JupyterLab
	$(BIN)/jupyter trust $(NOTEBOOKS) # JupyterLab shows stored SVG of trusted notebooks only
	$(BIN)/jupyter lab book

serve: book ## show the website on http://localhost:8000
	$(BIN)/python -m http.server --bind localhost --directory _build/html 8000

# Cell timings, widget state and the version of Python would differ from one machine to the next.
execute: .venv/book ## run all notebooks in place (NOTEBOOKS=path for one)
	$(BIN)/python -c "from softmaxlib import figures; figures.save_cover('book/_static/cover.svg')"
	$(BIN)/jupyter nbconvert --execute --inplace --log-level=WARN \
		--ExecutePreprocessor.record_timing=False \
		--ClearMetadataPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.preserve_nb_metadata_mask="{'kernelspec'}" \
		--ClearMetadataPreprocessor.preserve_cell_metadata_mask="{'tags', 'mystnb'}" \
		$(NOTEBOOKS)

lock: .venv/test ## pin all dependencies anew (UPGRADE=--upgrade for the newest)
	for name in requirements requirements-test; do \
		$(BIN)/uv pip compile --quiet $(UPGRADE) --universal --fork-strategy fewest --python-version 3.11 \
			--custom-compile-command "make lock" $$name.in --output-file $$name.txt || exit; done

clean: ## delete what the other targets made
	rm -rf _build .venv .coverage .pytest_cache .ruff_cache .hypothesis *.egg-info

.venv/book: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	touch $@

.venv/test: .venv/book requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	touch $@
