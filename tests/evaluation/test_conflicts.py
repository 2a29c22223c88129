"""Interests that the portal knows of without being told: each kind, its path, and what never makes one."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.kernel.text import folded
from evaluation.conflicts import (
    PUBLIC_PROVIDERS,
    Candidate,
    Lender,
    Named,
    Organisation,
    Stay,
    Subject,
    domain_of,
    five_years_before,
    found_between,
    is_same_organisation,
    plain,
    signs,
)

ON = dt.date(2026, 11, 25)
LONG_AGO = dt.date(2010, 1, 1)
UNIVERSITY, HOSPITAL = Organisation("Université de Valmont", "130025265"), Organisation("CHU de Belmont", "263100003")
ROCHE = Lender("ROCHE", Organisation("Roche SAS", "552012031"), "Base PRM", frozenset({"roche.example"}))
SUBJECT = Subject(
    members=frozenset({"claire@valmont.example", "paul@gmail.com"}),
    lead=UNIVERSITY,
    partners=(HOSPITAL,),
    people=(
        Named("Claire Martin", UNIVERSITY.name, "claire@valmont.example", "0000-0002-1825-0097", lead=True),
        Named("Éléonore de la Tour", "Laboratoire LIMICS, Institut du Cœur"),
        Named("À recruter"),
    ),
    citations=(
        ("Martin C, Dupont-Aignan J, de la Tour E. Survie. Rev Epidemiol, 2023.", "10.1234/abc"),
        ("Petit A, Grand B. Un essai ancien. 2012.", ""),
        ("N. Roux et al. Sans date.", ""),
    ),
    lenders=(ROCHE,),
)
JUROR = Candidate("jeanne@univ-a.example", "Jeanne", "Blanc")


def paths(candidate, subject=SUBJECT):
    return [(one.kind.value, one.path) for one in found_between(candidate, subject, on=ON)]


def stay(organisation, until=None):
    return Stay(organisation, LONG_AGO, until)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"email": "CLAIRE@valmont.example"}, ["member", "person", "domain"]),
        ({"email": "autre@Valmont.example"}, ["domain"]),
        ({"email": "jeanne@gmail.com"}, []),  # a provider open to all says nothing
        ({"email": "jeanne@labo.valmont.example"}, []),
        ({"given_name": "claire", "family_name": "MARTIN"}, ["person", "author"]),
        ({"given_name": "Eleonore", "family_name": "De La Tour"}, ["person", "author"]),
        ({"given_name": "", "family_name": "Martin"}, []),
        ({"given_name": " ", "family_name": " "}, []),
        ({"orcid": "0000-0002-1825-0097"}, ["person"]),
        ({"given_name": "Jean", "family_name": "Dupont-Aignan"}, ["author"]),
        ({"given_name": "Marc", "family_name": "Dupont-Aignan"}, []),
        ({"given_name": "Alice", "family_name": "Petit"}, []),  # more than five years old
        ({"given_name": "Nina", "family_name": "Roux"}, ["author"]),
        ({"stays": (stay(Organisation("Autre nom", "130025265")),)}, ["organisation"]),
        ({"stays": (stay(Organisation("Université de Valmont", "999999999")),)}, ["organisation"]),  # a colleague’s
        ({"stays": (stay(Organisation("INSTITUT DU COEUR")),)}, []),
        ({"stays": (stay(Organisation("institut du cœur")),)}, ["organisation"]),
        ({"stays": (stay(HOSPITAL),)}, ["organisation"]),
        ({"stays": (stay(ROCHE.organisation),)}, ["partner"]),
        ({"partners": frozenset({"ROCHE"})}, ["partner"]),
        ({"email": "jeanne@roche.example"}, ["partner"]),
    ],
)
def test_each_kind_is_found_and_nothing_else(changes, expected):
    assert [kind for kind, _ in dict(paths(replace(JUROR, **changes))).items()] == expected


def test_a_path_says_how_the_two_are_tied():
    tied = replace(
        JUROR,
        given_name="J",
        family_name="Dupont-Aignan",
        stays=(stay(UNIVERSITY, dt.date(2023, 6, 30)), stay(HOSPITAL)),
    )
    assert paths(tied) == [
        (
            "organisation",
            "même organisme que le porteur et Claire Martin (Université de Valmont, jusqu’au 30/06/2023)",
        ),
        ("organisation", "même organisme que le participant CHU de Belmont (CHU de Belmont)"),
        ("author", "cosignataire du responsable scientifique, Claire Martin, en 2023 (DOI 10.1234/abc)"),
    ]


@pytest.mark.parametrize(
    ("today", "limit"),
    [(dt.date(2026, 11, 25), dt.date(2021, 11, 25)), (dt.date(2028, 2, 29), dt.date(2023, 2, 28))],
)
def test_an_organisation_counts_until_five_years_after_its_last_day(today, limit):
    def found(until):
        candidate = replace(JUROR, stays=(stay(HOSPITAL, until),))
        return len(found_between(candidate, SUBJECT, on=today))

    day = dt.timedelta(days=1)
    assert (five_years_before(today), found(limit), found(limit - day), found(None)) == (limit, 1, 0, 1)


words = st.text(st.characters(max_codepoint=0x17F, categories=("Lu", "Ll", "Nd")), min_size=1, max_size=9)
names = st.lists(words, min_size=1, max_size=4).map(" ".join)
domains = st.from_regex(r"[a-z]{1,6}\.(fr|example)", fullmatch=True)


@given(names, st.randoms(use_true_random=False))
def test_a_name_is_the_same_without_case_accents_or_order(name, random):
    parts = name.split()
    random.shuffle(parts)
    assert plain(" ".join(parts).upper()) == plain(name.upper()) == plain(folded(name.upper()))


@given(names, names)
def test_organisations_are_the_same_both_ways_and_with_themselves(one, other):
    assert is_same_organisation(one, other) == is_same_organisation(other, one)
    assert is_same_organisation(one, one) == bool(plain(one))
    assert not is_same_organisation(one, "")


@given(st.sampled_from(sorted(PUBLIC_PROVIDERS)), domains, words)
def test_a_public_provider_ties_nobody_and_any_other_domain_does(public, domain, local):
    def found(name):
        subject = replace(SUBJECT, members=frozenset({f"somebody.else@{name.upper()}"}), people=(), lenders=())
        return [one.kind.value for one in found_between(replace(JUROR, email=f"{local}@{name}"), subject, on=ON)]

    assert (found(public), domain_of(f"x@{public}")) == ([], "")
    assert found(domain)[-1:] == ([] if domain in PUBLIC_PROVIDERS else ["domain"])


@given(st.sampled_from(["Jean-Pierre", "Élodie", "Anne Marie"]), st.sampled_from(["Le Goff", "D’Arcy", "Núñez"]))
def test_a_signature_is_known_however_references_write_it(given_name, family_name):
    initials = "".join(word[0] for word in given_name.replace("-", " ").split())
    for text in (
        f"{family_name} {initials}",
        f"{given_name[0]}. {family_name}",
        f"{family_name.upper()} {given_name}",
        f"{given_name} {family_name}",
        f"{'-'.join(initials)} {family_name}",
    ):
        assert signs(given_name, family_name, f"Autre A, {text}, Dernier Z. Titre. 2024.")
    assert not signs(given_name, family_name, f"{family_name} X, Autre A. Titre. 2024.")
    assert not signs(given_name, "", f"{family_name} {initials}")


@given(names, names, st.lists(names, max_size=3))
def test_the_same_facts_have_the_same_key_whatever_the_words(first, last, cited):
    """Two people swapped between jury and team are in the same conflict; a path never decides anything."""
    one = Candidate("a@un.example", first, last)
    subject = replace(SUBJECT, people=(Named(f"{last} {first}"),), citations=tuple((text, "") for text in cited))
    found = found_between(one, subject, on=ON)
    typed = replace(one, given_name=folded(first), family_name=f" {folded(last)} ")
    assert [item.key for item in found_between(typed, subject, on=ON)] == [item.key for item in found]
    assert len({item.key for item in found}) == len(found)
