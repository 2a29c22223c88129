"""Fields as they are drawn and read."""

from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from ami_portal.ui.forms import ConfirmForm, DayField, EurosField, PortalForm, ReasonForm, TextField


class Sample(PortalForm):
    """One field of each kind."""

    title = TextField(label="Titre", max_length=20, help_text="En <b>bref</b>")
    amount = EurosField(label="Montant")
    starts_on = DayField(label="Début", required=False)
    kind = forms.ChoiceField(label="Nature", choices=[("a", "Une"), ("b", "Autre")])
    side = forms.ChoiceField(label="Côté", choices=[("g", "Gauche"), ("d", "Droite")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="D’accord", help_text="Lisez d’abord")
    piece = forms.FileField(label="Pièce", required=False)


def draw(form, template="{% field form.title %}"):
    return Template(template).render(Context({"form": form}))


def test_hint_and_error_are_both_announced():
    html = draw(Sample({}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_title_helptext">En &lt;b&gt;bref&lt;/b&gt;' in html
    assert 'id="id_title_error"><p class="fr-message fr-message--error">' in html
    assert "fr-input-group--error" in html


def test_a_fresh_field_is_quiet_and_labelled():
    html = draw(Sample())
    assert 'aria-describedby="id_title_helptext"' in html
    assert "aria-invalid" not in html
    assert '<label class="fr-label" for="id_title">Titre</label>' in html
    assert 'class="fr-input"' in html
    assert "facultatif" not in html
    assert " required" not in html  # the browser's bubbles are left out


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kind", 'class="fr-select"'),
        ("piece", 'class="fr-upload"'),
        ("agreed", 'class="fr-checkbox-group portal-field"'),
        ("side", '<label class="fr-label" for="id_side_0">Gauche</label>'),
        ("starts_on", "(facultatif)"),
        ("amount", 'class="fr-input portal-euros"'),
    ],
)
def test_each_kind_of_field_is_the_design_systems(name, expected):
    assert expected in draw(Sample(), f"{{% field form.{name} %}}")


def test_a_group_of_choices_is_named_with_its_error():
    html = draw(Sample({}), "{% field form.side %}")
    assert 'aria-labelledby="id_side_legend id_side_error"' in html


def test_a_label_and_a_hint_can_be_said_otherwise():
    html = draw(Sample(), '{% field form.title label="Autre" hint="" %}')
    assert ">Autre</label>" in html
    assert "helptext" not in html


def test_the_whole_form_is_drawn_by_its_name():
    html = str(Sample({"title": "x" * 21}))
    assert html.count("<label") >= 8
    assert '<a href="#id_title">Titre</a>' in html
    assert '<a href="#id_side_0">Côté</a>' in html
    assert "5 points à corriger" in html.replace("\u00a0", " ")


def test_a_wrong_name_is_a_fault_of_the_template():
    with pytest.raises(Exception, match="le nom est-il le bon"):
        draw(Sample(), "{% field form.absent %}")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("98 500,50 €", Decimal("98500.50")),
        ("98500.50", Decimal("98500.50")),
        ("98\u202f500,50\u00a0€", Decimal("98500.50")),
        ("1 234 567", Decimal("1234567")),
        ("0,01", Decimal("0.01")),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed, amount):
    assert EurosField().clean(typed) == amount


@pytest.mark.parametrize("typed", ["", "0", "-5", "12,345", "beaucoup", "NaN", "Infinity", "1e3", "12 345 678 901,00"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        EurosField().clean(typed)


def test_an_amount_typed_wrong_is_shown_as_typed():
    html = draw(Sample({"amount": "12 <b>€</b>"}), "{% field form.amount %}")
    assert 'value="12 &lt;b&gt;€&lt;/b&gt;"' in html


@pytest.mark.parametrize("typed", ["2026-09-16", "16/09/2026"])
def test_a_day_is_read_from_the_picker_or_as_typed(typed):
    assert DayField().clean(typed).isoformat() == "2026-09-16"


def test_a_text_loses_what_cannot_be_seen_and_keeps_the_rest():
    assert TextField().clean("a\u202eb\x00c\r\n<é> {{ 7 }}") == "abc\n<é> {{ 7 }}"


def test_a_confirmation_has_no_field_and_a_reason_is_due():
    assert ConfirmForm({}).is_valid()
    assert ReasonForm({"reason": "  "}).errors == {"reason": ["Ce champ est obligatoire."]}


def test_pages_keep_the_rest_of_the_address():
    context = Context({"request": RequestFactory().get("/?a=%3Cb%3E&page=2"), "page": Paginator(range(90), 10).page(2)})
    html = Template("{% pagination page %}").render(context)
    assert 'href="?a=%3Cb%3E&amp;page=1"' in html
    assert html.count('aria-current="page"') == 1
    assert "<b>" not in html


def test_one_page_needs_no_pagination():
    context = Context({"request": RequestFactory().get("/"), "page": Paginator([1], 10).page(1)})
    assert Template("{% pagination page %}").render(context).strip() == ""


def test_the_trail_escapes_what_people_typed():
    html = Template('{% breadcrumb "Dossiers" "/d/" title %}').render(Context({"title": "<i>Titre</i>"}))
    assert '<a class="fr-breadcrumb__link" href="/d/">Dossiers</a>' in html
    assert "&lt;i&gt;Titre&lt;/i&gt;" in html
