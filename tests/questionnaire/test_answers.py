"""Answers: what is typed, kept, shown; the round trip holds for any text; each type's own mistakes have a sentence."""

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.kernel.text import clean_text
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import MAX_CHARACTERS, Address, Invalid
from ami_portal.questionnaire.form import TYPES, Question, parse
from ami_portal.questionnaire.parts import COMPOSED

OPTIONS = (("a", "Cancer"), ("b", "Cœur"), ("c", "Poumon"))
ONE = {
    kind: Question("q", kind, "Question", options=OPTIONS if kind in ("choice", "choices", "linkage") else ())
    for kind in TYPES - {"table", "file"} - COMPOSED
}
SEVERAL = {"choices", "dataset", "linkage"}
texts = st.text(max_size=200)


@pytest.mark.parametrize("kind", sorted(set(ONE) - SEVERAL))
@given(raw=texts)
def test_any_text_is_kept_and_comes_back(kind, raw):
    """`keep` never refuses a text; what the field then shows is kept again as the same value."""
    question = ONE[kind]
    value, problem = answers.keep(question, raw)
    shown = answers.typed(question, value)
    again, problem_again = answers.keep(question, shown)
    assert (again, problem_again) == (value, problem)
    assert answers.problem(question, value) == problem
    assert isinstance(answers.shown(question, value), str)
    assert not any(unicodedata.category(char) == "Cs" for char in answers.shown(question, value))


@pytest.mark.parametrize("kind", sorted(SEVERAL))
@given(raw=st.lists(st.sampled_from(["a", "b", "c", "z", "<b>", "\u202e"]), max_size=5))
def test_any_choices_are_kept_and_come_back(kind, raw):
    question = ONE[kind]
    value, problem = answers.keep(question, raw)
    again, problem_again = answers.keep(question, answers.typed(question, value))
    assert (again, problem_again) == (value, problem)
    assert isinstance(answers.shown(question, value), str)


@given(raw=texts)
def test_a_long_text_keeps_every_visible_character(raw):
    value, problem = answers.keep(ONE["long_text"], raw)
    assert (value or "") == clean_text(raw).strip("\n\t ")
    assert problem == ""


@given(cents=st.integers(min_value=0, max_value=99_999_999_999))
def test_an_amount_comes_back_to_the_cent(cents):
    typed = f"{cents // 100},{cents % 100:02d} €"
    value, _ = answers.keep(ONE["amount"], typed)
    assert value == f"{cents // 100}.{cents % 100:02d}"
    assert answers.keep(ONE["amount"], answers.typed(ONE["amount"], value)) == (value, "")


@given(day=st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 12, 31)))
def test_a_day_is_read_both_ways(day):
    for typed in (day.isoformat(), f"{day.day:02d}/{day.month:02d}/{day.year}", f"{day.day}/{day.month}/{day.year}"):
        assert answers.keep(ONE["date"], typed) == (day.isoformat(), "")


