"""Reviews that do not come: counted as they stand, chased on the days of the call, given to somebody else."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import RoleGrant
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Call
from evaluation import actions
from evaluation.actions.progress import count_uncounted
from evaluation.models import DossierProgress, JurorProgress, Review
from tests.desk import staff_rows as rows
from tests.people import client_of

from . import scenes
from .helpers import journal, refusal

FIRST, SECOND, THIRD = (f"{name}@univ-{name}.example" for name in "abc")

pytestmark = pytest.mark.once  # who may and what follows; locks have their own tests


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier, other = scenes.ready_for_jury(call), scenes.ready_for_jury(call, "paul@lab.example", title="Autre")
    review = scenes.a_draft_review(dossier, FIRST)
    scenes.save(review, mark=2)
    scenes.a_submitted_review(dossier, SECOND, mark=4)
    return SimpleNamespace(call=call, dossier=dossier, other=other, review=review, secretary=scenes.secretary())


def of_dossiers():
    return list(DossierProgress.objects.order_by("dossier").values_list("entrusted", "submitted", "score"))


def of(email):
    row = JurorProgress.objects.get(juror__email=email)
    return (row.to_declare, row.draft, row.submitted, row.aside, row.waits_since is not None)


def page(scene, who=None, **query):
    return client_of(who or scene.secretary).get(reverse("admin:staff_progress", args=[scene.call.code]), query)


def told(kind):
    return list(Message.objects.filter(kind=f"evaluation.{kind}").order_by("pk").values_list("to_email", flat=True))


def test_each_act_leaves_the_counts_as_the_rows_are(scene):
    assert (of_dossiers(), of(FIRST), of(SECOND)) == ([(2, 1, 80)], (0, 1, 0, 0, True), (0, 0, 1, 0, False))
    third = scenes.a_review(scene.dossier, THIRD)
    assert (of_dossiers(), of(THIRD)) == ([(3, 1, 80)], (1, 0, 0, 0, True))
    actions.unassign_juror(third, actor=scene.secretary)
    assert (of_dossiers(), of(THIRD)) == ([(2, 1, 80)], (0, 0, 0, 0, False))
    actions.submit_review(scene.review, actor=scene.review.juror)
    assert (of_dossiers(), of(FIRST)) == ([(2, 2, 60)], (0, 0, 1, 0, False))
    actions.reopen_review(scene.review, reason="Erreur.", actor=scene.secretary)
    assert (of_dossiers(), of(FIRST)) == ([(2, 1, 80)], (0, 1, 0, 0, True))
    actions.declare_conflict(scene.review, conflict="Une amie.", actor=scene.review.juror)
    assert (of_dossiers(), of(FIRST)) == ([(1, 1, 80)], (0, 0, 0, 1, False))


def test_what_was_entrusted_before_anything_was_counted_is_counted(scene):
    before = of_dossiers(), of(FIRST)
    DossierProgress.objects.all().delete()
    JurorProgress.objects.all().delete()
    assert (count_uncounted(), count_uncounted()) == (1, 0)
    assert (of_dossiers(), of(FIRST)) == before


def test_a_missing_review_is_given_to_somebody_else_and_what_was_written_stays(scene):
    taken = actions.replace_juror(scene.review, scenes.juror(THIRD), reason="Malade.", actor=scene.secretary)
    former = Review.objects.get(pk=scene.review.pk)
    assert (former.state, former.replaced_reason, former.scores.count(), taken.state) == (
        "replaced",
        "Malade.",
        17,
        "to_declare",
    )
    assert (of_dossiers(), of(FIRST), of(THIRD)) == ([(2, 1, 80)], (0, 0, 0, 1, False), (1, 0, 0, 0, True))
    assert (told("review_replaced"), told("review_assigned")[-1]) == ([FIRST], THIRD)
    assert journal(former.ref)[-1] == ("review.replace", "draft", "replaced")
    client = client_of(former.juror)
    url = f"/evaluation/jury/{scene.dossier.ref}/"
    assert [client.get(f"{url}{end}").status_code for end in ("", "liens", "dossier.pdf")] == [404] * 3
    listed = client.get("/evaluation/jury/").content.decode()
    assert ("Dossiers confiés à quelqu’un d’autre" in listed, scene.dossier.title in listed) == (True, False)
    shown = rows.text_of(client_of(scene.secretary).get(reverse("admin:staff_reviews", args=[scene.dossier.ref])))
    assert "Malade." in shown
    assert "Ce qui était écrit, et n’a pas été remis" in shown


def test_who_may_not_replace_and_what_is_not_replaced(scene):
    third, secretary = scenes.juror(THIRD), scene.secretary
    said = {"reason": "Malade.", "actor": secretary}
    assert "pas le droit" in refusal(actions.replace_juror, scene.review, third, reason="x", actor=scenes.instructor())
    assert "Donnez le motif" in refusal(actions.replace_juror, scene.review, third, reason=" ", actor=secretary)
    assert "autre personne" in refusal(actions.replace_juror, scene.review, scene.review.juror, **said)
    done = Review.objects.get(juror__email=SECOND)
    assert "Évaluation remise" in refusal(actions.replace_juror, done, third, **said)
    assert "déjà confié" in refusal(actions.replace_juror, scene.review, done.juror, **said)
    assert Review.objects.get(pk=scene.review.pk).state == "draft"


def test_the_page_of_the_replacement_proposes_who_is_free_and_does_it(scene):
    scenes.juror(THIRD)
    client, juror = client_of(scene.secretary), scene.review.juror
    url = reverse("admin:staff_review_replace", args=[scene.dossier.ref, juror.ref])
    first = client.get(url)
    assert [value for value, _ in first.context["form"].fields["juror"].choices] == [THIRD]
    assert client.post(url, {"juror": SECOND, "reason": "x"}).status_code == 422
    done = client.post(url, {"juror": THIRD, "reason": "Malade <b>hier</b>."}, follow=True).content.decode()
    assert "Malade &lt;b&gt;hier&lt;/b&gt;." in done
    assert client.get(url).status_code == 404


def test_jurors_are_reminded_on_the_days_of_the_call_once_each(scene):
    call = Call.objects.get(pk=scene.call.pk)
    ends_on = clock.today() + dt.timedelta(days=10)
    steps = [{**step, "ends_on": ends_on.isoformat()} if step["code"] == "jury" else step for step in call.steps]
    Call.objects.filter(pk=call.pk).update(steps=steps)
    Review.objects.all().update(assigned_at=clock.now() - dt.timedelta(days=1))
    JurorProgress.objects.filter(waits_since__isnull=False).update(waits_since=clock.now() - dt.timedelta(days=1))
    seen = []
    for days, hour in ((10, "07:00"), (10, "09:00"), (10, "09:01"), (3, "09:00"), (0, "10:00"), (-2, "09:00")):
        day = ends_on - dt.timedelta(days=days)
        with time_machine.travel(clock.from_paris(day, dt.time.fromisoformat(hour)), tick=False):
            seen.append(actions.chase_reviews(at=clock.now()))
    assert seen == [0, 1, 0, 1, 1, 1]
    assert told("reviews_missing") == [FIRST] * 4
    bodies = [message.body for message in Message.objects.filter(kind="evaluation.reviews_missing").order_by("pk")]
    assert [
        words in body
        for words, body in zip(
            ("sont attendues le", "sont attendues le", "aujourd’hui", "étaient"), bodies, strict=True
        )
    ] == [True] * 4
    assert scene.dossier.title not in "".join(bodies)


def test_the_board_shows_the_latest_first_by_juror_and_by_dossier(scene):
    scenes.a_review(scene.other, FIRST)
    response = page(scene)
    text = rows.text_of(response)
    assert [row.dossier.ref for row in response.context["rows"]] == [scene.dossier.ref, scene.other.ref]
    assert [row.juror.email for row in response.context["jurors"]] == [FIRST, SECOND]
    assert "1 évaluation remise sur 3" in text
    assert page(scene, scenes.instructor()).status_code == 200
    assert [page(scene, page=number).status_code for number in ("2", "0", "x")] == [200, 404, 404]


def test_a_dossier_that_the_reader_reviews_is_not_on_their_board(scene):
    RoleGrant.objects.create(user=scene.secretary, role=Role.JUROR)
    review = scenes.a_review(scene.other, scene.secretary.email)
    assert [row.dossier.ref for row in page(scene).context["rows"]] == [scene.dossier.ref]
    assert review.state == "to_declare"


def test_the_board_asks_as_many_queries_for_one_as_for_three(scene):
    client, counts = client_of(scene.secretary), []
    url = reverse("admin:staff_progress", args=[scene.call.code])
    client.get(url)
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
        if not number:
            for email in (FIRST, THIRD):
                scenes.a_review(scene.other, email)
    assert counts[0] == counts[1] <= 12
