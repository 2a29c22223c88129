"""The forms of a call that is revised while people draft: each part of it is asked in one way, then in another.

Nothing is required, so that a draft can be deposited at any step of a story.
"""

from typing import Any

from hypothesis import strategies as st

OPTIONS = [{"code": "true", "label": "Public"}, {"code": "false", "label": "Privé"}]
WHAT, PRICE = (
    {"code": code, "label": code, "type": kind, "required": False}
    for code, kind in (("what", "text"), ("price", "amount"))
)
WAYS: dict[str, list[Any]] = {
    "title": [{"type": "text", "fact": "title"}, {"type": "amount"}, None],  # changes its type, then is removed
    "acronym": [None, {"type": "text"}],  # is added
    "public": [{"type": "yes_no"}, {"type": "text"}, {"type": "choice", "options": OPTIONS}],
    "summary": [{"type": "long_text", "words": 60}, {"type": "long_text", "words": 5}, {"type": "text"}],
    "costs": [[WHAT], [WHAT, PRICE], [PRICE], None],  # a column is added, the other removed, then the table
    "place": ["project", "end"],  # the section of the long text
}
EDITS = st.sampled_from([(part, steps) for part, ways in WAYS.items() for steps in range(1, len(ways))])
FIRST = dict.fromkeys(WAYS, 0)


def edited(ways: dict[str, int], part: str, steps: int) -> dict[str, int]:
    """The next revision: one part of the form is asked in another way."""
    return ways | {part: (ways[part] + steps) % len(WAYS[part])}


def definition(ways: dict[str, int]) -> dict[str, Any]:
    """The form that asks each part in its way."""
    sections: dict[str, list[dict[str, Any]]] = {"project": [], "end": []}
    for code, way in ways.items():
        asked = WAYS[code][way]
        if code == "place" or asked is None:
            continue
        place = {"summary": WAYS["place"][ways["place"]], "costs": "end"}.get(code, "project")
        details = {"type": "table", "rows": [0, 4], "columns": asked} if code == "costs" else asked
        sections[place].append({"code": code, "label": code, "required": False} | details)
    return {
        "sections": [
            {"code": code, "title": f"Rubrique {code}", "questions": asked} for code, asked in sections.items() if asked
        ]
    }
