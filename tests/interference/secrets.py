"""The secrets, and how each is changed: a direct write of its rows, which no act, mail or trace comes with."""

import json
from collections.abc import Callable
from decimal import Decimal

from django.db.models import F

from ami_portal.documents.models import Document
from applications.models import Answer, DossierMessage
from applications.reading import standing_version
from evaluation.models import Appeal, Decision, EligibilityItem, Letter, Ranking, Review, Score
from funding.models import ExpenseLine, Instalment

from .world import World

Flip = Callable[[World], object]


def _update(rows, **values) -> None:
    if not rows.update(**values):
        raise LookupError("the secret is not there")


def name_of_a_juror(world: World) -> None:
    person = world.people["peer"]
    _update(type(person).objects.filter(pk=person.pk), first_name="Solveig", last_name="Ångström")


def scores(world: World) -> None:
    _update(Score.objects.filter(review=world.peer_review), value=1)


def comments_for_the_jury(world: World) -> None:
    comments = dict.fromkeys(world.call.headings.values_list("code", flat=True), "Autre avis.")
    _update(_peer(world), comment_jury="Tout autre mot.", comments=comments, confidence="unsure")


def comment_for_the_applicant(world: World) -> None:
    _update(_peer(world), comment_applicant="Un mot tout autre.")


def recommended_amount(world: World) -> None:
    _update(_peer(world), recommended_amount=Decimal("12345.67"))


def _peer(world: World):
    return Review.objects.filter(pk=world.peer_review.pk)


def own_review(world: World) -> None:
    """What the juror writes, for everybody else."""
    rows = Review.objects.filter(pk=world.own_review.pk)
    _update(rows, comment_jury="Mot du juré.", comment_applicant="Autre mot du juré.")
    _update(Score.objects.filter(review=world.own_review), value=0)


def conflict_declared(world: World) -> None:
    _update(Review.objects.filter(pk=world.recusal.pk), conflict="Un parent salarié du porteur.", ties=["family"])


def stance_of_a_partner(world: World) -> None:
    _update(_opinion(world), neutrality="favourable", feasibility="reserved")


def reason_kept(world: World) -> None:
    _update(_opinion(world), neutrality_reason="Un motif tout autre, tu.")


def reason_disclosed(world: World) -> None:
    _update(_opinion(world), disclosed_reason="Un motif tout autre, dit.")


def _opinion(world: World):
    opinion = world.opinion("partner")
    return type(opinion).objects.filter(pk=opinion.pk)


def criterion_decided(world: World) -> None:
    """A decision that is signed, and not yet declared."""
    items = EligibilityItem.objects.filter(version__dossier=world.examined, criterion__code="DURATION")
    _update(items, decision="not_met", reason="Trente-six mois de trop.")


def sections_closed_to_partners(world: World) -> None:
    """The answers of the sections that partners do not read, in the frozen copy."""
    version = standing_version(world.first)
    content = json.loads(version.content)
    for section in content["sections"]:
        for item in section["items"]:
            if not item["partners"]:
                item["shown"] = item["shown"] and "Mots d’une rubrique fermée"
                item["value"] = item["shown"] and item["value"]
    _update(type(version).objects.filter(pk=version.pk), content=json.dumps(content))


def datasets_of_another_partner(world: World) -> None:
    """The dossier asks for the dataset of one partner, and no longer for that of the other."""
    version = standing_version(world.first)
    content = json.loads(version.content)
    kept = world.opinion("partner").dataset
    content["datasets"] = [one for one in content["datasets"] if one["code"] == kept.code]
    for item in (item for section in content["sections"] for item in section["items"] if item["code"] == "datasets"):
        item["value"], item["shown"] = [kept.code], kept.title
    _update(type(version).objects.filter(pk=version.pk), content=json.dumps(content))
    world.first.dossier_datasets.exclude(version__dataset=kept).delete()


def appeal(world: World) -> None:
    _update(Appeal.objects.filter(dossier=world.refused), body="Nous contestons tout autre chose.")


def amount_of_a_convention(world: World) -> None:
    rows = type(world.convention).objects.filter(pk=world.convention.pk)
    _update(rows, amount=F("amount") + 1111)
    _update(Instalment.objects.filter(convention=world.convention, state="planned"), gross=F("gross") + 11)


def expense_of_a_claim(world: World) -> None:
    _update(ExpenseLine.objects.filter(claim__convention=world.convention), amount=Decimal("4321.09"))


def message(world: World) -> None:
    _update(DossierMessage.objects.filter(dossier=world.first), body="Des mots tout autres.")


def answer_of_a_draft(world: World) -> None:
    _update(Answer.objects.filter(dossier=world.draft, question="title"), value="Un titre que nul ne connaît")
    _update(type(world.draft).objects.filter(pk=world.draft.pk), title="Un titre que nul ne connaît")


def ranking(world: World) -> None:
    """The places and the means, as they were computed."""
    row = Ranking.objects.get(session=world.session)
    first, second = row.content["rows"]
    rows = [second | {"rank": 1, "score": "99.00"}, first | {"rank": 2, "score": "98.00"}]
    _update(Ranking.objects.filter(pk=row.pk), content=row.content | {"rows": rows})


def decision(world: World) -> None:
    """The jury's, of both dossiers: who is a laureate, with how much."""
    first, second = (Decision.objects.filter(dossier=one) for one in (world.first, world.second))
    _update(first, outcome="rejected", rank=2, amount=None, reason="Trop tôt.")
    _update(second, outcome="laureate", rank=1, amount=Decimal("45000.00"))


def letter(world: World) -> None:
    """What the letter of the first dossier says: the bytes of another."""
    letters = {row.dossier_id: row.document for row in Letter.objects.filter(dossier__in=[world.first, world.second])}
    told, other = letters[world.first.pk], letters[world.second.pk]
    key, other.storage_key = other.storage_key, "elsewhere"
    other.save(update_fields=["storage_key"])
    _update(Document.objects.filter(pk=told.pk), storage_key=key, sha256=other.sha256, size=other.size)


SECRETS: tuple[Flip, ...] = (
    name_of_a_juror,
    scores,
    comments_for_the_jury,
    comment_for_the_applicant,
    recommended_amount,
    conflict_declared,
    stance_of_a_partner,
    reason_kept,
    reason_disclosed,
    criterion_decided,
    sections_closed_to_partners,
    datasets_of_another_partner,
    appeal,
    amount_of_a_convention,
    expense_of_a_claim,
    message,
    answer_of_a_draft,
)
"""Those that are there from the beginning."""
OF_A_REVIEW: tuple[Flip, ...] = (
    scores,
    comments_for_the_jury,
    comment_for_the_applicant,
    recommended_amount,
    own_review,
)
SINCE: dict[str, tuple[Flip, ...]] = {
    "to_review": (own_review,),
    "deliberation": (ranking, decision),
    "frozen": (letter,),
}
"""Those that come with a moment."""
DRAWN = (decision, letter)
"""Those that are told by other rows, made at the publication: changed alone, they are no longer secrets then."""
