"""The format that a call imposes on a file, and what the measures of a file say of it (pure).

A rule is data of the call: the same object is told to applicants, held against their file, and shown to the staff. What
cannot be measured stays « unknown », with the reason; nothing is « met » that was not seen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

Facts = Mapping[str, Any]
MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
SIDES = ("gauche", "haut", "droite", "bas")
FEW = 20
"""Small characters that never count on a page: an exponent, a note call."""

ROUNDING = Decimal("0.1")
SHOWN_PLACES = 8


class RuleError(ValueError):
    """A rule that is none; the message says what was found and what is expected."""


@dataclass(frozen=True)
class Finding:
    """What the measures say of one rule: `result` is met, not_met or unknown; `places` say where."""

    rule: str
    result: str
    text: str
    places: tuple[str, ...] = ()

    @property
    def is_content(self) -> bool:
        """Whether it says that the file is filled, rather than how it is laid out."""
        return self.rule in CONTENT

    @property
    def shown_places(self) -> list[str]:
        """The first places, and how many more there are."""
        more = len(self.places) - SHOWN_PLACES
        return [*self.places[:SHOWN_PLACES], *([f"et {_counted(more, 'autre')}"] if more > 0 else [])]


class Template(NamedTuple):
    """A blank file that the operator gives: its name, its fingerprint (see `documents.given`)."""

    file: str
    sha256: str


class Blank(NamedTuple):
    """What a given template holds before anybody writes in it: marks of the text under its headings and in its tabs."""

    headings: Mapping[str, str]
    tables: int
    tabs: Mapping[str, str]


NO_BLANK = Blank({}, 0, {})


@dataclass(frozen=True)
class FormatRules:
    """What a file must be. `blocking` makes a rule that is not met an obstacle to the deposit of the dossier; otherwise
    it is a warning. `template` offers a blank file: the one that is named, or one made of the other rules."""

    margins_mm: Decimal | None = None
    tolerance_mm: Decimal = Decimal(2)
    font_points_min: Decimal | None = None
    small_characters_percent_max: Decimal = Decimal(2)
    pages_max: int | None = None
    headings: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    filled_tables: bool = False
    filled_tabs: bool = False
    template: bool | Template = False
    blocking: bool = False

    @property
    def wanted(self) -> dict[str, Any]:
        """What the examination of a file must look for."""
        return {"headings": list(self.headings)} if self.headings else {}

    @property
    def given(self) -> Template | None:
        """The blank file that the operator gives; None when there is none, or the portal makes it."""
        return self.template if isinstance(self.template, Template) else None

    @property
    def sentences(self) -> list[str]:
        """The rules as an applicant reads them."""
        return [
            text
            for given, text in (
                (self.margins_mm, f"Marges d’au moins {_number(self.margins_mm)} mm."),
                (self.font_points_min, f"Caractères d’au moins {_number(self.font_points_min)} points."),
                (self.pages_max, f"{_counted(self.pages_max or 0, 'page')} au plus."),
                (self.headings, f"Parties attendues, chacune suivie d’un texte : {_quoted(self.headings)}."),
                (self.tabs, f"Onglets attendus : {_quoted(self.tabs)}."),
                (self.filled_tables, "Chaque cellule des tableaux est remplie."),
                (self.filled_tabs, "Chaque onglet est rempli."),
            )
            if given
        ]


_NUMBERS = ("margins_mm", "tolerance_mm", "font_points_min", "small_characters_percent_max")
_LISTS = ("headings", "tabs")
_TAB = re.compile(r"[^\[\]:*?/\\]{1,31}")
_OFFICE = re.compile(r"[^/\\\\\x00-\x1f]{1,110}\.(docx|xlsx)")
_FLAGS = ("filled_tables", "filled_tabs", "template", "blocking")
CONTENT = frozenset({"headings", "tabs", "filled_tables", "filled_tabs"})


def parse(raw: Mapping[str, Any]) -> FormatRules:
    """The rules of a question, from the call's file. Raises RuleError."""
    known = FormatRules.__dataclass_fields__
    if not isinstance(raw, Mapping):
        raise RuleError(f"« file_rules » : des règles sont attendues, trouvé : {raw!r}")
    if extra := set(raw) - set(known):
        raise RuleError(
            f"règle « {', '.join(sorted(map(str, extra)))} » inconnue ; attendu : {', '.join(sorted(known))}"
        )
    return FormatRules(**{name: _value(name, value) for name, value in raw.items()})


def _value(name: str, value: Any) -> Any:
    if name in _NUMBERS:
        return _decimal(name, value)
    if name in _LISTS:
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(item, str) and item.strip() for item in value)
        ):
            raise RuleError(f"règle « {name} » : une liste de textes est attendue, trouvé : {value!r}")
        if name == "tabs" and (wrong := [item for item in value if not _TAB.fullmatch(item)]):
            raise RuleError(
                f"règle « tabs » : Excel n’admet pas l’onglet {wrong[0]!r} ; attendu : 31 caractères au plus"
            )
        return tuple(value)
    if name == "template" and not isinstance(value, bool):
        return _template(value)
    expected = bool if name in _FLAGS else int
    if type(value) is not expected or (expected is int and value < 1):
        asked = "true ou false" if expected is bool else "un nombre entier"
        raise RuleError(f"règle « {name} » : {asked} attendu, trouvé : {value!r}")
    return value


