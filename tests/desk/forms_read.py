"""The form of a page as a browser would send it back."""

from html.parser import HTMLParser

from django.http import HttpResponse


class _Reader(HTMLParser):
    """Collects the fields of the form of a page that keeps what is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str | list[str]] = {}
        self._name, self._text, self._select, self._skip = "", [], "", True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self._skip = "data-keep" not in got
        elif self._skip or "disabled" in got:
            return
        elif tag == "textarea":
            self._name, self._text = got["name"], []
        elif tag == "select":
            self._select = got["name"]
        elif tag == "option" and self._select and "selected" in got:
            self.data[self._select] = got["value"]
        elif tag == "input" and "name" in got and (got.get("type") not in ("checkbox", "radio") or "checked" in got):
            self.data[got["name"]] = got.get("value", "on" if got.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._name:
            text = "".join(self._text).replace("\r\n", "\n").removeprefix("\n")
            self.data[self._name], self._name = text.replace("\n", "\r\n"), ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._skip = True

    def handle_data(self, data: str) -> None:
        if self._name:
            self._text.append(data)


def posted(response: HttpResponse) -> dict[str, str | list[str]]:
    """What the page's own form sends when nothing is typed in it."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.data
