"""The format of a call's file (pure): one JSON Schema, its faults told in French sentences.

`schema.json` is the reference; `attendu`, beside any of its rules, is the sentence for who broke it.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path as File
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from ami_portal.kernel.config import Path, Problem, among, shown

SCHEMA = File(__file__).with_name("schema.json")
_FORMATS = FormatChecker(formats=())
_WORDS = {
    "string": "un texte",
    "integer": "un nombre entier",
    "boolean": "true ou false",
    "array": "une liste (un tiret par élément)",
    "object": "un ensemble de clés « nom: valeur »",
    "null": "rien",
}


def instant(value: Any) -> dt.datetime | None:
    """An instant of the file, written with or without quotes; None when it is not one, or has no zone."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, dt.datetime) and value.tzinfo else None


def day(value: Any) -> dt.date | None:
    """A day of the file, written with or without quotes; None when it is not one."""
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


_FORMATS.checks("date-time")(lambda value: instant(value) is not None)
_FORMATS.checks("date")(lambda value: day(value) is not None)
_FORMATS.checks("moment")(lambda value: value is None or (instant(value) or day(value)) is not None)


def _type(validator: Any, types: Any, value: Any, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    """A day or an instant of YAML is a string where the schema asks for one by its format, and nowhere else."""
    names = [types] if isinstance(types, str) else types
    if isinstance(value, dt.date) and "format" in schema:
        return
    whole = "integer" in names and isinstance(value, float)  # 3.0 is an integer for JSON Schema, and cents for a person
    if whole or not any(validator.is_type(value, name) for name in names):
        yield ValidationError(" ou ".join(_WORDS[name] for name in names))


@cache
def definition() -> dict[str, Any]:
    """The schema itself."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema


def resolved(schema: Any) -> Mapping[str, Any]:
    """A rule of the schema, through the reference that it may hold."""
    schema = schema if isinstance(schema, Mapping) else {}
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return {**definition()["$defs"][name], **schema} if name else schema


@cache
def _validator() -> Any:
    return validators.extend(Draft202012Validator, {"type": _type})(definition(), format_checker=_FORMATS)


def problems(value: Any) -> list[Problem]:
    """Everything in the value of a file that breaks the schema."""
    found: list[Problem] = []
    seen: set[Path] = set()
    for error in _validator().iter_errors(value):
        path: Path = tuple(error.absolute_path)
        if error.validator in ("required", "additionalProperties"):
            found += _keys(error, path)
        elif path not in seen:  # one sentence for one place: a date of the wrong type breaks its pattern too
            seen.add(path)
            found.append(Problem(path, f"trouvé {shown(error.instance)}", _expected(error)))
    return found


def _keys(error: ValidationError, path: Path) -> Iterator[Problem]:
    """The keys that are missing or unknown: jsonschema names them in English, in a sentence."""
    schema, value = resolved(error.schema), error.instance
    known: Mapping[str, Any] = schema.get("properties", {})
    if error.validator == "required":
        for name in schema["required"]:
            if name not in value and f"'{name}'" in error.message:
                yield Problem(path, f"la clé « {name} » manque", _wanted(resolved(known.get(name))))
        return
    for name in value:
        if name not in known:
            yield Problem((*path, name), f"la clé « {name} » est inconnue", among(known, name))


def _wanted(schema: Mapping[str, Any]) -> str:
    """What a key that is missing must hold."""
    kind = schema.get("type")
    return str(schema.get("attendu") or _WORDS.get(kind if isinstance(kind, str) else "", ""))


def _expected(error: ValidationError) -> str:
    schema = resolved(error.schema)
    limit = error.validator_value
    match error.validator:
        case "maxLength":
            return f"{limit} caractères au plus, et non {len(error.instance)}"
        case "minItems":
            return "au moins un élément" if limit == 1 else f"au moins {limit} éléments"
        case "uniqueItems":
            return "des éléments tous différents"
    if said := schema.get("attendu"):
        return str(said)
    match error.validator:
        case "minimum":
            return f"{limit} au moins"
        case "maximum":
            return f"{limit} au plus"
        case "type":
            return error.message
    return "un texte"
