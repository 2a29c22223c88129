"""The rows of the bench: what each compares, and the bar that it must hold."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.questionnaire import completeness
from applications.models import Dossier
from tests import people, scenes
from tests.bench import big_form, evaluation_board, juries, large, population
from tests.bench.documents import pdf_vs_weasyprint
from tests.bench.measure import Person, Row, compare, queries_of
from tests.bench.visitors import bare_save, staff_member
from tests.evaluation import dossiers

WORDS = "Le projet réutilise des données existantes et décrit chaque étape de façon à ce qu’on puisse la refaire. " * 12


def _save_of(draft: Dossier, post: Callable[[str, dict[str, object]], bytes]) -> Callable[[int], None]:
    """Saves of the longest text of a whole draft, 200 words each, each upon the one before."""
    longest = max(draft.answers.filter(row=""), key=lambda answer: len(str(answer.value)))
    address, version = reverse("applications:answer_save", kwargs={"ref": draft.ref}), longest.version

    def save(turn: int) -> None:
        nonlocal version
        sent = {"question": longest.question, "row": "", "column": "", "value": f"{WORDS}{turn}", "version": version}
        version = json.loads(post(address, sent))["version"]

    return save


def autosave_vs_bare() -> Row:
    """The throughput of saves of one answer of a whole draft, against that of the bare save."""
    owner: User = people.a_person("brouillon@labo.example")
    person = Person(owner)
    save = _save_of(scenes.a_complete_draft(scenes.a_call("AMI-BENCH-1"), owner), person.post)
    seconds, bare = compare(save, bare_save(person), rounds=300)
    return Row("autosave_vs_bare", bare / seconds, bar=0.5, at_least=True)


def autosave_queries() -> Row:
    """What a save asks of the database, session and person included, in a dossier of a thousand answers."""
    owner: User = people.a_person("requetes@labo.example")
    client = people.client_of(owner)

    def post(address: str, sent: dict[str, object]) -> bytes:
        answer = client.post(address, sent, content_type="application/json", headers={"host": "localhost"})
        return answer.content

    save = _save_of(big_form.a_draft(scenes.a_call("AMI-BENCH-3"), owner), post)
    save(0)
    return Row("autosave_queries", queries_of(lambda: save(1)), bar=8)


def dossier_page_vs_empty() -> Row:
    """The page of 120 questions and 5 tables of 40 rows, against the page of one question, both all answered."""
    owner: User = people.a_person("grand@labo.example")
    call, person = scenes.a_call("AMI-BENCH-4"), Person(owner)
    drafts = [big_form.a_draft(call, owner), big_form.a_draft(call, owner, tables=0, questions=1)]
    large, empty = (
        reverse("applications:dossier_section", kwargs={"ref": draft.ref, "section": "all"}) for draft in drafts
    )
    seconds, bare = compare(lambda turn: person.get(large), lambda turn: person.get(empty), rounds=60)
    return Row("dossier_page_vs_empty", seconds / bare, bar=3.0)


def dossier_list_10x() -> Row:
    """The staff's list with 2 000 dossiers against 200, each against the bare save of the same moment."""
    model = population.submitted_dossier(scenes.a_call("AMI-BENCH-2"))
    person, address = staff_member("instruction@hdh.example"), reverse("admin:applications_dossier_changelist")
    costs = []
    for count in (200, 2000):
        population.grow_to(count, model)
        seconds, bare = compare(lambda turn: person.get(address), bare_save(person), rounds=40)
        costs.append(seconds / bare)
    return Row("dossier_list_10x", costs[1] / costs[0], bar=1.5)


def queue_queries() -> Row:
    """What the page of the queue asks of the database, session and person included, with 10 000 dossiers."""
    population.grow_to(10_000, _queued())
    client = people.client_of(people.staff(Role.INSTRUCTOR, email="file@hdh.example"))
    address = reverse("admin:staff_queue")

    def read() -> None:
        answer = client.get(address, headers={"host": "localhost"})
        if answer.status_code != 200:
            raise RuntimeError(f"the queue was not shown: {answer.status_code}")

    read()
    return Row("queue_queries", queries_of(read), bar=12)


def queue_10x() -> Row:
    """The queue with 10 000 dossiers against 1 000, each against the bare save of the same moment."""
    model, person, address = _queued(), staff_member("file-10@hdh.example"), reverse("admin:staff_queue")
    costs = []
    for count in (1_000, 10_000):
        population.grow_to(count, model)
        seconds, bare = compare(lambda turn: person.get(address), bare_save(person), rounds=60)
        costs.append(seconds / bare)
    return Row("queue_10x", costs[1] / costs[0], bar=1.2)


def _queued() -> Dossier:
    """The dossier that the queue's population copies, made at the first call."""
    known = Dossier.objects.filter(call__code="AMI-BENCH-5").order_by("pk").first()
    return known or population.submitted_dossier(scenes.a_call("AMI-BENCH-5"))


def completeness_ms() -> Row:
    """Completeness of 120 questions and 5 tables of 40 rows with their rules, in milliseconds of processor."""
    form = large.form()
    answers, rows = large.answers()
    if missing := completeness.measure(form, answers, rows, {}).missing:
        raise RuntimeError(f"the large dossier is not complete: {missing[0]}")
    times = []
    for _ in range(60):
        started = time.process_time()
        completeness.measure(form, answers, rows, {})
        times.append(time.process_time() - started)
    return Row("completeness_ms", statistics.median(times) * 1000, bar=10)


def checks_ms() -> Row:
    """All automatic checks of one faulty dossier of the 2024 call, its mends tried, in milliseconds of processor.

    What is inside its files was measured before.
    """
    faults = "duration_months = 26 ; amount_requested = 130000.00 ; outputs[0].licence = GPL-3.0-only ; title = "
    given, times = dossiers.differing(faults), []
    for _ in range(40):
        fresh = replace(given)  # what one dossier remembers is not there for the next
        started = time.process_time()
        dossiers.judged(fresh)
        times.append(time.process_time() - started)
    return Row("checks_ms", statistics.median(times) * 1000, bar=50)


MEASURES: list[Callable[[], Row]] = [
    autosave_vs_bare,
    autosave_queries,
    dossier_page_vs_empty,
    dossier_list_10x,
    queue_10x,
    queue_queries,
    completeness_ms,
    checks_ms,
    pdf_vs_weasyprint,
    *evaluation_board.MEASURES,
    *juries.MEASURES,
]
