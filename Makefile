# Everything a person does with Kameng, by name. `make help` lists it.

PYTHON ?= python3
KAMENG := .venv/bin/kameng
READY := .venv/.set-up

.DEFAULT_GOAL := help
.PHONY: help setup run reset scale status audit reports rebuild timeline export tamper simulate test lint docs lock lock-jars demo bench spike growth chaos requirements attack browser screenshots

help: ## List these targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Make .venv from requirements.lock (the others do it when needed)
	@:

$(READY): requirements.lock deploy/bootstrap.py
	@command -v $(PYTHON) >/dev/null || { echo "kameng: There is no $(PYTHON): install Python 3.11 to 3.14, or name one with PYTHON=…"; exit 1; }
	@$(PYTHON) deploy/bootstrap.py

run: $(READY) ## Run the whole system until Ctrl-C (PORT=8080, VERBOSE=1)
	@$(if $(PORT),KAMENG_PORT=$(PORT)) exec $(KAMENG) run $(if $(VERBOSE),--verbose)

reset: $(READY) ## Wipe the local log, database and keys
	@$(KAMENG) reset

scale: $(READY) ## Run a service in N processes: make scale SERVICE=orders N=3
	@$(KAMENG) scale $(or $(SERVICE),$(error name a service: make scale SERVICE=orders N=3)) $(or $(N),$(error say how many: make scale SERVICE=orders N=3))

status: $(READY) ## Show the processes of the running system
	@$(KAMENG) status

audit: $(READY) ## Read the whole log alone and judge it (SETTLED=1: nothing may be on its way)
	@$(KAMENG) audit $(if $(SETTLED),--settled)

reports: $(READY) ## Print the last scheduled audit report, and whose signature it has
	@$(KAMENG) reports

simulate: $(READY) ## Run simulated worlds with faults: make simulate SEEDS=1000 FROM=0
	@$(KAMENG) simulate --seeds $(or $(SEEDS),300) --from $(or $(FROM),0)

rebuild: $(READY) ## Build a service again from the log, compare (SERVICE=orders, SWAP=1), or ALL=1
	@$(KAMENG) rebuild $(if $(ALL),--all,$(or $(SERVICE),$(error name a service: make rebuild SERVICE=orders, or ALL=1))) $(if $(SWAP),--swap)

timeline: $(READY) ## Tell the history of one thing (ORDER=… or ACCOUNT=… or CARD=…)
	@$(KAMENG) timeline $(if $(ORDER),--order $(ORDER)) $(if $(ACCOUNT),--account $(ACCOUNT)) $(if $(CARD),--card $(CARD))

export: $(READY) ## Write the log as plain files, with a verifier and the public key (TO=export)
	@$(KAMENG) export $(or $(TO),export)

tamper: $(READY) ## Damage copies of an exported log in five ways, and see who finds it (FROM=export)
	@$(KAMENG) tamper $(or $(FROM),export)

docs: $(READY) ## Write the AsyncAPI document and the JSON Schemas (docs/generated)
	@$(KAMENG) docs

attack: $(READY) ## Attack the door: all its document allows and what it does not (EXAMPLES=10)
	@$(KAMENG) install
	@KAMENG_ATTACK_EXAMPLES=$(or $(EXAMPLES),10) .venv/bin/python -m pytest -s tests/e2e/attacked

browser: $(READY) ## Try the shop in a real browser (K=words of a test's name)
	@$(KAMENG) install
	@.venv/bin/python -m pytest -s tests/browser $(if $(K),-k "$(K)")

screenshots: $(READY) ## Take a picture of each page (.local/pictures, docs/pictures)
	@.venv/bin/python -m tests.browser.screenshots

demo: $(READY) ## A promotion minute (2,000 orders, 500 cards, a worker killed), then a day of trouble
	@$(KAMENG) demo

bench: $(READY) ## Measure everything on a system of its own (QUICK=1, JSON=1, BASE=a commit)
	@$(KAMENG) bench $(if $(QUICK),--quick) $(if $(JSON),--json) $(if $(BASE),--base $(BASE))

spike: $(READY) ## 20,000 orders for one SKU with 500 cards, all at once
	@$(KAMENG) spike

growth: $(READY) ## How cost grows with workers, history, SKUs, accounts, partitions (QUICK=1 ONLY=history)
	@$(KAMENG) growth $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

chaos: $(READY) ## Kill, freeze, cut off, scale, flood everything; then the audit (RATE= ONLY= SEED=)
	@$(KAMENG) chaos $(if $(RATE),--rate $(RATE)) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only "$(ONLY)")

requirements: $(READY) ## Which tests show which row of what the product must do
	@.venv/bin/python -m tests.tidy.requirements

# Two tests at a time, because most of them wait; tests/side_by_side.py says which stay together.
SIDE_BY_SIDE := -n 2
# Browser tests that do not gate, for time: `make browser` has them all.
BEYOND := accounts board stock weather developers voices people disputes rooms breakdown cards written
test: lint ## Check everything that gates: lint, then the tests
	@$(KAMENG) install
	@.venv/bin/python -m pytest $(SIDE_BY_SIDE) --durations=10 --ignore=tests/tidy $(foreach word,$(BEYOND),--ignore-glob='*/browser/test_*$(word).py')

lint: $(READY) ## Check style, types, who imports whom, and the house rules
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python -m pytest -q tests/tidy

lock: $(READY) ## Make requirements.lock again from pyproject.toml
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --group dev pyproject.toml -o requirements.lock

lock-jars: $(READY) ## Make kafka.lock.toml again from kafka.toml
	@.venv/bin/python -m deploy.local.jars