@pytest.mark.parametrize(
    ("kind", "raw", "value", "shown"),
    [
        ("amount", "98 500,5 €", "98500.50", "98\u202f500,50\u00a0€"),
        ("amount", "98\u202f500", "98500.00", "98\u202f500,00\u00a0€"),
        ("amount", "0", "0.00", "0,00\u00a0€"),
        ("integer", "1 000", 1000, "1000"),
        ("integer", "0", 0, "0"),
        ("percentage", "12,50 %", "12.5", "12,5 %"),
        ("percentage", "100", "100", "100 %"),
        ("yes_no", "true", True, "oui"),
        ("yes_no", "NON", False, "non"),
        ("declaration", "true", True, "oui"),
        ("declaration", "", None, ""),
        ("declaration", "false", None, ""),
        ("date", "31/12/2026", "2026-12-31", "31/12/2026"),
        ("siret", "130 025 265 00013", "13002526500013", "130 025 265 00013"),
        ("siret", "35600000000048", "35600000000048", "356 000 000 00048"),
        ("siret", "35600000049837", "35600000049837", "356 000 000 49837"),
        ("siren", "130 025 265", "130025265", "130 025 265"),
        ("siren_siret", "130.025.265", "130025265", "130 025 265"),
        ("siren_siret", "13002526500013", "13002526500013", "130 025 265 00013"),
        ("month", "3/2026", "2026-03", "03/2026"),
        ("month", "2026-12", "2026-12", "12/2026"),
        ("number", "1 234,50", "1234.5", "1234,5"),
        ("number", "-0", "0", "0"),
        ("number", "-3", "-3", "-3"),
        ("orcid", "https://orcid.org/0000-0002-1694-233x", "0000-0002-1694-233X", "0000-0002-1694-233X"),
        ("orcid", "0000000218250097", "0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("doi", "https://doi.org/10.1000/182", "10.1000/182", "10.1000/182"),
        ("doi", "DOI: 10.5281/zenodo.1(2)", "10.5281/zenodo.1(2)", "10.5281/zenodo.1(2)"),
        ("hal", "https://inserm.hal.science/inserm-01234567v2", "inserm-01234567v2", "inserm-01234567v2"),
        ("hal", "hal-01234567", "hal-01234567", "hal-01234567"),
        ("email", "a.b@labo.example", "a.b@labo.example", "a.b@labo.example"),
        ("url", "https://doi.org/10.1/x", "https://doi.org/10.1/x", "https://doi.org/10.1/x"),
        ("spdx", "MIT OR Apache-2.0", "MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("choice", "b", "b", "Cœur"),
        ("choices", ["c", "a"], ["a", "c"], "Cancer, Poumon"),
        ("dataset", ["x", "b"], ["b", "x"], "b, x"),
        ("text", "une\nligne", "une ligne", "une ligne"),
        ("long_text", "\n un\r\n\r\ndeux \n", "un\n\ndeux", "un\n\ndeux"),
    ],
)
def test_good_answers(kind, raw, value, shown):
    assert answers.keep(ONE[kind], raw) == (value, "")
    assert answers.shown(ONE[kind], value) == shown


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("amount", "-1", "négatif"),
        ("amount", "1e3", "nombre"),
        ("amount", "１０", "nombre"),  # digits of another script
        ("amount", "1,234", "deux décimales"),
        ("amount", "1000000000", "dépasse"),
        ("amount", "NaN", "nombre"),
        ("integer", "1,5", "entier"),
        ("integer", "-1", "entier"),
        ("percentage", "101", "0 à 100"),
        ("date", "31/02/2026", "date"),
        ("date", "2026-W01-1", "date"),
        ("date", "01/01/0001", "date"),
        ("date", "demain", "date"),
        ("yes_no", "peut-être", "oui ou par non"),
        ("siret", "13002526500014", "SIRET"),
        ("siret", "00000000000000", "SIRET"),
        ("siret", "１３００２５２６５０００１３", "SIRET"),
        ("siren", "130025266", "SIREN"),
        ("siren", "13002526500013", "SIREN"),
        ("siren_siret", "1300252650001", "SIRET"),
        ("month", "13/2026", "mois"),
        ("month", "1/12/2026", "mois"),
        ("month", "０１/2026", "mois"),
        ("number", "1,234", "2 décimales au plus"),
        ("number", "1e3", "nombre"),
        ("orcid", "0000-0002-1825-0098", "ORCID"),
        ("orcid", "0000-0002-1694-2330", "ORCID"),
        ("doi", "11.1000/182", "DOI"),
        ("doi", "10.1000/un deux", "DOI"),
        ("hal", "01234567", "HAL"),
        ("email", "claire@", "adresse électronique"),
        ("url", "javascript:alert(1)", "https://"),
        ("url", "labo.example", "https://"),
        ("spdx", "Licence maison", "SPDX"),
        ("choice", "z", "liste"),
        ("choices", ["a", "z"], "z"),
    ],
)
def test_mistakes_have_a_sentence_and_stay(kind, raw, words):
    value, problem = answers.keep(ONE[kind], raw)
    assert words in problem
    assert value == {"typed": raw}
    assert answers.shown(ONE[kind], value) == (", ".join(raw) if isinstance(raw, list) else raw)


def test_a_list_where_one_is_asked_is_a_mistake():
    assert answers.keep(ONE["text"], ["a", "b"]) == ({"typed": ["a", "b"]}, "Une seule réponse est attendue.")


def test_only_the_length_is_refused():
    with pytest.raises(Invalid, match="50000 caractères"):
        answers.keep(ONE["long_text"], "x" * (MAX_CHARACTERS + 1))


@pytest.mark.parametrize(
    ("limits", "text", "expected"),
    [
        ({"words": 3}, "un deux trois", ""),
        ({"words": 3}, "un deux trois !", ""),  # a sign alone is no word
        ({"words": 3}, "un deux trois quatre", "Le texte compte 4 mots ; 3 au plus sont admis."),
        ({"characters": 4}, "été !", "Le texte compte 5 caractères ; 4 au plus sont admis."),
        ({"characters": 5}, "été !", ""),
        ({}, "x" * 1000, ""),
    ],
)
def test_limits(limits, text, expected):
    question = Question("q", "long_text", "Question", **limits)
    assert answers.over_limit(question, text) == answers.problem(question, text) == expected


