"""A form in its other language (pure): French is what counts, the translation is read beside it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ami_portal.kernel.text import English

from . import parts
from .form import Form, Question, Rule, Section

FRENCH, ENGLISH = "fr", "en"


def translated(form: Form, words: Mapping[str, str]) -> Form:
    """The same form, each text that has a translation replaced by it. A text without one stays in French."""
    words = parts.IN_ENGLISH | dict(words)

    def say(text: str) -> str:
        said: str = spoken(text, words)
        return said

    def question(asked: Question) -> Question:
        return replace(
            asked,
            label=say(asked.label),
            help=say(asked.help),
            options=tuple((code, say(label)) for code, label in asked.options),
            columns=tuple(question(column) for column in asked.columns),
            rules=tuple(rule(one) for one in asked.rules),
        )

    def rule(one: Rule) -> Rule:
        return replace(one, message=say(one.message), says=say(one.says))

    def section(page: Section) -> Section:
        questions = tuple(question(asked) for asked in page.questions)
        return replace(page, title=say(page.title), help=say(page.help), questions=questions)

    sections = tuple(section(page) for page in form.sections)
    return Form(sections, {asked.code: asked for page in sections for asked in page.questions})


def spoken(value: Any, words: Mapping[str, str]) -> Any:
    """A value that people read, each text in it that has a translation replaced by it."""
    if isinstance(value, str):
        found = words.get(value.strip())
        return English(found) if found else value
    if isinstance(value, list | tuple):
        return type(value)(spoken(item, words) for item in value)
    return value


def overlay(french: Any, english: Any) -> Any:
    """What the second of two contents of one shape says otherwise, by its place; None when nothing."""
    if isinstance(french, dict):
        pairs = ((key, overlay(value, english[key])) for key, value in french.items())
    elif isinstance(french, list):
        pairs = ((str(rank), overlay(value, english[rank])) for rank, value in enumerate(french))
    else:
        return None if french == english else english
    return {key: found for key, found in pairs if found is not None} or None


def laid_over(french: Any, words: Any) -> Any:
    """The second content again, from the first and their overlay, what differs marked as English."""
    if words is None:
        return french
    if isinstance(french, dict):
        return {key: laid_over(value, words.get(key)) for key, value in french.items()}
    if isinstance(french, list):
        return [laid_over(value, words.get(str(rank))) for rank, value in enumerate(french)]
    return English(words)
