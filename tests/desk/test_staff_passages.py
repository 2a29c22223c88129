"""Passages alike on the staff's side: both texts, who sees them, what a person concludes; nothing decides by itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.desk.staff.passages import pairs_of
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from evaluation import actions
from evaluation.grants import GrantRow
from evaluation.models import Fingerprint, Passage, PassagePair
from tests import scenes as portal
from tests.evaluation.test_passages import COPIED, EDITED, OTHER
from tests.people import a_juror, a_person, client_of, staff

from . import staff_rows as rows


@pytest.fixture
def call(db):
    return portal.a_call(closes_in_days=-20)


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


def a_dossier(call, number, text, **fields):
    """A deposit whose title is this text, its passages compared."""
    dossier = rows.a_row(call, number, **{"title": text, "lead_siret": "13002526500013", **fields})
    actions.compare_passages(dossier.versions.get().pk)
    return dossier


def a_grant(text=EDITED, reference="ANR-24-1", **fields):
    row = GrantRow(line=2, reference=reference, text=text, funder="ANR", siren="130025265", **fields)
    file = actions.load_grants([row], source="ANR", filename="anr.csv", content=reference.encode(), columns={})
    actions.compare_grants(file.pk)
    return file


def read(user, dossier):
    return client_of(user).get(reverse("admin:staff_passages", args=[dossier.ref]))


def test_two_dossiers_that_say_the_same_are_shown_side_by_side(call, instructor):
    first, second = a_dossier(call, 1, COPIED), a_dossier(call, 2, EDITED)
    a_dossier(call, 3, OTHER)
    pair = PassagePair.objects.get()
    assert (pair.left.dossier, pair.right.dossier, pair.words) == (first, second, 29)
    for dossier, other in ((first, second), (second, first)):
        text = rows.text_of(read(instructor, dossier))
        assert ("29 mots semblables" in text, other.ref in text, "À regarder" in text) == (True,) * 3
    assert (
        "<mark>nous SUIVRONS les patientes traitees pour un cancer du sein</mark>"
        in read(instructor, first).content.decode()
    )


def test_a_dossier_is_never_compared_with_itself_and_twice_is_once(call):
    dossier = a_dossier(call, 1, COPIED)
    before = (Passage.objects.count(), Fingerprint.objects.count())
    actions.compare_passages(dossier.versions.get().pk)
    assert (Passage.objects.count(), Fingerprint.objects.count(), PassagePair.objects.count()) == (*before, 0)


def test_an_earlier_deposit_of_another_dossier_is_compared_too(call):
    first = a_dossier(call, 1, COPIED)
    first.versions.update(withdrawn_at=clock.now())
    first.title = OTHER
    actions.compare_passages(rows.a_version(first, "porteuse1@labo1.example", number=2).pk)
    a_dossier(call, 2, EDITED)
    assert PassagePair.objects.get().left.version.number == 1


def test_a_grant_is_found_whichever_comes_first(call, instructor):
    before = a_dossier(call, 1, COPIED)
    a_grant()
    after = a_dossier(call, 2, OTHER)
    a_grant(OTHER, "ANR-24-2", amount=98500)
    assert set(PassagePair.objects.values_list("left__dossier", flat=True)) == {before.pk, after.pk}
    text = rows.text_of(read(instructor, after))
    assert ("ANR-24-2" in text, "98 500,00 €" in text, "Subventions publiques connues" in text) == (True,) * 3


def test_what_few_others_say_comes_before_a_common_turn_and_what_is_examined_comes_last(call, instructor):
    mine, *others = [rows.a_row(call, number) for number in (1, 2, 3)]

    def a_passage(dossier, place):
        texts = {"place": place, "label": place, "text": COPIED, "sha256": place.ljust(64, "0")}
        return Passage.objects.create(dossier=dossier, version=dossier.versions.get(), **texts)

    common, rare, seen = (a_passage(mine, place) for place in ("common", "rare", "seen"))
    found = {"words": 20, "percent": 100, "found_at": clock.now()}
    examined = {"examined_at": clock.now(), "examined_by": instructor, "reason": "Le même organisme."}
    PassagePair.objects.create(left=seen, right=a_passage(others[0], "seen"), **{**found, "words": 90}, **examined)
    for other in others:
        PassagePair.objects.create(left=common, right=a_passage(other, "common"), **{**found, "words": 50})
    PassagePair.objects.create(left=rare, right=a_passage(others[1], "rare"), **found)
    ordered = [(pair.left.place, pair.alike) for pair in pairs_of(instructor, mine)]
    assert ordered == [("rare", 1), ("common", 2), ("common", 2), ("seen", 1)]


def test_what_everybody_says_brings_nobody_together(call):
    for number in range(1, 24):
        rows.a_row(call, number, title=COPIED)
    for dossier in call.dossiers.all():
        actions.keep_deposit(dossier.versions.get())
    a_dossier(call, 99, COPIED)
    assert not PassagePair.objects.exists()


def test_the_sentences_of_the_call_are_nobody_s(call):
    said = call.criteria.order_by("-position").exclude(text="").first().text
    long = f"{call.purpose} {said}"
    for number in (1, 2):
        dossier = rows.a_row(call, number)
        dossier.versions.update(withdrawn_at=clock.now())
        dossier.title = long
        actions.compare_passages(rows.a_version(dossier, f"porteuse{number}@labo{number}.example", number=2).pk)
    assert not Passage.objects.exists()


def test_a_person_concludes_once_and_no_criterion_moves(call, instructor):
    first, second = a_dossier(call, 1, COPIED), a_dossier(call, 2, EDITED)
    rows.decided(first, "")
    pair = PassagePair.objects.get()
    client = client_of(instructor)
    address = reverse("admin:staff_examine", args=[first.ref, pair.uuid])
    assert client.post(address, {"reason": " "}).status_code == 422
    done = client.post(address, {"reason": "Même <b>équipe</b>, autre base."}, follow=True)
    assert "Même <b>équipe</b>, autre base." in rows.text_of(done).replace("&lt;", "<").replace("&gt;", ">")
    with pytest.raises(TransitionRefused, match="déjà examinés"):
        actions.examine_pair(pair, reason="Encore.", actor=instructor)
    events = AuditEvent.objects.filter(verb="passages.examine").order_by("pk").values_list("subject", flat=True)
    assert list(events) == [first.ref, second.ref]
    assert not first.versions.get().eligibility_items.exclude(decision="").exists()


def test_who_has_a_part_in_one_of_the_dossiers_sees_no_pair(call, instructor):
    first, second = a_dossier(call, 1, COPIED), a_dossier(call, 2, EDITED)
    second.members.create(email=instructor.email, role="reader", invited_at=clock.now())
    assert second.ref not in rows.text_of(read(instructor, first))
    assert read(instructor, second).status_code == 404
    pair = PassagePair.objects.get()
    assert client_of(instructor).get(reverse("admin:staff_examine", args=[first.ref, pair.uuid])).status_code == 404
    with pytest.raises(TransitionRefused, match="pas le droit"):
        actions.examine_pair(pair, reason="Rien.", actor=instructor)


def test_applicants_jurors_and_other_duties_do_not_examine(call):
    a_dossier(call, 1, COPIED), a_dossier(call, 2, EDITED)
    pair = PassagePair.objects.get()
    for user in (a_person("x@y.example"), a_juror(), staff(Role.ADMINISTRATOR), staff(Role.JURY_SECRETARY)):
        with pytest.raises(TransitionRefused, match="pas le droit"):
            actions.examine_pair(pair, reason="Rien.", actor=user)


def test_the_criteria_that_it_concerns_say_how_many_to_look_at(call, instructor):
    first, _ = a_dossier(call, 1, COPIED), a_dossier(call, 2, EDITED)
    rows.decided(first, "")
    text = rows.text_of(client_of(instructor).get(reverse("admin:staff_dossier", args=[first.ref])))
    assert text.count("1 passage semblable à regarder") == 2


def test_the_page_asks_as_many_queries_for_one_pair_as_for_three(call, instructor):
    first = a_dossier(call, 1, COPIED)
    client, counts = client_of(instructor), []
    for number in (2, 3, 4):
        a_dossier(call, number, EDITED)
        a_grant(EDITED, f"ANR-{number}")
        client.get(reverse("admin:staff_passages", args=[first.ref]))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:staff_passages", args=[first.ref]))
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_the_lists_that_are_loaded_are_told_with_their_fingerprint(call, instructor):
    client = client_of(instructor)
    assert "Aucune liste n’est chargée" in rows.text_of(client.get(reverse("admin:staff_grants")))
    file = a_grant()
    text = rows.text_of(client.get(reverse("admin:staff_grants")))
    assert (file.sha256 in text, "anr.csv" in text, "1 subvention," in text) == (True,) * 3
