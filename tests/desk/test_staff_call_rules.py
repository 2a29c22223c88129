"""The documents, criteria, grid and regulation of a call edited in the portal: what is judged by them stays settled."""

import pytest

from ami_portal.accounts.enums import Role
from ami_portal.desk import calls
from ami_portal.kernel.config import ConfigError
from applications.models import Call, RegulationVersion
from evaluation.models import Score, SelectionHeading, SelectionPoint
from tests import people, scenes
from tests.calls.written_back import plan_written_back

from .forms_read import posted
from .staff_rows import a_review, a_row, an_opinion, decided, text_of
from .test_staff_call_edit import done, typed, url


@pytest.fixture
def call(db):
    return scenes.a_call()


@pytest.fixture
def client(db):
    return people.client_of(people.staff(Role.ADMINISTRATOR))


def said(page):
    return (page.status_code, text_of(page))


# Documents


def test_a_document_is_read_filled_with_an_example_before_it_is_kept(client, call):
    data = typed(client, call, "documents", recepisse__receipt="{reference} : {titre}\n\nReçu le {date_depot}.")
    page = text_of(client.post(url(call, "documents"), data | {"revoir": "oui"}))
    assert "AMI-DI-2026-0042 : Prédire la réponse aux traitements à partir de données en vie réelle" in page
    assert "son montant" not in page
    assert "{echeancier}" in page  # among the words that the convention may hold
    done(client, call, data, "documents")
    call = Call.objects.get()
    assert call.text("receipt") == "{reference} : {titre}\n\nReçu le {date_depot}."
    assert list(plan_written_back(call)) == ["AMI-DI-2026 : rien ne change."]


def test_a_word_that_nothing_replaces_is_refused_with_its_line_and_those_that_are_known(client, call):
    wrong = "Madame, Monsieur,\n\nVous recevez {montent}."
    status, page = said(
        client.post(url(call, "documents"), typed(client, call, "documents", lettres__letter_laureate=wrong))
    )
    assert (status, "Rien ne remplace {montent} (ligne 3 du texte) ; attendu : l’un de : bases, date" in page) == (
        422,
        True,
    )
    assert "vouliez-vous dire « montant » ?" in page


def test_what_a_call_did_not_say_may_be_said_and_taken_back(client, call):
    config = calls.dump(call)
    del config["call"]["texts"]["receipt_silence"], config["call"]["texts"]["opinion_neutrality"]
    call = calls.load(config)
    data = typed(client, call, "documents", lecteurs__opinion_neutrality="Est-ce neutre ?")
    half = client.post(url(call, "documents"), data | {"call-texts-receipt_silence-months": "3"})
    assert "La demande est alors : Ce champ est obligatoire" in text_of(half)
    both = {"call-texts-receipt_silence-months": "3", "call-texts-receipt_silence-outcome": "rejetée"}
    done(client, call, data | both, "documents")
    texts = Call.objects.get().texts
    assert (texts["receipt_silence"], texts["opinion_neutrality"]) == (
        {"months": 3, "outcome": "rejetée"},
        "Est-ce neutre ?",
    )
    done(client, call, typed(client, call, "documents", lecteurs__opinion_neutrality=""), "documents")
    assert "opinion_neutrality" not in Call.objects.get().texts


# Criteria


def test_criteria_are_written_added_and_put_in_order(client, call):
    data = typed(client, call, "criteres", eligibility__0__label="Personne morale")
    new = {"label": "Éthique", "check": "manual", "params": "evidence: [title]", "position": "1"}
    rank = int(data["eligibility-nombre"]) - 1
    done(client, call, data | {f"eligibility-{rank}-{name}": value for name, value in new.items()}, "criteres")
    first, second = Call.objects.get().criteria.all()[:2]
    assert (first.code, first.params, second.label) == ("ETHIQUE", {"evidence": ["title"]}, "Personne morale")
    assert list(plan_written_back(call)) == ["AMI-DI-2026 : rien ne change."]


def test_settings_of_a_check_are_refused_with_their_line_or_their_name(client, call):
    wrongs = {
        "siret: lead_siret\nsiret: title": "Ligne 2, siret : la clé « siret » est donnée deux fois (déjà ligne 1)",
        "siret: &a b": "une ancre ou un renvoi",
        "- siret": "Ces lignes ne se lisent pas",
        "siret: nulle_part": "« nulle_part » n’est pas une question du formulaire",
        "": "Le paramètre « siret » manque",
    }
    data = typed(client, call, "criteres")
    for wrong, words in wrongs.items():
        status, page = said(client.post(url(call, "criteres"), data | {"eligibility-0-params": wrong}))
        assert (status, words in page) == (422, True), words


