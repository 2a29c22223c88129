"""What a dossier waits for, and from whom: one answer for the board, the head of a dossier and the things to do."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from ami_portal.ui.wording import end_of_day
from applications.enums import OpinionMode
from applications.models import Dossier, DossierDataset
from evaluation import consultation
from evaluation.enums import ASIDE, OpinionState, ReviewState
from evaluation.models import Opinion, Review

from .steps import Step, with_step

ADMIT, DECLARE = "Déclarer la recevabilité", "Déclarer l’éligibilité"
DECLARATIONS = (ADMIT, DECLARE)


@dataclass(frozen=True)
class Expected:
    """`who` the dossier waits for, `what` in a sentence. For an act of the staff: `verb` is its button, `permission`
    who may press it, and `url_name` the page where it is (of the dossier, or of its call's jury)."""

    who: str
    what: str
    verb: str = ""
    permission: str = ""
    url_name: str = ""
    is_late: bool = False


def with_progress(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """The same dossiers with their step and all that `expected` reads, in a constant number of queries."""
    opinions = Opinion.objects.select_related("dataset__partner")
    reviews = Review.objects.only("dossier_id", "juror_id", "state").order_by("pk")
    datasets = DossierDataset.objects.select_related("version__dataset__partner")
    return with_step(dossiers).prefetch_related(
        Prefetch("dossier_datasets", queryset=datasets),
        Prefetch("opinions", queryset=opinions),
        Prefetch("reviews", queryset=reviews),
    )


def expected(dossier: Dossier, today: dt.date) -> Expected:
    """What comes next for a dossier read by `with_progress`."""
    step = Step(dossier.step)
    if step in _BY_STEP:
        return _BY_STEP[step]
    if step == Step.RETURNED:
        what = f"Un complément est attendu du porteur, au plus tard le {end_of_day(dossier.completion_due_at)}."
        return Expected("Porteur", what, "Voir la demande", "desk.view_dossier", "staff_completion")
    if step == Step.OPINIONS_AWAITED:
        return _opinions_awaited(dossier, today)
    if step == Step.VETO:
        what = _opposed(dossier, consultation.needs_of(dossier))
        return Expected("Instruction", what, "Décider de la suite", "evaluation.settle_opinions", "staff_opinions")
    if step == Step.SILENCE:
        silent = [opinion for opinion in dossier.opinions.all() if opinion.state == OpinionState.SILENT]
        what = f"{_names(silent)} n’a pas rendu d’avis à temps. Ce silence ne dit rien : la suite est à décider."
        link = ("Décider de la suite", "evaluation.settle_opinions", "staff_opinions")
        return Expected("Instruction", what, *link, is_late=True)
    if step == Step.ANSWER_AWAITED:
        due = f", au plus tard le {end_of_day(dossier.reply_due_at)}" if dossier.reply_due_at else ""
        what = f"L’équipe répond à un avis défavorable, qui n’a pas encore d’effet{due}."
        return Expected("Porteur", what, "Voir les avis", "desk.view_dossier", "staff_opinions")
    if step == Step.CONSENT_AWAITED:
        due = f", au plus tard le {end_of_day(dossier.reply_due_at)}" if dossier.reply_due_at else ""
        what = f"Le porteur dit s’il se passe d’une base refusée{due}."
        return Expected("Porteur", what, "Voir la question", "desk.view_dossier", "staff_opinions")
    submitted, total = reviews_done(dossier)
    what = f"{submitted} évaluation{'s' if submitted > 1 else ''} remise{'s' if submitted > 1 else ''} sur {total}."
    return Expected(f"Jury ({submitted}/{total})", what, "Suivre le jury", "evaluation.view_ranking", "staff_reviews")


def reviews_done(dossier: Dossier) -> tuple[int, int]:
    """Reviews submitted, and reviews expected (recusals left out)."""
    states = [review.state for review in dossier.reviews.all() if review.state not in ASIDE]
    return sum(state == ReviewState.SUBMITTED for state in states), len(states)


def _opinions_awaited(dossier: Dossier, today: dt.date) -> Expected:
    awaited = [opinion for opinion in dossier.opinions.all() if opinion.state == OpinionState.REQUESTED]
    late = any(opinion.due_on < today for opinion in awaited)
    partners = _names(awaited)
    what = f"L’avis de {partners} est {'en retard' if late else 'attendu'}."
    return Expected(partners, what, "Voir les avis", "desk.view_dossier", "staff_opinions", is_late=late)


def _opposed(dossier: Dossier, needs: consultation.Needs) -> str:
    if needs.pending:
        said = "Avant que l’avis prenne effet, il se communique à l’équipe, qui répond ; puis la suite est à décider."
        if dossier.call.opinions == OpinionMode.ADVISORY:
            said = "Cet avis est consultatif : suivez-le, ou dites pourquoi vous vous en écartez."
        return f"{_names(need.opinion for need in needs.pending)} s’y oppose. {said}"
    left = "Toutes ses bases sont refusées" if needs.are_all_refused else "Il demande d’autres bases"
    partners = _names(need.opinion for need in needs.refused)
    return f"{partners} s’y oppose. {left} : la suite est à décider, avec son motif."


def _names(opinions) -> str:
    return ", ".join(dict.fromkeys(opinion.dataset.partner.name for opinion in opinions))


_BY_STEP = {
    Step.TO_CHECK: Expected(
        "Instruction",
        "Chaque critère de recevabilité est à décider, puis le dossier à déclarer recevable ou non.",
        "Examiner les critères",
        "evaluation.decide_eligibility",
        "staff_dossier",
    ),
    Step.TO_ADMIT: Expected(
        "Instruction",
        "Les critères de recevabilité sont décidés : il reste à déclarer le dossier recevable ou non.",
        ADMIT,
        "evaluation.decide_eligibility",
        "staff_dossier",
    ),
    Step.TO_ASSESS: Expected(
        "Instruction",
        "Chaque critère d’éligibilité est à décider, puis le dossier à déclarer éligible ou non.",
        "Examiner les critères",
        "evaluation.decide_eligibility",
        "staff_dossier",
    ),
    Step.TO_DECLARE: Expected(
        "Instruction",
        "Tous les critères sont décidés : il reste à déclarer le dossier éligible ou non.",
        DECLARE,
        "evaluation.decide_eligibility",
        "staff_dossier",
    ),
    Step.OPINIONS_TO_ASK: Expected(
        "Instruction",
        "L’avis du partenaire de chaque base demandée est à demander.",
        "Demander les avis",
        "evaluation.request_opinion",
        "staff_opinions",
    ),
    Step.READY_FOR_JURY: Expected(
        "Secrétariat du jury",
        "Les avis sont rendus : le dossier est à confier à des membres du jury.",
        "Confier au jury",
        "evaluation.assign_juror",
        "staff_reviews",
    ),
    Step.REVIEWED: Expected(
        "Secrétariat du jury",
        "Toutes les évaluations de ce dossier sont remises. La notation se clôt pour tout l’appel.",
        "Ouvrir la page du jury",
        "evaluation.run_session",
        "staff_jury",
    ),
    Step.DELIBERATION: Expected(
        "Secrétariat du jury",
        "La notation est close : la décision du jury est à enregistrer.",
        "Enregistrer la décision",
        "evaluation.run_session",
        "staff_jury",
    ),
    Step.DECIDED: Expected(
        "Secrétariat du jury",
        "La décision est enregistrée ; elle reste secrète jusqu’à la publication.",
        "Ouvrir la page du jury",
        "evaluation.run_session",
        "staff_jury",
    ),
    Step.LAUREATE: Expected("Conventions", "La convention se prépare et se suit avec le porteur."),
    Step.RESERVE: Expected("Personne", "Le dossier est sur la liste complémentaire."),
    Step.REJECTED: Expected("Personne", "Le jury n’a pas retenu le dossier."),
    Step.INADMISSIBLE: Expected("Personne", "Le dossier est refusé pour sa forme, par une lettre motivée."),
    Step.INELIGIBLE: Expected("Personne", "Le dossier est refusé, par une lettre motivée."),
    Step.WITHDRAWN: Expected("Personne", "Le porteur a retiré son dossier."),
    Step.RENOUNCED: Expected(
        "Personne", "Le lauréat a renoncé à l’aide. La page du jury dit si sa place est à pourvoir."
    ),
}
