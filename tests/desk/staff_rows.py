"""Leaf rows of the staff’s lists: dossiers at any step, without the way there (see `tests/evaluation/scenes.py`)."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from typing import Any

from django.http import HttpResponse

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from applications.models import Call, Dossier, DossierDataset, DossierMember, DossierVersion
from evaluation.models import Declaration, EligibilityItem, Opinion, Review
from tests.people import a_juror, a_person

AT = dt.datetime(2026, 11, 1, 9, 30, tzinfo=dt.UTC)


def text_of(response: HttpResponse) -> str:
    """What a page says: its text without tags, white space folded."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).replace("\u00a0", " ").replace("\u202f", " ")


def somebody(email: str) -> User:
    """An account of this address, made at the first call."""
    return User.objects.filter(email=email).first() or a_person(email)


def a_row(call: Call, number: int = 1, state: str = "submitted", *, owner: str = "", **fields: Any) -> Dossier:
    """A deposited dossier that asks for the first dataset of its call (a draft has no deposit)."""
    values = {
        "ref": f"{call.code}-{number:04}",
        "title": f"Projet {number}",
        "lead_name": f"Institut {number}",
        "lead_siret": "13002526500013",
        "amount_requested": Decimal("98500.00"),
        "duration_months": 18,
        "submitted_at": None if state == "draft" else AT + dt.timedelta(hours=number),
        "completion_due_at": AT + dt.timedelta(days=14) if state == "returned" else None,
    } | fields
    dossier = Dossier.objects.create(
        call=call, form_revision=call.form_revision, state=state, created_at=AT - dt.timedelta(days=30), **values
    )
    email = owner or f"porteuse{number}@labo{number}.example"
    somebody(email)
    DossierMember.objects.create(dossier=dossier, email=email, role="owner", invited_at=AT)
    opened = call.call_datasets.order_by("version__dataset__code").first()
    DossierDataset.objects.create(dossier=dossier, version=opened.version)
    if state != "draft":
        a_version(dossier, email)
    return dossier


def a_version(dossier: Dossier, email: str, number: int = 1) -> DossierVersion:
    """Its deposit: one section with one answer."""
    at = dossier.submitted_at or AT
    item = {
        "code": "title",
        "type": "text",
        "label": "Titre",
        "partners": True,
        "value": dossier.title,
        "shown": dossier.title,
    }
    content = canonical_json(
        {
            "ref": dossier.ref,
            "call": {"code": dossier.call.code, "title": dossier.call.title},
            "form": {"sha256": "0" * 64},
            "number": number,
            "submitted_at": at.isoformat(),
            "submitted_by": {"name": "Claire Martin", "email": email},
            "facts": {"title": dossier.title},
            "datasets": [],
            "sections": [{"code": "projet", "title": "Projet", "partners": True, "items": [item]}],
        }
    )
    return DossierVersion.objects.create(
        dossier=dossier,
        number=number,
        content=content,
        sha256=sha256_of(content),
        submitted_at=at,
        submitted_by=somebody(email),
    )


def decided(dossier: Dossier, decision: str = "met", *, actor: User | None = None) -> None:
    """Every criterion of its call checked; decided too when `decision` says how, and then declared admissible."""
    version = dossier.versions.get(withdrawn_at=None)
    signed = {"decision": decision, "decided_by": actor or somebody("decide@hdh.example"), "decided_at": AT}
    EligibilityItem.objects.bulk_create(
        EligibilityItem(
            version=version,
            criterion=criterion,
            automatic="met",
            evidence="Constaté.",
            found_at=["title"],
            rule_version="1",
            computed_at=AT,
            **(signed | {"reason": "Parce que."} if decision and criterion.decided_by == "staff" else {}),
        )
        for criterion in dossier.call.criteria.all()
    )
    if decision:
        admitted(dossier, actor=signed["decided_by"])


def admitted(dossier: Dossier, *, actor: User | None = None) -> None:
    """Its standing deposit declared admissible."""
    Declaration.objects.create(
        dossier=dossier,
        version=dossier.versions.get(withdrawn_at=None),
        act="admissibility",
        is_favourable=True,
        declared_by=actor or somebody("decide@hdh.example"),
        declared_at=AT,
    )


def an_opinion(dossier: Dossier, stance: str = "", *, due_on: dt.date | None = None) -> Opinion:
    """The opinion of its first dataset: asked for, or given with this stance."""
    given = {
        "state": "given",
        "neutrality": stance,
        "neutrality_reason": "Parce que.",
        "feasibility": "favourable",
        "given_at": AT,
        "given_by": somebody("avis@partenaire.example"),
        "refused_at": AT if stance == "unfavourable" else None,
    }
    return Opinion.objects.create(
        dossier=dossier,
        dataset=dossier.dossier_datasets.get().version.dataset,
        requested_at=AT,
        due_on=due_on or clock.today() + dt.timedelta(days=10),
        **(given if stance else {}),
    )


def a_review(dossier: Dossier, state: str = "to_declare", email: str = "jure@universite.example") -> Review:
    """A review in this state."""
    juror = User.objects.filter(email=email).first() or a_juror(email)
    dates = {"declared_at": None if state == "to_declare" else AT, "submitted_at": AT if state == "submitted" else None}
    return Review.objects.create(
        dossier=dossier,
        juror=juror,
        state=state,
        assigned_at=AT,
        conflict="Codirection." if state == "recused" else "",
        **dates,
    )
