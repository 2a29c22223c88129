"""The public pages of the catalogue: the list, a dataset, one of its published versions."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import PUBLIC

from . import catalogue
from .forms import SearchForm
from .models import Dataset, DatasetVersion
from .rules import datasets_published

PER_PAGE = 12


@page(PUBLIC)
@require_safe
def dataset_list(request: HttpRequest) -> HttpResponse:
    """The published datasets, by words and by partner."""
    everything = datasets_published(request.user)
    form = SearchForm(request.GET or None, partners=catalogue.partners_of(everything))
    found, is_filtered = everything, False
    if form.is_bound and form.is_valid():
        words, partner = form.cleaned_data["q"], form.cleaned_data["partner"]
        found, is_filtered = catalogue.search(everything, words), bool(words or partner)
        if partner:
            found = found.filter(partner=partner)
    page_obj = Paginator(catalogue.with_versions(found).order_by("title"), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "datasets/dataset_list.html", {"page_obj": page_obj, "search": form, "is_filtered": is_filtered}
    )


@page(PUBLIC, visible=datasets_published, by="code")
@require_safe
def dataset_detail(request: HttpRequest, obj: Dataset) -> HttpResponse:
    """A dataset by its last published version."""
    versions = list(catalogue.published_versions().filter(dataset=obj))
    return _show(request, obj, versions, versions[0])


@page(PUBLIC, visible=datasets_published, by="code")
@require_safe
def dataset_version(request: HttpRequest, obj: Dataset, version: str) -> HttpResponse:
    """A dataset by one of its published versions."""
    versions = list(catalogue.published_versions().filter(dataset=obj))
    wanted = next((row for row in versions if row.version == version), None)
    if wanted is None:
        raise Http404
    return _show(request, obj, versions, wanted)


def _show(
    request: HttpRequest, dataset: Dataset, versions: list[DatasetVersion], shown: DatasetVersion
) -> HttpResponse:
    context: dict[str, Any] = {
        "dataset": dataset,
        "version": shown,
        "parts": catalogue.described(shown),
        "others": [row for row in versions if row.pk != shown.pk],
        "is_last": shown.pk == versions[0].pk,
    }
    return render(request, "datasets/dataset_detail.html", context)
