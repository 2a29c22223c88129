"""Compare the passages of a deposit, or of grants, with all the others; note that a person examined a pair."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of
from ami_portal.workflow import TransitionRefused, given_reason
from applications.models import Call, DossierVersion
from applications.reading import FrozenDossier, frozen
from evaluation.models import Fingerprint, Grant, Passage, PassagePair
from evaluation.passages import (
    MAX_PASSAGES,
    fingerprints,
    known_sentences,
    likeness,
    passages,
    words_of,
)

from .locks import lock_dossier, refuse_unless_allowed

MAX_REASON = 2000
COMMON = 20
"""A mark that more passages bear is a common turn of phrase, and brings nobody together."""
CANDIDATES = 10
"""How many of the nearest passages are compared with one, word by word."""
BATCH = 500


def compare_passages(version_id: int) -> None:
    """Keep the passages of a deposit, then find those of other dossiers and of grants that look like them.

    However often and however concurrently it is called: what is kept is committed before anything is looked for, so
    that of two deposits compared at once the second sees the first.
    """
    version = DossierVersion.objects.select_related("dossier__call__form_revision").get(pk=version_id)
    kept = keep_deposit(version)
    at = clock.now()
    record_pairs(kept, Passage.objects.exclude(dossier=version.dossier_id), at=at)


@transaction.atomic
def keep_deposit(version: DossierVersion) -> list[Passage]:
    """The passages of a deposit, those that its dossier did not have before with their marks."""
    lock_dossier(version.dossier_id)
    given = given_sentences(version.dossier.call)
    wanted: dict[tuple[str, str], tuple[str, str]] = {}
    for code, label, text in _texts(frozen(version)):
        for said in passages(text, given):
            if len(wanted) == MAX_PASSAGES:
                break
            wanted.setdefault((code, _mark_of(said)), (label, said))
    known = {(row.place, row.sha256): row for row in Passage.objects.filter(dossier=version.dossier_id)}
    fresh = [
        Passage(dossier=version.dossier, version=version, place=place, label=label[:300], text=said, sha256=sha256)
        for (place, sha256), (label, said) in wanted.items()
        if (place, sha256) not in known
    ]
    keep(fresh)
    return [row for key, row in known.items() if key in wanted] + fresh


def keep(fresh: Sequence[Passage]) -> None:
    """Write passages with their marks."""
    Passage.objects.bulk_create(fresh, batch_size=BATCH)
    marks = [Fingerprint(passage=row, value=value) for row in fresh for value in sorted(fingerprints(row.text))]
    Fingerprint.objects.bulk_create(marks, batch_size=BATCH)


def given_sentences(call: Call) -> frozenset[str]:
    """The sentences that the call gave to everybody: its own texts, those of its form."""
    texts: list[str] = []
    held = [call.title, call.summary, call.purpose, call.rules, call.texts, call.supports]
    waiting: list[Any] = [*held, call.form_revision.definition, list(call.criteria.values_list("label", "text"))]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
    return known_sentences(texts)


def _texts(deposit: FrozenDossier) -> Iterator[tuple[str, str, str]]:
    """Every text typed in a deposit that is long enough: its question, its label."""
    for item in deposit.items():
        if item.type in ("text", "long_text") and isinstance(item.value, str):
            yield item.code, item.label, item.value
        for column in item.columns:
            if column.type in ("text", "long_text"):
                yield from (
                    (item.code, f"{item.label} – {column.label}", row[column.code])
                    for row in item.rows
                    if isinstance(row.get(column.code), str)
                )


def _mark_of(text: str) -> str:
    return sha256_of(" ".join(words_of(text)))


def record_pairs(mine: Sequence[Passage], others: QuerySet[Passage], *, at: dt.datetime) -> None:
    """Note the pairs of `mine` with `others` that are worth a look; those that are known stay as they are."""
    near = _near(mine, others)
    by_id = others.in_bulk({pk for found in near.values() for pk in found})
    pairs = []
    for one in mine:
        for other in (by_id[pk] for pk in near.get(one.pk, ()) if pk in by_id):
            alike = likeness(one.text, other.text)
            if alike.is_worth_a_look:
                left, right = sorted((one, other), key=lambda row: row.pk)
                pairs.append(
                    PassagePair(left=left, right=right, words=alike.words, percent=min(alike.percent, 100), found_at=at)
                )
    PassagePair.objects.bulk_create(pairs, ignore_conflicts=True, batch_size=BATCH)


def _near(mine: Sequence[Passage], others: QuerySet[Passage]) -> dict[int, list[int]]:
    """The passages that share the most marks with each of `mine`, the nearest first."""
    holders: dict[int, list[int]] = defaultdict(list)
    for passage_id, value in Fingerprint.objects.filter(passage__in=[row.pk for row in mine]).values_list(
        "passage_id", "value"
    ):
        holders[value].append(passage_id)
    shared: dict[int, Counter[int]] = defaultdict(Counter)
    for values in _batches(sorted(holders)):
        found = Fingerprint.objects.filter(value__in=values)
        rare = found.values("value").annotate(n=Count("pk")).filter(n__lte=COMMON).values_list("value", flat=True)
        there = Fingerprint.objects.filter(value__in=list(rare), passage__in=others)
        for value, passage_id in there.values_list("value", "passage_id"):
            for one in holders[value]:
                shared[one][passage_id] += 1
    return {one: [pk for pk, _ in counts.most_common(CANDIDATES)] for one, counts in shared.items()}


def _batches(values: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(values)
    while batch := list(islice(rest, BATCH)):
        yield batch


def compare_grants(file_id: int) -> None:
    """Keep the passages of the grants that a file brought, then find the deposits that look like them."""
    at = clock.now()
    for ids in _batches(Grant.objects.filter(file=file_id).order_by("pk").values_list("pk", flat=True)):
        kept = keep_grants(ids)
        record_pairs(kept, Passage.objects.filter(dossier__isnull=False), at=at)


@transaction.atomic
def keep_grants(ids: Sequence[int]) -> list[Passage]:
    """The passages of some grants, with their marks; those that they had stay, for the pairs that people examined."""
    kept: list[Passage] = []
    fresh: list[Passage] = []
    for grant in Grant.objects.select_for_update(of=("self",)).filter(pk__in=ids).prefetch_related("passages"):
        known = {row.sha256: row for row in grant.passages.all()}
        said = {_mark_of(text): text for text in islice(passages(grant.text), MAX_PASSAGES)}
        kept += [row for mark, row in known.items() if mark in said]
        fresh += [
            Passage(grant=grant, place="text", label="Objet de la subvention", text=text, sha256=mark)
            for mark, text in said.items()
            if mark not in known
        ]
    keep(fresh)
    return kept + fresh


@transaction.atomic
def examine_pair(pair: PassagePair, *, reason: str, actor: User) -> None:
    """Note that a person looked at a pair, and what they conclude; it decides nothing.

    Raises TransitionRefused: no right on one of the dossiers, examined already, no conclusion.
    """
    at = clock.now()
    current = (
        PassagePair.objects.select_for_update(of=("self",))
        .select_related("left__dossier", "left__grant", "right__dossier", "right__grant")
        .get(pk=pair.pk)
    )
    sides = [current.left, current.right]
    for side in sides:
        if side.dossier is not None:
            refuse_unless_allowed(actor, "evaluation.examine_passages", side.dossier)
    if current.examined_by is not None:
        raise TransitionRefused(f"Ces passages sont déjà examinés, par {current.examined_by}.")
    reason = given_reason(reason, MAX_REASON, empty="Dites ce que vous en concluez.")
    current.examined_at, current.examined_by, current.reason = at, actor, reason
    current.save(update_fields=["examined_at", "examined_by", "reason"])
    names = [side.dossier.ref if side.dossier else f"{side.grant.source} {side.grant.reference}" for side in sides]  # type: ignore[union-attr]
    for side in sides:
        if side.dossier is not None:
            trail.record(
                "passages.examine", subject=side.dossier.ref, actor=actor, at=at, passages=names, reason=reason
            )
