"""The board of dossiers: Django's list with its filters, search and pages, on our steps; and its export."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import smart_split, unescape_string_literal

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.text import in_cell
from applications.models import Call, Dossier, DossierDataset, DossierMember
from datasets.models import Dataset

from .expected import expected, with_progress
from .lists import ListOnlyAdmin, PortalList
from .rules import dossiers_worked_on_by
from .steps import ENDED, TONES, Step, counts

MAX_WORDS = 10
HEAVY = (
    "summary",
    "purpose",
    "steps",
    "rules",
    "data_access_path",
    "supports",
    "regulation",
    "texts",
    "translations",
    "data_retention",
    "demarches",
)
"""What a list does not read of a call: its long texts, which each row would bring again."""
ENDED_LAST = Case(When(state__in=[step.value for step in ENDED], then=1), default=0)


class _PlainFilter(admin.SimpleListFilter):
    """A filter shown as a list of choices above the table."""

    lookup: str

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """An unknown value finds nothing rather than everything."""
        return queryset.filter(**{self.lookup: self.value()}) if self.value() else queryset


class CallFilter(_PlainFilter):
    """By call."""

    title, parameter_name, lookup = "appel", "appel", "call__code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Call.objects.values_list("code", "code"))


class DatasetFilter(_PlainFilter):
    """By dataset asked for."""

    title, parameter_name = "base demandée", "base"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Dataset.objects.values_list("code", "title"))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        asked = DossierDataset.objects.filter(dossier=OuterRef("pk"), version__dataset__code=self.value())
        return queryset.filter(Exists(asked)) if self.value() else queryset


class StepFilter(_PlainFilter):
    """By step. It comes last and keeps what it was given, so that the counts ignore its own choice."""

    title, parameter_name, lookup = "étape", "etape", "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Step.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        self.unfiltered = queryset
        return super().queryset(request, queryset)


class BoardList(PortalList):
    """Django's list, with the counts by step above and one row object for each dossier."""

    @cached_property
    def tiles(self) -> list[dict[str, Any]]:
        """Each step that holds dossiers (or is chosen): label, count, link that filters or takes the filter off."""
        spec = next(spec for spec in self.filter_specs if isinstance(spec, StepFilter))
        others, _ = self.model_admin.get_search_results(None, spec.unfiltered, self.query)
        return [
            {
                "label": step.label,
                "count": count,
                "tone": TONES[step][0],
                "is_ended": step in ENDED,
                "is_chosen": spec.value() == step,
                "url": self.get_query_string(
                    {} if spec.value() == step else {"etape": step.value}, remove=["p", "etape"]
                ),
            }
            for step, count in counts(others).items()
            if count or spec.value() == step
        ]

    @cached_property
    def heads(self) -> dict[str, list[dict[str, Any]]]:
        """The heads of the columns as Django sorts them: title with organisation, state with step and who waits."""
        found = {name: [head] for name, head in zip(self.list_display, result_headers(self), strict=True)}
        found["title"] += found.pop("lead_name")
        found["state"] += found.pop("step") + found.pop("who")
        return found

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The dossiers of the page, with what each waits for."""
        today = clock.today()
        return [
            {
                "dossier": dossier,
                "step": Step(dossier.step),
                "tone": TONES[Step(dossier.step)],
                "is_ended": Step(dossier.step) in ENDED,
                "expected": expected(dossier, today),
            }
            for dossier in self.result_list
        ]


class DossierAdmin(ListOnlyAdmin):
    """The board. A dossier's own page is `dossier.py`; nothing of a dossier is added, edited or deleted here."""

    view_permission = "desk.view_dossier"
    list_display = [
        "ref",
        "title",
        "lead_name",
        "state",
        "step",
        "who",
        "dataset_codes",
        "amount_requested",
        "submitted_at",
    ]
    list_filter = [CallFilter, DatasetFilter, StepFilter]
    search_fields = ["ref", "title", "acronym", "lead_name", "lead_siret"]
    search_help_text = "Référence, titre, organisme, SIRET, nom ou adresse d’une personne"
    ordering = [ENDED_LAST, "submitted_at", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dossier]:
        rows = with_progress(dossiers_worked_on_by(request.user)).select_related("call", "remote")
        return rows.defer(*(f"call__{name}" for name in HEAVY))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoardList

    def get_search_results(
        self, request: HttpRequest | None, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Every word typed is found in the dossier, or in the name or address of someone of its team."""
        for bit in list(smart_split(search_term))[:MAX_WORDS]:
            word = unescape_string_literal(bit) if bit[0] == bit[-1] and bit[0] in "\"'" and len(bit) > 1 else bit
            own = Q()
            for name in self.search_fields:
                own |= Q(**{f"{name}__icontains": word})
            queryset = queryset.filter(own | Exists(_team_with(word)))
        return queryset, False

    @admin.display(description="étape", ordering="step")
    def step(self, dossier: Dossier) -> str:
        return Step(dossier.step).label

    @admin.display(description="bases")
    def dataset_codes(self, dossier: Dossier) -> str:
        return ", ".join(asked.version.dataset.code for asked in dossier.dossier_datasets.all())

    @admin.display(description="attend")
    def who(self, dossier: Dossier) -> str:
        return expected(dossier, clock.today()).who

    def get_urls(self) -> list:
        """The list and its export."""
        export = self.admin_site.admin_view(page("desk.view_dossier")(self.export))
        return [*super().get_urls(), path("export/", export, name="applications_dossier_export")]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The board, and where its export is."""
        query = request.GET.urlencode()
        export = reverse("admin:applications_dossier_export") + (f"?{query}" if query else "")
        return super().changelist_view(request, {"export_url": export, **(extra_context or {})})

    def export(self, request: HttpRequest) -> HttpResponse:
        """The board as a spreadsheet, with the filters of the address; the journal says who took what."""
        found = self.get_changelist_instance(request)
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="dossiers-{clock.today().isoformat()}.csv"'
        response["Cache-Control"] = "private, no-store"
        response.write("\ufeff")
        writer = csv.writer(response, delimiter=";")
        writer.writerow(EXPORT_HEADER)
        count = 0
        for count, line in enumerate(export_lines(found.queryset), start=1):  # noqa: B007 (the count goes to the journal)
            writer.writerow([in_cell(cell) for cell in line])
        filters = {name: value for name, value in request.GET.items() if name in {"q", "appel", "base", "etape"}}
        trail.record(
            "board.export", subject="dossiers", actor=request.user, at=clock.now(), count=count, filters=filters
        )
        return response


EXPORT_HEADER = [
    "Référence",
    "Appel",
    "Titre",
    "Acronyme",
    "Organisme porteur",
    "SIRET",
    "État",
    "Étape",
    "Attend",
    "Bases",
    "Montant demandé (€)",
    "Durée (mois)",
    "Déposé le (heure de Paris)",
]


def export_lines(dossiers: QuerySet[Dossier]) -> Iterator[list[str]]:
    """One line of texts for each dossier: amounts with a comma, instants on the clock of Paris."""
    today = clock.today()
    for dossier in dossiers.iterator(chunk_size=500):
        yield [
            dossier.ref,
            dossier.call.code,
            dossier.title,
            dossier.acronym,
            dossier.lead_name,
            dossier.lead_siret,
            dossier.get_state_display(),
            Step(dossier.step).label,
            expected(dossier, today).who,
            ", ".join(asked.version.dataset.title for asked in dossier.dossier_datasets.all()),
            "" if dossier.amount_requested is None else str(dossier.amount_requested).replace(".", ","),
            "" if dossier.duration_months is None else str(dossier.duration_months),
            clock.paris(dossier.submitted_at).strftime("%d/%m/%Y %H:%M:%S"),
        ]


def _team_with(word: str) -> QuerySet[DossierMember]:
    named = User.objects.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return DossierMember.objects.filter(
        Q(email__icontains=word) | Q(email__in=named.values("email")), dossier=OuterRef("pk")
    )
