"""The grid of the call, and the reviews of the jurors."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models import Call, Dossier
from evaluation.enums import Confidence, ReviewState, TieKind


class SelectionHeading(models.Model):
    """A selection criterion of the call with its weight (the weights of a call sum to 100)."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="headings")
    code = models.CharField("code", max_length=40)
    position = models.PositiveIntegerField("ordre")
    label = models.CharField("intitulé", max_length=250)
    weight = models.PositiveSmallIntegerField("poids (%)")
    special_attention = models.BooleanField("attention particulière", default=False)

    class Meta:
        verbose_name = "critère de sélection"
        verbose_name_plural = "critères de sélection"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="heading_code", fields=["call", "code"])]

    def __str__(self) -> str:
        return self.label


class SelectionPoint(models.Model):
    """A point to score under a heading, on the scale of the call (`call.texts["scale"]`).

    `guides` say what each mark means for this point, the lowest first; without them, those of the scale do.
    """

    heading = models.ForeignKey(SelectionHeading, on_delete=models.CASCADE, related_name="points")
    code = models.CharField("code", max_length=40)
    position = models.PositiveIntegerField("ordre")
    label = models.CharField("intitulé", max_length=400)
    help = models.TextField("aide", blank=True)
    guides = models.JSONField("repères de chaque note", default=list)

    class Meta:
        verbose_name = "point noté"
        verbose_name_plural = "points notés"
        ordering = ["heading__position", "position"]
        constraints = [models.UniqueConstraint(name="point_code", fields=["heading", "code"])]

    def __str__(self) -> str:
        return self.label


class Review(models.Model):
    """One juror on one dossier: assigned, then the declaration of interests, then the scores, then submitted.

    `version` counts the saves of its draft: a save says which one it saw.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="reviews", verbose_name="dossier")
    juror = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews", verbose_name="membre du jury"
    )
    state = models.CharField("état", max_length=20, choices=ReviewState, default=ReviewState.TO_DECLARE, editable=False)
    assigned_at = models.DateTimeField("confié le")
    declared_at = models.DateTimeField("lien déclaré ou écarté le", null=True)
    ties = models.JSONField("natures du lien déclaré", default=list)
    conflict = models.TextField("lien d’intérêts déclaré", blank=True)
    replaced_at = models.DateTimeField("remplacé le", null=True)
    replaced_reason = models.TextField("motif du remplacement", blank=True)
    comments = models.JSONField("commentaires par critère", default=dict)
    comment_jury = models.TextField("commentaire pour le jury", blank=True)
    comment_applicant = models.TextField("commentaire pour le porteur", blank=True)
    recommended_amount = models.DecimalField("aide recommandée (€)", max_digits=12, decimal_places=2, null=True)
    confidence = models.CharField("assurance", max_length=20, choices=Confidence, blank=True)
    version = models.PositiveIntegerField("version", default=0)
    saved_at = models.DateTimeField("enregistrée le", null=True)
    submitted_at = models.DateTimeField("remise le", null=True)

    class Meta:
        verbose_name = "évaluation"
        ordering = ["assigned_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="review_once", fields=["dossier", "juror"]),
            models.CheckConstraint(
                name="review_declared_iff_left_first_state",
                condition=Q(state="to_declare", declared_at=None)
                | Q(state="replaced")
                | ~Q(state="to_declare") & Q(declared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_replaced_with_a_reason",
                condition=Q(state="replaced", replaced_at__isnull=False) & ~Q(replaced_reason="")
                | ~Q(state="replaced") & Q(replaced_at=None),
            ),
            models.CheckConstraint(
                name="recommended_amount_not_below_zero",
                condition=Q(recommended_amount=None) | Q(recommended_amount__gte=0),
            ),
            models.CheckConstraint(name="recusal_names_the_conflict", condition=~Q(state="recused") | ~Q(conflict="")),
            models.CheckConstraint(
                name="review_submitted_iff_dated",
                condition=Q(state="submitted", submitted_at__isnull=False)
                | ~Q(state="submitted") & Q(submitted_at=None),
            ),
        ]
        indexes = [models.Index(name="review_queue", fields=["juror", "state"])]

    def __str__(self) -> str:
        return self.ref

    @property
    def ties_shown(self) -> list[str]:
        """The kinds of interest that were declared, in words."""
        return [TieKind(code).label for code in self.ties]

    @property
    def ref(self) -> str:
        """What the journal calls it: the dossier's reference and the juror's number, never a name."""
        return f"{self.dossier.ref}/J{self.juror_id}"


class Score(models.Model):
    """The mark given to one point."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    point = models.ForeignKey(SelectionPoint, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField("note")

    class Meta:
        verbose_name = "note"
        ordering = ["point__heading__position", "point__position"]
        constraints = [models.UniqueConstraint(name="score_once", fields=["review", "point"])]

    def __str__(self) -> str:
        return f"{self.point} : {self.value}"
