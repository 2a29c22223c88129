"""Tags and filters of every template (builtins: no load needed)."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, widgets
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language

from ami_portal.kernel import clock, money
from ami_portal.kernel.text import English
from ami_portal.ui import english, navigation, wording

register = template.Library()
EMPTY = "—"


# Filters: amounts, instants, texts


@register.filter
def lang_of(text: Any) -> str:
    """The attribute that tells the language of a call's text which is not in that of the page: « lang="en" »."""
    lang = _other_language(text)
    return format_html(' lang="{}"', lang) if lang else ""


@register.filter
def said(text: Any) -> str:
    """A text of a call inside another, its language told when it is not that of the page."""
    lang = _other_language(text)
    return format_html('<span lang="{}">{}</span>', lang, text) if lang else text


def _other_language(text: Any) -> str:
    lang = getattr(text, "lang", settings.LANGUAGE_CODE)
    return "" if lang == get_language() else lang


@register.filter
def spoken(text: str, call: Any) -> str:
    """A text of a call in the language of the document: `{{ call.title|spoken:call }}`."""
    found = call.translations.get(text.strip()) if get_language() == English.lang else ""
    return English(found) if found else text


@register.filter
def euros(amount: Decimal | int | str | None) -> str:
    """« 98 500,00 € » for an amount or its text; a dash when there is none."""
    if amount in (None, ""):
        return EMPTY
    try:
        return money.in_words(Decimal(amount))
    except InvalidOperation:
        return str(amount)


def _words() -> Any:
    """How days and sizes are said in the language of the document."""
    return english if get_language() == English.lang else wording


@register.filter
def day(value: dt.date | str | None) -> str:
    """« 16 septembre 2026 »."""
    return _words().day(value) if value else EMPTY


@register.filter
def instant(value: dt.datetime | str | None) -> str:
    """« 16 septembre 2026 à 12 h 00 (heure de Paris) »."""
    return _words().instant(value) if value else EMPTY


@register.filter
def end_of_day(value: dt.datetime) -> str:
    """« 9 décembre 2026 à 24 h 00 (heure de Paris) »: the end of a delay in days."""
    return _words().end_of_day(value)


@register.filter
def distance(value: dt.datetime) -> str:
    """How far an instant is: « dans 3 jours »."""
    return wording.distance(value, clock.now())


@register.filter
def instant_relative(value: dt.datetime | None) -> str:
    """The instant, and how far it is: « …, dans 3 jours »."""
    return f"{wording.instant(value)}, {wording.distance(value, clock.now())}" if value else EMPTY


@register.filter
def relative(value: dt.datetime | None) -> str:
    """« dans 3 jours », « il y a 2 heures »."""
    return wording.distance(value, clock.now()) if value else EMPTY


@register.filter
def size(count: int | None) -> str:
    """« 1,2 Mo » for a number of bytes."""
    return _words().size(int(count)) if count is not None else EMPTY


@register.filter(needs_autoescape=True)
def paragraphs(text: object, autoescape: bool = True) -> SafeString:
    """Typed text as paragraphs (blank lines) and line breaks, everything else escaped."""
    blocks = re.split(r"\n\s*\n", str(text or "").replace("\r\n", "\n").strip())
    lines = ("<br>".join(conditional_escape(line) for line in block.split("\n")) for block in blocks if block.strip())
    return mark_safe("".join(f"<p>{block}</p>" for block in lines))  # noqa: S308 (each line is escaped above)


_MARKED = re.compile(r"\s*(?:[-–—•*·]|\d{1,2}[.)])\s+\S")


@register.filter(needs_autoescape=True)
def prose(text: object, autoescape: bool = True) -> SafeString:
    """The same, where lines that begin with a dash, a bullet or a number are a list; their marks stay as typed."""
    parts: list[str] = []
    for block in re.split(r"\n\s*\n", str(text or "").replace("\r\n", "\n").strip()):
        for is_list, lines in groupby(filter(str.strip, block.split("\n")), key=lambda line: bool(_MARKED.match(line))):
            escaped = [conditional_escape(line) for line in lines]
            if is_list:
                items = "".join(f"<li>{line.strip()}</li>" for line in escaped)
                parts.append(f'<ul class="typed-list">{items}</ul>')
            else:
                parts.append(f"<p>{'<br>'.join(escaped)}</p>")
    return mark_safe("".join(parts))  # noqa: S308 (each line is escaped above)


@register.filter
def has_long_word(text: object) -> bool:
    """Whether a word is so long that a narrow column must break it."""
    return any(len(word) > 22 for word in str(text).split())


# Components


@register.inclusion_tag("components/badge.html")
def state_badge(obj: Any) -> dict[str, str]:
    """{% state_badge dossier %}: the only way to show a state."""
    return _badge(obj.get_state_display(), obj.state)


