"""Roles around money are distinct: who leads, who manages, who signs and until when; what a consortium owes."""

import datetime as dt

import pytest
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from funding import actions
from funding.actions.parties import Named
from funding.enums import PartyRole as Role
from funding.models import Convention, GrantParty
from funding.parties import parties_of
from tests import people, scenes

from .laureates import a_frozen_convention
from .test_pages import taken, words

DAY = dt.timedelta(days=1)


@pytest.fixture
def convention(dossier, officer):
    return a_frozen_convention(dossier, officer)


def standing(convention):
    rows = convention.parties.filter(ended_at=None).order_by("number")
    return [(party.role, party.name) for party in rows]


def test_each_role_has_its_own_holder(convention, officer, owner):
    def name(role, *said, actor=officer, **more):
        return actions.name_party(convention, role, Named(*said, **more), actor=actor)

    name(Role.LEAD, "Dr Anne Morel", "Institut Exemple")
    name(Role.MANAGER, "Institut Exemple", siret="130 025 265 00013")
    partner = name(Role.FUNDED, "Laboratoire Voisin")
    delegation, until = scenes.a_file("delegation.pdf"), clock.today() + DAY
    for role, said, more, sentence in (
        (Role.SIGNATORY, ("dr anne MOREL",), {}, "un autre signe"),
        (Role.SIGNATORY, ("Paul Roy",), {"delegation": delegation}, "son dernier jour"),
        (Role.SIGNATORY, ("Paul Roy",), {"delegation_until": until}, "son dernier jour"),
        (
            Role.SIGNATORY,
            ("Paul Roy",),
            {"delegation": delegation, "delegation_until": until - 2 * DAY},
            "plus valable",
        ),
        (Role.MANAGER, ("Autre",), {"delegation": delegation, "delegation_until": until}, "Seul un signataire"),
        (Role.MANAGER, ("Autre",), {"siret": "13002526500014"}, "SIRET n’existe pas"),
        (Role.MANAGER, (" \u202e ",), {}, "Un nom est attendu"),
        (Role.MANAGER, ("Autre",), {"actor": owner}, "pas le droit"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            name(role, *said, **more)
    signatory = {"delegation": scenes.a_file("delegation.pdf"), "delegation_until": until}
    name(Role.SIGNATORY, "Zoé Petit")
    name(Role.SIGNATORY, "Paul Roy", **signatory)
    actions.end_party(partner, actor=officer)
    with pytest.raises(TransitionRefused, match="déjà retirée"):
        actions.end_party(partner, actor=officer)
    assert standing(convention) == [
        ("science_lead", "Dr Anne Morel"),
        ("manager", "Institut Exemple"),
        ("signatory", "Paul Roy"),
    ]
    assert (GrantParty.objects.count(), Convention.objects.get().scientific_lead) == (
        5,
        "Dr Anne Morel, Institut Exemple",
    )
    verbs = AuditEvent.objects.filter(verb__startswith="party").order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["party.name"] * 5 + ["party.end"]


def test_a_delegation_that_is_over_signs_nothing_and_a_signed_lead_changes_by_amendment(convention, officer):
    until = {"delegation": scenes.a_file("delegation.pdf"), "delegation_until": clock.today()}
    actions.name_party(convention, Role.SIGNATORY, Named("Paul Roy", **until), actor=officer)
    sign = {"signed_on": clock.today(), "signatory": "Paul Roy", "actor": officer}
    GrantParty.objects.update(delegation_until=clock.today() - DAY)
    with pytest.raises(TransitionRefused, match="La délégation de signature de Paul Roy n’est plus valable"):
        actions.record_signature(convention, **sign)
    GrantParty.objects.update(delegation_until=clock.today())
    signed = actions.record_signature(convention, **sign)
    with pytest.raises(TransitionRefused, match="par un avenant"):
        actions.name_party(signed, Role.LEAD, Named("Basile Rey"), actor=officer)
    assert not parties_of(signed).is_asked
    actions.name_party(signed, Role.FUNDED, Named("Laboratoire Voisin"), actor=officer)
    found = parties_of(signed)
    assert (found.is_asked, found.is_late, found.due_on) == (True, False, clock.add_months(clock.today(), 6))


def test_the_pages_of_the_parties(convention, officer, owner):
    laureate, staff = people.client_of(owner), people.client_of(officer)
    mine = reverse("funding:convention_parties", args=[convention.ref])
    theirs = reverse("admin:funding_convention_parties", args=[convention.ref])
    assert "Personne n’est encore nommé" in words(laureate.get(mine))
    named = {"role": "signatory", "name": "<b>Paul</b> Roy", "organisation": "", "siret": "", "delegation_until": ""}
    assert staff.post(theirs, named | {"delegation_until": "2999-01-01"}).status_code == 422
    file = {"delegation": scenes.a_file("delegation.pdf"), "delegation_until": "2999-01-01"}
    assert staff.post(theirs, named | file).url == theirs
    assert staff.post(theirs, named | {"role": "funded_partner", "name": "Laboratoire Voisin"}).url == theirs
    scenes.run_jobs()
    page = laureate.get(mine).content.decode()
    assert "&lt;b&gt;Paul&lt;/b&gt; Roy" in page
    assert taken(laureate.get(reverse("funding:delegation_pdf", args=[convention.ref, 1]))) == 200
    assert taken(laureate.get(reverse("funding:delegation_pdf", args=[convention.ref, 2]))) == 404
    actions.record_signature(convention, signed_on=clock.today(), signatory="Paul Roy", actor=officer)
    assert "entre le bénéficiaire et ses partenaires financés" in words(laureate.get(mine))
    assert laureate.post(mine, {}).status_code == 422
    assert laureate.post(mine, {"document": scenes.a_file("accord.pdf")}).url == mine
    scenes.run_jobs()
    assert taken(laureate.get(reverse("funding:consortium_pdf", args=[convention.ref]))) == 200
    assert "envoyé le" in words(staff.get(theirs))
    end = reverse("admin:funding_convention_end_party", args=[convention.ref, 2])
    assert "Laboratoire Voisin" in words(staff.get(end))
    assert staff.post(end).url == theirs
    assert "Laboratoire Voisin" not in words(laureate.get(mine))
