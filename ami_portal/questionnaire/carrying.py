"""What becomes of a stored answer when its form is revised (pure): it stays, is read anew, or has no place any more.

An answer has an address (question, row, column). A question keeps its answers as long as its code stays, whatever its
words; a changed type or changed choices read the same words anew. Whoever revises a form keeps, beside, the value of
every answer that `carried` changes and of every one for which `asked` finds no question.
"""

from typing import Any

from .answers import Address, Invalid, is_empty, is_typed_only, keep, question_at, shown, typed
from .form import Form, Question

SEVERAL = frozenset({"choices", "dataset", "linkage"})
NEVER_TYPED = frozenset({"table", "file"})


def asked(form: Form, address: Address) -> Question | None:
    """The question, or the column, of `form` that `address` answers; None when it has none there."""
    try:
        question = question_at(form, address)
    except KeyError:
        return None
    return None if question.type in NEVER_TYPED or question.formula else question


def carried(before: Question, after: Question, value: Any) -> Any:
    """The value to store for an answer to `before` once the question is `after`: the same, or its words read anew.

    Words that are no answer any more are kept as typed, and shown to be mended.
    """
    if is_empty(value) or (before.type, before.options) == (after.type, after.options):
        return value
    raw = _words(before, after, value)
    try:
        read, problem = keep(after, raw)
    except Invalid:  # too long to be typed again, not too long to be kept
        return {"typed": raw}
    return {"typed": raw} if is_empty(read) and not problem and after.type != "declaration" else read


def _words(before: Question, after: Question, value: Any) -> str | list[str]:
    """What a person would type in `after` to say what they said in `before`."""
    if is_typed_only(value):
        items = value["typed"] if isinstance(value["typed"], list) else [value["typed"]]
    elif before.options or before.type in SEVERAL:
        labels = dict(before.options)
        items = [labels.get(item, item) if item not in dict(after.options) else item for item in _list(value)]
    elif after.options or after.type in SEVERAL or after.type in ("text", "long_text"):
        items = [shown(before, value)]
    else:
        items = _list(typed(before, value))
    if after.options:
        items = [_option(after, item) for item in items]
    if after.type in SEVERAL:
        return items
    return items[0] if len(items) == 1 else ", ".join(items)


def _option(question: Question, words: str) -> str:
    """The code of the option that says `words`, or `words`."""
    return next((code for code, label in question.options if label.casefold() == words.casefold()), words)


def _list(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
