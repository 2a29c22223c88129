"""Agree on the text of a convention: remarks of the laureate, new versions with their answers, freezing, reopening."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance, given_reason
from applications.reading import standing_version
from funding import agreement, articles, notifications
from funding.actions.copies import void_copies
from funding.agreement import closed_sentence
from funding.articles import Article
from funding.enums import ConventionState, RemarkKind, RemarkOutcome, RemarkState
from funding.models import AgreementText, Convention, Remark
from funding.workflow import ANSWER, FREEZE, REOPEN

MAX_WORDS, MAX_TITLE, MAX_TEXT = 4000, 300, 20_000
MAX_ARTICLES, MAX_REMARKS = 80, 200


@dataclass(frozen=True)
class Answer:
    """What becomes of a remark, in a word and in a sentence."""

    outcome: str
    words: str


@transaction.atomic
def make_remark(
    convention: Convention, article: str, *, base: int, kind: str, proposed: str = "", words: str, actor: User
) -> Remark:
    """Ask a question on an article, or propose its text, for a reason; the operator is told that there is one to read.

    `base` is the version that was read. Raises TransitionRefused: no right, no longer negotiated, a later version is
    out, no such article, nothing changed, nothing said, too long, too many.
    """
    at = clock.now()
    current = _negotiated(convention, actor, "funding.make_remark")
    last = _last(current, base)
    found = next((one for one in articles.read(last.articles) if one.code == article), None)
    if found is None:
        raise TransitionRefused("Cet article n’est plus dans le texte : relisez sa dernière version.")
    proposed = clean_text(proposed).strip() if kind == RemarkKind.CHANGE else ""
    if kind == RemarkKind.CHANGE and proposed in ("", found.text.strip()):
        raise TransitionRefused("Changez le texte de l’article, ou posez une question.")
    if len(proposed) > MAX_TEXT:
        raise TransitionRefused(f"Le texte proposé dépasse {MAX_TEXT} caractères : raccourcissez-le.")
    empty = "Dites pourquoi." if kind == RemarkKind.CHANGE else "Écrivez votre question."
    words = given_reason(words, MAX_WORDS, empty=empty)
    count = current.remarks.count()
    if count >= MAX_REMARKS:
        raise TransitionRefused("Les remarques sont trop nombreuses : écrivez au contact de l’appel.")
    remark = Remark.objects.create(
        convention=current,
        number=count + 1,
        text=last,
        article=article,
        kind=RemarkKind(kind),
        proposed=proposed,
        words=words,
        made_at=at,
        made_by=actor,
    )
    trail.record(
        "remark.make", subject=remark.ref, actor=actor, at=at, kind=str(remark.get_kind_display()), article=found.title
    )
    notifications.remark_to_answer(remark, at=at)
    return remark


@transaction.atomic
def answer_remarks(
    convention: Convention,
    *,
    base: int,
    wanted: Sequence[Article],
    note: str = "",
    answers: Mapping[int, Answer],
    actor: User,
) -> AgreementText | None:
    """Answer remarks (by their number), and write the version that `wanted` makes when it differs from the last one.

    The team is told once. Gives the new version, or None. Raises TransitionRefused: no right, no longer negotiated, a
    later version is out, nothing changes, no note for a new version, an empty title or text, an answer without words
    but for a proposal that is taken up, a remark answered already.
    """
    at = clock.now()
    current = _negotiated(convention, actor, "funding.negotiate_convention")
    last = _last(current, base)
    rows = [article.as_row for article in _checked(wanted)]
    is_new = rows != last.articles
    if not is_new and not answers:
        raise TransitionRefused("Rien ne change : ni le texte, ni les réponses.")
    text = _write(current, rows, last.number + 1, note, actor, at) if is_new else None
    for number, answer in sorted(answers.items()):
        _answer(current, number, answer, actor, at)
    notifications.text_answered(current, number=text.number if text else 0, answered=len(answers), at=at)
    return text


def _write(
    convention: Convention, rows: list[dict[str, str]], number: int, note: str, actor: User, at: dt.datetime
) -> AgreementText:
    note = given_reason(note, MAX_WORDS, empty="Dites en quelques mots ce que change cette version.")
    sha256 = articles.fingerprint(rows)
    trail.record("convention.write_text", subject=convention.ref, actor=actor, at=at, version=number, sha256=sha256)
    return AgreementText.objects.create(
        convention=convention,
        number=number,
        articles=rows,
        sha256=sha256,
        note=note,
        written_at=at,
        written_by=actor,
    )


def _checked(wanted: Sequence[Article]) -> list[Article]:
    found = [replace(one, title=" ".join(clean_text(one.title).split()), text=clean_text(one.text)) for one in wanted]
    if not 0 < len(found) <= MAX_ARTICLES:
        raise TransitionRefused(f"Une convention compte de 1 à {MAX_ARTICLES} articles.")
    for rank, article in enumerate(found, start=1):
        if not article.title or not article.text.strip():
            raise TransitionRefused(f"L’article {rank} n’a pas de titre ou pas de texte : complétez-le, ou retirez-le.")
        if len(article.title) > MAX_TITLE or len(article.text) > MAX_TEXT:
            raise TransitionRefused(f"L’article {rank} est trop long : {MAX_TEXT} caractères au plus.")
    return found


def _answer(convention: Convention, number: int, answer: Answer, actor: User, at: dt.datetime) -> None:
    remark = convention.remarks.select_for_update(of=("self",)).filter(number=number).first()
    if remark is None:
        raise TransitionRefused(f"La remarque {number} n’existe pas.")
    remark.outcome, remark.answer, remark.answered_by = (
        RemarkOutcome(answer.outcome),
        clean_text(answer.words).strip(),
        actor,
    )
    if remark.outcome != RemarkOutcome.ACCEPTED:
        remark.answer = given_reason(remark.answer, MAX_WORDS, empty=f"Répondez à la remarque {number}.")
    advance(remark, ANSWER, actor=actor, at=at, outcome=str(remark.get_outcome_display()))


@transaction.atomic
def freeze_convention(convention: Convention, *, base: int, actor: User) -> Convention:
    """Freeze the text (its version `base`), which waits for its signatures; a job renders its PDF, then tells the team.

    Raises TransitionRefused: no right, no longer negotiated, a later version is out, a remark without an answer, a text
    that no longer says a figure of the convention.
    """
    current = _negotiated(convention, actor, "funding.negotiate_convention")
    last = current.texts.order_by("number").last()
    if (last.number if last else 0) != base:
        raise TransitionRefused(LATER)
    waiting = current.remarks.filter(state=RemarkState.OPEN).count()
    if waiting:
        raise TransitionRefused(f"{waiting} remarque{'s' * (waiting > 1)} du lauréat sans réponse : répondez d’abord.")
    if lost := lost_figures(current):
        raise TransitionRefused(
            f"Le texte ne dit plus partout {' ni '.join(lost)} : ces chiffres ne changent pas par le texte."
        )
    facts = {"version": str(base), "sha256": last.sha256} if last else {}
    advance(current, FREEZE, actor=actor, at=clock.now(), **facts)
    later("funding.build_convention", convention_id=current.pk)
    return current


def lost_figures(convention: Convention) -> list[str]:
    """The figures of the convention that its first version says, and that its last one no longer says, in words."""
    version, texts = standing_version(convention.dossier), list(convention.texts.order_by("number"))
    if version is None or not texts:
        return []
    first, last = articles.read(texts[0].articles), articles.read(texts[-1].articles)
    return articles.lost_figures(first, last, agreement.values_of(convention, version))


@transaction.atomic
def reopen_convention(convention: Convention, *, reason: str, actor: User) -> Convention:
    """Take a frozen text back to negotiation, for a reason; its PDF and its signed copies are kept and
    count no more; the team is told.

    Raises TransitionRefused: no right, not frozen, no reason.
    """
    at = clock.now()
    current = _locked(convention, actor, "funding.negotiate_convention")
    reason = given_reason(reason, MAX_WORDS, empty="Dites pourquoi le texte est repris.")
    void_copies(current, actor, at)
    advance(current, REOPEN, actor=actor, at=at, reason=reason)
    notifications.text_reopened(current, at=at)
    return current


LATER = "Une version plus récente du texte est parue : relisez-la, puis recommencez."


def _locked(convention: Convention, actor: User, permission: str) -> Convention:
    current = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=convention.pk)
    if not allowed(actor, permission, current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    return current


def _negotiated(convention: Convention, actor: User, permission: str) -> Convention:
    current = _locked(convention, actor, permission)
    if current.state != ConventionState.PREPARED:
        raise TransitionRefused("Le texte de cette convention est figé.")
    return current


def _last(convention: Convention, base: int) -> AgreementText:
    """The last version, which must be the one that was read."""
    last = convention.texts.order_by("number").last()
    if last is None or last.number != base:
        raise TransitionRefused(LATER)
    return last
