"""The minutes of a jury: frozen with its decisions, sealed, verified from the file alone."""

import io
import json
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from ami_portal.documents import seal, store
from ami_portal.documents.attached import NothingAttached, extract
from ami_portal.documents.models import Document
from evaluation import actions
from evaluation.actions.minutes import render_minutes
from evaluation.minutes import ATTACHMENT
from evaluation.models import Minutes, Score
from evaluation.proof import written
from tests import scenes as portal
from tests.people import client_of

from . import scenes
from .helpers import download, journal, refusal

pytestmark = pytest.mark.drawn


@pytest.fixture(scope="module")
def built(module_rows, tmp_path_factory):
    call = scenes.a_closed_call()
    first, second = scenes.ready_for_jury(call), scenes.ready_for_jury(call, "paul@lab.example", title="Autre <projet>")
    scenes.a_submitted_review(first, mark=4)
    scenes.a_submitted_review(first, "autre@b.example", mark=3)
    scenes.a_submitted_review(second, mark=2)
    recused = scenes.a_review(second, "autre@b.example")
    actions.declare_conflict(recused, conflict="Codirection de thèse.", actor=recused.juror)
    session = scenes.a_session(call)
    actions.close_scoring(session, actor=scenes.secretary())
    scenes.decide(session, first)
    scenes.decide(session, second, **scenes.REJECTED)
    actions.freeze_decisions(session, actor=scenes.secretary())
    actions.build_minutes(session_id=session.pk)
    kept = Minutes.objects.select_related("session__call", "document").get()
    return SimpleNamespace(
        call=call, session=session, first=first, second=second, kept=kept, pdf=store.read(kept.document)
    )


def verified(tmp_path, content):
    """What the command says of a file: its words, or those of its refusal after « REFUS »."""
    path, out = tmp_path / "pv.pdf", io.StringIO()
    path.write_bytes(content)
    try:
        call_command("verify_ranking", str(path), stdout=out)
    except CommandError as refused:
        out.write(f"REFUS {refused}")
    return out.getvalue().replace("\u00a0", " ")


def test_the_ranking_is_found_again_from_the_file_alone(scene, tmp_path, django_assert_num_queries):
    with django_assert_num_queries(0):
        said = verified(tmp_path, scene.pdf)
    assert f"1  {scene.first.ref}" in said
    assert "70,00" in said
    assert f"2  {scene.second.ref}" in said
    assert f"Sceau : intact, du certificat {seal.certificate_of(scene.pdf)}" in said
    assert said.endswith("rien n’a changé depuis le sceau.\n")


def test_the_file_carries_what_was_frozen_and_no_name(scene):
    assert extract(scene.pdf, ATTACHMENT).decode() == scene.kept.content
    assert seal.is_whole(scene.pdf)
    assert render_minutes(scene.kept) == render_minutes(scene.kept)
    assert scene.pdf.startswith(render_minutes(scene.kept))
    minutes = json.loads(scene.kept.content)["minutes"]
    assert [(row["ref"], row["rank"], len(row["reviews"]), len(row["aside"])) for row in minutes["dossiers"]] == [
        (scene.first.ref, 1, 2, 0),
        (scene.second.ref, 2, 1, 1),
    ]
    assert sorted(juror["seat"] for juror in minutes["jurors"]) == ["A", "B"]
    for secret in ("universite.example", "autre@b.example", "Codirection"):
        assert secret not in scene.kept.content


def changed(scene, **change):
    """The minutes made again by a forger who has the data, the templates and another key, but not the seal."""
    minutes = json.loads(scene.kept.content)["minutes"]
    minutes["dossiers"][0] |= change
    return written(minutes)


def test_one_changed_digit_fails_whatever_was_made_again(scene, tmp_path):
    """The data alone; data and fingerprint; a byte of the file; the file without its seal."""
    content = scene.kept.content
    scene.kept.content = content.replace('"score":"70.00"', '"score":"71.00"', 1)
    said = verified(tmp_path, render_minutes(scene.kept))
    assert "Les données ont changé" in said
    scene.kept.content = changed(scene, score="71.00")
    said = verified(tmp_path, render_minutes(scene.kept))
    assert f"{scene.first.ref} : la moyenne 71.00 au rang 1 se recalcule 70.00 au rang 1." in said
    assert "Sceau : absent, ou rompu." in said
    scene.kept.content = content
    said = verified(tmp_path, render_minutes(scene.kept))
    assert said.count("– ") == 1
    assert "REFUS" in said
    for place in range(100, len(scene.pdf), len(scene.pdf) // 12):
        flipped = scene.pdf[:place] + bytes([scene.pdf[place] ^ 1]) + scene.pdf[place + 1 :]
        assert "REFUS" in verified(tmp_path, flipped), place


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"bonjour"])
def test_another_file_is_refused(tmp_path, content):
    assert "REFUS Ce fichier ne porte pas" in verified(tmp_path, content)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="absent"):
        call_command("verify_ranking", str(tmp_path / "absent.pdf"))


def test_a_pdf_without_the_data_carries_nothing():
    with pytest.raises(NothingAttached):
        extract(portal.a_pdf(), ATTACHMENT)


def test_what_changes_afterwards_changes_no_minutes(scene):
    Score.objects.update(value=5)
    actions.build_minutes(session_id=scene.session.pk)
    assert Document.objects.filter(kind="minutes").count() == 1
    assert scene.pdf.startswith(render_minutes(Minutes.objects.get()))
    assert journal(scene.call.code, "session.build") == [("session.build_minutes", "", "")]


def test_a_place_against_the_ranking_needs_a_reason(module_rows, db):
    session, first, second = scenes.two_judged(scenes.a_closed_call("AUTRE-2026"))
    scenes.decide(session, second, rank=1)
    scenes.decide(session, first, outcome="reserve", amount=None, rank=2)
    said = refusal(actions.freeze_decisions, session, actor=scenes.secretary())
    assert said == (
        f"{second.ref} passe avant {first.ref}, mieux classé par les notes : "
        "donnez le motif de l’écart pour l’un des deux."
    )
    assert "4000 caractères" in refusal(scenes.decide, session, second, rank=1, move_reason="x" * 4001)
    scenes.decide(session, second, rank=1, move_reason=" Seul projet du thème. ", amount=Decimal(80000))
    actions.freeze_decisions(session, actor=scenes.secretary())
    kept = json.loads(Minutes.objects.get(session=session).content)["minutes"]
    assert [(row["rank"], row["decision"]["rank"], row["decision"]["move"]) for row in kept["dossiers"]] == [
        (1, 2, ""),
        (2, 1, "Seul projet du thème."),
    ]


def test_the_minutes_are_read_by_whoever_reads_the_ranking_and_has_no_part(scene):
    url = f"/admin/jury/{scene.call.code}/proces-verbal.pdf"
    assert download(client_of(scenes.secretary()), url) == scene.pdf
    assert journal(scene.call.code, "session.read") == [("session.read_minutes", "", "")]
    assert client_of(scenes.juror()).get(url).status_code == 302
    scene.first.members.create(email=scenes.secretary().email, role="reader", invited_at=scene.session.opened_at)
    assert client_of(scenes.secretary()).get(url).status_code == 404
    Minutes.objects.update(document=None)
    assert client_of(scenes.instructor()).get(url).status_code == 404
