"""Votes of a jury on the dossier that it hears: cast on each one's page, or counted in the room by the secretary."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluation.enums import Voice

from .sitting import Hearing


class Vote(models.Model):
    """A question put to the vote, once it is closed with its counts; open while `closed_at` is None.

    `is_cast` says that ballots are cast on pages, and not counted in the room. Of a secret one the counts alone are
    kept, as they grow. `casting` is the voice of the chair, where it decides between equals.
    """

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="votes")
    question = models.CharField("question", max_length=200)
    is_cast = models.BooleanField("bulletins remis en ligne")
    is_secret = models.BooleanField("secret")
    opened_at = models.DateTimeField("ouvert le")
    closed_at = models.DateTimeField("clos le", null=True)
    votes_for = models.PositiveSmallIntegerField("pour", default=0)
    votes_against = models.PositiveSmallIntegerField("contre", default=0)
    abstentions = models.PositiveSmallIntegerField("abstentions", default=0)
    casting = models.CharField("voix de la présidence", max_length=20, choices=Voice, blank=True)

    class Meta:
        verbose_name = "vote"
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_vote_at_a_time", fields=["hearing"], condition=Q(closed_at=None)),
            models.CheckConstraint(
                name="casting_voice_between_equals",
                condition=Q(casting="") | Q(casting__in=["for", "against"], votes_for=models.F("votes_against")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hearing} : {self.question}"

    @property
    def cast(self) -> int:
        """How many voices were given."""
        return self.votes_for + self.votes_against + self.abstentions

    @property
    def is_adopted(self) -> bool:
        """More voices for than against, or the chair's between equals."""
        return self.votes_for > self.votes_against or self.casting == Voice.FOR


class Ballot(models.Model):
    """That a member has voted; what they said, unless the vote is secret."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="ballots")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    voice = models.CharField("voix", max_length=20, choices=Voice, blank=True)

    class Meta:
        verbose_name = "bulletin"
        ordering = ["vote", "juror"]
        constraints = [models.UniqueConstraint(name="one_ballot_each", fields=["vote", "juror"])]

    def __str__(self) -> str:
        return f"{self.vote_id}/J{self.juror_id}"
