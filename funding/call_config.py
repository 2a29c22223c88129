"""The part of a call's file that this room reads: the financial regulation, and the articles of the convention."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ami_portal.kernel.config import Checks, Path, Problem, among, repeated, shown
from ami_portal.questionnaire import conditions
from ami_portal.questionnaire.form import refused_values
from applications.call_config import checking
from applications.checks.params import within

from . import agreement, regulatory
from .enums import Basis
from .regulation import FINAL_CLAIM

_PATH: Path = ("regulation",)


def regulation(config: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong in the regulation by itself: codes, amounts, shares."""
    rules = config["regulation"]
    yield from repeated(rules["cost_categories"], (*_PATH, "cost_categories"))
    yield from repeated(rules["instalments"], (*_PATH, "instalments"))
    if Decimal(rules["max_grant"]) <= 0:
        yield Problem((*_PATH, "max_grant"), f"trouvé {rules['max_grant']}", "un montant positif")
    if Decimal(rules["retention_percent"]) >= 100:
        yield Problem((*_PATH, "retention_percent"), "tout serait retenu", "une part de 0 à moins de 100")
    if (total := sum(Decimal(raw["percent"]) for raw in rules["instalments"])) != 100:
        yield Problem((*_PATH, "instalments"), f"la somme des parts est {total}", "100 est attendu")
    for rank, raw in enumerate(rules["instalments"]):
        if Decimal(raw["percent"]) <= 0:
            yield Problem((*_PATH, "instalments", rank, "percent"), "un versement de rien", "une part positive")
    yield from _balance(rules)


def _balance(rules: Mapping[str, Any]) -> Iterator[Problem]:
    """The balance is the last line, and frees the retention only where there is one; some rate is paid."""
    lines = rules["instalments"]
    places = [rank for rank, raw in enumerate(lines) if raw.get("basis") == Basis.BALANCE]
    for rank in places:
        if rank != len(lines) - 1:
            yield Problem(
                (*_PATH, "instalments", rank, "basis"), "le solde n’est pas la dernière ligne", "share ou claim"
            )
    if rules.get("retention_freed_on") == FINAL_CLAIM and not places:
        found = "final_claim sans versement de solde"
        yield Problem((*_PATH, "retention_freed_on"), found, "final_report, ou une dernière ligne de basis balance")
    if Decimal(rules.get("funding_rate_percent", "100")) <= 0:
        yield Problem((*_PATH, "funding_rate_percent"), "rien ne serait payé", "un taux positif")


def places(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The places of the convention."""
    return checking.places(config, ["convention"], agreement.PLACES)


def clauses(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The conditions of the convention's articles are read, cite a question, and answers that it can have."""
    form = checking.parsed(config)
    for rank, raw in enumerate(config["call"]["texts"].get("convention", ())):
        path: Path = ("call", "texts", "convention", rank, "shown_if")
        if not raw.get("shown_if"):
            continue
        try:
            condition = conditions.parse(raw["shown_if"])
        except ValueError as error:
            yield Problem(path, str(error), "une question du formulaire, et l’une de ses réponses possibles")
            continue
        for leaf in condition.leaves():
            if form and leaf.question not in form.by_code:
                found = f"{shown(leaf.question)} n’est pas une question du formulaire"
                yield Problem(path, found, among(form.by_code, leaf.question))
            elif form and (odd := refused_values(form.by_code[leaf.question], leaf.values)):
                yield Problem(path, f"{shown(odd[0])} n’est pas une réponse possible", f"une réponse à {leaf.question}")


def signatory(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Who signs is asked in the form."""
    form = checking.parsed(config)
    for rank, code in enumerate(config["regulation"]["signatory"]):
        if form and code not in form.by_code:
            path = (*_PATH, "signatory", rank)
            yield Problem(path, f"{shown(code)} n’est pas une question du formulaire", among(form.by_code, code))


def categories(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The categories that the form offers for a cost are those of the regulation."""
    known = {raw["code"] for raw in config["regulation"]["cost_categories"]}
    form, places_of_form = checking.parsed(config), checking.places_of_form(config["form"]["sections"])
    told = [found for row in config["eligibility"] for found in within(row["check"], row["params"])]
    for check, params in told:
        table = form.by_code.get(str(params.get("table"))) if form and check == "budget" else None
        for place, column in enumerate(table.columns if table else ()):
            if table and column.code == params.get("category_column"):
                path = (*places_of_form[table.code], "columns", place)
                yield from checking.unoffered(column.options, known, path, "regulation.cost_categories")


def access_path(config: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong in the regulatory path by itself: codes, steps that wait for each other, routes without a step."""
    said = config["regulation"].get("path") or {}
    for name in ("routes", "kit", "steps"):
        yield from repeated(said.get(name, []), (*_PATH, "path", name))
    for rank, row in enumerate(said.get("steps", [])):
        yield from repeated(row["answers"], (*_PATH, "path", "steps", rank, "answers"))
    for place, found, expected in regulatory.faults(said):
        yield Problem((*_PATH, "path", *place), found, expected)


def routes(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The answers that propose a route are those of a question of the form."""
    form = checking.parsed(config)
    for rank, row in enumerate((config["regulation"].get("path") or {}).get("routes", [])):
        path: Path = (*_PATH, "path", "routes", rank, "when")
        if not form or not row["when"]:
            continue
        code = row["when"]["question"]
        if code not in form.by_code:
            yield Problem(
                (*path, "question"), f"{shown(code)} n’est pas une question du formulaire", among(form.by_code, code)
            )
        elif odd := refused_values(form.by_code[code], row["when"]["values"]):
            yield Problem((*path, "values"), f"{shown(odd[0])} n’est pas une réponse possible", f"une réponse à {code}")


CHECKS: Checks = (
    (("regulation",), regulation),
    (("regulation",), access_path),
    (("regulation", "form"), routes),
    (("call",), places),
    (("call", "form"), clauses),
    (("regulation", "form"), signatory),
    (("regulation", "form", "eligibility"), categories),
)