def test_a_criterion_that_was_decided_keeps_its_way_of_being_decided(client, call):
    decided(a_row(call))
    words = typed(client, call, "criteres", eligibility__0__label="Autres mots")
    assert "est modifié" in text_of(done(client, call, words, "criteres"))
    data = typed(client, call, "criteres", eligibility__0__check="manual", eligibility__0__params="")
    status, page = said(client.post(url(call, "criteres"), data))
    assert (status, "Ce critère a déjà été décidé pour un dossier" in page) == (422, True)
    gone = client.post(url(call, "criteres"), typed(client, call, "criteres") | {"eligibility-0-removed": "on"})
    assert "critère déjà instruit" in text_of(gone)


# The grid


def test_weights_points_and_headings_change_before_the_first_mark(client, call):
    data = typed(client, call, "grille", selection__headings__0__weight="20")
    status, page = said(client.post(url(call, "grille"), data))
    assert (status, "La somme des poids est 90 ; attendu : 100" in page, "Total : 90 %" in page) == (422, True, True)
    new = {"label": "Frugalité", "weight": "10", "points": "Calcul sobre\nDonnées au plus juste"}
    rank = int(data["selection-headings-nombre"]) - 1
    data |= {f"selection-headings-{rank}-{name}": value for name, value in new.items()}
    data |= {"points-OPEN_SCIENCE-0-help": "Licence, dépôt, documentation."}
    done(client, call, data, "grille")
    heading = SelectionHeading.objects.get(code="FRUGALITE")
    assert [point.label for point in heading.points.all()] == ["Calcul sobre", "Données au plus juste"]
    assert SelectionPoint.objects.filter(help="Licence, dépôt, documentation.").count() == 1
    assert list(plan_written_back(call)) == ["AMI-DI-2026 : rien ne change."]


def test_after_the_first_mark_only_words_change(client, call):
    point = SelectionPoint.objects.first()
    Score.objects.create(review=a_review(a_row(call), "draft"), point=point, value=3)
    done(client, call, typed(client, call, "grille", selection__headings__0__label="Bénéfices"), "grille")
    assert SelectionHeading.objects.first().label == "Bénéfices"
    weights = {"selection__headings__0__weight": "25", "selection__headings__1__weight": "20"}
    scale = {"selection__scale__min": "1", "selection__scale__max": "6"}
    for changes, words in ((weights, "La grille change alors que des notes"), (scale, "L’échelle change alors que")):
        status, page = said(client.post(url(call, "grille"), typed(client, call, "grille", **changes)))
        assert (status, words in page) == (422, True), words


def test_the_effect_of_opinions_is_settled_by_the_first_one(client, call):
    an_opinion(a_row(call), "favourable")
    status, page = said(client.post(url(call), typed(client, call, call__opinions="advisory")))
    assert (status, "L’effet des avis change alors que des avis sont rendus" in page) == (422, True)


# The regulation


def test_a_regulation_that_deposits_cite_asks_for_a_new_version(client, call):
    changes = {"regulation__max_grant": "90 000,5", "regulation__cost_categories__1__cap_percent": "12,5"}
    done(client, call, typed(client, call, "reglement", **changes), "reglement")
    assert Call.objects.get().regulation["max_grant"] == "90000.5"
    a_row(call)
    data = typed(client, call, "reglement", regulation__retention_percent="5")
    status, page = said(client.post(url(call, "reglement"), data))
    assert (status, "Version : Le règlement 2024-1 change alors que des dossiers déposés" in page) == (422, True)
    done(client, call, data | {"regulation-version": "2024-2"}, "reglement")
    kept = {row.version: row.content["retention_percent"] for row in RegulationVersion.objects.all()}
    assert kept == {"2024-1": "10", "2024-2": "5"}
    assert list(plan_written_back(call)) == ["AMI-DI-2026 : rien ne change."]


def test_shares_that_do_not_sum_and_unknown_signatories_are_refused(client, call):
    data = typed(client, call, "reglement", regulation__instalments__0__percent="31", regulation__signatory="personne")
    status, page = said(client.post(url(call, "reglement"), data))
    assert (status, "La somme des parts est" in page, "« personne » n’est pas une question" in page) == (
        422,
        True,
        True,
    )
    assert posted(client.post(url(call, "reglement"), data))["regulation-instalments-0-percent"] == "31"


def test_a_dry_run_tells_what_only_carrying_out_would_refuse(client, call):
    a_row(call)
    config = calls.dump(call)
    config["regulation"]["retention_percent"] = "5"
    refused = calls.rehearse(calls.plan(config, at=call.opens_at))
    assert [problem.expected for problem in refused] == ["une nouvelle version du règlement"]
    with pytest.raises(ConfigError):
        calls.load(config)
