"""What is typed about a regulatory path. What is allowed is decided by the actions."""

from typing import Any

from django import forms

from ami_portal.kernel import clock
from ami_portal.ui.forms import DayField, PortalForm, TextField
from funding.actions.path import GO, MAX_NOTE, MAX_REFERENCE, REDO, STOP
from funding.path_reading import Followed, Line
from funding.regulatory import Graph

from .acts import PDF_ONLY

AREA = forms.Textarea(attrs={"rows": 2})


class RouteForm(PortalForm):
    """The route of a project, among those of its call."""

    route = forms.ChoiceField(label="Voie du projet", widget=forms.RadioSelect)
    reason = TextField(
        label="Motif du choix",
        required=False,
        help_text="Utile si la voie n’est pas celle que le dossier laisse prévoir.",
        max_length=MAX_NOTE,
        widget=AREA,
    )

    def __init__(self, *args: Any, graph: Graph, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        route: Any = self.fields["route"]
        route.choices = [(one.code, f"{one.label}. {one.detail}".strip()) for one in graph.routes]


class KitForm(PortalForm):
    """The pieces of the starter kit that are handed over, and the day."""

    codes = forms.MultipleChoiceField(label="Pièces remises", widget=forms.CheckboxSelectMultiple)
    on = DayField(label="Remises le", initial=clock.today)

    def __init__(self, *args: Any, now: Followed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes: Any = self.fields["codes"]
        codes.choices = [(code, label) for code, label, handed in now.kit if handed is None]


class StartForm(PortalForm):
    """The event from which a step runs."""

    on = DayField(label="Date", initial=clock.today)

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if line.step.rule.event:
            self.fields["on"].label = f"{line.step.rule.event} : date"


class PauseForm(PortalForm):
    """A delay that stops."""

    on = DayField(label="Suspendu à partir du", initial=clock.today)
    reason = TextField(label="Motif de la suspension", max_length=MAX_NOTE, widget=AREA)


class ResumeForm(PortalForm):
    """A delay that runs again."""

    on = DayField(label="Dernier jour de la suspension", initial=clock.today)


class ExtendForm(PortalForm):
    """The extension that the law allows."""

    reason = TextField(label="Qui prolonge, et pourquoi", max_length=MAX_NOTE, widget=AREA)


class EndForm(PortalForm):
    """The outcome of a step."""

    answer = forms.ChoiceField(label="Issue")
    on = DayField(label="Date de l’issue", initial=clock.today)
    reference = TextField(
        label="Référence",
        required=False,
        help_text="Exemple : « DR-2026-061 ».",
        max_length=MAX_REFERENCE,
    )
    note = TextField(label="Précisions", required=False, max_length=MAX_NOTE, widget=AREA)
    document = forms.FileField(
        label="Document", help_text="Un fichier PDF.", required=False, allow_empty_file=True, widget=PDF_ONLY
    )

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = line.step.rule.answers
        answer: Any = self.fields["answer"]
        answer.choices = [("", "Choisissez"), *((one.code, one.label) for one in answers)]
        if not answers:
            del self.fields["answer"]


class ChoiceForm(PortalForm):
    """What the applicant does after an answer."""

    choice = forms.ChoiceField(label="Votre choix", widget=forms.RadioSelect)

    def __init__(self, *args: Any, line: Line, again: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["choice"]
        choice.choices = [
            (GO, "Poursuivre avec cette réponse"),
            (REDO, f"Corriger, et reprendre à l’étape « {again} »"),
            (STOP, "Arrêter le parcours"),
        ]
