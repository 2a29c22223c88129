"""The rows of the bench: what each compares, and the bar that it must stay under."""

import json
import statistics
import time
from collections.abc import Callable

from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.questionnaire import completeness
from applications.models import Answer
from tests import people, scenes
from tests.bench import large, population
from tests.bench.documents import pdf_vs_weasyprint
from tests.bench.measure import Person, Row, compare
from tests.bench.urls import BARE

WORDS = "Le projet réutilise des données existantes et décrit chaque étape de façon à ce qu’on puisse la refaire. " * 12


def staff_member(email: str) -> Person:
    """A signed-in instructor who has proved the second factor."""
    user = people.staff(Role.INSTRUCTOR, email=email)
    device = TOTPDevice.objects.get(user=user)
    return Person(user, **{DEVICE_ID_SESSION_KEY: device.persistent_id})


def bare_save(person: Person) -> Callable[[int], object]:
    """The least that a save can cost: session, account, one UPDATE."""
    return lambda turn: person.post(BARE, {"value": f"{turn}"})


def autosave_vs_bare() -> Row:
    """Saving one answer of a whole draft, a text of 200 words, against the bare save."""
    owner: User = people.a_person("brouillon@labo.example")
    draft = scenes.a_complete_draft(scenes.a_call("AMI-BENCH-1"), owner)
    longest = max(draft.answers.filter(row=""), key=lambda answer: len(str(answer.value)))
    person, address = Person(owner), reverse("applications:answer_save", kwargs={"ref": draft.ref})
    version = Answer.objects.get(pk=longest.pk).version

    def save(turn: int) -> None:
        nonlocal version
        sent = {"question": longest.question, "row": "", "column": "", "value": f"{WORDS}{turn}", "version": version}
        version = json.loads(person.post(address, sent))["version"]

    seconds, bare = compare(save, bare_save(person), rounds=300)
    return Row("autosave_vs_bare", seconds / bare, bar=3.0)


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


MEASURES: list[Callable[[], Row]] = [autosave_vs_bare, dossier_list_10x, completeness_ms, pdf_vs_weasyprint]
