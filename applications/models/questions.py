"""What visitors ask about a call, what the operator answers for all, and whom the answers were told to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.enums import QuestionState

from .call import Call


class VisitorQuestion(models.Model):
    """A question asked on a call's page. `question` and `answer` are what everybody reads, once published.

    The address of who asked is kept until they are told, and no longer.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="visitor_questions", verbose_name="appel")
    number = models.PositiveIntegerField("n°")
    asked = models.TextField("question posée")
    asked_at = models.DateTimeField("posée le")
    email = models.EmailField("adresse à prévenir", blank=True)
    state = models.CharField("état", max_length=20, choices=QuestionState, default=QuestionState.WAITING)
    question = models.TextField("question publiée", blank=True)
    answer = models.TextField("réponse", blank=True)
    reason = models.TextField("motif", blank=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    decided_at = models.DateTimeField("traitée le", null=True, editable=False)

    class Meta:
        verbose_name = "question d’un visiteur"
        verbose_name_plural = "questions des visiteurs"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="visitor_question_number", fields=["call", "number"]),
            models.CheckConstraint(
                name="visitor_question_says_what_became_of_it",
                condition=Q(state="waiting", decided_at=None)
                | Q(state="answered", decided_at__isnull=False) & ~Q(question="") & ~Q(answer="")
                | Q(state="ignored", decided_at__isnull=False) & ~Q(reason="")
                | Q(state="merged", decided_at__isnull=False, duplicate_of__isnull=False),
            ),
        ]
        indexes = [models.Index(name="visitor_question_waiting", fields=["state", "asked_at"])]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """What the journal and the mails call it."""
        return f"{self.call.code}/question-{self.number}"


class AnswersDigest(models.Model):
    """That someone who drafts was told, on one day, of the answers published until an instant."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sent_on = models.DateField("envoyé le")
    until = models.DateTimeField("réponses publiées jusqu’au")

    class Meta:
        verbose_name = "envoi des réponses publiées"
        verbose_name_plural = "envois des réponses publiées"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="digest_once_a_day", fields=["reader", "sent_on"])]

    def __str__(self) -> str:
        return f"{self.reader}, {self.sent_on.isoformat()}"


class DigestRefusal(models.Model):
    """That someone does not want to be told of the answers published. No row: they are told."""

    reader = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_refusal")
    refused_at = models.DateTimeField("refusé le")

    class Meta:
        verbose_name = "refus des réponses publiées"
        verbose_name_plural = "refus des réponses publiées"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.reader)
