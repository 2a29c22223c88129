"""A form in its other language (pure): French is what counts, the translation is read beside it."""

from collections.abc import Mapping
from dataclasses import replace

from .form import Form, Question, Rule, Section


def translated(form: Form, words: Mapping[str, str]) -> Form:
    """The same form, its texts replaced by their translation. A text without one stays in French."""
    sections = tuple(_section(section, words) for section in form.sections)
    return Form(sections, {question.code: question for section in sections for question in section.questions})


def _section(section: Section, words: Mapping[str, str]) -> Section:
    return replace(
        section,
        title=words.get(section.title, section.title),
        help=words.get(section.help.strip(), section.help),
        questions=tuple(_question(question, words) for question in section.questions),
    )


def _question(question: Question, words: Mapping[str, str]) -> Question:
    return replace(
        question,
        label=words.get(question.label, question.label),
        help=words.get(question.help.strip(), question.help),
        options=tuple((code, words.get(label, label)) for code, label in question.options),
        columns=tuple(_question(column, words) for column in question.columns),
        rules=tuple(_rule(rule, words) for rule in question.rules),
    )


def _rule(rule: Rule, words: Mapping[str, str]) -> Rule:
    return replace(rule, message=words.get(rule.message, rule.message), says=words.get(rule.says, rule.says))
