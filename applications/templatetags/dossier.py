"""Template tags of a dossier's pages: what is drawn by the hundred."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from ami_portal.questionnaire.form import Question
from ami_portal.questionnaire.languages import ENGLISH, spoken
from ami_portal.ui.templatetags.portal import said
from applications import field_html
from applications.fields import Block, Field, Row
from applications.models import Dossier

register = template.Library()


@register.simple_tag(takes_context=True)
def call_text(context: Context, text: str) -> str:
    """{% call_text change.label %}: a text of the dossier’s call, in the language in which the reader reads it."""
    reader, call = context.get("user"), context["dossier"].call
    return said(spoken(text, call.translations) if getattr(reader, "language", "") == ENGLISH else text)


@register.simple_tag
def draw_field(field: Field, editable: bool) -> SafeString:
    """{% draw_field field editable %}: one field of the page."""
    return field_html.draw_field(field, editable=editable)


@register.simple_tag(takes_context=True)
def draw_block(context: Context, block: Block) -> SafeString:
    """{% draw_block block %}: one question of the section of the page."""
    return field_html.draw_block(block, context)


@register.simple_tag
def draw_rows(rows: tuple[Row, ...], table: Question, dossier: Dossier, editable: bool) -> SafeString:
    """{% draw_rows block.rows table dossier editable %}: the lines of a table."""
    return field_html.draw_rows(rows, table, dossier, editable=editable)
