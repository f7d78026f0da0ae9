# Needs Python >= 3.11 and make. Everything else is installed into .venv and node_modules, when it is missing or
# out of date.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome chrome,$(shell command -v $(name))))
NOTEBOOKS := $(wildcard book/*/*.ipynb)

.PHONY: help book pdf epub test lint bench lab serve execute lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

book: .venv/book node_modules/.package-lock.json ## build the website into _build/html
	rm -rf _build/html # no page of a chapter that is gone
	$(BIN)/jupyter-book build . --quiet -W -n --keep-going

pdf: .venv/book node_modules/.package-lock.json ## print the whole book into _build/pdf (needs Chromium)
	$(BIN)/jupyter-book build . --quiet -W -n --keep-going --builder singlehtml
	mkdir -p _build/pdf
	cp _build/singlehtml/book/index.html _build/singlehtml/book.html
	"$(CHROMIUM)" --headless --no-sandbox --disable-gpu --virtual-time-budget=60000 --no-pdf-header-footer \
		--generate-pdf-document-outline --print-to-pdf=_build/pdf/softmax.pdf file://$(CURDIR)/_build/singlehtml/book.html

epub: .venv/book node_modules/.package-lock.json ## make the whole book an ePub in _build/epub
	$(BIN)/jupyter-book build . --quiet -W -n --keep-going --builder custom --custom-builder epub

test: .venv/test book lint ## run every check and every notebook
	$(BIN)/python -m pytest --cov=softmaxlib softmaxlib tests
	$(BIN)/python -m pytest README.md book

lint: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell

bench: .venv/test ## time the library beside SciPy, NumPy and (where installed) PyTorch
	$(BIN)/python -m benchmarks

lab: .venv/book ## open the chapters in JupyterLab
	$(BIN)/jupyter trust $(NOTEBOOKS) # JupyterLab shows stored SVG of trusted notebooks only
	$(BIN)/jupyter lab book

serve: book ## show the website on http://localhost:8000
	$(BIN)/python -m http.server --bind localhost --directory _build/html 8000

# Cell timings, the version of Python and how a stream was cut would differ from one run to the next.
execute: .venv/book ## run all notebooks in place (NOTEBOOKS=path for one)
	$(BIN)/jupyter nbconvert --inplace --log-level=WARN --execute --ExecutePreprocessor.record_timing=False $(NOTEBOOKS)
	$(BIN)/jupyter nbconvert --inplace --log-level=WARN --CoalesceStreamsPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.preserve_nb_metadata_mask="{'kernelspec'}" \
		--ClearMetadataPreprocessor.preserve_cell_metadata_mask="{'tags', 'mystnb'}" \
		$(NOTEBOOKS)

lock: .venv/test ## pin all dependencies anew (UPGRADE=--upgrade for the newest)
	for name in requirements requirements-test; do \
		$(BIN)/uv pip compile --quiet $(UPGRADE) --universal --fork-strategy fewest --python-version 3.11 \
			--custom-compile-command "make lock" $$name.in --output-file $$name.txt || exit; done

clean: ## delete what the other targets made
	rm -rf _build .venv node_modules .coverage .pytest_cache .ruff_cache .hypothesis *.egg-info

.venv/book: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	touch $@

node_modules/.package-lock.json: package.json package-lock.json .venv/book
	$(BIN)/python book/_ext/nodejs.py ci --silent
	touch $@

.venv/test: .venv/book requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	touch $@
