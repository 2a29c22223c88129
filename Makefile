.DEFAULT_GOAL := help
.PHONY: help demo demo-reset code test check bench

help: ## Cette aide
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: ## Installe ce qui manque, charge l’appel de démonstration et démarre le portail (PORT=8000)
	@PORT="$(PORT)" .ci/demo

demo-reset: ## Remet la démonstration à zéro : base et documents
	@.ci/demo reset

code: ## Le code à usage unique d’un compte de démonstration : make code EMAIL=…
	@test -n "$(EMAIL)" || { echo "Précisez le compte : make code EMAIL=…" >&2; exit 2; }
	@.venv/bin/python manage.py demo_code "$(EMAIL)"

test: ## La suite de tests, sur SQLite puis sur PostgreSQL, avec tout ce que la machine offre (ARGS=…)
	@.ci/bootstrap --dev
	@.venv/bin/python .ci/test $(ARGS)

check: ## Style, gabarits, types, contrats d’architecture, migrations, déploiement
	@.ci/check

bench: ## Mesures de vitesse : une ligne JSON par mesure
	@.ci/bootstrap --dev
	@.venv/bin/python .ci/bench $(ARGS)