@pytest.mark.parametrize(
    ("address", "text"),
    [(Address("a"), "a"), (Address("a", "r", "c"), "a.r.c")],
)
def test_an_address_in_words(address, text):
    assert str(address) == text


def _with_key(digits):
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    return digits + "0123456789X"[(12 - total) % 11]


GOOD = {
    "orcid": st.from_regex(r"[0-9]{15}", fullmatch=True).filter(str.isascii).map(_with_key),
    "doi": st.from_regex(r"(https://doi\.org/|doi:)?10\.[0-9]{4,9}/[!-~]{1,20}", fullmatch=True).filter(str.isascii),
    "hal": st.from_regex(r"(https://hal\.science/)?[a-z]{2,9}-[0-9]{8}(v[1-9])?", fullmatch=True).filter(str.isascii),
    "month": st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)).map(lambda day: f"{day.month}/{day.year}"),
    "number": st.decimals(-(10**9), 10**9, places=2).map(lambda number: f"{number}".replace(".", ",")),
    "integer": st.integers(0, 10**9).map(str),
    "percentage": st.decimals(0, 100, places=2).map(str),
}


@pytest.mark.parametrize("kind", sorted(GOOD))
@given(data=st.data())
def test_a_good_answer_is_read_shown_and_read_again_alike(kind, data):
    question = ONE[kind]
    value = answers.clean(question, data.draw(GOOD[kind]))
    assert answers.clean(question, answers.typed(question, value)) == value
    assert answers.clean(question, answers.shown(question, value)) == value
    assert answers.problem(question, value) == ""


@given(digits=st.from_regex(r"[0-9]{15}", fullmatch=True).filter(str.isascii), place=st.integers(0, 14))
def test_one_wrong_digit_of_an_orcid_is_found(digits, place):
    good = _with_key(digits)
    other = "0123456789"[(int(good[place]) + 1) % 10]
    assert answers.keep(ONE["orcid"], good)[1] == ""
    assert "ORCID" in answers.keep(ONE["orcid"], good[:place] + other + good[place + 1 :])[1]


@pytest.mark.parametrize(
    ("kind", "limits", "raw", "expected"),
    [
        ("integer", {"min": "1", "max": "24"}, "0", "Au moins 1."),
        ("integer", {"min": "1", "max": "24"}, "25", "Au plus 24."),
        ("integer", {"min": "1", "max": "24"}, "24", ""),
        ("amount", {"max": "100000.00"}, "100 000,01", "Au plus 100\u202f000,00\u00a0€."),
        ("number", {"min": "-0.5"}, "-0,51", "Au moins -0,5."),
        ("date", {"min": "2026-12-01"}, "30/11/2026", "Pas avant le 01/12/2026."),
        ("month", {"max": "2026-12"}, "01/2027", "Pas après le 12/2026."),
        ("month", {"max": "2026-12"}, "bientôt", ""),  # the mistake itself is said, not the limit
        ("percentage", {"min": "10"}, "", ""),
    ],
)
def test_an_answer_outside_its_limits_is_kept_and_told(kind, limits, raw, expected):
    question = Question("q", kind, "Question", **limits)
    assert answers.over_limit(question, answers.keep(question, raw)[0]) == expected


def test_question_at():
    column = {"code": "c", "type": "text", "label": "Colonne"}
    table = {"code": "t", "type": "table", "label": "Tableau", "columns": [column]}
    person = {"code": "p", "type": "person", "label": "Personne"}
    form = parse({"sections": [{"code": "s", "title": "S", "questions": [table, column | {"code": "q"}, person]}]})
    assert answers.question_at(form, Address("p", "", "email")).type == "email"
    for wrong in (Address("p"), Address("p", "r", "email"), Address("p", "", "x")):
        with pytest.raises(KeyError):
            answers.question_at(form, wrong)
    assert answers.question_at(form, Address("q")).label == "Colonne"
    assert answers.question_at(form, Address("t", "r", "c")).code == "c"
    for wrong in (Address("x"), Address("t"), Address("t", "r", "x"), Address("q", "r"), Address("q", "", "c")):
        with pytest.raises(KeyError):
            answers.question_at(form, wrong)
