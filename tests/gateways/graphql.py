"""As much of GraphQL as a peer needs to answer a query in its own words: selections, aliases, arguments, fragments.

It answers what was asked and nothing else, and refuses a field that the schema does not have, as the real one does.
"""

import re

TOKEN = re.compile(r"\.\.\.|\$?\w+|[{}():!,=\[\]]")


class Invalid(Exception):
    """The query does not fit the schema."""


class Document:
    """A parsed query: its operations (variables' names, selection) and its fragments (type, selection)."""

    def __init__(self, text):
        self.words, self.at = TOKEN.findall(text), 0
        self.operations, self.fragments = {}, {}
        while self.at < len(self.words):
            kind, name = self.take(), self.take()
            if kind == "fragment":
                self.take("on")
                self.fragments[name] = (self.take(), self.selection())
            else:
                self.operations[name] = self.selection()

    def take(self, wanted=None):
        word = self.words[self.at]
        if wanted and word != wanted:
            raise Invalid(f"{wanted} attendu, {word} trouvé")
        self.at += 1
        return word

    def skip_arguments(self):
        if self.words[self.at] == "(":
            while self.take() != ")":
                pass

    def selection(self):
        """[(alias, field, sub-selection) or ("...", type or fragment, sub-selection or None)]."""
        self.skip_arguments()
        self.take("{")
        found = []
        while (word := self.take()) != "}":
            if word == "...":
                name = self.take()
                found.append(("...", self.take(), self.selection()) if name == "on" else ("...", name, None))
                continue
            alias = field = word
            if self.words[self.at] == ":":
                self.take()
                field = self.take()
            self.skip_arguments()
            found.append((alias, field, self.selection() if self.words[self.at] == "{" else None))
        return found

    def answer(self, value, selection):
        """What a selection reads of a value: mappings by the names of the schema, each with its `__typename`."""
        if isinstance(value, list):
            return [self.answer(one, selection) for one in value]
        if selection is None or value is None:
            return value
        found = {}
        for alias, field, below in selection:
            if alias == "...":
                kind, inner = (field, below) if below is not None else self.fragments[field]
                if kind in (value["__typename"], *value.get("__interfaces", ())):
                    found |= self.answer(value, inner)
            elif field not in value:
                raise Invalid(f"Field '{field}' doesn't exist on type '{value['__typename']}'")
            else:
                found[alias] = self.answer(value[field], below)
        return found
