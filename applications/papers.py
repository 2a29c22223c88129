"""A deposited file as a page shows it: what was measured of it, held against what the call asks; its first page; the
identity that it carries, for its own team only.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ami_portal.documents import given
from ami_portal.documents.enums import Verdict
from ami_portal.documents.format_rules import Finding, judge
from ami_portal.documents.models import Document, Examination
from ami_portal.questionnaire.form import Question

from .drafts import Draft
from .models import Attachment

IDENTITIES = {
    "author": "Ce fichier dit son auteur",
    "modified": "Il dit qui l’a modifié en dernier",
    "company": "Il dit un organisme",
    "manager": "Il dit un responsable",
    "comment": "Il contient des commentaires de",
    "revision": "Il garde des modifications suivies de",
    "place": "Cette photographie dit où elle a été prise",
}


@dataclass(frozen=True)
class Paper:
    """One file: the findings on its format, the sentences on the identity that it carries, its earlier versions."""

    attachment: Attachment
    findings: tuple[Finding, ...] = ()
    identity: tuple[str, ...] = ()
    picture: Document | None = None
    former: tuple[Attachment, ...] = ()

    @property
    def document(self) -> Document:
        return self.attachment.document

    @property
    def is_office(self) -> bool:
        """Whether its identity is removed from Word or Excel, and not from the software that made a PDF."""
        return self.document.media_type not in ("application/pdf", "image/png", "image/jpeg")


def papers_of(question: Question, draft: Draft) -> tuple[Paper, ...]:
    """The files of one question."""
    return tuple(
        replace(
            _paper(question, attachment, draft.examinations.get(attachment.document_id)),
            former=tuple(draft.former_of(attachment)),
        )
        for attachment in draft.attachments.get(question.code, ())
    )


def _paper(question: Question, attachment: Attachment, examination: Examination | None) -> Paper:
    if examination is None or attachment.document.verdict != Verdict.ACCEPTED:
        return Paper(attachment)
    return Paper(
        attachment,
        tuple(findings_on(question, examination)),
        tuple(sentences_on(examination.facts.get("identity", ()))),
        examination.picture,
    )


def examinations_of(uuids: Iterable[str]) -> dict[str, Examination]:
    """What was measured of these documents, by their identifier: one query."""
    examined = Examination.objects.filter(document__uuid__in=list(uuids)).select_related("document", "picture")
    return {str(examination.document.uuid): examination for examination in examined}


def findings_on(question: Question | None, examination: Examination | None) -> list[Finding]:
    """What the measures of a file say of the rules of its question; nothing when the call gives none."""
    if question is None or question.file_rules is None:
        return []
    rules = question.file_rules
    return judge(rules, examination.facts if examination else {}, given.blank_of(rules))


def sentences_on(identity: Iterable[list[str]]) -> list[str]:
    """« Ce fichier dit son auteur : Claire Martin. », once for each kind."""
    names: dict[str, list[str]] = {}
    for kind, name in identity:
        known = names.setdefault(kind, [])
        if name and name not in known:
            known.append(name)
    said = [(IDENTITIES[kind], ", ".join(known)) for kind, known in names.items() if kind in IDENTITIES]
    return [f"{words} : {people}." if people else f"{words}." for words, people in said]
