# Needs Python >= 3.11 and make. Everything else is installed into .venv and node_modules, when it is missing or
# out of date.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
# The notebooks of book/frameworks need packages of their own (requirements-frameworks.txt). Only the targets that name them
# run them; the others take the outputs that they store.
FRAMEWORKS := $(wildcard book/frameworks/*.ipynb)
NOTEBOOKS := $(filter-out $(FRAMEWORKS),$(wildcard book/*.ipynb book/*/*.ipynb))

.PHONY: help install book pdf epub test test-code test-site test-notebooks test-site-all test-frameworks test-lowest \
	linkcheck check lint mutate bench lab serve execute lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 26

install: .venv/test node_modules/.package-lock.json

book: .venv/book node_modules/.package-lock.json ## build the website into _build/html
	rm -rf _build/html # no page of a chapter that is gone
	$(BIN)/jupyter-book build . --quiet -W -n --keep-going

pdf: .venv/book node_modules/.package-lock.json ## print the whole book into _build/pdf (needs Chromium)
	$(BIN)/jupyter-book build . --quiet -W -n --keep-going --builder singlehtml
	mkdir -p _build/pdf
	cp _build/singlehtml/book/index.html _build/singlehtml/book.html
	chromium=$$($(BIN)/python book/_ext/chromium.py) && "$$chromium" --headless --no-sandbox --disable-gpu \
		--virtual-time-budget=60000 --no-pdf-header-footer --generate-pdf-document-outline \
		--print-to-pdf=_build/pdf/softmax.pdf file://$(CURDIR)/_build/singlehtml/book.html

epub: .venv/book node_modules/.package-lock.json ## make the whole book an ePub in _build/epub
	$(BIN)/jupyter-book build . --quiet -W -n --keep-going --builder custom --custom-builder epub

test: ## run every check and every notebook, and say how long each part takes
	@for part in install lint book test-code test-site test-notebooks; do \
		start=$$(date +%s); $(MAKE) --no-print-directory $$part || exit; \
		seconds="$$seconds, $$part $$(($$(date +%s) - start))"; done; \
	echo "Seconds: $${seconds#, }"

test-code: install
	$(BIN)/python -m pytest --cov=softmaxlib softmaxlib tests --ignore=tests/site

# Not by files, as notebooks are: a worker that has nothing left to do takes pages from the others.
test-site: .venv/test
	$(BIN)/python -m pytest --dist=worksteal tests/site

# Apart from test-code, as nbval does not go together with the measurement of coverage.
# A worker for each core, so each takes one thread: the threads of linear algebra would wait for each other.
test-notebooks: export OMP_NUM_THREADS = 1
test-notebooks: install
	$(BIN)/python -m pytest README.md book

test-site-all: book .venv/test ## look at every page in every theme and width
	$(BIN)/python -m pytest --dist=worksteal tests/site --every-visit

test-frameworks: .venv/test ## install requirements-frameworks.txt, and run every check and notebook of book/frameworks
ifeq ($(FRAMEWORKS),)
	@echo "There is no notebook in book/frameworks, so there is nothing to run."
else
	$(if $(wildcard requirements-frameworks.txt),$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		-r requirements-frameworks.txt)
	$(BIN)/python -m pytest $(wildcard book/frameworks softmaxlib/teaching/exercises/frameworks tests/exercises) -k frameworks
endif

test-lowest: install ## test the library with the oldest versions that pyproject.toml admits
	$(PYTHON) -m venv --clear _build/lowest
	$(BIN)/uv pip install --quiet --python _build/lowest --resolution lowest-direct -e '.[charts,datasets,figures,models]'
	$(BIN)/uv pip install --quiet --python _build/lowest -c requirements-test.txt pytest hypothesis mpmath
	$(BIN:.venv/%=_build/lowest/%)/python -m pytest --override-ini=addopts= tests/library tests/teaching

linkcheck: .venv/book node_modules/.package-lock.json ## ask every address that the book names whether it is still there
	$(BIN)/jupyter-book build . --quiet --builder custom --custom-builder linkcheck

# The notebook, its checks, and the wrong answers that these have to recognize. Each may be missing, except the notebook.
CHAPTER_FILES = $(wildcard book/$(CHAPTER).ipynb softmaxlib/teaching/exercises/$(CHAPTER).py tests/exercises/$(CHAPTER).py)

check: install ## test one chapter: make check CHAPTER=foundations/sigmoid
	@test -f 'book/$(CHAPTER).ipynb' || { \
		echo 'There is no notebook book/$(CHAPTER).ipynb. Name a chapter: make check CHAPTER=foundations/sigmoid' >&2; exit 1; }
	$(BIN)/ruff check $(CHAPTER_FILES)
	$(BIN)/ruff format --check $(CHAPTER_FILES)
	$(BIN)/codespell $(CHAPTER_FILES)
	$(BIN)/python -m pytest --numprocesses=0 --quiet tests/book tests/exercises $(CHAPTER_FILES) \
		-k '$(CHAPTER) or $(notdir $(CHAPTER)).ipynb or $(notdir $(CHAPTER)).py'

lint: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell

mutate: .venv/test ## change the library here and there, and see that its tests notice (FILES=, SAMPLE=)
	$(BIN)/python -m tests.mutate $(if $(SAMPLE),--sample=$(SAMPLE)) $(FILES)

bench: .venv/test ## time the library beside SciPy, NumPy and (where installed) PyTorch
	$(BIN)/python -m benchmarks

lab: .venv/book node_modules/.package-lock.json ## open the chapters in JupyterLab
	$(BIN)/jupyter trust $(NOTEBOOKS) $(FRAMEWORKS) # JupyterLab shows stored SVG of trusted notebooks only
	$(BIN)/jupyter lab book

serve: book ## show the website on http://localhost:8000
	$(BIN)/python -m http.server --bind localhost --directory _build/html 8000

# Cell timings, the version of Python and how a stream was cut would differ from one run to the next.
execute: .venv/book node_modules/.package-lock.json ## run all notebooks in place (NOTEBOOKS=path for one)
	$(BIN)/jupyter nbconvert --inplace --log-level=WARN --execute --ExecutePreprocessor.record_timing=False $(NOTEBOOKS)
	$(BIN)/jupyter nbconvert --inplace --log-level=WARN --CoalesceStreamsPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.preserve_nb_metadata_mask="{'kernelspec'}" \
		--ClearMetadataPreprocessor.preserve_cell_metadata_mask="{'tags', 'mystnb'}" \
		$(NOTEBOOKS)

lock: .venv/test ## pin all dependencies anew (UPGRADE=--upgrade for the newest)
	for name in requirements $(filter-out requirements,$(basename $(wildcard requirements*.in))); do \
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
