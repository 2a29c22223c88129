"""One small world where every kind of object exists, and somebody of every role."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import Organisation, RoleGrant, User
from ami_portal.documents.models import SealCertificate
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications import actions
from applications.models import Dossier, RemoteDossier
from evaluation.actions import ask_completion, invite_juror, jury, withdraw_completion
from evaluation.actions.jurors import SaidProfile
from evaluation.models import JuryInvitation
from funding import actions as funding
from funding.models import Convention
from tests import people, scenes
from tests.funding import spending

PEOPLE = (
    "visitor",
    "stranger",
    "owner",
    "reader",
    "partner",
    "other_partner",
    "juror",
    "recused",
    "other_juror",
    "instructor",
    "secretary",
    "grants",
    "accounts",
    "steward",
    "administrator",
)


@dataclass
class World:
    """People by name, and the parameters of addresses by a short name."""

    people: dict[str, User | None] = field(default_factory=dict)
    names: dict[str, dict[str, Any]] = field(default_factory=dict)

    def params(self, name: str) -> dict[str, Any]:
        """The parameters called `name` in the table; « - » for none."""
        return {} if name == "-" else self.names[name]


def the_people() -> dict[str, User | None]:
    """Somebody of every role, once the call's partners exist."""
    roche, medipath = (Organisation.objects.get(code=code) for code in ("ROCHE", "MEDIPATH"))
    return {
        "visitor": None,
        "stranger": people.a_person("autre@ailleurs.example"),
        "owner": people.a_person("claire@valmont.example"),
        "reader": people.a_person("lecteur@valmont.example"),
        "partner": people.a_partner(roche, "roche@partenaire.example"),
        "other_partner": people.a_partner(medipath, "medipath@partenaire.example"),
        "juror": people.a_juror("juree@univ-a.example"),
        "recused": people.a_juror("deporte@univ-b.example"),
        "other_juror": people.a_juror("autre-jure@univ-c.example"),
        "instructor": people.staff(Role.INSTRUCTOR),
        "secretary": people.staff(Role.JURY_SECRETARY),
        "grants": people.staff(Role.GRANT_OFFICER),
        "accounts": people.staff(Role.ACCOUNTING_OFFICER),
        "steward": people.staff(Role.DATA_STEWARD),
        "administrator": people.staff(Role.ADMINISTRATOR),
    }


def a_world() -> World:
    """Three dossiers of the same owner: a draft in an open call, one before the jury, one whose convention is paid."""
    opened = scenes.a_call("OUVERT", closes_in_days=20)
    jury_call = scenes.a_call("JURY", closes_in_days=20)
    past = scenes.a_call("PASSE", closes_in_days=20)
    world = World(people=the_people())
    who: Any = world.people
    actions.ask_question(opened, "Peut-on demander deux bases ?")
    draft = scenes.a_complete_draft(opened, who["owner"])
    actions.invite_member(draft, who["reader"].email, "reader", actor=who["owner"])
    told = {"email": who["owner"].email, "sha256": "0" * 64, "seen_at": clock.now(), "imported_at": clock.now()}
    RemoteDossier.objects.create(call=opened, number=4242, dossier=draft, **told)
    judged = scenes.a_submitted_dossier(jury_call, who["owner"], datasets=["PRM-SEIN"])
    laureate = scenes.a_submitted_dossier(past, who["owner"], datasets=["PRM-SEIN"])
    scenes.run_jobs()
    for call in (jury_call, past):
        scenes.after_closing(call)
    _before_the_jury(judged, who)
    guest = {"email": who["stranger"].email, "first_name": "Ana", "last_name": "Dubreuil"}
    invite_juror(jury_call, **guest, known=SaidProfile(""), actor=who["secretary"])
    convention = _to_the_payment(laureate, who)
    actions.write_message(judged, "Voici la pièce.", [scenes.a_file("piece.pdf")], token=uuid4(), actor=who["owner"])
    scenes.run_jobs()
    world.names = _names(draft, judged, laureate, convention)
    return world


def _before_the_jury(dossier: Dossier, who: Any) -> None:
    scenes.an_eligible_dossier(dossier, who["instructor"])
    scenes.a_favourable_opinion(dossier, who["instructor"], who["partner"])
    jury.open_session(dossier.call, actor=who["secretary"])
    review = jury.assign_juror(dossier, who["juror"], actor=who["secretary"])
    scenes.accept_charter(dossier.call, who["juror"])
    jury.deny_conflict(review, actor=who["juror"])
    recused = jury.assign_juror(dossier, who["recused"], actor=who["secretary"])
    jury.declare_conflict(recused, conflict="Codirection de thèse.", actor=who["recused"])


