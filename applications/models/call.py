"""The call as rows: its calendar, its perimeter, its rules and texts. Loaded from a file, never coded."""

import datetime as dt
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q

from ami_portal.kernel import clock
from ami_portal.kernel.working_days import Delay
from ami_portal.questionnaire.models import FormRevision
from applications.enums import Act, OpinionMode
from applications.pieces import Kind, kinds_of
from applications.windows import Window, present, windows_of
from datasets.models import DatasetVersion

SIGNATURE, START = "signature", "start"
DURATION_COUNTS_FROM = {SIGNATURE: "la signature de la convention", START: "le début déclaré des travaux"}
"""What the financial regulation may count the duration of a project from."""


class Call(models.Model):
    """A call for projects. `regulation` and `texts` are the mappings of its file, read through typed properties."""

    code = models.SlugField("code", max_length=24, unique=True)
    title = models.CharField("intitulé", max_length=250)
    operator = models.CharField("opérateur", max_length=200)
    operator_named = models.CharField("opérateur, avec son article", max_length=210, blank=True)
    contact = models.EmailField("contact")
    summary = models.TextField("résumé")
    purpose = models.TextField("objet")
    opens_at = models.DateTimeField("ouverture")
    closes_at = models.DateTimeField("clôture")
    reminder_days = models.JSONField("rappels (jours avant la clôture)", default=list)
    rounds = models.JSONField("tours", default=list, blank=True)
    steps = models.JSONField("étapes suivantes", default=list)
    rules = models.JSONField("règles", default=list)
    data_access_path = models.JSONField("parcours d’accès aux données", default=list)
    supports = models.JSONField("accompagnements", default=list)
    regulation = models.JSONField("règlement financier")
    opinions = models.CharField(
        "effet des avis", max_length=20, choices=OpinionMode, default=OpinionMode.VETO, editable=False
    )
    completion = models.JSONField("demande de complément", default=dict, blank=True, editable=False)
    supporting_documents = models.JSONField("pièces justificatives", default=list, blank=True, editable=False)
    decisions = models.JSONField("décisions", default=dict, blank=True, editable=False)
    consultation = models.JSONField("consultation des partenaires", default=dict, blank=True, editable=False)
    data_retention = models.JSONField("durées de conservation", default=list, blank=True)
    texts = models.JSONField("textes", default=dict)
    translations = models.JSONField("traductions", default=dict, blank=True)
    demarches = models.JSONField("Démarches Simplifiées", default=dict, blank=True, editable=False)
    form_revision = models.ForeignKey(FormRevision, on_delete=models.PROTECT, verbose_name="formulaire")
    datasets = models.ManyToManyField(DatasetVersion, through="CallDataset", verbose_name="bases ouvertes")
    published_at = models.DateTimeField("rendu public le", null=True, default=clock.now, editable=False)
    results_published_at = models.DateTimeField("résultats publiés le", null=True, editable=False)

    class Meta:
        verbose_name = "appel"
        ordering = ["-closes_at"]
        constraints = [
            models.CheckConstraint(
                name="call_closes_after_it_opens",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message="La clôture vient après l’ouverture.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_open(self, at: dt.datetime) -> bool:
        """Whether a dossier may be started at the instant `at`: strictly before the closing. One begun has its own."""
        return any(window.holds(at) for window in self.windows)

    def is_closed(self, at: dt.datetime) -> bool:
        """Whether the closing instant has come; the last one, when there are several rounds."""
        return at >= self.closes_at

    @property
    def windows(self) -> tuple[Window, ...]:
        """When dossiers are received: one window, or one a round."""
        return windows_of(self.rounds, self.opens_at, self.closes_at)

    def window(self, at: dt.datetime) -> Window:
        """The window open at `at`, or else the next to open, or else the last."""
        return present(self.windows, at)

    @property
    def present_window(self) -> Window:
        """The window that pages tell of now."""
        return self.window(clock.now())

    def round_called(self, code: str) -> Window:
        """The round of this code; the only window, or the last, for a code that is none."""
        return next((window for window in self.windows if window.code == code), self.windows[-1])

    @property
    def named_operator(self) -> str:
        """« le Health Data Hub »: the operator in a sentence, by the article that the call's file gives."""
        return self.operator_named or self.operator

    @property
    def to_operator(self) -> str:
        """« au Health Data Hub », « à l’Agence »: the same after « à »."""
        for article, contracted in (("le ", "au "), ("les ", "aux ")):
            if self.named_operator.startswith(article):
                return contracted + self.named_operator.removeprefix(article)
        return f"à {self.named_operator}"

    @property
    def max_grant(self) -> Decimal:
        """The most that one laureate may receive, in euros."""
        return Decimal(self.regulation["max_grant"])

    @property
    def duration_months_max(self) -> int:
        """The longest duration, in months from what `duration_counts_from` says."""
        return int(self.regulation["duration_months_max"])

    @property
    def duration_counts_from(self) -> str:
        """What the duration is counted from, in words."""
        return DURATION_COUNTS_FROM[str(self.regulation.get("duration_counts_from", SIGNATURE))]

    @property
    def retention_percent(self) -> Decimal:
        """The share of each instalment that is held back, 0 to 100."""
        return Decimal(self.regulation["retention_percent"])

    @property
    def regulation_version(self) -> str:
        """The version of the financial regulation in force; empty for a call that has none."""
        return str(self.regulation.get("version", ""))

    @property
    def completion_delay(self) -> Delay | None:
        """The delay to answer a request for completion; None where the call forbids to make one."""
        said = self.completion
        return Delay(said["days"], said["working_days"]) if said else None

    @cached_property
    def acts(self) -> frozenset[str]:
        """The acts that its criteria belong to."""
        return frozenset(self.criteria.values_list("act", flat=True))

    @cached_property
    def piece_kinds(self) -> tuple[Kind, ...]:
        """The supporting documents that the call asks for."""
        return kinds_of(self.supporting_documents)

    @property
    def refuses_by_two(self) -> bool:
        """Whether a criterion is found not met by two people: one proposes, another confirms."""
        return bool(self.decisions.get("two_people_refusals"))

    @property
    def appeal(self) -> dict[str, Any]:
        """The delays of a gracious appeal and who answers it; empty where the call admits none in the portal."""
        return self.decisions.get("appeal") or {}

    @property
    def works_start_after(self) -> dt.date:
        """The day of the announcement: aided works start after it."""
        return dt.date.fromisoformat(str(self.regulation["works_start_after"]))

    @cached_property
    def dataset_options(self) -> list[tuple[str, str]]:
        """Code and title of the datasets open in this call."""
        rows = self.call_datasets.select_related("version__dataset").order_by("version__dataset__code")
        return [(row.version.dataset.code, row.version.dataset.title) for row in rows]

    def text(self, name: str) -> Any:
        """One of the call's texts. Raises KeyError."""
        return self.texts[name]


class CallDataset(models.Model):
    """A dataset opened to a call, at one version, from one instant on."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="call_datasets")
    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="call_datasets")
    opened_at = models.DateTimeField("ouverte le")

    class Meta:
        verbose_name = "base de l’appel"
        verbose_name_plural = "bases de l’appel"
        ordering = ["call", "version"]
        constraints = [models.UniqueConstraint(name="call_dataset_once", fields=["call", "version"])]

    def __str__(self) -> str:
        return str(self.version)


class CallQuestion(models.Model):
    """A question about the call with its answer, for all."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="faq")
    position = models.PositiveIntegerField("ordre")
    question = models.TextField("question")
    answer = models.TextField("réponse")

    class Meta:
        verbose_name = "question-réponse"
        verbose_name_plural = "questions-réponses"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="call_question_position", fields=["call", "position"])]

    def __str__(self) -> str:
        return self.question


class EligibilityCriterion(models.Model):
    """One criterion of the call: its text, its act, the check that proves what it can, who decides, in what words."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    code = models.CharField("code", max_length=40)
    position = models.PositiveIntegerField("ordre")
    group = models.CharField("groupe", max_length=20)
    label = models.CharField("intitulé", max_length=250)
    text = models.TextField("texte de l’appel", blank=True)
    check_name = models.CharField("contrôle", max_length=40)
    params = models.JSONField("paramètres", default=dict)
    act = models.CharField("acte", max_length=20, choices=Act, default=Act.ELIGIBILITY)
    decided_by = models.CharField("décidé par", max_length=20, default="staff")
    overruled_by = models.CharField("contrôle écarté par", max_length=20, blank=True)
    two_people = models.BooleanField("décidé à deux", default=False)
    reasons = models.JSONField("motifs proposés", default=list, blank=True)

    class Meta:
        verbose_name = "critère d’éligibilité"
        verbose_name_plural = "critères d’éligibilité"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="criterion_code", fields=["call", "code"])]

    def __str__(self) -> str:
        return self.label
