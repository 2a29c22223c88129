"""How days, instants, sizes, amounts and states are said."""

import datetime as dt
from decimal import Decimal

import pytest

from ami_portal.documents.enums import Verdict
from ami_portal.notifications.enums import Delivery
from ami_portal.ui import wording
from ami_portal.ui.templatetags import portal
from applications.enums import CheckResult, DossierState
from evaluation.enums import OpinionState, Outcome, ReviewState, SessionState, Stance
from funding.enums import ConventionState, InstalmentState

NOON = dt.datetime(2026, 9, 16, 10, 0, tzinfo=dt.UTC)
ENUMS = [DossierState, CheckResult, Stance, OpinionState, ReviewState, SessionState, Outcome]
ENUMS += [ConventionState, InstalmentState, Verdict, Delivery]


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (dt.date(2026, 9, 16), "16 septembre 2026"),
        (dt.date(2026, 10, 1), "1er octobre 2026"),
        ("2027-02-28", "28 février 2027"),
        (dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC), "1er janvier 2027"),
        (None, "—"),
    ],
)
def test_a_day(value, words):
    assert plain(portal.day(value)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (NOON, "16 septembre 2026 à 12 h 00 (heure de Paris)"),
        (dt.datetime(2026, 1, 1, 8, 5, tzinfo=dt.UTC), "1er janvier 2026 à 9 h 05 (heure de Paris)"),
        ("2026-09-16T10:00:00+00:00", "16 septembre 2026 à 12 h 00 (heure de Paris)"),
        (dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC), "25 octobre 2026 à 2 h 30 (heure d’été de Paris)"),
        (dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC), "25 octobre 2026 à 2 h 30 (heure d’hiver de Paris)"),
        (dt.datetime(2026, 10, 25, 2, 0, tzinfo=dt.UTC), "25 octobre 2026 à 3 h 00 (heure de Paris)"),
        (dt.datetime(2026, 10, 24, 23, 59, tzinfo=dt.UTC), "25 octobre 2026 à 1 h 59 (heure de Paris)"),
        (None, "—"),
    ],
)
def test_an_instant(value, words):
    assert plain(portal.instant(value)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "dans moins d’une minute"),
        (59, "dans moins d’une minute"),
        (60, "dans 1 minute"),
        (3599, "dans 59 minutes"),
        (3600, "dans 1 heure"),
        (48 * 3600 - 1, "dans 47 heures"),
        (48 * 3600, "dans 2 jours"),
        (3 * 86400 + 80000, "dans 3 jours"),
        (-1, "à l’instant"),
        (-7200, "il y a 2 heures"),
        (-86400 * 40, "il y a 40 jours"),
    ],
)
def test_how_far_an_instant_is(seconds, words):
    assert plain(wording.distance(NOON + dt.timedelta(seconds=seconds), NOON)) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 octet"),
        (1, "1 octet"),
        (2, "2 octets"),
        (1023, "1023 octets"),
        (1024, "1 ko"),
        (1_258_291, "1,2 Mo"),
        (20 * 1024 * 1024, "20 Mo"),
        (5 * 1024**4, "5120 Go"),
    ],
)
def test_a_size(count, words):
    assert plain(portal.size(count)) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal("98500"), "98 500,00 €"),
        ("1234.5", "1 234,50 €"),
        (0, "0,00 €"),
        (None, "—"),
        ("", "—"),
        ("libre", "libre"),
    ],
)
def test_an_amount(amount, words):
    assert plain(portal.euros(amount)) == words


def test_typed_text_keeps_its_paragraphs_and_nothing_of_its_markup():
    text = "Un <b>gras</b>\r\net {{ 7 }}\r\n\r\n\r\nDeux & trois\n \n"
    assert portal.paragraphs(text) == ("<p>Un &lt;b&gt;gras&lt;/b&gt;<br>et {{ 7 }}</p><p>Deux &amp; trois</p>")
    assert portal.paragraphs(None) == ""


@pytest.mark.parametrize("enum", ENUMS, ids=[enum.__name__ for enum in ENUMS])
def test_every_state_has_its_tone_and_its_icon(enum):
    assert set(enum.values) <= set(wording.TONES)


def test_a_draft_and_a_submission_differ_in_word_icon_and_colour():
    draft, submitted = wording.TONES["draft"], wording.TONES["submitted"]
    assert draft[0] != submitted[0]
    assert draft[1] != submitted[1]


def test_every_icon_exists_in_the_design_system():
    from pathlib import Path

    import dsfr

    sheet = Path(dsfr.__path__[0]) / "static/dsfr/dist/utility/icons/icons.main.min.css"
    known = sheet.read_text(encoding="utf-8")
    assert [icon for _, icon in wording.TONES.values() if f".fr-icon-{icon}:" not in known] == []


def test_a_list_that_was_typed_is_a_list_and_keeps_its_marks():
    text = "Objectifs :\n– relire ;\n- <i>mesurer</i>.\n\n1. Un\n2) Deux\nEt la suite – sans tiret."
    assert portal.prose(text) == (
        '<p>Objectifs :</p><ul class="typed-list"><li>– relire ;</li><li>- &lt;i&gt;mesurer&lt;/i&gt;.</li></ul>'
        '<ul class="typed-list"><li>1. Un</li><li>2) Deux</li></ul><p>Et la suite – sans tiret.</p>'
    )
