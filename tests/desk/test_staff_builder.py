"""The form builder: the revision under work, node by node, beside the applicant's view; its impact; its publication."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.questionnaire import editing
from ami_portal.questionnaire.editing import Place
from ami_portal.questionnaire.models import FormRevision
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions.building import Change
from applications.impact import impact_of
from applications.models import Call, FormDraft
from tests import people, scenes
from tests.applications import small

from .staff_rows import text_of


@pytest.fixture
def call(db):
    return small.a_small_call()


@pytest.fixture
def admin(db):
    return people.staff(Role.ADMINISTRATOR)


@pytest.fixture
def draft(call, admin):
    return actions.start_form_draft(call, actor=admin)


@pytest.fixture
def client(admin):
    return people.client_of(admin)


def url(name, call, **more):
    return reverse(f"admin:{name}", kwargs={"code": call.code, **more})


def node(call, place):
    return editing.node_at(FormDraft.objects.get(call=call).definition, place)


def typed(call, place, **changes):
    """What a browser sends back from the page of a question."""
    one = node(call, place)
    sent = {"label": one["label"], "type": one["type"], "required": "on", "partners": "on", "seen": editing.digest(one)}
    return sent | {"help": one.get("help", "")} | changes


TITLE = Place(question="title")


# Beginning and giving up


def test_a_revision_begins_from_the_published_form_once(call, admin, client):
    assert "Préparer une révision" in text_of(client.get(url("staff_form", call)))
    for _ in range(2):
        client.post(url("staff_form", call))
    page = text_of(client.get(url("staff_form", call)))
    assert "Révision en préparation, depuis la révision 1" in page
    assert "Ce que voit le porteur" in page
    assert FormDraft.objects.get().definition == small.FORM
    assert AuditEvent.objects.filter(verb="call.start_form_draft").count() == 1


def test_nothing_is_written_without_a_revision_under_work(call, client, admin):
    assert client.get(url("staff_form_question", call, question="title")).status_code == 302
    page = client.post(url("staff_form_act", call), {"act": "up:question:title"}, follow=True)
    assert "Aucune révision du formulaire n’est en préparation" in text_of(page)
    with pytest.raises(TransitionRefused, match="Aucune révision"):
        actions.publish_form(call, seen="", actor=admin)


def test_a_revision_is_given_up_after_a_confirmation(call, draft, client):
    assert "Abandonner la révision" in text_of(client.get(url("staff_form_discard", call)))
    for _ in range(2):
        client.post(url("staff_form_discard", call))
    assert not FormDraft.objects.exists()
    assert FormRevision.objects.count() == 1


# Writing a node


def test_a_question_is_written_and_applicants_see_nothing_of_it(call, draft, client):
    sent = typed(call, TITLE, label="Titre du projet", characters="200", fact="title", help="Court.")
    assert client.post(url("staff_form_question", call, question="title"), sent).status_code == 302
    assert node(call, TITLE) == {
        "code": "title", "type": "text", "label": "Titre du projet", "help": "Court.", "characters": 200,
        "fact": "title",
    }  # fmt: skip
    call.refresh_from_db()
    assert call.form_revision.form.by_code["title"].label == "Titre"


def test_sections_questions_tables_and_columns_are_added_with_new_codes(call, draft, client):
    client.post(url("staff_form_section_add", call), {"label": "Suivi", "partners": "on"})
    page = client.post(
        url("staff_form_question_add", call, section="suivi"), {"label": "Jalons", "type": "table"}, follow=True
    )
    assert "Ce tableau n’a pas encore de colonne" in text_of(page)
    column = {"label": "Étape", "type": "choice", "options": "Début\nfin = Fin du projet", "required": "on"}
    client.post(url("staff_form_column_add", call, question="jalons"), column)
    assert node(call, Place("suivi")) == {
        "code": "suivi",
        "title": "Suivi",
        "partners": True,
        "questions": [
            {
                "code": "jalons",
                "type": "table",
                "label": "Jalons",
                "required": False,
                "partners": False,
                "rows": [0, 50],
                "columns": [
                    {
                        "code": "etape",
                        "type": "choice",
                        "label": "Étape",
                        "options": [{"code": "debut", "label": "Début"}, {"code": "fin", "label": "Fin du projet"}],
                    }
                ],
            }
        ],
    }


def test_a_new_question_never_takes_the_code_of_an_old_one(call, draft, client):
    mark = editing.digest(node(call, Place(question="site")), whole=True)
    client.post(url("staff_form_act", call), {"act": f"remove:question:site:{mark}"})
    client.post(url("staff_form_question_add", call, section="annexes"), {"label": "Site", "type": "url"})
    codes = editing.codes(FormDraft.objects.get().definition)
    assert ("site" in codes, "site_2" in codes) == (False, True)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"label": ""}, "label", "un lecteur d’écran ne peut pas annoncer ce champ"),
        ({"label": "→ *"}, "label", "ne sait pas dire ces seuls signes"),
        ({"label": "organisme !"}, "label", "porte cet intitulé"),
        ({"type": "choice", "options": ""}, "options", "au moins un choix"),
        ({"type": "choice", "options": "a = \nb = B"}, "options", "un libellé pour chaque choix"),
        ({"type": "choice", "options": "Oui\noui"}, "options", "Deux choix portent"),
        ({"type": "file", "formats": []}, "formats", "au moins un format"),
        ({"type": "table", "rows_least": "5", "rows_most": "2"}, "rows_most", "plus petit"),
        ({"type": "siret", "fact": "title"}, "fact", "un autre type de réponse"),
        ({"characters": "beaucoup"}, "characters", "nombre entier"),
        ({"extra": "a: [b"}, "extra", "Ligne 2 : ce n’est pas du YAML"),
        ({"extra": "a: 1\nb: 2\na: 3"}, "extra", "Ligne 3, a : la clé « a » est donnée deux fois"),
        ({"extra": "- a"}, "extra", "ne se lisent pas"),
        ({"extra": "label: Autre"}, "extra", "qui n’ont pas leur champ"),
        ({"extra": "inconnu: 1"}, "", "inconnu"),
        ({"type": "text", "extra": "shown_if: {all: 3}"}, "extra", "champ"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field_and_kept_as_typed(call, draft, client, changes, field, sentence):
    sent = typed(call, TITLE, help="Tapé avec soin.") | changes
    answer = client.post(url("staff_form_question", call, question="title"), sent)
    assert answer.status_code == 422
    page = text_of(answer)
    assert (sentence in page, "Tapé avec soin." in page) == (True, True)
    assert not field or answer.context["form"].errors[field]
    assert node(call, TITLE) == node(Call.objects.get(), TITLE)
    assert FormDraft.objects.get().definition == small.FORM


def test_a_condition_hangs_on_a_question_asked_before(call, draft, client):
    place = Place(question="email")
    sent = typed(call, place, shown_by="linkage", shown_values="Autre base")
    client.post(url("staff_form_question", call, question="email"), sent)
    assert node(call, place)["shown_if"] == {"question": "linkage", "values": ["other"]}
    page = client.get(url("staff_form_question", call, question="email"))
    assert page.context["form"].initial["shown_values"] == "autre base"
    refused = client.post(
        url("staff_form_question", call, question="email"), typed(call, place, shown_by="linkage", shown_values="Lune")
    )
    assert "« Lune » n’est pas proposé" in text_of(refused)
    early = client.post(
        url("staff_form_act", call), {"act": "move:question:email", "to": "0", "into": "project"}, follow=True
    )
    assert "qui ne la précède pas" in text_of(early)


def test_two_who_write_the_same_question_do_not_overwrite_each_other(call, draft, client):
    mine, theirs = typed(call, TITLE, label="Mon titre"), typed(call, TITLE, label="Leur titre")
    other = people.staff(Role.ADMINISTRATOR, email="autre@hdh.example")
    people.client_of(other).post(url("staff_form_question", call, question="title"), theirs)
    answer = client.post(url("staff_form_question", call, question="title"), mine)
    page = text_of(answer)
    assert (answer.status_code, node(call, TITLE)["label"]) == (409, "Leur titre")
    assert f"{other.get_full_name()} a modifié cet élément" in page
    assert "Intitulé : Leur titre" in page
    assert answer.context["form"]["label"].value() == "Mon titre"
    again = mine | {"seen": answer.context["seen"]}
    client.post(url("staff_form_question", call, question="title"), again)
    assert node(call, TITLE)["label"] == "Mon titre"


def test_two_who_write_two_questions_never_collide(call, draft, client):
    mine, theirs = typed(call, TITLE, label="Mon titre"), typed(call, Place(question="summary"), label="Leur résumé")
    client.post(url("staff_form_question", call, question="summary"), theirs)
    client.post(url("staff_form_question", call, question="title"), mine)
    assert [node(call, Place(question=code))["label"] for code in ("title", "summary")] == ["Mon titre", "Leur résumé"]


def test_the_view_follows_while_one_types_and_nothing_is_written(call, draft, client):
    place = url("staff_form_question", call, question="title")
    view = client.post(place, typed(call, TITLE, label="Titre en cours"), headers={"X-Apercu": "1"})
    assert "Titre en cours" in text_of(view)
    assert client.post(place, typed(call, TITLE, label=""), headers={"X-Apercu": "1"}).status_code == 422
    assert node(call, TITLE)["label"] == "Titre"


def test_unknown_places_are_not_found(call, draft, client):
    for name, more in (
        ("staff_form_section", {"section": "nulle"}),
        ("staff_form_question", {"question": "nulle"}),
        ("staff_form_question_add", {"section": "nulle"}),
        ("staff_form_column", {"question": "costs", "column": "nulle"}),
        ("staff_form_column_add", {"question": "nulle"}),
    ):
        assert client.get(url(name, call, **more)).status_code == 404
    for act in ("", "up", "up:question:nulle", "up:lune:title", "fly:question:title", "move:question:title"):
        assert client.post(url("staff_form_act", call), {"act": act}).status_code == 404


# Order, copies, removals


def test_buttons_move_copy_and_remove_without_a_script(call, draft, client):
    page = client.post(url("staff_form_act", call), {"act": "down:question:title", "rubrique": "project"}, follow=True)
    assert "« Titre » est à la place 2 sur" in text_of(page)
    client.post(url("staff_form_act", call), {"act": "up:section:budget"})
    client.post(url("staff_form_act", call), {"act": "duplicate:question:title"})
    mark = editing.digest(node(call, Place(question="lead_name")), whole=True)
    client.post(url("staff_form_act", call), {"act": f"remove:question:lead_name:{mark}"})
    found = FormDraft.objects.get().definition["sections"]
    assert [one["code"] for one in found] == ["budget", "project", "annexes"]
    assert [one["code"] for one in found[1]["questions"]][:3] == ["title", "title_2", "lead_siret"]


def test_a_drag_answers_its_script_with_the_page_and_what_to_announce(call, draft, client):
    sent = {"act": "move:question:title", "to": "1", "into": "budget", "rubrique": "project"}
    answer = client.post(url("staff_form_act", call), sent, headers={"Accept": "application/json"}).json()
    assert answer["said"].startswith("« Titre » est à la place 2 sur")
    assert "Montant demandé" in answer["html"]
    assert editing.section_of(FormDraft.objects.get().definition, TITLE) == "budget"


def test_what_somebody_changed_meanwhile_is_not_removed_unseen(call, draft, client):
    mark = editing.digest(node(call, TITLE), whole=True)
    client.post(url("staff_form_question", call, question="title"), typed(call, TITLE, label="Renommé"))
    page = client.post(url("staff_form_act", call), {"act": f"remove:question:title:{mark}"}, follow=True)
    assert "modifié cet élément depuis" in text_of(page)
    assert node(call, TITLE)["label"] == "Renommé"


def test_the_last_edit_is_undone_and_done_again(call, draft, client):
    mark = editing.digest(node(call, TITLE), whole=True)
    client.post(url("staff_form_act", call), {"act": f"remove:question:title:{mark}"})
    for expected in (True, False):
        seen = client.get(url("staff_form", call)).context["digest"]
        client.post(url("staff_form_undo", call), {"seen": seen})
        assert ("title" in editing.codes(FormDraft.objects.get().definition)) == expected
    stale = client.post(url("staff_form_undo", call), {"seen": seen}, follow=True)
    assert "n’est plus celle que vous voyez" in text_of(stale)


# Impact and publication


def revised(call, admin):
    """Without the summary, the title as a long text, one more required question."""
    for change in (
        Change("remove", Place(question="summary"), lambda form: editing.removed(form, Place(question="summary"))),
        Change(
            "change",
            TITLE,
            lambda form: editing.replaced(form, TITLE, {"code": "title", "type": "long_text", "label": "Titre"}),
        ),
        Change(
            "add",
            Place(question="why"),
            lambda form: editing.added(form, Place("project"), {"code": "why", "type": "text", "label": "Pourquoi ?"}),
        ),
    ):
        actions.edit_form_draft(call, change, actor=admin)
    return FormDraft.objects.get(call=call)


def test_staff_see_which_drafts_are_touched_and_how_but_no_answer(call, draft, admin, client):
    owner = people.a_person("claire@labo.example")
    full, empty = small.a_full_draft(call, owner), actions.start_dossier(call, actor=owner)
    actions.submit_dossier(small.a_full_draft(call, owner), actor=owner)
    revised(call, admin)
    impact = impact_of(call, editing.form_of(FormDraft.objects.get().definition))
    assert [(one.ref, one.removed, one.changed, one.required) for one in impact.drafts] == [
        (full.ref, ("Résumé",), ("Titre",), ("Pourquoi ?",)),
        (empty.ref, (), (), ("Pourquoi ?",)),
    ]
    page = text_of(client.get(url("staff_form_publish", call)))
    assert f"{full.ref} – rempli" in page
    assert "donne un fait" not in page
    assert "Repérer les rechutes" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_impact_asks_as_many_queries_for_one_as_for_three(call, draft, admin, client, count):
    owner = people.a_person("claire@labo.example")
    for _ in range(count):
        small.a_full_draft(call, owner)
    revised(call, admin)
    client.get(url("staff_form_publish", call))
    with CaptureQueriesContext(connection) as queries:
        client.get(url("staff_form_publish", call))
    assert len(queries) == 17


def test_publishing_moves_the_call_and_its_drafts(call, draft, admin, client):
    dossier = small.a_full_draft(call, people.a_person("claire@labo.example"))
    revised(call, admin)
    seen = client.get(url("staff_form_publish", call)).context["digest"]
    page = client.post(url("staff_form_publish", call), {"seen": seen}, follow=True)
    assert "La révision est publiée" in text_of(page)
    scenes.run_jobs()
    call.refresh_from_db()
    dossier.refresh_from_db()
    assert (call.form_revision.number, dossier.form_revision) == (2, call.form_revision)
    assert not FormDraft.objects.exists()
    event = AuditEvent.objects.get(verb="call.publish_form")
    assert (event.subject, event.actor, event.before, event.after, event.data["drafts"]) == (
        call.code,
        admin,
        "1",
        "2",
        1,
    )
    assert "Aucune révision" in text_of(client.post(url("staff_form_publish", call), {"seen": seen}, follow=True))


def test_only_what_was_read_again_is_published(call, draft, admin, client):
    seen = client.get(url("staff_form_publish", call)).context["digest"]
    with pytest.raises(TransitionRefused, match="ne change rien"):
        actions.publish_form(call, seen=seen, actor=admin)
    revised(call, admin)
    with pytest.raises(TransitionRefused, match="a changé depuis"):
        actions.publish_form(call, seen=seen, actor=admin)


def test_what_has_gaps_or_no_base_any_more_is_not_published(call, draft, admin, client):
    actions.edit_form_draft(
        call,
        Change("add", Place("vide"), lambda form: editing.added(form, editing.ROOT, {"code": "vide", "title": "Vide"})),
        actor=admin,
    )
    page = text_of(client.get(url("staff_form_publish", call)))
    assert "La rubrique « Vide » n’a pas de question" in page
    small.revise(call, {"sections": small.FORM["sections"][:1]})
    assert "a été remplacé depuis" in text_of(client.get(url("staff_form_publish", call)))


def test_a_closed_call_keeps_its_form(call, admin, client):
    Call.objects.update(closes_at=clock.now() - dt.timedelta(minutes=1))
    call.refresh_from_db()
    assert "son formulaire ne peut plus changer" in text_of(client.get(url("staff_form", call)))
    with pytest.raises(TransitionRefused, match="clos"):
        actions.start_form_draft(call, actor=admin)


def test_every_act_of_the_builder_is_the_administrators(call, draft):
    other = people.staff(Role.INSTRUCTOR)
    change = Change("move", TITLE, lambda form: form)
    for act in (
        lambda: actions.start_form_draft(call, actor=other),
        lambda: actions.edit_form_draft(call, change, actor=other),
        lambda: actions.undo_form_edit(call, seen="", actor=other),
        lambda: actions.discard_form_draft(call, actor=other),
        lambda: actions.publish_form(call, seen="", actor=other),
    ):
        with pytest.raises(TransitionRefused, match="droit"):
            act()