def _template(value: Any) -> Template:
    known = isinstance(value, Mapping) and set(value) == set(Template._fields)
    if not known or not _OFFICE.fullmatch(str(value["file"])) or not re.fullmatch("[0-9a-f]{64}", str(value["sha256"])):
        raise RuleError(
            f"règle « template » : true, ou le fichier d’un modèle, est attendu ({{file: modele.docx, sha256: …}}) ; "
            f"trouvé : {value!r}"
        )
    return Template(**value)


def _decimal(name: str, value: Any) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number < 0:
        raise RuleError(f'règle « {name} » : un nombre entier ou un texte ("10.5") est attendu, trouvé : {value!r}')
    return number


def judge(rules: FormatRules, facts: Facts, blank: Blank = NO_BLANK) -> list[Finding]:
    """One finding a rule, in the order of the rules. Without facts (a file not examined), all are unknown.

    `blank` is what the template holds: a part that says the very same is not filled.
    """
    return list(_findings(rules, facts, blank))


def _findings(rules: FormatRules, facts: Facts, blank: Blank) -> Iterator[Finding]:
    if rules.margins_mm is not None:
        yield _margins(rules, facts)
    if rules.font_points_min is not None:
        yield _fonts(rules, facts)
    if rules.pages_max is not None:
        yield _pages(rules.pages_max, facts)
    if rules.headings:
        yield _headings(rules, facts, blank)
    if rules.filled_tables:
        yield _tables(facts, blank)
    if rules.tabs or rules.filled_tabs:
        yield _tabs(rules, facts, blank)


def _margins(rules: FormatRules, facts: Facts) -> Finding:
    least = rules.margins_mm or Decimal(0)
    asked = f"{_number(least)} mm demandés, à {_number(rules.tolerance_mm)} mm près"
    layout = facts.get("layout")
    if layout is None:
        return Finding("margins_mm", UNKNOWN, _unmeasured(facts, "Les marges ne se mesurent pas"))
    narrow = [
        f"{place['place']} : {', '.join(sides)}"
        for place in layout
        if place["margins"]
        for sides in [_narrow(place["margins"], least - rules.tolerance_mm)]
        if sides
    ]
    if narrow:
        return Finding("margins_mm", NOT_MET, f"Marges trop étroites ({asked}).", tuple(narrow))
    if hidden := _unseen(facts):
        return Finding("margins_mm", UNKNOWN, "Marges à regarder : des pages n’ont pas pu être mesurées.", hidden)
    return Finding("margins_mm", MET, f"Marges respectées sur toutes les pages ({asked}).")


def _narrow(margins: Sequence[float], least: Decimal) -> list[str]:
    pairs = zip(SIDES, margins, strict=True)
    return [f"{side} {_number(_tenth(value))} mm" for side, value in pairs if _tenth(value) < least]


def _fonts(rules: FormatRules, facts: Facts) -> Finding:
    least = rules.font_points_min or Decimal(0)
    asked = f"{_number(least)} points demandés ; {_number(rules.small_characters_percent_max)} % de plus petits admis"
    layout = facts.get("layout")
    if layout is None:
        return Finding("font_points_min", UNKNOWN, _unmeasured(facts, "La taille des caractères ne se mesure pas"))
    small = [line for place in layout if (line := _small(place, least, rules.small_characters_percent_max))]
    if small:
        return Finding("font_points_min", NOT_MET, f"Caractères trop petits ({asked}).", tuple(small))
    if hidden := _unseen(facts):
        text = "Taille des caractères à regarder : des pages n’ont pas pu être mesurées."
        return Finding("font_points_min", UNKNOWN, text, hidden)
    return Finding("font_points_min", MET, f"Taille des caractères respectée sur toutes les pages ({asked}).")


def _small(place: Mapping[str, Any], least: Decimal, admitted: Decimal) -> str:
    """What is too small in one place: the share, the smallest size and its first words; nothing under the share."""
    sizes = [(_tenth(size), count, sample) for size, count, sample in place["sizes"]]
    under = [(size, count, sample) for size, count, sample in sizes if size + ROUNDING < least]
    number, total = sum(count for _, count, _ in under), sum(count for _, count, _ in sizes)
    if number < FEW or Decimal(number * 100) / total <= admitted:
        return ""
    share = (Decimal(number * 100) / total).quantize(Decimal(1)) or Decimal(1)
    size, _, sample = max(under, key=lambda one: one[1])
    return f"{place['place']} : {share} % des caractères, surtout à {_number(size)} points (« {sample} »)"


