"""Nothing of one call is in the code: neither its identifiers, nor the names of who takes part in it."""

import ast
import re
from pathlib import Path

import yaml

from ami_portal.desk.calls.schema import definition
from ami_portal.questionnaire import parts
from ami_portal.questionnaire.form import TYPES
from applications.checks.params import PARAMS
from applications.facts import FACTS
from tests.scenes import CALL_FILE

ROOT = CALL_FILE.parents[1]
ROOMS = ("ami_portal", "applications", "evaluation", "funding", "datasets")
SCREENS = ("templates", "static/js")
NAMED = ("SNDS", "CESREES", "Roche", "Medipath", "AMI-DI-2024", "industriel", "100 000 €", "24 mois")
ORDINARY = frozenset(
    "1 2 10 article attachments description funding jury kind link method none other path planned problem program "
    "project reference requested results role schedule state target team variables".split()
)
"""Identifiers of the call that are also words of the code, of HTML or of Django, with another meaning there. The code
`jury` of a step is of the format (data/README.md)."""
FIGURES = frozenset("budget financing gantt amount category year organisation source counted".split())


def identifiers(value):
    """Every `code` of a call's file."""
    if isinstance(value, dict):
        found = {value["code"]} if isinstance(value.get("code"), str) else set()
        return found.union(*(identifiers(item) for item in value.values()))
    return set().union(*(identifiers(item) for item in value)) if isinstance(value, list) else set()


def words_of(schema):
    """The keys and the values that the format itself names."""
    if isinstance(schema, dict):
        own = {*schema.get("properties", {}), *(item for item in schema.get("enum", ()) if isinstance(item, str))}
        return own.union(*(words_of(item) for item in schema.values()))
    return set().union(*(words_of(item) for item in schema)) if isinstance(schema, list) else set()


def of_the_format():
    """What a call's file says in the words of data/README.md: no identifier of one call."""
    composed = {part["code"] for kind in parts.COMPOSED for part in parts.parts_of(kind)}
    checks = {*PARAMS, *(name for params in PARAMS.values() for name in params)}
    return words_of(definition()) | TYPES | composed | checks | set(FACTS) | FIGURES | {"neutrality", "feasibility"}


def own_identifiers():
    call = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    return identifiers(call) - of_the_format() - ORDINARY


def sources():
    """Each file of the application: its path, its text. The demonstration is about one call, and says so."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts and "demo" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for folder in SCREENS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".html", ".js", ".txt"):
                yield path, path.read_text(encoding="utf-8")


def literals(path, text):
    """The texts between quotes."""
    if path.suffix != ".py":
        return set(re.findall(r"[\"'`]([\w-]+)[\"'`]", text))
    return {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and node.value}


def test_no_identifier_of_the_call_is_in_the_code():
    own = own_identifiers()
    assert len(own) > 150
    found = {str(path.relative_to(ROOT)): sorted(own & literals(path, text)) for path, text in sources()}
    assert {path: codes for path, codes in found.items() if codes} == {}


def test_no_name_of_the_call_is_said_by_the_code():
    found = {
        str(path.relative_to(ROOT)): [name for name in NAMED if name in re.sub("[\u00a0\u202f]", " ", text)]
        for path, text in sources()
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_the_search_finds_what_it_looks_for():
    code = 'rows = frozen.table("financing_plan")'
    assert literals(Path("x.py"), code) & own_identifiers() == {"financing_plan"}
