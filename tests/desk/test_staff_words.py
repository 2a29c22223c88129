"""Everything that the journal can hold has its French words."""

import ast

from ami_portal.audit.models import AuditEvent
from ami_portal.desk.staff.words import VERBS, details_of, states_of
from tests.architecture.source import modules


def verbs_in_the_source():
    """The first argument of every `record(…)` and `Transition(…)`, where it is a text."""
    found = set()
    for _, tree in modules():
        for node in ast.walk(tree):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if name in ("record", "Transition", "_result", "_note") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_every_verb_of_the_source_is_said_in_french():
    found = verbs_in_the_source()
    assert len(found) > 30
    assert found - set(VERBS) == set()


def test_states_and_facts_are_said_in_french():
    event = AuditEvent(verb="dossier.submit", before="draft", after="submitted")
    event.data = {"sha256": "a" * 64, "neutrality": "favourable", "fields": ["email"], "replacing": True, "reason": ""}
    assert (states_of(event), details_of(event)) == (
        "Brouillon → Déposé",
        "empreinte : aaaaaaaaaaaa… ; neutralité : Favorable ; champs : email ; en remplacement : oui",
    )
