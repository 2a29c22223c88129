"""Forms of the staff's pages: the shape of what is typed. What a call allows is decided by the actions."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from ami_portal.kernel import clock
from ami_portal.kernel.money import in_words
from ami_portal.ui.forms import DayField, EurosField, PortalForm, TextField
from applications.actions.questions import MAX_ANSWER, MAX_QUESTION
from applications.enums import CheckResult
from applications.models import DossierMember
from applications.reading import FrozenItem
from evaluation import duties
from evaluation.actions.closing import MAX_REASON
from evaluation.actions.completion import MAX_REASON as COMPLETION_REASON
from evaluation.enums import Outcome
from evaluation.models import Decision, EligibilityItem

DECISIONS = [(CheckResult.MET.value, CheckResult.MET.label), (CheckResult.NOT_MET.value, CheckResult.NOT_MET.label)]


class CriterionForm(PortalForm):
    """The staff's decision on one criterion. It needs a reason when it refuses, or when it overrules the machine.

    Of the call's own reasons, one may be taken as it is, where the text is left empty.
    """

    decision = forms.ChoiceField(label="Décision", choices=DECISIONS, required=False, widget=forms.RadioSelect)
    proposed = forms.ChoiceField(label="Motif proposé par l’appel", required=False)
    reason = TextField(label="Motif", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, item: EligibilityItem, *args: Any, **kwargs: Any) -> None:
        self.item = item
        initial = {"decision": item.decision, "reason": item.reason}
        super().__init__(*args, prefix=item.criterion.code, initial=initial, **kwargs)
        self.fields["decision"].label = f"Décision : {item.criterion.label}"
        self.fields["reason"].label = f"Motif : {item.criterion.label}"
        choices = [("", "Choisir un motif, à adapter ensuite"), *((text, text) for text in item.criterion.reasons)]
        self.fields["proposed"].choices = choices  # type: ignore[attr-defined]
        if not item.criterion.reasons:
            del self.fields["proposed"]

    @property
    def said(self) -> dict[str, str]:
        """What a valid form says."""
        return {"decision": self.cleaned_data["decision"], "reason": self.cleaned_data["reason"]}

    def is_new(self) -> bool:
        """Whether a valid form says something else than what is recorded."""
        return bool(self.said["decision"]) and self.said != {"decision": self.item.decision, "reason": self.item.reason}

    def clean(self) -> dict[str, Any]:
        """The reason, where one is due."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["reason"] = cleaned.get("reason") or cleaned.get("proposed") or ""
        decision, reason = cleaned.get("decision"), cleaned["reason"]
        if reason and not decision and "decision" not in self.errors:
            self.add_error("decision", "Choisissez : satisfait, ou non satisfait.")
        if not reason and decision == CheckResult.NOT_MET:
            self.add_error("reason", "Dites pourquoi le critère n’est pas satisfait : le porteur lira ce motif.")
        elif not reason and duties.is_against(self.item.automatic, decision or ""):
            self.add_error("reason", "Dites pourquoi vous écartez le résultat automatique.")
        return cleaned


class SendBackForm(PortalForm):
    """Why a proposed decision is not confirmed."""

    answer = TextField(
        label="Pourquoi vous la renvoyez",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Lu par la personne qui l’a proposée, et gardé au journal.",
    )


class AnswerAppealForm(PortalForm):
    """The answer to a gracious appeal."""

    answer = forms.ChoiceField(
        label="Réponse",
        choices=[("accepted", "Accepter : la décision est rouverte"), ("rejected", "Rejeter : la décision reste")],
        widget=forms.RadioSelect,
    )
    reason = TextField(
        label="Motif",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Le porteur le lit dans sa lettre.",
    )


class ReopenForm(PortalForm):
    """Why a final decision is taken up again."""

    reason = TextField(
        label="Motif de la réouverture",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Gardé au journal et dans l’historique des décisions. Exemple : erreur sur la date d’un document.",
    )


