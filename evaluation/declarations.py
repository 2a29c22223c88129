"""What was declared of a deposit, act by act, and which act comes now."""

from applications.enums import Act
from applications.models import Dossier, DossierVersion

from .models import Declaration


def standing_declaration(version: DossierVersion, act: Act) -> Declaration | None:
    """The declaration of one act on a deposit that nobody reopened."""
    return Declaration.objects.filter(version=version, act=act, reopened_at=None).first()


def last_refusal(dossier: Dossier) -> Declaration | None:
    """The declaration that ended a dossier, unless it was reopened since."""
    refusals = dossier.declarations.filter(is_favourable=False, reopened_at=None)
    return refusals.select_related("version", "declared_by").order_by("-declared_at").first()


def act_now(version: DossierVersion) -> Act:
    """The act that a deposit waits for: recevabilité, where the call has criteria of it, then éligibilité."""
    if standing_declaration(version, Act.ADMISSIBILITY) or not _is_admitted_by_criteria(version):
        return Act.ELIGIBILITY
    return Act.ADMISSIBILITY


def _is_admitted_by_criteria(version: DossierVersion) -> bool:
    return version.dossier.call.criteria.filter(act=Act.ADMISSIBILITY).exists()