def _pages(most: int, facts: Facts) -> Finding:
    pages = facts.get("pages")
    if not isinstance(pages, int):
        return Finding("pages_max", UNKNOWN, _unmeasured(facts, "Le nombre de pages ne se mesure pas"))
    text = f"{_counted(pages, 'page')}, pour {most} au plus."
    return Finding("pages_max", MET if pages <= most else NOT_MET, text)


def _headings(rules: FormatRules, facts: Facts, blank: Blank) -> Finding:
    sought = {one["heading"]: one for one in facts.get("headings", ())}
    if not all(heading in sought for heading in rules.headings):
        text = "Les parties demandées n’ont pas encore été cherchées dans ce fichier."
        if "headings" not in facts:
            text = _unmeasured(facts, "Les parties ne se cherchent pas")
        return Finding("headings", UNKNOWN, text)
    absent = [f"« {name} » : absente" for name in rules.headings if not sought[name]["place"]]
    bare = [
        f"« {name} » : sans texte ({sought[name]['place']})"
        for name in rules.headings
        if sought[name]["place"] and not sought[name]["words"]
    ]
    bare += [
        f"« {name} » : laissée telle que dans le modèle ({sought[name]['place']})"
        for name in rules.headings
        if sought[name]["words"] and sought[name].get("text") == blank.headings.get(name, "")
    ]
    if absent or bare:
        wrong = len(absent) + len(bare)
        text = "Une partie du modèle manque ou reste vide."
        if wrong > 1:
            text = f"{wrong} parties du modèle manquent ou restent vides."
        return Finding("headings", NOT_MET, text, tuple(absent + bare))
    return Finding("headings", MET, f"Les {len(rules.headings)} parties du modèle sont présentes et remplies.")


def _tables(facts: Facts, blank: Blank) -> Finding:
    if "empty_count" not in facts:
        return Finding("filled_tables", UNKNOWN, _unmeasured(facts, "Les cellules des tableaux ne se vérifient pas"))
    count = facts["empty_count"]
    if count:
        text = f"{_counted(count, 'cellule')} de tableau à remplir."
        return Finding("filled_tables", NOT_MET, text, tuple(facts["empty_cells"]))
    tables = _counted(facts["tables"], "tableau", "tableaux")
    if facts["tables"] < blank.tables:
        asked = _counted(blank.tables, "tableau", "tableaux")
        return Finding("filled_tables", NOT_MET, f"{tables}, pour {asked} dans le modèle.")
    return Finding("filled_tables", MET, f"{tables}, sans cellule vide.")


def _tabs(rules: FormatRules, facts: Facts, blank: Blank) -> Finding:
    tabs = facts.get("tabs")
    if tabs is None:
        return Finding("filled_tabs", UNKNOWN, _unmeasured(facts, "Les onglets ne se vérifient pas"))
    names = {tab["name"].strip().casefold() for tab in tabs}
    wrong = [f"« {name} » : absent" for name in rules.tabs if name.strip().casefold() not in names]
    if rules.filled_tabs:
        wrong += [
            f"« {tab['name']} » : {'vide' if not tab['rows'] else 'une seule ligne'}" for tab in tabs if tab["rows"] < 2
        ]
        asked = {name.strip().casefold() for name in rules.tabs}
        wrong += [
            f"« {tab['name']} » : laissé tel que dans le modèle"
            for tab in tabs
            if (name := tab["name"].strip().casefold()) in asked and tab["rows"] >= 2
            if tab.get("text") == blank.tabs.get(name, "")
        ]
    if wrong:
        return Finding("filled_tabs", NOT_MET, "Onglets absents ou à remplir.", tuple(wrong))
    return Finding(
        "filled_tabs", MET, f"{_counted(len(tabs), 'onglet')}, {'tous remplis' if len(tabs) > 1 else 'rempli'}."
    )


def _unseen(facts: Facts) -> tuple[str, ...]:
    """Pages that are a picture, or after the last one measured."""
    places = [f"{place['place']} : une image, sans texte" for place in facts["layout"] if place["is_picture"]]
    pages, measured = facts.get("pages"), facts.get("measured")
    if isinstance(pages, int) and isinstance(measured, int) and measured < pages:
        places.append(f"pages {measured + 1} à {pages} : non mesurées, le fichier est trop long")
    return tuple(places)


_KINDS = {"pdf": "dans un PDF", "word": "dans un fichier Word", "excel": "dans un classeur", "image": "dans une image"}


def _unmeasured(facts: Facts, what: str) -> str:
    return f"{what} {_KINDS[facts['kind']]}." if facts.get("kind") in _KINDS else "Ce fichier n’a pas été mesuré."


def _tenth(value: float) -> Decimal:
    return Decimal(str(value)).quantize(ROUNDING)


def _number(value: Decimal | None) -> str:
    return f"{(value or Decimal(0)).normalize():f}".replace(".", ",")


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count < 2 else many or f'{one}s'}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"« {name} »" for name in names)
