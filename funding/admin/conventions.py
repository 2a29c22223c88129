"""The list of conventions, and the addresses of the acts on one of them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from ami_portal.kernel import clock
from ami_portal.kernel.money import cents, in_words
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.admin import PortalModelAdmin
from funding.enums import ClaimState, ConventionState, InstalmentState, RemarkState
from funding.ledger import with_balances
from funding.models import Convention, ExpenseClaim, Instalment, Remark
from funding.reading import DONE
from funding.rules import conventions_managed_by, dossiers_to_prepare

from . import amendments, claims, copies, pages, parties, position, texts
from . import path as regulatory


class ByRef(ChangeList):
    """A list whose rows lead to their reference: no row number in an address."""

    def url_for_result(self, result: Convention) -> str:
        return reverse("admin:funding_convention_change", args=[result.ref])


class AwaitedFilter(admin.SimpleListFilter):
    """What a convention waits for; the same words as the counts of the staff's home."""

    title = "ce qui est attendu"
    parameter_name = "attend"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("reponse", "Une réponse à une remarque"),
            ("signature", "Une signature"),
            ("depenses", "Un état de dépenses à examiner"),
            ("service", "Un service fait à constater"),
            ("paiement", "Un paiement"),
            ("retard", "Un versement en retard"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Convention]) -> QuerySet[Convention]:
        lines = Instalment.objects.filter(convention=OuterRef("pk"), convention__state=ConventionState.SIGNED)
        today = clock.today()
        match self.value():
            case "reponse":
                waiting = Remark.objects.filter(convention=OuterRef("pk"), state=RemarkState.OPEN)
                return queryset.filter(Exists(waiting), state=ConventionState.PREPARED)
            case "signature":
                return queryset.filter(state=ConventionState.FROZEN)
            case "depenses":
                sent = ExpenseClaim.objects.filter(convention=OuterRef("pk"), state=ClaimState.SUBMITTED)
                return queryset.filter(Exists(sent))
            case "service":
                return queryset.filter(Exists(lines.filter(state=InstalmentState.PLANNED, due_on__lte=today)))
            case "paiement":
                return queryset.filter(Exists(lines.filter(state=InstalmentState.CERTIFIED)))
            case "retard":
                return queryset.filter(Exists(lines.filter(due_on__lt=today).exclude(state__in=DONE)))
        return queryset


