"""What a partner reads is the same whatever datasets of other partners the dossier asks for (pure)."""

import itertools

import pytest

from ami_portal.questionnaire.form import parse
from applications import opening, reading

LENT = {"SEIN": "Base sein", "POUMON": "Base poumon", "PEAU": "Base sein et peau"}
HOLDERS = {"SEIN": "Roche", "POUMON": "Medi Lab", "PEAU": "Medi Lab"}
OPTIONS = [{"code": code, "label": code.title()} for code in (*LENT, "none")]
DEFINITION = {
    "sections": [
        {
            "code": "project",
            "title": "Projet",
            "partners": True,
            "questions": [
                {"code": "title", "type": "text", "label": "Titre", "fact": "title"},
                {"code": "datasets", "type": "dataset", "label": "Bases"},
                {"code": "linkage", "type": "linkage", "label": "Chaînage", "options": OPTIONS},
                {"code": "main", "type": "choice", "label": "Base principale", "options": OPTIONS},
                {
                    "code": "of_lung",
                    "type": "long_text",
                    "label": "Pourquoi le poumon ?",
                    "shown_if": {"question": "datasets", "values": ["POUMON"]},
                },
                {
                    "code": "of_any",
                    "type": "long_text",
                    "label": "Pourquoi le sein ou le poumon ?",
                    "shown_if": {"question": "datasets", "values": ["SEIN", "POUMON"]},
                },
                {
                    "code": "after",
                    "type": "text",
                    "label": "Une suite",
                    "shown_if": {"question": "of_lung", "values": ["oui"]},
                },
                {"code": "kept", "type": "integer", "label": "Gardé", "partners": False, "fact": "duration_months"},
                {
                    "code": "steps",
                    "type": "table",
                    "label": "Étapes",
                    "columns": [
                        {"code": "what", "type": "text", "label": "Quoi"},
                        {"code": "base", "type": "choice", "label": "Base", "options": OPTIONS},
                        {"code": "months", "type": "integer", "label": "Mois", "total": True},
                        {"code": "twice", "type": "integer", "label": "Double", "formula": "months * 2"},
                        {"code": "share", "type": "integer", "label": "Part", "formula": "months * kept"},
                        {"code": "again", "type": "integer", "label": "Encore", "formula": "share * 2"},
                    ],
                },
                {"code": "plan", "type": "file", "label": "Plan"},
            ],
        },
        {
            "code": "lung",
            "title": "Poumon",
            "partners": True,
            "shown_if": {"any": [{"question": "datasets", "values": ["POUMON"]}]},
            "questions": [{"code": "lung_plan", "type": "text", "label": "Plan du poumon"}],
        },
        {
            "code": "team",
            "title": "Équipe",
            "questions": [{"code": "lead", "type": "text", "label": "Porteur", "fact": "lead_name"}],
        },
    ]
}
DEFINITION["sections"][0]["questions"].append(
    {"code": "hangs", "type": "text", "label": "Suit", "shown_if": {"question": "main", "values": ["SEIN", "none"]}}
)
FORM = parse(DEFINITION)
TYPES = {question.code: question for question in FORM.questions()}


def deposited(asked: list[str], named: str, *marked: str, secret: object = None) -> reading.FrozenDossier:
    """A deposit that asks for some datasets, and names one wherever somebody can write. `marked` questions are
    confidential; `secret` is then their answer."""
    main = secret if "main" in marked else named
    values = {
        "title": f"Un projet sur {LENT[named]}",
        "datasets": asked,
        "linkage": [named, "none"],
        "main": named,
        "of_lung": "oui" if "POUMON" in asked else None,
        "of_any": "parce que" if {"SEIN", "POUMON"} & set(asked) else None,
        "after": "suite" if "POUMON" in asked else None,
        "hangs": "suit" if main in ("SEIN", "none") else None,
        "kept": 24,
        "lead": "Université",
        "lung_plan": "plan" if "POUMON" in asked else None,
    }
    lines = [("Préparer", "SEIN", 2), (f"Chaîner à la  {named.lower()}.", "none", 3), ("Apparier", named, 5)]
    rows = [
        {"what": what, "base": base, "months": months, "twice": months * 2, "share": months * 24, "again": months * 48}
        for what, base, months in lines
    ]
    tables = {
        "columns": [
            {"code": column.code, "type": column.type, "label": column.label, "total": column.has_total}
            for column in TYPES["steps"].columns
        ],
        "rows": [{"values": row, "shown": [str(value) for value in row.values()]} for row in rows],
        "figure": {"shows": "budget", "requested": "98500.00"},
    }
    files = [
        {"uuid": "u", "filename": f"{named}.pdf", "sha256": "0", "size": 1, "media_type": "application/pdf", "pages": 1}
    ]

    def item(question):
        raw = {"code": question.code, "type": question.type, "label": question.label, "partners": question.partners}
        if question.code in marked:
            raw |= {"confidential": True}
        if question.code == "steps":
            return raw | (tables if question.code not in marked or secret else tables | {"rows": []})
        if question.code == "plan":
            return raw | {"files": files if question.code not in marked or secret else []}
        value = secret if question.code in marked else values[question.code]
        shown = ", ".join(LENT.get(one, one) for one in value) if isinstance(value, list) else str(value)
        return raw | {"value": value, "shown": shown}

    hidden = {code for code, value in values.items() if value is None}
    sections = [
        {
            "code": section.code,
            "title": section.title,
            "partners": section.partners,
            "items": [item(question) for question in section.questions if question.code not in hidden],
        }
        for section in FORM.sections
    ]
    return reading.parse(
        {
            "ref": "AMI-1",
            "call": {"code": "AMI", "title": "Appel"},
            "form": {"sha256": "f"},
            "number": 1,
            "submitted_at": "2026-09-01T10:00:00+00:00",
            "submitted_by": {"name": "Claire", "email": "claire@valmont.example"},
            "facts": {"title": values["title"], "lead_name": "Université", "amount_requested": "98500.00"},
            "datasets": [{"code": code, "title": LENT[code], "version": "1"} for code in asked],
            "source": {"name": "Démarches Simplifiées", "number": 12, "deposited_at": "2026-09-01T10:00:00+00:00"},
            "sections": [section for section in sections if section["items"]],
        }
    )