def _to_the_payment(dossier: Dossier, who: Any) -> Convention:
    ask_completion(dossier, {"title": "Précisez-le."}, actor=who["instructor"])
    withdraw_completion(dossier, reason="Le titre suffit.", actor=who["instructor"])
    scenes.an_eligible_dossier(dossier, who["instructor"])
    scenes.a_favourable_opinion(dossier, who["instructor"], who["partner"])
    session = jury.open_session(dossier.call, actor=who["secretary"])
    scenes.a_submitted_review(dossier, who["juror"], who["secretary"])
    scenes.published(session, who["secretary"], {dossier: "laureate"})
    dossier.refresh_from_db()
    convention = funding.prepare_convention(dossier, actor=who["grants"])
    funding.freeze_convention(convention, base=1, actor=who["grants"])
    scenes.run_jobs()
    signed = {"signed_on": clock.today(), "signatory": "Claire Martin", "despite": "Pièces attendues."}
    funding.record_signature(convention, **signed, actor=who["grants"])
    first = convention.instalments.get(number=1)
    funding.certify_service(first, actor=who["grants"])
    paid = {"paid_on": clock.today(), "payment_reference": "VIR-1", "despite": "Pièces attendues."}
    funding.record_payment(first, **paid, actor=who["accounts"])
    claim = funding.start_claim(convention, actor=who["owner"])
    funding.keep_line(claim, spending.a_line("1200.00"), document=scenes.a_file("f.pdf"), actor=who["owner"])
    funding.submit_claim(claim, actor=who["owner"])
    return convention


def _names(draft: Dossier, judged: Dossier, laureate: Dossier, convention: Convention) -> dict[str, dict[str, Any]]:
    """Short names of parameters, as the table writes them."""
    attachment = {dossier: dossier.attachments.select_related("document").first() for dossier in (draft, judged)}
    row = draft.rows.filter(question="team").get()
    version = judged.dossier_datasets.get().version
    message = Message.objects.order_by("pk").first()
    grant = RoleGrant.objects.order_by("pk").first()
    guest = JuryInvitation.objects.select_related("call").get()
    letter = judged.messages.get().files.get()
    refs = {name: {"ref": item.ref} for name, item in (("draft", draft), ("judged", judged), ("laureate", laureate))}
    return {
        **refs,
        "open_call": {"code": draft.call.code},
        "call_texts": {"code": draft.call.code, "chapter": "textes"},
        "certificate": {"sha256": SealCertificate.objects.get().sha256},
        "open_section": {"code": draft.call.code, "section": "lead"},
        "open_question": {"code": draft.call.code, "question": "team"},
        "open_column": {"code": draft.call.code, "question": "team", "column": "name"},
        "open_template": {"code": draft.call.code, "question": "protocol_file"},
        "jury_call": {"code": judged.call.code},
        "past_call": {"code": laureate.call.code},
        "judged_uuid": {"ref": judged.ref, "uuid": uuid4()},
        "judged_appeal": {"ref": judged.ref, "number": 1},
        "judged_juror": {"ref": judged.ref, "juror": "personne"},
        "judged_criterion": {"ref": judged.ref, "code": "BUDGET"},
        "laureate_letter": {"ref": laureate.ref, "number": 1},
        "message": {"key": mailbox_key(message)},
        "message_code": {"code": mailbox_key(message)},
        "email_key": {"key": "MQ:1abcde:unknown"},
        "reset_key": {"uidb36": "1", "key": "unknown-key"},
        "dataset": {"code": version.dataset.code},
        "dataset_version": {"code": version.dataset.code, "version": version.version},
        "dataset_pk": {"object_id": version.dataset_id},
        "version_pk": {"object_id": version.pk},
        "draft_section": {"ref": draft.ref, "section": "lead"},
        "judged_section": {"ref": judged.ref, "section": "lead"},
        "draft_table": {"ref": draft.ref, "question": "team"},
        "draft_row": {"ref": draft.ref, "question": "team", "row": row.row},
        "draft_answer": {"ref": draft.ref, "question": "title"},
        "judged_answer": {"ref": judged.ref, "question": "title"},
        "draft_question": {"ref": draft.ref, "question": "protocol_file"},
        "draft_file": {"ref": draft.ref, "uuid": attachment[draft].document.uuid},
        "judged_file": {"ref": judged.ref, "uuid": attachment[judged].document.uuid},
        "judged_pair": {"ref": judged.ref, "uuid": uuid4()},
        "judged_piece": {"ref": judged.ref, "kind": "tax_certificate"},
        "judged_message": {"ref": judged.ref, "uuid": letter.document.uuid},
        "asked_question": {"code": draft.call.code, "number": 1},
        "judged_version": {"ref": judged.ref, "number": 1},
        "judged_staff_pdf": {"ref": judged.ref, "number": 1, "kind": "dossier"},
        "judged_opinion": {"ref": judged.ref, "code": version.dataset.code},
        "claim": {"ref": convention.ref, "number": 1},
        "claim_line": {"ref": convention.ref, "number": 1, "line": 1},
        "convention": {"ref": convention.ref},
        "convention_copy": {"ref": convention.ref, "number": 1},
        "convention_amendment": {"ref": convention.ref, "number": 1},
        "convention_article": {"ref": convention.ref, "article": "a1"},
        "convention_piece": {"ref": convention.ref, "kind": "tax_certificate"},
        "convention_step": {"ref": convention.ref, "number": 1},
        "instalment": {"ref": convention.ref, "number": 2},
        "invitation": {"uuid": guest.uuid},
        "sent_invitation": {"code": guest.call.code, "uuid": guest.uuid},
        "jury_member": {"code": guest.call.code, "pk": judged.reviews.first().juror_id},
        "user": {"pk": grant.user_id},
        "user_pk": {"object_id": grant.user_id},
        "grant_pk": {"object_id": grant.pk},
        "organisation_pk": {"object_id": version.dataset.partner_id},
        "app_label": {"app_label": "accounts"},
    }


def mailbox_key(message: Message) -> str:
    """How addresses name a mail: by its Message-ID, which is no number to guess."""
    return message.message_id.strip("<>").partition("@")[0]
