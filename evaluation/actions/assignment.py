"""The assignment of a jury: what each juror brings, which pairs staff want, a proposal, and its application."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User, number_of, ref_of
from ami_portal.accounts.rules import holds
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from applications.models import Call, Dossier
from evaluation import seating
from evaluation.assignment import NoAssignment, NotProven, Pair, Problem, blocking, in_words, solve
from evaluation.enums import ASIDE, ProposalState, WishKind
from evaluation.models import Proposal, Review, Seat, Session, Wish

from .jury import assign_juror
from .locks import refuse_unless_allowed, scoring_session

NO_RULES = "L’appel ne dit pas combien d’évaluations il veut : confiez les dossiers un par un."
NO_JUROR = "Cette personne n’est pas membre du jury."
SILENT = "Le calcul n’a pas abouti dans le temps donné : retirez des paires imposées, ou demandez-le de nouveau."
MOST = 500


@transaction.atomic
def set_seat(
    call: Call,
    juror: User,
    *,
    fields: Iterable[str],
    profiles: Iterable[str],
    least: int | None,
    most: int | None,
    actor: User,
) -> Seat:
    """Record what a juror brings to the jury of a call. Raises TransitionRefused: a code that the call does not have,
    bounds that cross, someone who is no juror."""
    at = clock.now()
    locked = Call.objects.select_for_update().get(pk=call.pk)
    refuse_unless_allowed(actor, "evaluation.assign_juror", locked)
    rules = seating.rules_of(locked)
    if rules is None:
        raise TransitionRefused(NO_RULES)
    if not holds(juror, Role.JUROR):
        raise TransitionRefused(NO_JUROR)
    known, held = sorted(set(fields)), sorted(set(profiles))
    if set(known) - rules.labels.keys() or set(held) - rules.profiles.keys():
        raise TransitionRefused("Un domaine ou un profil choisi n’est pas de cet appel : rechargez la page.")
    low, high = rules.least if least is None else least, rules.most if most is None else most
    if not 0 <= low <= high <= MOST:
        raise TransitionRefused(f"Donnez des bornes de 0 à {MOST}, la plus petite d’abord : trouvé {low} et {high}.")
    said: dict[str, Any] = {"fields": known, "profiles": held, "least": least, "most": most}
    seat, _ = Seat.objects.update_or_create(call=locked, juror=juror, defaults=said)
    trail.record("seat.set", subject=locked.code, actor=actor, at=at, juror=juror.ref, **said)
    return seat


@transaction.atomic
def wish_pair(dossier: Dossier, juror: User, *, kind: str, actor: User) -> None:
    """Want a pair in the next proposals, or set it aside; an empty `kind` leaves it to the solver again.

    Raises TransitionRefused: scoring not open, a kind that is none, a pair already entrusted, someone who is no juror.
    """
    at = clock.now()
    scoring_session(dossier.call_id)
    refuse_unless_allowed(actor, "evaluation.assign_juror", dossier)
    if kind and kind not in WishKind.values:
        raise TransitionRefused("Choisissez : imposer la paire, ou l’écarter.")
    if not holds(juror, Role.JUROR):
        raise TransitionRefused(NO_JUROR)
    if kind and dossier.reviews.filter(juror=juror).exists():
        raise TransitionRefused("Ce dossier est déjà confié à cette personne, ou elle s’en est déportée.")
    former = Wish.objects.filter(dossier=dossier, juror=juror).first()
    if kind:
        said = {"kind": kind, "made_by": actor, "made_at": at}
        Wish.objects.update_or_create(dossier=dossier, juror=juror, defaults=said)
    elif former:
        former.delete()
    before = former.kind if former else ""
    trail.record("assignment.wish", subject=dossier.ref, actor=actor, at=at, before=before, after=kind, juror=juror.ref)


@transaction.atomic
def ask_proposal(session: Session, *, keeps: bool, actor: User) -> Proposal:
    """Ask a job for the best assignment; with `keeps`, for the one that changes least of the last proposal.

    Raises TransitionRefused: scoring not open, no rule in the call, nothing to entrust, nobody to entrust it to.
    """
    at = clock.now()
    current = scoring_session(session.call_id)
    refuse_unless_allowed(actor, "evaluation.assign_juror", current)
    if seating.rules_of(current.call) is None:
        raise TransitionRefused(NO_RULES)
    if not seating.dossiers_to_assign(current, leaving_out=actor):
        raise TransitionRefused("Aucun dossier n’est prêt pour le jury : déclarez l’éligibilité, recueillez les avis.")
    if not seating.jurors().exists():
        raise TransitionRefused("Personne n’est membre du jury : un administrateur en donne le rôle.")
    last = current.proposals.aggregate(last=Max("number"))["last"] or 0
    proposal = Proposal.objects.create(session=current, number=last + 1, keeps=keeps, asked_by=actor, asked_at=at)
    later("evaluation.solve_proposal", proposal_id=proposal.pk)
    trail.record("assignment.ask", subject=current.ref, actor=actor, at=at, number=proposal.number, keeps=keeps)
    return proposal


def solve_proposal(proposal_id: int) -> None:
    """Give a proposal its answer, once, however often it is called; the solver works outside any lock."""
    asked = Proposal.objects.select_related("session__call", "asked_by").get(pk=proposal_id)
    if asked.state != ProposalState.COMPUTING:
        return
    problem, names = seating.problem_of(asked.session, leaving_out=asked.asked_by)
    answer = _answer(problem, names, _former(asked) if asked.keeps else [])
    still = Proposal.objects.filter(pk=proposal_id, state=ProposalState.COMPUTING)
    still.update(solved_at=clock.now(), **answer)


def _answer(problem: Problem, names: dict[str, str], former: list[Pair]) -> dict[str, Any]:
    """What the solver says: the pairs, or what blocks."""
    try:
        try:
            pairs = sorted(solve(problem, former=former).pairs)
        except NoAssignment:
            reasons = [in_words(rule, problem, names) for rule in blocking(problem)]
            return {"state": ProposalState.BLOCKED, "blocking": reasons}
    except NotProven:
        return {"state": ProposalState.BLOCKED, "blocking": [SILENT]}
    return {"state": ProposalState.READY, "pairs": [_kept(problem, pair) for pair in pairs]}


def _kept(problem: Problem, pair: Pair) -> list[str | int]:
    return [pair[0], number_of(pair[1]), problem.affinity[pair]]


def _former(proposal: Proposal) -> list[Pair]:
    """The pairs of the last answer before this one."""
    last = proposal.answered_before()
    return [(ref, ref_of(juror)) for ref, juror, _ in last.pairs] if last else []


@transaction.atomic
def apply_proposal(proposal: Proposal, *, actor: User) -> int:
    """Entrust every pair of a proposal that is not entrusted yet, and answer how many; each juror gets their mails.

    All, or nothing: each pair is checked again, conflicts first. Raises TransitionRefused: scoring not open, another
    proposal since, none to apply, and whatever `assign_juror` refuses, with the pair that it refuses.
    """
    at = clock.now()
    session = scoring_session(proposal.session.call_id)
    refuse_unless_allowed(actor, "evaluation.assign_juror", session)
    current = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if current.state != ProposalState.READY:
        raise TransitionRefused(f"Action impossible : la proposition est « {current.get_state_display()} ».")
    if session.proposals.filter(number__gt=current.number).exists():
        raise TransitionRefused("Une autre proposition a été demandée depuis : appliquez la dernière.")
    count = _entrust(session, current, actor)
    current.state, current.applied_at = ProposalState.APPLIED, at
    current.save(update_fields=["state", "applied_at"])
    Wish.objects.filter(dossier__call=session.call_id, kind=WishKind.FIXED, dossier__ref__in=_refs(current)).delete()
    trail.record("assignment.apply", subject=session.ref, actor=actor, at=at, number=current.number, entrusted=count)
    return count


def _refs(proposal: Proposal) -> list[str]:
    return sorted({ref for ref, _, _ in proposal.pairs})


def _entrust(session: Session, proposal: Proposal, actor: User) -> int:
    """Entrust what is new. Raises TransitionRefused, naming the pair."""
    dossiers = {row.ref: row for row in Dossier.objects.filter(call=session.call_id, ref__in=_refs(proposal))}
    people = User.objects.in_bulk([juror for _, juror, _ in proposal.pairs])
    entrusted = Review.objects.filter(dossier__in=dossiers.values()).exclude(state__in=ASIDE)
    held = set(entrusted.values_list("dossier__ref", "juror"))
    count = 0
    for ref, juror, _ in sorted(proposal.pairs, key=lambda row: (dossiers[row[0]].pk, row[1])):
        if (ref, juror) in held:
            continue
        try:
            assign_juror(dossiers[ref], people[juror], actor=actor)
        except TransitionRefused as refusal:
            raise TransitionRefused(f"{ref}, {people[juror].get_full_name()} : {refusal} Recalculez.") from refusal
        count += 1
    return count