ACTS = [
    ("etat/", position.positions, "positions"),
    ("etat/<slug:code>/", position.position, "position"),
    ("etat/<slug:code>/etat.csv", position.position_csv, "position_csv"),
    ("etat/<slug:code>/etat.xlsx", position.position_workbook, "position_workbook"),
    ("a-preparer/", pages.to_prepare, "to_prepare"),
    ("a-preparer/<str:ref>/", pages.prepare, "prepare"),
    ("renoncement/<str:ref>/", pages.renounce, "renounce"),
    ("parcours/", regulatory.paths, "paths"),
    ("<str:ref>/", pages.change, "change"),
    ("<str:ref>/texte/", texts.text, "text"),
    ("<str:ref>/texte/reponses/", texts.answer, "answer"),
    ("<str:ref>/texte/figer/", texts.freeze, "freeze"),
    ("<str:ref>/texte/reprise/", texts.reopen, "reopen"),
    ("<str:ref>/signatures/", copies.signatures, "signatures"),
    ("<str:ref>/signatures/<int:number>/accepter/", copies.accept, "accept"),
    ("<str:ref>/signatures/<int:number>/refuser/", copies.refuse, "refuse"),
    ("<str:ref>/signatures/<int:number>/copie.pdf", copies.copy_pdf, "copy"),
    ("<str:ref>/parcours/", regulatory.path, "path"),
    ("<str:ref>/parcours/<int:number>.pdf", regulatory.path_document, "path_document"),
    ("<str:ref>/avenants/nouveau/", amendments.prepare_amendment, "prepare_amendment"),
    ("<str:ref>/avenants/<int:number>/", amendments.amendment, "amendment"),
    ("<str:ref>/avenants/<int:number>/signature/", amendments.record_amendment, "record_amendment"),
    ("<str:ref>/avenants/<int:number>/abandon/", amendments.abandon_amendment, "abandon_amendment"),
    ("<str:ref>/parties/", parties.parties, "parties"),
    ("<str:ref>/parties/<int:number>/retrait/", parties.end_party, "end_party"),
    ("<str:ref>/suspension/", amendments.suspend, "suspend"),
    ("<str:ref>/reprise/", amendments.resume, "resume"),
    ("<str:ref>/resiliation/", amendments.terminate, "terminate"),
    ("<str:ref>/signature/", pages.sign, "sign"),
    ("<str:ref>/copie-signee/", pages.attach, "attach"),
    ("<str:ref>/convention.pdf", pages.convention_pdf, "pdf"),
    ("<str:ref>/copie-signee.pdf", pages.signed_copy, "signed_copy"),
    ("<str:ref>/depenses/<int:number>/", claims.claim, "claim"),
    ("<str:ref>/depenses/<int:number>/accepter-le-reste/", claims.claim_rest, "claim_rest"),
    ("<str:ref>/depenses/<int:number>/accepter/", claims.claim_accept, "claim_accept"),
    ("<str:ref>/depenses/<int:number>/rendre/", claims.claim_return, "claim_return"),
    ("<str:ref>/depenses/<int:number>/etat.csv", claims.claim_csv, "claim_csv"),
    ("<str:ref>/depenses/<int:number>/<int:line>/", claims.claim_line, "claim_line"),
    ("<str:ref>/depenses/<int:number>/<int:line>/justificatif/", claims.claim_proof, "claim_proof"),
    ("<str:ref>/retenue/", claims.free_retention, "free_retention"),
    ("<str:ref>/reversements/<int:number>/", claims.repay, "repay"),
    ("<str:ref>/versements/<int:number>/service-fait/", pages.certify, "certify"),
    ("<str:ref>/versements/<int:number>/paiement/", pages.pay, "pay"),
]
"""The address, page and name of each act on conventions."""


class ConventionAdmin(PortalModelAdmin):
    """Conventions followed by duty. Nothing is edited here: each button of a page is an act."""

    view_permission = "funding.follow_conventions"
    list_display = ["ref_shown", "project", "state_shown", "amount_shown", "paid", "retained", "signed_on"]
    list_filter = ["state", AwaitedFilter, ("dossier__call", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["ref", "dossier__title", "dossier__lead_name", "dossier__lead_siret", "signatory"]
    search_help_text = "Référence, titre, organisme, SIRET, signataire"
    ordering = ["-prepared_at", "-pk"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Convention]:
        return with_balances(conventions_managed_by(request.user)).select_related("dossier")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ByRef

    @admin.display(description="référence", ordering="ref")
    def ref_shown(self, convention: Convention) -> str:
        return format_html('<span class="portal-ref">{}</span>', convention.ref)

    @admin.display(description="projet et bénéficiaire", ordering="dossier__title")
    def project(self, convention: Convention) -> str:
        dossier = convention.dossier
        return format_html('{}<br><span class="funding-lead">{}</span>', dossier.title, dossier.lead_name)

    @admin.display(description="état", ordering="state")
    def state_shown(self, convention: Convention) -> str:
        return render_to_string("funding/_state.html", {"convention": convention})

    @admin.display(description="accordé", ordering="amount")
    def amount_shown(self, convention: Convention) -> str:
        return in_words(convention.amount)

    @admin.display(description="payé", ordering="paid_amount")
    def paid(self, convention: Any) -> str:
        return in_words(cents(convention.paid_amount))

    @admin.display(description="retenu", ordering="retained_amount")
    def retained(self, convention: Any) -> str:
        return in_words(cents(convention.retained_amount))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, and how many laureates wait for their convention."""
        waiting = (
            dossiers_to_prepare(request.user).count() if allowed(request.user, "funding.prepare_convention") else 0
        )
        context = {"title": "Conventions", "waiting": waiting, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        """The list and the acts; Django's pages to add, edit or delete a row do not exist here."""
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="funding_convention_changelist"),
            *(path(route, view(act), name=f"funding_convention_{name}") for route, act, name in ACTS),
        ]
