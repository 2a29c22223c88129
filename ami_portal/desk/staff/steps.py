"""The step of a dossier on the board: derived from its rows at each reading, never stored."""

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.lookups import IsNull

from applications.enums import Act, DossierState
from applications.models import Dossier, DossierDataset
from evaluation.enums import (
    ASIDE,
    ContradictionState,
    OpinionState,
    RestrictionState,
    ReviewState,
    SessionState,
    Stance,
)
from evaluation.models import (
    Contradiction,
    Decision,
    Declaration,
    EligibilityItem,
    Opinion,
    Restriction,
    Review,
    Session,
)


class Step(TextChoices):
    """Where a dossier stands for those who work on it, in the order of its life."""

    TO_CHECK = "to_check", "Recevabilité à instruire"
    TO_ADMIT = "to_admit", "Recevabilité à déclarer"
    TO_ASSESS = "to_assess", "Éligibilité à instruire"
    TO_DECLARE = "to_declare", "Éligibilité à déclarer"
    RETURNED = "returned", "Complément demandé"
    OPINIONS_TO_ASK = "opinions_to_ask", "Avis à demander"
    OPINIONS_AWAITED = "opinions_awaited", "Avis attendus"
    SILENCE = "silence", "Avis non rendu"
    ANSWER_AWAITED = "answer_awaited", "Réponse de l’équipe attendue"
    CONSENT_AWAITED = "consent_awaited", "Accord du porteur attendu"
    VETO = "veto", "Avis défavorable"
    READY_FOR_JURY = "ready_for_jury", "Prêt pour le jury"
    IN_REVIEW = "in_review", "En évaluation"
    REVIEWED = "reviewed", "Évalué"
    DELIBERATION = "deliberation", "En délibération"
    DECIDED = "decided", "Décision enregistrée"
    LAUREATE = "laureate", "Lauréat"
    RESERVE = "reserve", "Liste complémentaire"
    REJECTED = "rejected", "Non retenu"
    INADMISSIBLE = "inadmissible", "Irrecevable"
    INELIGIBLE = "ineligible", "Non éligible"
    WITHDRAWN = "withdrawn", "Retiré"
    RENOUNCED = "renounced", "Renoncement"


ENDED = (
    Step.LAUREATE,
    Step.RESERVE,
    Step.REJECTED,
    Step.INADMISSIBLE,
    Step.INELIGIBLE,
    Step.WITHDRAWN,
    Step.RENOUNCED,
)
"""Steps where the evaluation has nothing left to do."""

# Tone and icon of a step, as `ui.wording` has them for states: the word first, the colour after.
TONES = {
    Step.TO_CHECK: ("blue-cumulus", "todo-line"),
    Step.TO_ADMIT: ("blue-cumulus", "check-double-line"),
    Step.TO_ASSESS: ("blue-cumulus", "todo-line"),
    Step.TO_DECLARE: ("blue-cumulus", "check-double-line"),
    Step.RETURNED: ("orange-terre-battue", "question-line"),
    Step.OPINIONS_TO_ASK: ("yellow-tournesol", "chat-3-line"),
    Step.OPINIONS_AWAITED: ("yellow-tournesol", "time-line"),
    Step.SILENCE: ("orange-terre-battue", "time-line"),
    Step.ANSWER_AWAITED: ("orange-terre-battue", "question-line"),
    Step.CONSENT_AWAITED: ("orange-terre-battue", "question-line"),
    Step.VETO: ("error", "close-circle-line"),
    Step.READY_FOR_JURY: ("green-menthe", "team-line"),
    Step.IN_REVIEW: ("purple-glycine", "edit-line"),
    Step.REVIEWED: ("purple-glycine", "check-line"),
    Step.DELIBERATION: ("purple-glycine", "discuss-line"),
    Step.DECIDED: ("purple-glycine", "lock-line"),
    Step.LAUREATE: ("success", "award-line"),
    Step.RESERVE: ("purple-glycine", "list-ordered"),
    Step.REJECTED: ("beige-gris-galet", "close-circle-line"),
    Step.INADMISSIBLE: ("error", "close-circle-line"),
    Step.INELIGIBLE: ("error", "close-circle-line"),
    Step.WITHDRAWN: ("beige-gris-galet", "arrow-go-back-line"),
    Step.RENOUNCED: ("beige-gris-galet", "arrow-go-back-line"),
}

_OF_DOSSIER = {"dossier": OuterRef("pk")}


