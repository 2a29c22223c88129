"""Owns the ranking of a jury as one value (pure): from inputs that are data to a ranking that is data.

`standing_of(read(data)).as_data()` is the whole computation: who ranks, freezes and verifies calls this and no more.
"""

from .choice import Minimum, NotProven, Quota
from .funding import Funding, Near
from .inputs import Entry, Inputs, Judged, Rules, Weighted, read
from .order import draw_of, key_of
from .result import Ranked, Standing, standing_from, standing_of

__all__ = [
    "Entry",
    "Funding",
    "Inputs",
    "Judged",
    "Minimum",
    "Near",
    "NotProven",
    "Quota",
    "Ranked",
    "Rules",
    "Standing",
    "Weighted",
    "draw_of",
    "key_of",
    "read",
    "standing_from",
    "standing_of",
]