def read(asked: list[str], named: str) -> opening.OpenedDossier:
    return opening.opened(deposited(asked, named), FORM, own={"SEIN"}, lent=LENT)


def test_other_partners_datasets_change_nothing_of_what_a_partner_reads():
    others = [["SEIN"], ["SEIN", "POUMON"], ["SEIN", "PEAU"], ["SEIN", "POUMON", "PEAU"]]
    found = [read(asked, named) for asked, named in itertools.product(others, ["POUMON", "PEAU"])]
    assert found[1:] == found[:-1]
    # and what the deposits say differs: the comparison above is of different things
    assert len({repr(deposited(asked, named)) for asked, named in itertools.product(others, ["POUMON", "PEAU"])}) == 8


def test_what_is_left_is_the_partner_s_own():
    found = read(["SEIN", "POUMON"], "POUMON")
    assert [section.code for section in found.sections] == ["project"]
    assert [item.code for item in found.items()] == [
        *("title", "datasets", "linkage", "main", "of_any", "steps", "plan")
    ]
    assert (found.answer("datasets"), found.item("datasets").shown) == (["SEIN"], "Base sein")
    assert (found.answer("linkage"), found.item("linkage").shown, found.answer("main")) == (["none"], "None", None)
    assert found.facts == {"title": "Un projet sur [autre base]"}
    assert (found.datasets, found.submitted_by, found.source) == (
        ({"code": "SEIN", "title": "Base sein", "version": "1"},), {}, None
    )  # fmt: skip
    table = found.item("steps")
    assert [column.code for column in table.columns] == ["what", "base", "months", "twice"]
    assert table.cells == (("Préparer", "SEIN", "2", "4"), ("Chaîner à la  [autre base].", "none", "3", "6"))
    assert (table.totals, table.figure) == (["", "", "5", ""], None)
    assert found.item("plan").files[0].filename == "[autre base].pdf"


def test_a_confidential_answer_changes_nothing_of_what_partners_read_but_that_it_is_one():
    marked = ("title", "main", "of_any", "steps", "plan")
    found = [
        opening.opened(deposited(["SEIN"], "PEAU", *marked, secret=secret), FORM, own={"SEIN"}, lent=LENT)
        for secret in (None, "SEIN", "none", "oui")
    ]
    assert found[1:] == found[:-1]
    assert {item.code for item in found[0].items() if item.is_withheld} == set(marked)
    assert all(item.is_empty for item in found[0].items() if item.is_withheld)
    assert (found[0].title, found[0].all_files(), found[0].item("datasets").shown) == ("", [], "Base sein")
    assert {item.code for item in found[0].items()} == {*marked, "datasets", "linkage"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La base\nSEIN  ET peau, et base SEIN", "La [autre base], et base SEIN"),
        ("poumons, POUMON-2 et (poumon)", "poumons, [autre base]-2 et ([autre base])"),
        ("La Base sein seule", "La Base sein seule"),
        ("Les données de Medi Lab, une base Medi Lab", "Les [autre base], une [autre base]"),
        ("Face à Medi Lab, les données de Roche", "Face à Medi Lab, les données de Roche"),
        ("", ""),
    ],
)
def test_names_of_other_datasets_are_masked_whole_and_one_s_own_never(text, expected):
    whole = deposited(["SEIN"], "POUMON")
    title = whole.item("title")
    changed = reading.replace(title, value=text, shown=text)
    sections = tuple(
        reading.replace(section, items=tuple(changed if item is title else item for item in section.items))
        for section in whole.sections
    )
    found = opening.opened(reading.replace(whole, sections=sections), FORM, own={"SEIN"}, lent=LENT, holders=HOLDERS)
    assert (found.item("title").shown, found.title) == (expected, expected)
