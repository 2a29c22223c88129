"""The guided fields of a question's conditions and rules: one line each, and always a free one to add another."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from ami_portal.questionnaire.editing import Node
from ami_portal.ui.forms import TextField

ANSWERS = {"yes_no": {"oui": True, "non": False}, "declaration": {"oui": True}}
MODES = [("all", "toutes sont remplies"), ("any", "l’une est remplie")]
GROUPED = (
    "Un groupe compte pour une condition : quand toutes doivent être remplies, l’une du groupe suffit ; quand une "
    "suffit, le groupe l’est si toutes les siennes le sont."
)
INSIDE = {"all": "any", "any": "all"}
"""How the conditions of a group are met, by how groups are."""

LETTERS = "ABCD"
GROUPS = [("", "Aucun : elle compte seule"), *((letter, f"Groupe {letter}") for letter in LETTERS)]
MOST = 12


def answers_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that a question proposes, by the words that show them; none for a free answer."""
    if fixed := ANSWERS.get(str(node.get("type"))):
        return fixed
    return {str(one["label"]).casefold(): one["code"] for one in node.get("options", ())}


Lines = list[tuple[str, Mapping[str, Any]]]
"""One condition a line: the letter of its group, empty for one that stands alone, and the condition."""


def lined(condition: Mapping[str, Any]) -> Lines | None:
    """A condition as lines: those that stand alone, and groups of them that count as one; None when nested deeper.

    Among conditions that are all to be met, one of a group is enough; where one is enough, a group is met whole.
    """
    if not condition or _is_leaf(condition):
        return [("", condition)] if condition else []
    (mode, parts), *more = condition.items()
    if more or mode not in INSIDE or not isinstance(parts, list):
        return None
    found: Lines = []
    letters = iter(LETTERS)
    for part in parts:
        inside = part.get(INSIDE[mode]) if isinstance(part, Mapping) and len(part) == 1 else None
        if _is_leaf(part):
            found.append(("", part))
        elif isinstance(inside, list) and len(parts) > 1 and all(map(_is_leaf, inside)):
            letter = next(letters, "")
            if not letter:
                return None
            found += [(letter, one) for one in inside]
        else:
            return None
    return found if len(found) < MOST else None


def _is_leaf(part: Any) -> bool:
    return isinstance(part, Mapping) and set(part) == {"question", "values"}


def gathered(lines: Lines, mode: str) -> dict[str, Any] | None:
    """The condition that lines say; None when they say nothing."""
    parts: list[dict[str, Any]] = []
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for letter, leaf in lines:
        if letter in groups:
            groups[letter].append(leaf)
        elif letter:
            groups[letter] = [leaf]
            parts.append({INSIDE[mode]: groups[letter]})
        else:
            parts.append(dict(leaf))
    return {mode: parts} if len(parts) > 1 else parts[0] if parts else None


