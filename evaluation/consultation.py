"""What the partners' opinions make of a dossier: the datasets that it needs, those refused, what its call allows."""

from collections.abc import Iterable
from dataclasses import dataclass

from ami_portal.kernel.working_days import Delay
from applications.enums import OpinionMode
from applications.models import Call, Dossier
from datasets.models import Dataset

from .enums import AWAITED
from .models import Opinion


@dataclass(frozen=True)
class Need:
    """One dataset that a dossier asks for, and the opinion of its partner; None until it is asked."""

    dataset: Dataset
    opinion: Opinion | None

    @property
    def is_refused(self) -> bool:
        """Whether its partner refuses it to the dossier."""
        return self.opinion is not None and self.opinion.is_veto


@dataclass(frozen=True)
class Needs:
    """All that a dossier asks for. It is stopped only when every dataset is refused."""

    rows: tuple[Need, ...]

    @property
    def refused(self) -> list[Need]:
        return [need for need in self.rows if need.is_refused]

    @property
    def left(self) -> list[Need]:
        """What it may go on with."""
        return [need for need in self.rows if not need.is_refused]

    @property
    def waiting(self) -> list[Need]:
        """Those whose partner has given no opinion yet, and may still."""
        return [need for need in self.rows if need.opinion is None or need.opinion.state in AWAITED]

    @property
    def pending(self) -> list[Need]:
        """Those whose partner says no, which takes effect once the team could answer."""
        return [need for need in self.rows if need.opinion is not None and need.opinion.is_pending]

    @property
    def are_favourable(self) -> bool:
        """Whether the jury may examine the dossier: every opinion is given or passed over, and refuses
        nothing."""
        return not self.refused and not self.waiting and not self.pending

    @property
    def are_all_refused(self) -> bool:
        return bool(self.rows) and not self.left


def needs_of(dossier: Dossier, opinions: Iterable[Opinion] | None = None) -> Needs:
    """The needs of a dossier: no query where its datasets and opinions are prefetched; `opinions` are those locked."""
    by_dataset = {row.dataset_id: row for row in (dossier.opinions.all() if opinions is None else opinions)}
    asked = dossier.dossier_datasets.all()
    if "dossier_datasets" not in getattr(dossier, "_prefetched_objects_cache", {}):
        asked = asked.select_related("version__dataset")
    datasets = [row.version.dataset for row in asked]
    return Needs(tuple(Need(dataset, by_dataset.get(dataset.pk)) for dataset in datasets))


def consent_delay(call: Call) -> Delay | None:
    """The delay to agree to go on without the datasets refused; None where the call does not propose it."""
    return _delay(call, "consent")


def answer_delay(call: Call) -> Delay | None:
    """The delay to answer an unfavourable opinion before it takes effect; None where the call hears nobody."""
    return _delay(call, "answer") if call.opinions == OpinionMode.VETO else None


def takes_effect_at_once(call: Call) -> bool:
    """Whether an unfavourable opinion refuses its dataset as it is given."""
    return call.opinions == OpinionMode.VETO and answer_delay(call) is None


def due_delay(call: Call) -> Delay | None:
    """The delay of a partner to give its opinion; None where the call sets none, and notes no silence."""
    return _delay(call, "due")


def reminder_days(call: Call) -> list[int]:
    """The days of the reminders of an opinion, before the end of its delay; below zero, after it."""
    return list(call.consultation.get("due", {}).get("reminder_days", ()))


def silence_refuses(call: Call) -> bool:
    """Whether staff may take the silence of a partner as a refusal of its dataset."""
    return bool(call.consultation.get("due", {}).get("silence_refuses"))


def _delay(call: Call, name: str) -> Delay | None:
    said = call.consultation.get(name)
    return Delay(said["days"], said["working_days"]) if said else None
