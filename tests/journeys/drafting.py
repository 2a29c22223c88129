"""Fills a dossier as an applicant does: section by section, field by field, each saved as it is left."""

from typing import Any

from ami_portal.desk.demo import fill
from applications.models import Call
from tests import scenes

from .people import Person


def fill_dossier(person: Person, ref: str, call: Call, *, shoot: tuple[str, ...] = (), **words: Any) -> None:
    """Answer every question of the form on its pages; leave pictures of the sections named in `shoot`."""
    answers = fill.answers_for(call, words)
    page = person.page
    for section in call.form_revision.form.sections:
        person.open(f"/dossiers/{ref}/rubriques/{section.code}")
        for question in section.questions:
            code = question.code
            if code in answers.fields:
                _answer(page, _field(page, code), question.type, answers.fields[code])
            for part, value in answers.parts.get(code, {}).items():
                _answer(page, _field(page, code, column=part), question.column(part).type, value)
            for cells in answers.tables.get(code, []):
                _add_row(page, code, cells, {column.code: column.type for column in question.columns})
            for name in answers.files.get(code, []):
                _deposit(page, code, name)
        person.says("Enregistré à")
        if section.code in shoot:
            person.shoot(f"rubrique-{section.code}")


def _field(page: Any, question: str, row: str = "", column: str = "") -> Any:
    return page.locator(f'[data-field][data-question="{question}"][data-row="{row}"][data-column="{column}"]')


def _answer(page: Any, field: Any, kind: str, value: Any) -> None:
    if kind == "declaration":
        field.locator("label").click()
    elif field.locator("input[type=radio], input[type=checkbox]").count():
        for one in value if isinstance(value, list) else [value]:
            chosen = field.locator(f'input[value="{one}"]')
            field.locator(f'label[for="{chosen.get_attribute("id")}"]').click()
    elif field.locator("select").count():
        field.locator("select").select_option(str(value))
    else:
        box = field.locator("textarea, input.fr-input")
        box.fill(str(value))
        box.blur()


def _add_row(page: Any, code: str, cells: dict[str, str], kinds: dict[str, str]) -> None:
    rows = page.locator(f'[data-table="{code}"] tr[data-row-id]')
    before = rows.count()
    page.locator(f'[data-table="{code}"] [data-row-add]').click()
    rows.nth(before).wait_for()
    row = rows.nth(before).get_attribute("data-row-id")
    for column, value in cells.items():
        _answer(page, _field(page, code, row, column), kinds[column], value)


def _deposit(page: Any, code: str, name: str) -> None:
    file = scenes.a_file(name)
    block = page.locator(f'[data-upload="{code}"]')
    block.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": file.content_type, "buffer": file.read()}
    )
    block.get_by_text("Contrôlé").first.wait_for()
