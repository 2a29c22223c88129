"""A call written back: its config from the rows of each room, and the YAML that a person reads and edits."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

import applications.call_config
import datasets.call_config
import evaluation.call_config
from ami_portal.kernel import clock
from ami_portal.questionnaire.form import Question, Section
from applications.checks.params import PARAMS
from applications.models import Call

from .normal import normal
from .schema import definition, resolved

WIDTH = 120
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_FORM = frozenset({"sections", "questions", "columns"})
_FIRST = ("code", "support", "question", "values", "advice", "all", "any", "test", "at", "message", "blocks")
_YAML_WORDS = frozenset("y n yes no on off true false null".split())
_TEXTS = frozenset({"label", "help", "title", "message", "says", "advice"})
"""The keys of a question, or of a rule of a check, whose text may be in two languages."""


def dump(call: Call) -> dict[str, Any]:
    """The config of a call, in its normal form: what its file would say if it were written now."""
    config = {**applications.call_config.dump(call), "datasets": datasets_of(call)}
    config["selection"] = evaluation.call_config.dump(call)
    return only_read(normal({"format": 1, **config}))


def datasets_of(call: Call) -> dict[str, Any]:
    """The partners and datasets of a call, in the order of its last file."""
    last = call.loads.order_by("pk").last()
    base = json.loads(last.content)["datasets"] if last else {"partners": [], "items": []}
    rows = call.call_datasets.select_related("version__dataset__partner").order_by("pk")
    opened = datasets.call_config.dump((row.version for row in rows), [row["code"] for row in base["partners"]])
    return {group: _in_order(opened[group], base[group]) for group in ("partners", "items")}


def only_read(config: Mapping[str, Any]) -> dict[str, Any]:
    """The same config without the translations of texts that it no longer holds."""
    told = config["translations"]
    held = set(_texts_in(document(config))) if told else set()
    return {**config, "translations": {french: other for french, other in told.items() if french in held}}


def document(config: Mapping[str, Any]) -> dict[str, Any]:
    """What the file of a config holds: its keys in the order of the format, without what is empty."""
    held: dict[str, Any] = _ordered(config, definition())
    return held


def texts_of(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """Every text that a person reads, by the part of the document that holds it first, in its order."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for part, value in document(config).items():
        found[part] = [text for text in dict.fromkeys(_texts_in(value)) if text not in seen]
        seen.update(found[part])
    return found


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts_in(item)
    elif isinstance(value, _Text):
        yield str(value)


