"""The stewards' pages of the catalogue, inside the admin. A published description can be read, no longer changed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from ami_portal.accounts.enums import OrganisationKind
from ami_portal.accounts.models import Organisation
from ami_portal.kernel.http import page
from ami_portal.kernel.text import clean_text
from ami_portal.ui.admin import PortalModelAdmin
from ami_portal.workflow import TransitionRefused

from . import actions
from .models import Dataset, DatasetVersion
from .rules import versions_visible_to


class CatalogueForm(forms.ModelForm):
    """Texts are cleaned of control and bidirectional marks."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = clean_text(value).strip()
        return self.cleaned_data


class CatalogueAdmin(PortalModelAdmin):
    """Kept by the stewards; nothing is deleted, since dossiers refer to it."""

    view_permission = change_permission = "datasets.manage_catalogue"
    form = CatalogueForm


@admin.register(Dataset)
class DatasetAdmin(CatalogueAdmin):
    """A dataset: its code, its title, its partner."""

    list_display = ["title", "code", "partner"]
    list_filter = [("partner", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["partner"]
    search_fields = ["title", "code", "partner__name"]
    fields = ["code", "title", "partner"]

    def get_readonly_fields(self, request: HttpRequest, obj: Dataset | None = None) -> list[str]:
        """A code is in addresses and in dossiers: it does not change."""
        return ["code"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = Organisation.objects.filter(kind=OrganisationKind.PARTNER)
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field

    def save_model(self, request: HttpRequest, obj: Dataset, form: Any, change: bool) -> None:
        actions.save_dataset(obj, actor=request.user)  # type: ignore[arg-type]


@admin.register(DatasetVersion)
class DatasetVersionAdmin(CatalogueAdmin):
    """A description: written, then published for good."""

    list_display = ["dataset", "version", "published_at"]
    list_filter = ["dataset", ("published_at", admin.EmptyFieldListFilter)]
    list_select_related = ["dataset"]
    search_fields = ["dataset__title", "dataset__code", "version", "summary"]
    change_form_template = "admin/datasets/version_change_form.html"
    fields = [
        "dataset",
        "version",
        "summary",
        "population",
        "period",
        "records",
        "individuals",
        "update_frequency",
        "variables",
        "access",
        "limits",
        "published_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DatasetVersion]:
        return versions_visible_to(request.user)

    def has_change_permission(self, request: HttpRequest, obj: DatasetVersion | None = None) -> bool:
        """A published description is read only."""
        return super().has_change_permission(request, obj) and not (obj and obj.published_at)

    def get_readonly_fields(self, request: HttpRequest, obj: DatasetVersion | None = None) -> list[str]:
        return ["dataset", "published_at"] if obj else ["published_at"]

    def save_model(self, request: HttpRequest, obj: DatasetVersion, form: Any, change: bool) -> None:
        actions.save_version(obj, actor=request.user)  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        """Django's pages, and the publication."""
        route = path(
            "<slug:code>/<path:version>/publier/",
            self.admin_site.admin_view(publish),
            name="datasets_datasetversion_publish",
        )
        return [route, *super().get_urls()]


def _versions(user: Any) -> QuerySet[DatasetVersion]:
    return versions_visible_to(user).select_related("dataset")


@page("datasets.manage_catalogue")
@require_POST
def publish(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """Publish a description; the page that has the button says that it is for good."""
    found = _versions(request.user).filter(dataset__code=code, version=version).first()
    if found is None:
        return redirect("admin:datasets_datasetversion_changelist")
    try:
        actions.publish_version(found, actor=request.user)  # type: ignore[arg-type]
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"La version {found.version} de « {found.dataset.title} » est publiée.")
    return redirect("admin:datasets_datasetversion_change", found.pk)
