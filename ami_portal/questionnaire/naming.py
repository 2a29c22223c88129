"""Whether a screen reader can name every field of a form (pure): a field without a name is refused, and why is said."""

from collections.abc import Iterator, Sequence

from .form import Form, Question


def unnamed(label: str, others: Sequence[str] = ()) -> str:
    """Why `label` names nothing for someone who hears the page, `others` being on the same page; empty when it does."""
    if not label.strip():
        return "Écrivez un intitulé : sans lui, un lecteur d’écran ne peut pas annoncer ce champ."
    if not any(character.isalnum() for character in label):
        return "Écrivez un intitulé avec des mots : un lecteur d’écran ne sait pas dire ces seuls signes."
    if _heard(label) in {_heard(other) for other in others}:
        return "Un autre champ de la même page porte cet intitulé : qui l’écoute ne saurait pas lequel est lequel."
    return ""


def unnamed_option(labels: Sequence[str]) -> str:
    """Why one of the choices of a question names nothing; empty when all do."""
    for place, label in enumerate(labels):
        if _heard(label) in {_heard(other) for other in labels[:place]}:
            return f"Deux choix portent le même libellé : « {label} ». Qui les écoute ne saurait pas lequel est lequel."
        if problem := unnamed(label):
            return problem.replace("ce champ", "ce choix").replace("un intitulé", "un libellé pour chaque choix")
    return ""


def problems(form: Form) -> Iterator[tuple[str, str]]:
    """Each field that could not be named: its code (« table.column » for a column), and the sentence that says why.

    Two fields of one page, or two choices, that sound alike are told where a person writes the second, not here.
    """
    for section in form.sections:
        if problem := unnamed(section.title):
            yield section.code, problem
        yield from _of(section.questions)


def _of(questions: Sequence[Question], table: str = "") -> Iterator[tuple[str, str]]:
    for question in questions:
        labels = (question.label, *(label for _, label in question.options))
        if problem := next(filter(None, map(unnamed, labels)), ""):
            yield table + question.code, problem
        yield from _of(question.columns, f"{question.code}.")


def _heard(label: str) -> str:
    """What is left of a label when it is heard: neither case, nor signs, nor spaces around."""
    return " ".join("".join(one if one.isalnum() else " " for one in label.casefold()).split())
