"""What is said in English is said whole: no sentence without its translation, no mail to a team without its own."""

import gettext
import re

import pytest

from .source import ROOT, modules, templates

pytestmark = pytest.mark.once
FOLDER = ROOT / "locale" / "en" / "LC_MESSAGES"
TO_OPERATOR = {"applications.message_to_read", "evaluation.opinion_requested", "evaluation.review_assigned"}
TO_OPERATOR |= {
    "evaluation.appeal_to_read",
    "funding.place_is_free",
    "funding.remark_to_answer",
    "funding.copy_to_verify",
    "funding.path_chosen",
}
TO_OPERATOR |= {"evaluation.publication_done", "evaluation.publication_held", "evaluation.review_reopening_asked"}
TO_OPERATOR |= {"evaluation.review_reopened", "evaluation.review_reopening_declined", "evaluation.review_replaced"}
TO_OPERATOR |= {"evaluation.reviews_missing", "evaluation.contradiction_answered"}
TO_OPERATOR |= {f"evaluation.opinion_{act}" for act in ("reminded", "silent", "extended", "closed", "again")}
TO_OPERATOR |= {"evaluation.conflict_to_examine", "evaluation.review_to_replace"}
TO_OPERATOR |= {"evaluation.jury_invitation", "evaluation.jury_invitation_answered"}


def asked_of_templates():
    for _, text in templates():
        yield from re.findall(r'{% translate "([^"]+)"', text)
        for body in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, re.S):
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", body)


def asked_of_modules():
    for path, _ in modules():
        text = (ROOT / path).read_text(encoding="utf-8")
        if "gettext" in text:
            for _, sentence in re.findall(r"\b(?:_|word)\(([\"'])(.+?)\1\)", text):
                yield sentence.replace("\\u00a0", "\u00a0")


def written():
    """The sentences of the catalogue that people edit."""
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (FOLDER / "django.po").read_text(encoding="utf-8"), re.M)
    return dict(pairs)


def test_each_sentence_has_its_translation_and_none_is_left_over():
    assert set(written()) == {*asked_of_templates(), *asked_of_modules()}


def test_the_compiled_catalogue_is_the_one_that_is_written():
    with (FOLDER / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    assert {sentence: catalogue.gettext(sentence) for sentence in written()} == written()


def test_each_mail_to_an_applicant_has_its_english_with_the_same_addresses():
    emails = ROOT / "templates" / "emails"
    french = {path.stem: path.read_text(encoding="utf-8") for path in emails.glob("*.txt")}
    mine = {kind for kind in french if not kind.startswith("account.")} - TO_OPERATOR
    english = {path.stem: path.read_text(encoding="utf-8") for path in (emails / "en").glob("*.txt")}
    assert set(english) == mine
    links = re.compile(r'{% url "[^%]+%}\S*|{% (?:if|elif|for|endif|else) ?[^%]*%}')
    assert {kind: sorted(links.findall(french[kind])) for kind in mine} == {
        kind: sorted(links.findall(text)) for kind, text in english.items()
    }