@register.inclusion_tag("components/badge.html")
def choice_badge(obj: Any, name: str) -> dict[str, str]:
    """{% choice_badge item "result" %}: the same for any field with choices."""
    value = getattr(obj, name)
    return _badge(getattr(obj, f"get_{name}_display")() if value else "", value)


@register.inclusion_tag("components/badge.html")
def badge(label: str, tone: str = "", icon: str = "") -> dict[str, str]:
    """{% badge "En retard" "error" %}: words with a DSFR tone (info, success, warning, error, new or a colour)."""
    return {"label": label, "tone": tone, "icon": icon}


def _badge(label: str, value: str) -> dict[str, str]:
    tone, icon = wording.TONES.get(value, wording.NEUTRAL)
    return {"label": label, "tone": tone, "icon": icon}


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "time-line" %}: a DSFR icon that says nothing to a screen reader."""
    return format_html('<span class="fr-icon-{}" aria-hidden="true"></span>', name)


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*parts: str) -> dict[str, Any]:
    """{% breadcrumb "Mes dossiers" url "AMI-2024-0001" url "Budget" %}: labels and addresses in turn, the page last."""
    links = [{"label": label, "url": url} for label, url in zip(parts[:-1:2], parts[1::2], strict=True)]
    return {"links": links, "here": parts[-1]}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: dict[str, Any], page_obj: Page) -> dict[str, Any]:
    """{% pagination page_obj %}: the pages of a list, the other parameters of the address kept."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    paginator = page_obj.paginator
    numbers = paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    return {"page_obj": page_obj, "numbers": list(numbers), "dots": paginator.ELLIPSIS, "query": query.urlencode()}


@register.simple_tag(takes_context=True)
def main_navigation(context: dict[str, Any]) -> list[navigation.Entry]:
    """The entries of the main navigation for the person who asks."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return navigation.entries(user, request.path) if request is not None and user is not None else []


_FIRST_CELL = re.compile(r"<(td|th)\b")


@register.simple_tag
def labelled_cells(cells: list[SafeString], headers: list[dict[str, Any]]) -> SafeString:
    """The cells of a row of Django's list, each with the name of its column: on a phone a row is a card."""
    labelled = []
    for cell, header in zip(cells, headers, strict=False):
        label = conditional_escape(capfirst(strip_tags(str(header["text"])).strip()))
        labelled.append(_FIRST_CELL.sub(lambda tag, label=label: f'{tag[0]} data-label="{label}"', cell, count=1))
    return mark_safe("".join(labelled))  # noqa: S308 (cells drawn and escaped by Django; labels escaped above)


# Forms

_KINDS: tuple[tuple[type, str], ...] = (
    (widgets.CheckboxSelectMultiple, "checkboxes"),  # first: Django derives it from RadioSelect
    (widgets.RadioSelect, "radio"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.Select, "select"),
    (widgets.PasswordInput, "password"),
    (widgets.FileInput, "upload"),
    (widgets.Textarea, "textarea"),
)
_CLASSES = {
    "radio": "",
    "checkboxes": "",
    "checkbox": "",
    "select": "fr-select",
    "password": "fr-password__input fr-input",
    "upload": "fr-upload",
}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", hint: str | None = None) -> dict[str, Any]:
    """{% field form.name %}: one DSFR field group: label, hint, control, errors, tied together for a screen reader."""
    if not isinstance(bound, BoundField):
        raise template.TemplateSyntaxError("{% field %} veut un champ de formulaire : le nom est-il le bon ?")
    widget = bound.field.widget
    kind = next((kind for base, kind in _KINDS if isinstance(widget, base)), "input")
    grouped = kind in ("radio", "checkboxes")
    classes = _classes(widget, _CLASSES.get(kind, "fr-input"))
    if hint is not None:
        bound.help_text = hint
    control = "" if grouped else bound.as_widget(attrs={"class": classes} if classes else None)
    return {
        "field": bound,
        "kind": kind,
        "label": label or bound.label,
        "control": control,
        "optional": not bound.field.required and kind != "checkbox",
        "group": {"select": "fr-select-group", "upload": "fr-upload-group", "checkbox": "fr-checkbox-group"}.get(
            kind, "fr-input-group"
        ),
    }


def _classes(widget: widgets.Widget, ours: str) -> str:
    return " ".join(dict.fromkeys(f"{ours} {widget.attrs.get('class', '')}".split()))


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | list[BaseForm]) -> dict[str, Any]:
    """{% error_summary form %}: what is to be mended, counted, each with a link to its field; or of a list of forms."""
    rows, general = [], []
    for form in (form for given in forms for form in (given if isinstance(given, list) else [given])):
        if not (form and form.is_bound):
            continue
        general += form.non_field_errors()
        for bound in form:
            target = bound.id_for_label or f"{bound.auto_id}_0"
            rows += [{"label": bound.label, "target": target, "message": message} for message in bound.errors]
    return {"rows": rows, "general": general, "count": len(rows) + len(general)}
