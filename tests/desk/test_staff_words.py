"""Everything that the journal can hold has its French words."""

import ast

from ami_portal.audit.models import AuditEvent
from ami_portal.desk.staff.words import VERBS, details_of, states_of
from funding import reading
from tests.architecture.source import modules


def verbs_in_the_source(room=""):
    """The first argument of every `record(…)` and `Transition(…)`, where it is a text; those of one room, if named."""
    found = set()
    for path, tree in modules():
        if not str(path).startswith(room):
            continue
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


def test_a_convention_says_in_french_what_its_room_writes():
    found = verbs_in_the_source("funding/")
    assert len(found) > 30
    of_a_dossier = {"dossier.record_renouncement", "dossier.renounce", "piece.send"}
    assert found - set(reading.VERBS) == of_a_dossier


def test_states_and_facts_are_said_in_french():
    event = AuditEvent(verb="dossier.submit", before="draft", after="submitted")
    event.data = {"sha256": "a" * 64, "neutrality": "favourable", "fields": ["email"], "replacing": True, "reason": ""}
    assert (states_of(event), details_of(event)) == (
        "Brouillon → Déposé",
        "empreinte : aaaaaaaaaaaa… ; neutralité : Favorable ; champs : email ; en remplacement : oui",
    )


def test_what_happens_to_a_claim_and_to_a_convention_is_said_in_french():
    sent = AuditEvent(verb="claim.submit", before="draft", after="submitted", data={"lines": 3})
    assert (states_of(sent), details_of(sent)) == ("En préparation → À examiner", "lignes : 3")
    repaid = AuditEvent(verb="order.repay", before="issued", after="repaid", data={"reference": "VIR-7"})
    assert (states_of(repaid), details_of(repaid)) == ("À reverser → Reversé", "référence : VIR-7")
    suspended = AuditEvent(verb="convention.suspend", data={"suspended_on": "2026-11-26"})
    assert details_of(suspended) == "à compter du : 2026-11-26"
    handed = AuditEvent(verb="path.hand_kit", data={"pieces": ["summary", "protocol"], "on": "2025-12-23"})
    assert details_of(handed) == "pièces : summary, protocol ; le : 2025-12-23"