class LogicForm(forms.Form):
    """What the form of a question adds: `node` is the question as stored, `before` those asked earlier, by code."""

    node: Node | None
    before: dict[str, Node]

    def set_logic(self) -> None:
        """Make the fields: a line more than what is stored, or as many as were typed."""
        conditions = self._count("shown_by", len(self._stored_conditions()))
        for number in range(1, conditions + 1):
            self._condition(slot("shown_by", number), slot("shown_values", number))
            if conditions > 1:
                self.fields[slot("shown_group", number)] = forms.ChoiceField(
                    label="Groupe de cette condition", choices=GROUPS, required=False
                )
        if conditions > 1:
            self.fields["shown_mode"] = forms.ChoiceField(
                label="De ces conditions", choices=MODES, required=False, help_text=GROUPED
            )
        for number in range(1, self._count("rule_test", len(self._stored_rules())) + 1):
            self._rule(number)
        self.initial |= self._initial_logic()

    def _count(self, name: str, stored: int) -> int:
        shown = stored + 1
        while self.is_bound and shown < MOST and slot(name, shown + 1) in self.data:
            shown += 1
        return shown

    def _stored_conditions(self) -> Lines:
        return lined((self.node or {}).get("shown_if") or {}) or []

    def _stored_rules(self) -> list[Mapping[str, Any]]:
        return list((self.node or {}).get("rules", ()))

    def _condition(self, by: str, values: str) -> None:
        choices = [("", "Toujours posée"), *((code, node["label"]) for code, node in self.before.items())]
        self.fields[by] = forms.ChoiceField(
            label="N’apparaît que selon la réponse à",
            choices=choices,
            required=False,
            help_text="Une question posée avant celle-ci.",
        )
        self.fields[values] = TextField(
            label="Réponses qui la font apparaître",
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="Une par ligne, telle qu’elle est proposée : « oui », « non », ou le libellé d’un choix.",
        )

    def _rule(self, number: int) -> None:
        columns = [(one["code"], one.get("label", one["code"])) for one in (self.node or {}).get("columns", ())]
        code = {"spellcheck": "false", "class": "portal-settings", "autocomplete": "off"}
        self.fields[slot("rule_test", number)] = TextField(
            label=f"Règle {number} : ce qui doit être vrai",
            required=False,
            max_length=1000,
            widget=forms.TextInput(attrs=code),
        )
        self.fields[slot("rule_message", number)] = TextField(
            label=f"Règle {number} : phrase dite quand c’est faux", required=False, max_length=1000
        )
        self.fields[slot("rule_says", number)] = TextField(
            label=f"Règle {number} : phrase qui l’annonce", required=False, max_length=1000
        )
        if columns:
            self.fields[slot("rule_at", number)] = forms.ChoiceField(
                label=f"Règle {number} : dite à côté de la colonne",
                choices=[("", "La dernière que la règle lit"), *columns],
                required=False,
            )
        self.fields[slot("rule_remark", number)] = forms.BooleanField(
            label=f"Règle {number} : une remarque, qui ne retient pas le dépôt", required=False
        )

    def _initial_logic(self) -> dict[str, Any]:
        found: dict[str, Any] = {"shown_mode": "any" if "any" in ((self.node or {}).get("shown_if") or {}) else "all"}
        for number, (letter, leaf) in enumerate(self._stored_conditions(), start=1):
            found[slot("shown_group", number)] = letter
            words = answers_of(self.before.get(str(leaf["question"]), {}))
            said = [next((word for word, value in words.items() if value == one), str(one)) for one in leaf["values"]]
            found |= {slot("shown_by", number): leaf["question"], slot("shown_values", number): "\n".join(said)}
        for number, rule in enumerate(self._stored_rules(), start=1):
            found |= {slot(f"rule_{name}", number): rule.get(name, "") for name in ("test", "message", "says", "at")}
            found[slot("rule_remark", number)] = rule.get("blocks") is False
        return found

    @property
    def conditions(self) -> list[forms.BoundField]:
        """The fields of the conditions, in order."""
        return [self[name] for name in self.fields if name.startswith("shown_")]

    @property
    def rules(self) -> list[forms.BoundField]:
        """The fields of the rules, in order."""
        return [self[name] for name in self.fields if name.startswith("rule_")]

    @property
    def has_rules(self) -> bool:
        """Whether a rule is written or typed."""
        return any(bound.value() for bound in self.rules)

    def clean_logic(self, cleaned: dict[str, Any]) -> None:
        """Read the lines into `shown_if` and `rules`; say beside a line what it lacks."""
        lines = [
            (str(cleaned.get(name.replace("shown_by", "shown_group")) or ""), leaf)
            for name in self.fields
            if name.startswith("shown_by") and (leaf := self._leaf(name, cleaned))
        ]
        cleaned["shown_if"] = gathered(lines, cleaned.get("shown_mode") or "all")
        numbers = range(1, sum(name.startswith("rule_test") for name in self.fields) + 1)
        cleaned["rules"] = [rule for number in numbers if (rule := self._said_rule(number, cleaned))]

    def _leaf(self, by: str, cleaned: Mapping[str, Any]) -> dict[str, Any] | None:
        values = by.replace("shown_by", "shown_values")
        source = self.before.get(str(cleaned.get(by)))
        lines = [line.strip() for line in str(cleaned.get(values) or "").split("\n") if line.strip()]
        if source is None:
            return None
        words = answers_of(source)
        odd = [line for line in lines if words and line.casefold() not in words]
        if not lines or odd:
            known = ", ".join(words) or "une réponse par ligne"
            self.add_error(values, f"{'« ' + odd[0] + ' » n’est pas proposé. ' if odd else ''}Attendu : {known}.")
            return None
        return {"question": source["code"], "values": [words.get(line.casefold(), line) for line in lines]}

    def _said_rule(self, number: int, cleaned: Mapping[str, Any]) -> dict[str, Any] | None:
        said = {name: cleaned.get(slot(f"rule_{name}", number)) for name in ("test", "message", "says", "at", "remark")}
        if not said["test"]:
            if said["message"] or said["says"]:
                self.add_error(slot("rule_test", number), "Écrivez ce qui doit être vrai, ou videz la règle.")
            return None
        if not said["message"]:
            self.add_error(slot("rule_message", number), "Écrivez la phrase à dire quand ce n’est pas vrai.")
        stored = self._stored_rules()
        rule = dict(stored[number - 1]) if number <= len(stored) else {}
        rule |= {"test": said["test"], "message": said["message"]}
        more = {"says": said["says"], "at": said["at"], "blocks": False if said["remark"] else None}
        for name, value in more.items():
            if value not in (None, ""):
                rule[name] = value
            elif name != "blocks" or rule.get("blocks") is False:
                rule.pop(name, None)
        return rule


def slot(name: str, number: int) -> str:
    """The name of a field on a line: the first bears the bare name."""
    return name if number == 1 else f"{name}_{number}"


def names_known(columns: Iterable[Node], before: Iterable[Node]) -> list[tuple[str, str]]:
    """What a formula may cite here: the columns of the table, then questions; each with its label."""
    found = {str(one["code"]): str(one.get("label", one["code"])) for one in columns}
    return [*found.items(), *((str(one["code"]), str(one["label"])) for one in before if one["code"] not in found)]