def _in_order(rows: list[dict[str, Any]], base: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows in the order of the last file; those that it did not have come last."""
    places = {row["code"]: rank for rank, row in enumerate(base)}
    return sorted(rows, key=lambda row: places.get(row["code"], len(places)))


def written(config: Mapping[str, Any]) -> str:
    """The file of a normal config. Read again, it is the same config; its keys are in the order of the format."""
    head = "# Un appel à projets, tel que le portail le connaît. Le format est expliqué dans data/README.md.\n"
    return head + "\n".join(_Writer(config["translations"]).block(document(config), 0)) + "\n"


def _ordered(value: Any, schema: Mapping[str, Any], key: str = "") -> Any:
    """Keys in the order of the schema, without what is empty; a text is marked, so that it can have two languages."""
    schema = resolved(schema)
    if isinstance(value, str):
        return _Text(value) if "object" in schema.get("type", ()) else value
    if isinstance(value, list):
        return [_ordered(item, schema.get("items", {}), key) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "properties" not in schema:
        return _loose(value)
    known: Mapping[str, Any] = schema["properties"]
    order = [*known, *_question_keys(), *sorted(value)] if key in _FORM else list(known)
    if key == "calendar" and value["rounds"]:
        order = [name for name in order if name not in ("opens_at", "closes_at")]
    required = schema.get("required", ())
    result = {}
    for name in dict.fromkeys(order):
        if name == "params":
            result[name] = _loose(value[name], PARAMS.get(value["check"], ()))
        elif name in value and (name in required or value[name] not in _EMPTY):
            result[name] = _ordered(value[name], known[name], name) if name in known else _loose(value[name], (), name)
    return {name: item for name, item in result.items() if name in required or item not in _EMPTY}


def _loose(value: Any, order: Iterable[str] = (), key: str = "") -> Any:
    """What the schema leaves to the code: the properties of a question, the parameters of a check."""
    if isinstance(value, Mapping):
        names = dict.fromkeys([*order, *_FIRST, *sorted(value)])
        return {name: _loose(value[name], (), name) for name in names if name in value}
    if isinstance(value, list):
        return [_loose(item, (), key) for item in value]
    return _Text(value) if isinstance(value, str) and key in _TEXTS else value


@cache
def _question_keys() -> tuple[str, ...]:
    return tuple(field.name for shape in (Section, Question) for field in fields(shape))


class _Text(str):
    """A text that a person reads, which may have two languages; any other string is a code."""


class _Writer:
    """Writes YAML: codes plain, sentences between quotes, paragraphs in blocks, small rows on one line."""

    def __init__(self, translations: Mapping[str, str]) -> None:
        self._translations = translations

    def block(self, value: Any, indent: int) -> Iterator[str]:
        """The lines of a mapping or a list."""
        pad = " " * indent
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from self._entry(f"{pad}{_plain(key)}:", item, indent + 2)
            return
        for item in value:
            one = self._on_one_line(item)
            if one and len(pad) + len(one) + 2 <= WIDTH:
                yield f"{pad}- {one}"
            elif isinstance(item, Mapping | list):
                first, *rest = self.block(item, indent + 2)
                yield f"{pad}- {first.strip()}"
                yield from rest
            else:
                yield from self._entry(f"{pad}-", item, indent + 2)

    def _entry(self, head: str, item: Any, indent: int) -> Iterator[str]:
        if isinstance(item, _Text) and item in self._translations:
            item = {"fr": str(item), "en": self._translations[item]}
        if isinstance(item, str) and "\n" in item and _is_block(item):
            yield f"{head} |"
            yield from (" " * indent + line if line else "" for line in item.split("\n"))
        elif isinstance(item, Mapping | list) and item:
            one = self._on_one_line(item) if _is_flat(item) else ""
            if one and len(head) + len(one) < WIDTH and not isinstance(item, Mapping):
                yield f"{head} {one}"
            else:
                yield head
                yield from self.block(item, indent)
        else:
            yield f"{head} {self._scalar(item)}"

    def _on_one_line(self, item: Any) -> str:
        """A small row « {code: a, label: "B"} », or a list of scalars; empty when it holds more."""
        if not isinstance(item, Mapping | list):
            return self._scalar(item) if not (isinstance(item, _Text) and item in self._translations) else ""
        if not _is_flat(item):
            return ""
        held = item if isinstance(item, list) else item.values()
        if any(isinstance(one, _Text) and one in self._translations for one in held):
            return ""
        if isinstance(item, list):
            return f"[{', '.join(self._scalar(one) for one in item)}]"
        return "{" + ", ".join(f"{_plain(key)}: {self._inline(one)}" for key, one in item.items()) + "}"

    def _inline(self, value: Any) -> str:
        return f"[{', '.join(self._scalar(one) for one in value)}]" if isinstance(value, list) else self._scalar(value)

    def _scalar(self, value: Any) -> str:
        match value:
            case None:
                return "null"
            case bool() | int() | float():
                return json.dumps(value)
            case dt.datetime():
                return clock.paris(value).isoformat()
            case dt.date():
                return value.isoformat()
            case list() | dict():
                return "[]" if isinstance(value, list) else "{}"
        return _quoted(value) if isinstance(value, _Text) else _plain(str(value))


def _is_flat(item: Any) -> bool:
    """Whether a row holds scalars only, on one line each; a mapping may hold lists of them."""
    values = list(item.values()) if isinstance(item, Mapping) else item
    inner = [one for value in values for one in (value if isinstance(value, list) and item is not values else [value])]
    return not any(isinstance(one, Mapping | list) or (isinstance(one, str) and "\n" in one) for one in inner)


def _is_block(text: str) -> bool:
    """Whether a text stands in a block as it is: no space at the ends of its lines, nothing that YAML would fold."""
    return all(line == line.strip() and all(map(_prints, line)) for line in text.split("\n"))


def _plain(text: str) -> str:
    """A code, without quotes when YAML reads it as a text."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS else _quoted(text)


def _quoted(text: str) -> str:
    """A text between quotes. What does not print is escaped; no-break spaces print."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if _prints(char) else f"\\U{ord(char):08x}" for char in quoted)


def _prints(char: str) -> bool:
    return char.isprintable() or char in "\u00a0\u202f"
