"""A call's file as it is written (pure): YAML without its traps, and the line of every key and value.

Refused with their line: aliases and anchors (a few lines of them can stand for gigabytes), tags, two documents, a key
given twice, a nesting without end, days that do not exist. Nothing recurses: no file can exhaust the stack.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import yaml

from ami_portal.kernel.config import ConfigError, Path, Problem, shown
from ami_portal.kernel.text import clean_text

MAX_BYTES = 2_000_000
MAX_DEPTH = 24
_HOW = "des clés « nom: valeur », en retrait par des espaces"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBERS = {"int": int, "float": float}
_REASONS = {
    "mapping values are not allowed": "un « : » de trop, ou un texte sans guillemets",
    "could not find expected ':'": "il manque un « : »",
    "did not find expected key": "une clé mal alignée, ou un guillemet de trop",
    "did not find expected '-' indicator": "un élément de liste mal aligné",
    "unexpected end of stream": "un guillemet qui n’est pas fermé",
    "cannot start any token": "un caractère qui demande des guillemets",
    "nesting depth": "trop de niveaux",
}


@dataclass
class Source:
    """The value of a file, the line of each of its places, and what is wrong with its writing."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class _Open:
    """A list or a mapping being read; `key` waits for its value."""

    path: Path
    value: Any
    key: Any = None
    has_key: bool = False


def read_bytes(content: bytes) -> Source:
    """The source of a file. Raises ConfigError when it is no YAML at all; other faults are its `problems`."""
    if len(content) > MAX_BYTES:
        raise ConfigError(f"le fichier pèse {len(content)} octets ; attendu : {MAX_BYTES} au plus")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(
            "un caractère illisible", "un fichier en UTF-8", content.count(b"\n", 0, error.start)
        ) from error
    return read_text(text)


def read_text(text: str) -> Source:
    """The source of a text: see `read_bytes`."""
    reader = _Reader()
    try:
        for event in yaml.parse(text, Loader=_Loader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        raise _unreadable(f"ce n’est pas du YAML ({_why(error, text, line)})", _HOW, line) from error
    except yaml.YAMLError as error:
        place = getattr(error, "position", 0)
        raise _unreadable("un caractère de contrôle", "du texte", text.count("\n", 0, place)) from error
    return reader.source


def _unreadable(found: str, expected: str, lines_before: int) -> ConfigError:
    return ConfigError([Problem((), found, expected, line=lines_before + 1)])


def _why(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    rows = text.splitlines()
    near = rows[line] if line < len(rows) else ""
    if "\t" in near:
        return "une tabulation"
    said = f"{error.context} {error.problem}"
    return next((french for english, french in _REASONS.items() if english in said), "écriture non comprise")


class _Reader:
    """Builds the value from the events of the parser, one by one."""

    def __init__(self) -> None:
        self.source = Source()
        self._open: list[_Open] = []
        self._documents = 0
        self._resolver: Any = yaml.SafeLoader("")

    def take(self, event: Any) -> None:
        """One event of the parser. Raises ConfigError for what no file of a call may hold."""
        self._line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refused("une ancre ou un renvoi (& ou *)", "la valeur elle-même, écrite en entier")
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise self._refused("un second document (---)", "un seul appel par fichier")
            case yaml.ScalarEvent():
                self._put(self._scalar(event))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._start(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()

    def _refused(self, found: str, expected: str) -> ConfigError:
        return ConfigError([Problem(self._here(), found, expected, line=self._line)])

    def _start(self, event: Any, value: Any) -> None:
        if event.tag:
            raise self._refused(f"une étiquette YAML ({event.tag[:40]})", "la valeur seule")
        if len(self._open) >= MAX_DEPTH:
            raise self._refused(f"plus de {MAX_DEPTH} niveaux de retrait", "moins de niveaux")
        if self._open and isinstance(self._open[-1].value, dict) and not self._open[-1].has_key:
            raise self._refused("une clé qui n’est pas un mot", _HOW)
        path = self._here()
        self._put(value)
        self._open.append(_Open(path, value))

    def _here(self) -> Path:
        if not self._open:
            return ()
        top = self._open[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        return (*top.path, top.key) if top.has_key else top.path

    def _put(self, value: Any) -> None:
        path = self._here()
        if not self._open:
            self.source.value = value
        elif isinstance(self._open[-1].value, list):
            self._open[-1].value.append(value)
        else:
            self._pair(self._open[-1], value)
            return
        self.source.lines.setdefault(path, self._line)

    def _pair(self, top: _Open, value: Any) -> None:
        """A key, then its value. A key given twice keeps its first value."""
        if not top.has_key:
            top.key, top.has_key = value, True
            path = (*top.path, value) if isinstance(value, str | int) else top.path
            if not isinstance(value, str):
                self._note(path, f"la clé {shown(value)}", "une clé en lettres ; entre guillemets si c’est un nombre")
                top.key = str(value)
            elif value in top.value:
                first = self.source.lines.get(path, 0)
                self._note(path, f"la clé « {value} » est donnée deux fois (déjà ligne {first})", "une seule fois")
            self.source.lines.setdefault((*top.path, top.key), self._line)
        else:
            top.value.setdefault(top.key, value)
            top.has_key = False

    def _note(self, path: Path, found: str, expected: str) -> None:
        self.source.problems.append(Problem(path, found, expected, line=self._line))

    def _scalar(self, event: Any) -> Any:
        if event.tag and event.tag != "!":
            raise self._refused(f"une étiquette YAML ({event.tag[:40]})", "la valeur seule")
        text: str = event.value
        if not event.implicit[0] or event.tag:
            return self._text(text)
        tag = self._resolver.resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
        match tag:
            case "null":
                return None
            case "bool":
                return text.lower() in ("true", "yes", "on")
            case "int" | "float" | "timestamp":
                return self._number(tag, text) if tag in _NUMBERS else self._instant(text)
        return self._text(text)

    def _text(self, text: str) -> str:
        if clean_text(text) != text:
            self._note(self._here(), "un caractère invisible ou qui retourne le texte", "du texte lisible, en NFC")
        return clean_text(text)

    def _number(self, tag: str, text: str) -> Any:
        """Decimal digits only: « 012 » or « 12:30 » are other numbers for YAML, and texts for a person."""
        try:
            number = _NUMBERS[tag](text) if text.lstrip("-").isdecimal() or tag == "float" else None
        except ValueError:
            number = None
        if number is None or (tag == "int" and str(number) != text):
            self._note(self._here(), f"le nombre {shown(text)}", "un nombre en chiffres, ou un texte entre guillemets")
        return number if number is not None else text

    def _instant(self, text: str) -> dt.date | str:
        """A day, or an instant with its zone."""
        try:
            value = dt.date.fromisoformat(text) if len(text) <= 10 else dt.datetime.fromisoformat(text)
        except ValueError:
            self._note(self._here(), f"la date {shown(text)}", "une date qui existe, comme 2024-09-16")
            return text
        return value
