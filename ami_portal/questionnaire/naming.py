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

    Of two that sound alike on one page (two sections, two questions, two columns, two choices), the second is told.
    """
    titles = [section.title for section in form.sections]
    for rank, section in enumerate(form.sections):
        if problem := unnamed(section.title, titles[:rank]):
            yield section.code, problem
        yield from _of(section.questions)


def _of(questions: Sequence[Question], table: str = "") -> Iterator[tuple[str, str]]:
    labels = [question.label for question in questions]
    for rank, question in enumerate(questions):
        options = [label for _, label in question.options] if question.type != "dataset" else []
        if problem := unnamed(question.label, labels[:rank]) or unnamed_option(options):
            yield table + question.code, problem
        yield from _of(question.columns, f"{question.code}.")


def _heard(label: str) -> str:
    """What is left of a label when it is heard: neither case, nor signs, nor spaces around."""
    return " ".join("".join(one if one.isalnum() else " " for one in label.casefold()).split())
