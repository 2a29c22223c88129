"""Checks of licences, of the support asked for and of the partners' opinions, on constructed deposits."""

import pytest

from applications import checks
from applications.checks import Facts, OpinionFact

from .facts import a_form, facts, run

OPEN = {
    "table": "outputs",
    "licence_column": "licence",
    "kind_column": "kind",
    "checked_kinds": ["program", "documentation"],
}


def licence(expression, kind="program"):
    rows = [{"kind": kind, "title": "Repérage", "licence": expression}]
    return run("open_source", facts(tables={"outputs": rows}), **OPEN)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", "met"),
        ("mit", "met"),
        ("Apache-2.0", "met"),
        ("CECILL-B", "met"),
        ("CC-BY-4.0", "unknown"),  # made for documents and data
        ("Apache-2.0 WITH LLVM-exception", "met"),  # an exception only gives more
        ("GPL-3.0-only", "not_met"),
        ("GPL-3.0-or-later", "not_met"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "not_met"),
        ("AGPL-3.0-only", "not_met"),
        ("EUPL-1.2", "not_met"),
        ("MPL-2.0", "not_met"),
        ("CECILL-2.1", "not_met"),
        ("CC-BY-SA-4.0", "not_met"),
        ("CC-BY-NC-4.0", "not_met"),
        ("MIT OR GPL-3.0-only", "met"),  # may be taken as MIT
        ("GPL-3.0-only OR MIT", "met"),
        ("MIT AND GPL-3.0-only", "not_met"),
        ("MIT AND Apache-2.0", "met"),
        ("(MIT OR GPL-3.0-only) AND AGPL-3.0-only", "not_met"),
        ("(MIT AND Apache-2.0) OR GPL-3.0-only", "met"),
        ("GPL-3.0-only OR AGPL-3.0-only", "not_met"),
        ("Zlib", "unknown"),  # permissive perhaps, but not of the reference list
        ("Licence-Maison", "unknown"),
        ({"typed": "libre"}, "unknown"),
        (None, "unknown"),
    ],
)
def test_open_source(expression, expected):
    assert licence(expression).result == expected


def test_open_source_looks_at_what_is_reusable_only():
    assert licence("GPL-3.0-only", kind="article").result == "unknown"
    assert licence("MIT", kind=None).result == "unknown"
    assert run("open_source", facts(), **OPEN).result == "unknown"


def test_open_source_names_the_result_and_its_licence():
    assert licence("MIT AND GPL-3.0-only").evidence == (
        "1 résultat à partager sous licence permissive, sur 1. "
        "« Repérage » : MIT AND GPL-3.0-only oblige à GPL-3.0-only, qui n’est pas permissive."
    )


SUPPORT = {
    "question": "supports",
    "justification": "why",
    "rules": [{"support": "PLATFORM", "question": "workspace", "values": ["hdh", "tbd"], "advice": "Contradiction."}],
}


@pytest.mark.parametrize(
    ("answers", "is_advised"),
    [
        ({"supports": ["PLATFORM"], "workspace": "own", "why": "Parce que."}, True),
        ({"supports": ["PLATFORM"], "workspace": "hdh", "why": "Parce que."}, False),
        ({"supports": ["FUNDING"], "workspace": "own", "why": "Parce que."}, False),
        ({"supports": None, "workspace": None, "why": None}, False),
    ],
)
def test_coherent_support_is_judged_by_a_person_with_what_contradicts_it(answers, is_advised):
    found = run("coherent_support", facts(answers=answers), **SUPPORT)
    assert (found.result, "Contradiction." in found.evidence) == ("unknown", is_advised)
    assert ("workspace" in found.found_at) == is_advised


def opinion(*stances):
    given = [
        OpinionFact(code, {"neutrality": stance}) for code, stance in zip(("PRM-SEIN", "CBNPC"), stances, strict=False)
    ]
    return run("partner_opinion", facts(opinions=tuple(given)), aspect="neutrality")


@pytest.mark.parametrize(
    ("stances", "expected"),
    [
        (["favourable"], "met"),
        (["favourable", "favourable"], "met"),
        (["favourable", ""], "unknown"),
        (["favourable", "reserved"], "unknown"),
        (["favourable", "unfavourable"], "not_met"),
        (["", "unfavourable"], "not_met"),
        ([""], "unknown"),
        ([], "unknown"),
    ],
)
def test_partner_opinion(stances, expected):
    assert opinion(*stances).result == expected


def test_partner_opinion_names_the_datasets():
    assert opinion("favourable", "unfavourable").evidence == (
        "Favorable : Base PRM – cancer du sein. Défavorable : Cancer du poumon."
    )


def test_nothing_is_met_by_an_empty_deposit():
    """A deposit that answers nothing satisfies nothing, whatever the check."""
    everything = {
        "legal_person": {"siret": "a", "legal_category": "b", "rejected_prefixes": ["1"], "flagged_prefixes": ["7"]},
        "documents": {"declaration": "e"},
        "complete": {},
        "format_respected": {"files": ["a"]},
        "on_time": {},
        "manual": {},
        "partner_dataset": {"question": "a"},
        "budget": {"amount": "a", "table": "b", "amount_column": "c", "category_column": "d"},
        "not_started": {"date": "a", "declaration": "b"},
        "no_double_funding": {
            "table": "a", "kind_column": "b", "public_kinds": [], "same_costs_column": "c", "declaration": "d"
        },
        "duration": {"duration": "a", "table": "b", "end_column": "c"},
        "coherent_support": {"question": "a", "justification": "b"},
        "open_source": {"table": "a", "licence_column": "b", "kind_column": "c", "checked_kinds": []},
        "partner_opinion": {"aspect": "neutrality"},
        "de_minimis": {"applies": "a", "received": "b", "grant": "c", "ceiling": "300000", "years": "3"},
        "expression": {"test": "c >= 0", "message": "Non."},
        "all": {"parts": [{"label": "Délai", "check": "on_time"}]},
        "any": {"parts": [{"label": "Délai", "check": "on_time"}, {"label": "Lecture", "check": "manual"}]},
    }  # fmt: skip
    assert set(everything) == set(checks.REGISTRY)
    empty = Facts(regulation=facts().regulation, form=a_form({"code": "c", "type": "amount", "label": "Montant"}))
    results = {name: checks.run(name, empty, params).result for name, params in everything.items()}
    assert [name for name, result in results.items() if result == "met"] == []
