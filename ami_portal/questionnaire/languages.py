"""A form in its other language (pure): French is what counts, the translation is read beside it."""

from collections.abc import Mapping
from dataclasses import replace

from ami_portal.kernel.text import English

from .form import Form, Question, Rule, Section

FRENCH, ENGLISH = "fr", "en"


def translated(form: Form, words: Mapping[str, str]) -> Form:
    """The same form, each text that has a translation replaced by it. A text without one stays in French."""

    def say(text: str) -> str:
        found = words.get(text.strip())
        return English(found) if found else text

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
