"""A call walked from its file to a convention, by the people who meet it: every page is opened, every act is real."""

import datetime as dt
from decimal import Decimal
from typing import Any

import time_machine
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.desk import calls, form_pdf
from ami_portal.kernel import clock
from applications import actions, drafts
from applications.models import Call, Dossier
from evaluation import actions as evaluation
from evaluation.models import SelectionPoint, Session
from funding import actions as funding
from tests import scenes
from tests.calls import answering
from tests.people import a_juror, a_partner, a_person, client_of, staff

OF_ANOTHER_CALL = ("SNDS", "CESREES", "industriel", "AMI-DI", "Roche", "Medipath")


class Walk:
    """One call, and the people who meet it. `pages` are what each address answered, for what a test says of them."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = calls.checked(config)
        calendar = self.config["call"]["calendar"]
        window = calendar["rounds"][0] if calendar["rounds"] else calendar
        self.opened = window["opens_at"] + dt.timedelta(days=1)
        self.closed = calendar["closes_at"] + dt.timedelta(days=1)
        self.pages: dict[str, str] = {}
        self.call: Call
        self.dossiers: list[Dossier] = []

    def walk(self) -> "Walk":
        """The whole way."""
        with time_machine.travel(self.opened, tick=False):
            self._load()
            self._read_in_public()
            self._deposit()
        with time_machine.travel(self.closed, tick=False):
            self._examine()
            self._judge()
            self._sign()
        return self

    def see(self, user: User | None, name: str, query: str = "", **params: Any) -> str:
        """Open a page, which answers and tells of no other call."""
        response = client_of(user).get(reverse(name, kwargs=params) + query)
        assert response.status_code == 200, (name, params, response.status_code)
        content = b"".join(response) if response.streaming else response.content
        page = content.decode("utf-8", "replace").replace("\u00a0", " ").replace("\u202f", " ")
        assert [words for words in OF_ANOTHER_CALL if words in page] == [], (name, params)
        self.pages[name + query] = page
        return page

    def _load(self) -> None:
        self.call = calls.load(self.config)
        assert calls.dump(self.call) == self.config
        assert not calls.plan(self.config, at=clock.now()).changes
        self.owner, self.officers = a_person(), {role: staff(role) for role in Role.values if role not in _OUTSIDE}
        self.juror = a_juror()

    def _read_in_public(self) -> None:
        form_pdf.build(call=self.call.code)
        self.see(None, "home")
        for name in ("call_detail", "call_form", "call_form_pdf", "call_calendar", "call_ask"):
            self.see(None, name, code=self.call.code)
        self.see(None, "call_form", "?lang=en", code=self.call.code)
        self.see(None, "datasets:dataset_list")
        for name in ("staff_call", "staff_form", "staff_call_datasets"):
            self.see(self.officers[Role.ADMINISTRATOR], f"admin:{name}", code=self.call.code)
        self.see(self.officers[Role.INSTRUCTOR], "admin:staff_call_questions", code=self.call.code)

    def _deposit(self) -> None:
        """Two dossiers: one to be a laureate, one to be refused."""
        for _ in range(2):
            dossier = actions.start_dossier(self.call, actor=self.owner)
            self.dossiers.append(dossier)
        first = self.dossiers[0]
        self._see_draft(first)
        for dossier in self.dossiers:
            answering.fill(dossier, self.owner)
            assert [(str(one.address), one.todo) for one in drafts.load(dossier).completeness.missing] == []
        self._see_draft(first)
        actions.prepare_preview(first, actor=self.owner)
        scenes.run_jobs()
        self.see(self.owner, "applications:preview_pdf", ref=first.ref)
        self.see(self.owner, "applications:dossier_submit", ref=first.ref)
        for dossier in self.dossiers:
            actions.submit_dossier(dossier, actor=self.owner)
        scenes.run_jobs()
        for name in ("dossier_detail", "dossier_preview", "dossier_team", "dossier_messages"):
            self.see(self.owner, f"applications:{name}", ref=first.ref)
        for name in ("receipt_download", "version_pdf", "proof_download"):
            self.see(self.owner, f"applications:{name}", ref=first.ref, number=1)

    def _see_draft(self, dossier: Dossier) -> None:
        self.see(self.owner, "applications:dossier_list")
        for name in ("dossier_detail", "dossier_preview"):
            self.see(self.owner, f"applications:{name}", ref=dossier.ref)
        for section in dossier.form_revision.form.sections:
            self.see(self.owner, "applications:dossier_section", ref=dossier.ref, section=section.code)

    def _see_dossier(self, *names: str) -> None:
        for name in names:
            self.see(self.officers[Role.INSTRUCTOR], f"admin:{name}", ref=self.dossiers[0].ref)

    def _examine(self) -> None:
        """Eligibility, then the partners."""
        instructor = self.officers[Role.INSTRUCTOR]
        self.see(instructor, "admin:index")
        self.see(instructor, "admin:applications_dossier_changelist")
        self._see_dossier("staff_dossier", "staff_content", "staff_files", "staff_opinions", "staff_journal")
        for dossier in self.dossiers:
            scenes.decide_criteria(dossier, instructor, reason="Vu.")
        assert "admin:staff_declare_eligible" in self._dossier_links()
        for dossier in self.dossiers:
            evaluation.declare_eligible(dossier, actor=instructor)
            self._ask_partners(dossier, instructor)
        self._see_dossier("staff_dossier", "staff_opinions", "staff_reviews")

    def _dossier_links(self) -> list[str]:
        """The acts that the page of a dossier offers now."""
        page = self.see(self.officers[Role.INSTRUCTOR], "admin:staff_dossier", ref=self.dossiers[0].ref)
        url = reverse("admin:staff_declare_eligible", args=[self.dossiers[0].ref])
        return ["admin:staff_declare_eligible"] if url in page else []

    def _ask_partners(self, dossier: Dossier, instructor: User) -> None:
        for row in dossier.dossier_datasets.select_related("version__dataset__partner"):
            dataset = row.version.dataset
            due_on = clock.today() + dt.timedelta(days=9)
            opinion = evaluation.request_opinion(dossier, dataset, actor=instructor, due_on=due_on)
            email = f"avis@{dataset.partner.pk}.example"
            partner = User.objects.filter(email=email).first() or a_partner(dataset.partner, email)
            self.see(partner, "evaluation:opinion_list")
            self.see(partner, "evaluation:opinion_detail", ref=dossier.ref, code=dataset.code)
            said = dict.fromkeys(("neutrality", "feasibility"), "favourable")
            reasons = dict.fromkeys(("neutrality_reason", "feasibility_reason", "disclosed_reason"), "")
            evaluation.give_opinion(opinion, **said, **reasons, actor=partner)

    def _judge(self) -> None:
        """The jury, its ranking, its letters."""
        secretary, call = self.officers[Role.JURY_SECRETARY], self.call
        self.see(secretary, "admin:staff_jury", code=call.code)
        session = evaluation.open_session(call, actor=secretary)
        for dossier in self.dossiers:
            self._score(dossier, secretary)
        self.see(self.juror, "evaluation:review_list")
        self._see_dossier("staff_reviews")
        evaluation.close_scoring(session, actor=secretary)
        self.see(secretary, "admin:staff_jury", code=call.code)
        evaluation.note_presence(session, self.juror, is_present=True, actor=secretary)
        for name in ("staff_sitting", "staff_screen"):
            self.see(secretary, f"admin:{name}", code=call.code)
        self.see(secretary, "admin:staff_hearing", ref=self.dossiers[0].ref)
        self.see(self.juror, "evaluation:sitting", code=call.code)
        self._decide(session, secretary)
        for name in ("home", "call_detail"):
            self.see(None, name, **({"code": call.code} if name == "call_detail" else {}))
        for dossier in self.dossiers:
            self.see(self.owner, "evaluation:dossier_outcome", ref=dossier.ref)
            self.see(self.owner, "evaluation:letter_download", ref=dossier.ref)
        self.see(self.owner, "applications:dossier_detail", ref=self.dossiers[0].ref)

    def _score(self, dossier: Dossier, secretary: User) -> None:
        review = evaluation.assign_juror(dossier, self.juror, actor=secretary)
        scenes.accept_charter(dossier.call, self.juror)
        self.see(self.juror, "evaluation:review_declare", ref=dossier.ref)
        evaluation.deny_conflict(review, actor=self.juror)
        self.see(self.juror, "evaluation:review_score", ref=dossier.ref)
        mark = self.config["selection"]["scale"]["max"]
        scores = dict.fromkeys(
            SelectionPoint.objects.filter(heading__call=self.call).values_list("pk", flat=True), mark
        )
        comments = {heading.code: "Bien." for heading in self.call.headings.all()}
        said = {"scores": scores, "comments": comments, "comment_jury": "Oui.", "comment_applicant": "Bravo."}
        evaluation.save_review(review, **said, actor=self.juror)
        self.see(self.juror, "evaluation:review_score", ref=dossier.ref)
        evaluation.submit_review(review, actor=self.juror)

    def _decide(self, session: Session, secretary: User) -> None:
        amount = min([Decimal(self.call.max_grant), *self._asked()])
        said = ({"outcome": "laureate", "amount": amount, "reason": ""}, {"outcome": "rejected", "amount": None})
        for rank, (dossier, decision) in enumerate(zip(self.dossiers, said, strict=True), start=1):
            decision = {"reason": "Trop tôt."} | decision | {"rank": rank}
            evaluation.record_decision(session, dossier, **decision, actor=secretary)
        evaluation.freeze_decisions(session, actor=secretary)
        scenes.run_jobs()
        evaluation.publish_results(session, actor=secretary)
        scenes.run_jobs()

    def _asked(self) -> list[Decimal]:
        asked = Dossier.objects.get(pk=self.dossiers[0].pk).amount_requested
        return [asked] if asked is not None else []

    def _sign(self) -> None:
        """The convention, signed and paid once."""
        officer, accountant = self.officers[Role.GRANT_OFFICER], self.officers[Role.ACCOUNTING_OFFICER]
        dossier = Dossier.objects.get(pk=self.dossiers[0].pk)
        self.see(officer, "admin:funding_convention_to_prepare")
        convention = funding.prepare_convention(dossier, actor=officer)
        self.see(self.owner, "funding:convention_text", ref=convention.ref)
        funding.freeze_convention(convention, base=1, actor=officer)
        scenes.run_jobs()
        convention.refresh_from_db()
        self.see(self.owner, "funding:convention_pdf", ref=convention.ref)
        funding.record_signature(convention, signed_on=clock.today(), signatory="Anne Morel", actor=officer)
        first = convention.instalments.order_by("number").first()
        funding.certify_service(first, actor=officer)
        funding.record_payment(first, paid_on=clock.today(), payment_reference="V-1", actor=accountant)
        for name in ("convention_list", "convention_detail"):
            self.see(self.owner, f"funding:{name}", **({"ref": convention.ref} if name == "convention_detail" else {}))
        self.see(officer, "admin:funding_convention_change", ref=convention.ref)


_OUTSIDE = (Role.JUROR, Role.PARTNER)
