"""The public catalogue as it is read: datasets with their published descriptions, found by words or by partner."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from ami_portal.accounts.models import Organisation

from .models import Dataset, DatasetVersion

MAX_WORDS = 8

SHOWN = (
    ("population", "Population"),
    ("period", "Période couverte"),
    ("records", "Enregistrements"),
    ("individuals", "Personnes"),
    ("update_frequency", "Mise à jour"),
    ("variables", "Variables"),
    ("access", "Conditions d’accès"),
    ("limits", "Limites connues"),
)
"""What a description says after its summary, in the order of the page."""


def published_versions() -> QuerySet[DatasetVersion]:
    """Published descriptions, the last one first."""
    return DatasetVersion.objects.filter(published_at__isnull=False).order_by("-published_at", "-pk")


def with_versions(datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """The same datasets with their partner and, as `published`, their published descriptions, the last one first."""
    return datasets.select_related("partner").prefetch_related(
        Prefetch("versions", queryset=published_versions(), to_attr="published")
    )


def partners_of(datasets: QuerySet[Dataset]) -> QuerySet[Organisation]:
    """The partners of some datasets, by name."""
    return Organisation.objects.filter(pk__in=datasets.values("partner")).order_by("name")


def search(datasets: QuerySet[Dataset], words: str) -> QuerySet[Dataset]:
    """The datasets where each word is in the title, the code, the partner's name or a published description."""
    for word in words.split()[:MAX_WORDS]:
        said = Q(summary__icontains=word) | Q(population__icontains=word) | Q(variables__icontains=word)
        descriptions = published_versions().filter(said, dataset=OuterRef("pk"))
        named = Q(title__icontains=word) | Q(code__icontains=word) | Q(partner__name__icontains=word)
        datasets = datasets.filter(named | Exists(descriptions))
    return datasets


def described(version: DatasetVersion) -> list[tuple[str, str]]:
    """The parts of a description that say something, as pairs of heading and text."""
    return [(label, text) for name, label in SHOWN if (text := getattr(version, name).strip())]