def with_step(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """The same dossiers with `step`, computed by the database so that lists filter and count on it."""
    ended = {state.value: Value(state.value) for state in DossierState if state.value in {s.value for s in ENDED}}
    return dossiers.annotate(
        step=Case(
            When(state=DossierState.SUBMITTED, then=_before_eligibility()),
            When(state=DossierState.ELIGIBLE, then=_after_eligibility()),
            When(state=DossierState.RETURNED, then=Value(Step.RETURNED.value)),
            When(_is_found(_inadmissible()), state=DossierState.INELIGIBLE, then=_of(Step.INADMISSIBLE)),
            *(When(state=state, then=value) for state, value in ended.items()),
            default=Value(""),
            output_field=CharField(),
        )
    )


def _before_eligibility() -> Case:
    """Two acts: each is to be instructed until its criteria are decided, then to be declared.

    Each dossier asks for the first row that answers, by index (`_is_found`): PostgreSQL would answer an EXISTS for a
    page of fifty by reading the criteria of every dossier there is.
    """
    stands = {"version__dossier": OuterRef("pk"), "version__withdrawn_at": None}
    items = EligibilityItem.objects.filter(**stands).exclude(criterion__decided_by="partner")
    first, left = items.filter(criterion__act=Act.ADMISSIBILITY), Q(decision="")
    admitted = Declaration.objects.filter(**stands, act=Act.ADMISSIBILITY, is_favourable=True, reopened_at=None)
    return Case(
        When(IsNull(_first(admitted), True) & _is_found(first.filter(left)), then=_of(Step.TO_CHECK)),
        When(IsNull(_first(admitted), True) & _is_found(first), then=_of(Step.TO_ADMIT)),
        When(_is_found(items.exclude(criterion__act=Act.ADMISSIBILITY).filter(left)), then=_of(Step.TO_ASSESS)),
        When(_is_found(items), then=_of(Step.TO_DECLARE)),
        default=_of(Step.TO_CHECK),
        output_field=CharField(),
    )


def _inadmissible() -> QuerySet[Declaration]:
    """The act that refused a dossier for its form: `ineligible` is the state of both refusals."""
    refused = {"act": Act.ADMISSIBILITY, "is_favourable": False, "reopened_at": None}
    return Declaration.objects.filter(**_OF_DOSSIER, **refused)


def _of(step: Step) -> Value:
    return Value(step.value)


def _first(rows: QuerySet) -> Subquery:
    return Subquery(rows.order_by().values("pk")[:1])


def _is_found(rows: QuerySet) -> IsNull:
    """Whether there is a row, asked one dossier at a time."""
    return IsNull(_first(rows), False)


def _after_eligibility() -> Case:
    """From the partners' opinions to the jury's decision.

    Once the scoring is closed only the decision is left; before, a veto comes first: it stops the dossier, or
    is to be made known to its team.
    """
    opinions = Opinion.objects.filter(**_OF_DOSSIER)
    asked = Opinion.objects.filter(dossier=OuterRef("dossier"), dataset=OuterRef("version__dataset"))
    unasked = DossierDataset.objects.filter(**_OF_DOSSIER).exclude(Exists(asked))
    stands = opinions.filter(state=OpinionState.GIVEN, left_out_at=None)
    told = Contradiction.objects.filter(opinion=OuterRef("pk"), state=ContradictionState.OPENED)
    veto = Q(neutrality=Stance.UNFAVOURABLE) | Q(feasibility=Stance.UNFAVOURABLE)
    asked_to_team = Restriction.objects.filter(**_OF_DOSSIER, state=RestrictionState.ASKED)
    reviews = Review.objects.filter(**_OF_DOSSIER).exclude(state__in=ASIDE)
    closed = Session.objects.filter(call=OuterRef("call")).exclude(state=SessionState.SCORING)
    return Case(
        When(Exists(Decision.objects.filter(**_OF_DOSSIER)), then=Value(Step.DECIDED.value)),
        When(Exists(closed), then=Value(Step.DELIBERATION.value)),
        When(Exists(asked_to_team), then=Value(Step.CONSENT_AWAITED.value)),
        When(Exists(stands.filter(~Exists(told), veto, refused_at=None, ruling="")), then=_of(Step.VETO)),
        When(Exists(stands.filter(Exists(told))), then=_of(Step.ANSWER_AWAITED)),
        When(Exists(opinions.filter(left_out_at=None).exclude(refused_at=None)), then=_of(Step.VETO)),
        When(Exists(opinions.filter(state=OpinionState.SILENT)), then=_of(Step.SILENCE)),
        When(Exists(unasked), then=Value(Step.OPINIONS_TO_ASK.value)),
        When(Exists(opinions.filter(state=OpinionState.REQUESTED)), then=Value(Step.OPINIONS_AWAITED.value)),
        When(~Exists(reviews), then=Value(Step.READY_FOR_JURY.value)),
        When(Exists(reviews.exclude(state=ReviewState.SUBMITTED)), then=Value(Step.IN_REVIEW.value)),
        default=Value(Step.REVIEWED.value),
        output_field=CharField(),
    )


def counts(dossiers: QuerySet[Dossier]) -> dict[Step, int]:
    """How many of `dossiers` (with their step) stand at each step, in the order of the steps; one query."""
    rows = dossiers.order_by().values_list("step").annotate(Count("pk"))
    found = dict(rows)
    return {step: found.get(step.value, 0) for step in Step}
