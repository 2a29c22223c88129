"""When a question or a section appears (pure): one answer of an earlier question, or several conditions together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Condition:
    """Met when the answer to `question` is one of `values`; or when all of `all`, or any of `any`, are met."""

    question: str = ""
    values: tuple[Any, ...] = ()
    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()

    def holds(self, held: Callable[[str], Any]) -> bool:
        """Whether it is met. `held` gives the answer to a question: a value, or a list for several choices."""
        if self.all:
            return all(part.holds(held) for part in self.all)
        if self.any:
            return any(part.holds(held) for part in self.any)
        value = held(self.question)
        return any(item in self.values for item in (value if isinstance(value, list) else [value]))

    def leaves(self) -> Iterator["Condition"]:
        """The conditions on one question that it is made of."""
        if not (self.all or self.any):
            yield self
        for part in self.all + self.any:
            yield from part.leaves()


def parse(raw: Mapping[str, Any]) -> Condition:
    """`{question, values}`, `{all: [...]}` or `{any: [...]}`. Raises ValueError with a French sentence."""
    shape = set(raw) if isinstance(raw, Mapping) else {type(raw).__name__}
    if shape == {"question", "values"} and isinstance(raw["values"], list) and raw["values"]:
        return Condition(str(raw["question"]), tuple(raw["values"]))
    if shape in ({"all"}, {"any"}) and isinstance(several := next(iter(raw.values())), list) and several:
        parts = tuple(parse(item) for item in several)
        return Condition(all=parts) if shape == {"all"} else Condition(any=parts)
    raise ValueError(
        f"condition illisible, trouvé : {', '.join(sorted(map(str, shape)))} ; "
        "attendu : « question » et « values », ou une liste de conditions sous « all » ou « any »"
    )