class DecisionForm(PortalForm):
    """The jury’s decision on one dossier: a row of a table. A row left without outcome is not decided."""

    outcome = forms.ChoiceField(label="Décision", choices=[("", "À décider"), *Outcome.choices], required=False)
    rank = forms.IntegerField(
        label="Rang",
        min_value=1,
        max_value=9999,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    amount = EurosField(label="Montant accordé (€)", required=False)
    reason = TextField(label="Motif", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    move_reason = TextField(
        label="Motif de l’écart au classement",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """Each outcome with what it needs."""
        cleaned = super().clean() or self.cleaned_data
        outcome = cleaned.get("outcome")
        if not outcome:
            return cleaned
        if cleaned.get("rank") is None and "rank" not in self.errors:
            self.add_error("rank", "Donnez un rang.")
        if outcome == Outcome.LAUREATE and cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", "Donnez le montant accordé.")
        if outcome == Outcome.REJECTED and not cleaned.get("reason"):
            self.add_error("reason", "Motivez le refus : le porteur lira ce motif.")
        if outcome != Outcome.LAUREATE:
            cleaned["amount"] = None
        return cleaned


class ReserveForm(PortalForm):
    """Who of the reserve list (`waiting`, in its order) is called, and with how much."""

    ref = forms.ChoiceField(label="Dossier appelé", widget=forms.RadioSelect)
    amount = EurosField(label="Montant accordé (€)", help_text="Au plus ce que le dossier demande.")
    reason = TextField(
        label="Motif, si ce n’est pas le premier de la liste",
        required=False,
        max_length=MAX_REASON,
        help_text="Gardé au journal, jamais publié.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, waiting: Sequence[Decision], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ref"].choices = [(row.dossier.ref, self._label(row)) for row in waiting]
        if waiting:
            first = waiting[0].dossier
            self.initial |= {"ref": first.ref, "amount": first.amount_requested}

    @staticmethod
    def _label(row: Decision) -> str:
        asked = in_words(row.dossier.amount_requested)
        return f"Rang {row.rank} – {row.dossier.ref}, {row.dossier.title} ({row.dossier.lead_name}), demande {asked}"


class ExtensionForm(PortalForm):
    """A later closing, on the clock of Paris: for all, or for one draft known by its reference."""

    scope = forms.ChoiceField(
        label="Pour qui",
        choices=[("all", "Pour tous"), ("one", "Pour un seul dossier, en brouillon")],
        initial="all",
        widget=forms.RadioSelect,
    )
    ref = TextField(
        label="Référence du dossier",
        required=False,
        max_length=30,
        help_text="Pour un seul dossier. Son porteur vous la donne : le contenu d’un brouillon ne se lit pas ici.",
    )
    day = DayField(label="Nouveau jour de clôture")
    time = forms.TimeField(
        label="Heure de clôture (heure de Paris)",
        input_formats=["%H:%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    reason = TextField(
        label="Motif",
        max_length=MAX_REASON,
        help_text="Publié tel quel : il ne nomme ni un dossier, ni un organisme, ni une personne.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """The instant `closes_at`, and the reference where one is due."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("scope") == "one" and not cleaned.get("ref") and "ref" not in self.errors:
            self.add_error("ref", "Donnez la référence du dossier.")
        if cleaned.get("day") and cleaned.get("time"):
            try:
                cleaned["closes_at"] = clock.from_paris(cleaned["day"], cleaned["time"])
            except ValueError as error:
                self.add_error("time", str(error))
        return cleaned


class CompletionForm(PortalForm):
    """The points of a deposit to complete: one box and one text for each of its questions."""

    def __init__(self, items: Iterable[FrozenItem], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = tuple(items)
        for item in self.items:
            self.fields[f"p-{item.code}"] = forms.BooleanField(label=item.label, required=False)
            self.fields[f"r-{item.code}"] = TextField(
                label=f"Ce qui est demandé : {item.label}",
                required=False,
                max_length=COMPLETION_REASON,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        """`points`: what is asked about each question chosen."""
        cleaned = super().clean() or self.cleaned_data
        points = {}
        for item in self.items:
            if not cleaned.get(f"p-{item.code}"):
                continue
            points[item.code] = cleaned.get(f"r-{item.code}", "")
            if not points[item.code] and f"r-{item.code}" not in self.errors:
                self.add_error(f"r-{item.code}", "Dites ce qui est demandé : le porteur le lira.")
        if not points:
            self.add_error(None, "Choisissez au moins un point à compléter.")
        cleaned["points"] = points
        return cleaned


class ProlongForm(PortalForm):
    """A later end of the delay of a completion."""

    due_on = DayField(label="Dernier jour", help_text="Un jour ouvré ; le délai court jusqu’à sa fin.")
    reason = TextField(
        label="Motif de la prolongation", max_length=COMPLETION_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )


class WithdrawForm(PortalForm):
    """Why nothing is asked any more."""

    reason = TextField(label="Motif du retrait", max_length=COMPLETION_REASON, widget=forms.Textarea(attrs={"rows": 2}))


class LeavingForm(PortalForm):
    """Who left a team, and why their right on its dossier ends."""

    email = forms.ChoiceField(label="Personne qui a quitté l’équipe", widget=forms.RadioSelect)
    reason = TextField(
        label="Motif",
        help_text="Qui l’a demandé et pourquoi. Il reste au journal ; personne ne le reçoit par courriel.",
        max_length=COMPLETION_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, team: Iterable[DossierMember], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].choices = [(one.email, f"{one.email} ({one.get_role_display().lower()})") for one in team]


class AnswerForm(PortalForm):
    """The answer to a visitor's question, and the question as everybody reads it."""

    wording = TextField(
        label="Question publiée",
        max_length=MAX_QUESTION,
        help_text="Ôtez ce qui désigne une personne, un organisme ou un projet.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    answer = TextField(label="Réponse", max_length=MAX_ANSWER, widget=forms.Textarea(attrs={"rows": 6}))


class IgnoreForm(PortalForm):
    """Why a question is put aside."""

    reason = TextField(
        label="Motif",
        max_length=MAX_QUESTION,
        help_text="Envoyé à qui a posé la question, si cette personne a laissé son adresse.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MergeForm(PortalForm):
    """The question of which another is the double."""

    other = forms.ModelChoiceField(label="Même question que", queryset=None, to_field_name="number")

    def __init__(self, others: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = others
        self.fields["other"].label_from_instance = lambda row: f"{row.number} – {(row.question or row.asked)[:100]}"


class QuestionForm(PortalForm):
    """A question about the call with its answer, as everybody reads them."""

    question = TextField(label="Question", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    answer = TextField(label="Réponse", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}))
    position = forms.IntegerField(label="Ordre", required=False, min_value=1, max_value=999)

    def clean(self) -> dict[str, Any]:
        """Both, or neither (the row is then removed)."""
        cleaned = super().clean() or self.cleaned_data
        question, answer = cleaned.get("question"), cleaned.get("answer")
        if question and not answer:
            self.add_error("answer", "Écrivez la réponse, ou videz aussi la question pour la supprimer.")
        if answer and not question:
            self.add_error("question", "Écrivez la question, ou videz aussi la réponse pour la supprimer.")
        return cleaned


class CallDatasetForm(PortalForm):
    """A dataset that joins a call, at one of its published versions."""

    version = forms.ModelChoiceField(label="Base et version", queryset=None, empty_label="Choisir dans la liste")

    def __init__(self, versions: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions


class CallCopyForm(PortalForm):
    """The next call, from one that exists."""

    code = forms.RegexField(
        r"^[A-Z0-9]+(-[A-Z0-9]+)*$",
        label="Code de l’appel suivant",
        max_length=24,
        help_text="Majuscules, chiffres et tirets. Il commence les références des dossiers. Exemple : AMI-DI-2027.",
        error_messages={"invalid": "Écrivez des majuscules, des chiffres et des tirets, par exemple AMI-DI-2027."},
    )
    title = TextField(label="Intitulé", max_length=250)
    days = forms.IntegerField(
        label="Décaler toutes les dates de (jours)",
        min_value=1,
        max_value=3660,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
