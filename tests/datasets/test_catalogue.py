"""The public catalogue: what is published, found by words or by partner; its stewards' acts."""

import datetime as dt

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import OrganisationKind, Role
from ami_portal.accounts.models import Organisation
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from datasets import actions
from datasets.models import Dataset, DatasetVersion
from tests import people

LIST = reverse("datasets:dataset_list")
HOSTILE = "<script>alert(1)</script>{{ 7|add:1 }}"


def a_dataset(code="SEIN", *, partner="Roche", title="", versions=("1",), published=True, **words):
    """A dataset with its versions, published one day after the other."""
    organisation, _ = Organisation.objects.get_or_create(
        code=partner.lower(), defaults={"name": partner, "kind": OrganisationKind.PARTNER}
    )
    dataset = Dataset.objects.create(code=code, title=title or f"Base {code}", partner=organisation)
    first_day = clock.now() - dt.timedelta(days=30)
    for place, version in enumerate(versions):
        published_at = first_day + dt.timedelta(days=place) if published else None
        values = {"summary": f"Résumé {version} de {code}", **words}
        DatasetVersion.objects.create(dataset=dataset, version=version, published_at=published_at, **values)
    return dataset


def detail(code):
    return reverse("datasets:dataset_detail", args=[code])


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def titles(client, query=""):
    return [dataset.code for dataset in client.get(LIST + query).context["page_obj"]]


# The public pages


def test_anyone_reads_the_published_datasets(client, db):
    a_dataset("SEIN")
    a_dataset("POUMON", published=False)
    assert titles(client) == ["SEIN"]
    assert client.get(detail("SEIN")).status_code == 200
    assert client.get(detail("POUMON")).status_code == 404
    assert titles(people.client_of(people.staff(Role.DATA_STEWARD))) == ["SEIN"]


def test_an_empty_catalogue_says_what_will_come(client, db):
    assert "Aucune base n’est encore publiée" in words(client.get(LIST))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=sein", ["SEIN"]),
        ("?q=base", ["POUMON", "SEIN"]),
        ("?q=medipath", ["POUMON"]),
        ("?q=trastuzumab", ["SEIN"]),
        ("?q=base+trastuzumab", ["SEIN"]),
        ("?q=brouillon", []),
        ("?q=%25", []),
        ("?partner=roche", ["SEIN"]),
        ("?partner=roche&q=poumon", []),
        ("?partner=inconnu", ["POUMON", "SEIN"]),
        ("?page=99", ["POUMON", "SEIN"]),
    ],
)
def test_search(client, db, query, expected):
    sein = a_dataset("SEIN", population="Personnes traitées par trastuzumab")
    DatasetVersion.objects.create(dataset=sein, version="2", summary="brouillon")
    a_dataset("POUMON", partner="Medipath")
    a_dataset("CACHEE", partner="Secret", published=False)
    assert titles(client, query) == expected


def test_a_partner_without_a_published_dataset_is_not_named(client, db):
    a_dataset("SEIN")
    a_dataset("CACHEE", partner="Secret", published=False)
    assert "Secret" not in words(client.get(LIST))


def test_a_dataset_is_shown_by_its_last_version_and_leads_to_the_others(client, db):
    a_dataset("SEIN", versions=("1", "2"), period="Depuis 2011")
    DatasetVersion.objects.create(dataset=Dataset.objects.get(), version="3", summary="en préparation")
    page = words(client.get(detail("SEIN")))
    earlier = reverse("datasets:dataset_version", args=["SEIN", "1"])
    assert "Résumé 2 de SEIN" in page
    assert "Depuis 2011" in page
    assert "Population" not in page  # an empty part is not shown
    assert earlier in page
    page = words(client.get(earlier))
    assert "Une version plus récente est publiée" in page
    assert "Résumé 1 de SEIN" in page
    assert client.get(reverse("datasets:dataset_version", args=["SEIN", "3"])).status_code == 404


def test_a_version_may_have_any_name(client, db):
    a_dataset("SEIN", versions=("2024/06 bis", "2"))
    page = words(client.get(detail("SEIN")))
    address = reverse("datasets:dataset_version", args=["SEIN", "2024/06 bis"])
    assert address in page
    assert client.get(address).status_code == 200


def test_hostile_text_is_shown_as_typed(client, db):
    a_dataset("SEIN", title=HOSTILE, partner=HOSTILE, variables=HOSTILE, individuals=HOSTILE)
    for url in (LIST, detail("SEIN")):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:1 }}" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_many_queries_for_one_as_for_three(client, db, count, django_assert_num_queries):
    for number in range(count):
        a_dataset(f"B{number}", partner=f"P{number}", versions=("1", "2"))
    # partners, count, datasets, versions
    with django_assert_num_queries(4):
        assert len(titles(client)) == count


def test_pages_only_answer_reading(client, db):
    a_dataset("SEIN")
    assert [client.post(url).status_code for url in (LIST, detail("SEIN"))] == [405, 405]


# The stewards


@pytest.fixture
def steward(db):
    return people.staff(Role.DATA_STEWARD)


def admin_url(name, *args):
    return reverse(f"admin:datasets_{name}", args=args)


def test_only_stewards_keep_the_catalogue(db):
    dataset = a_dataset("SEIN", published=False)
    version = dataset.versions.get()
    pages = [
        admin_url("dataset_changelist"),
        admin_url("dataset_add"),
        admin_url("dataset_change", dataset.pk),
        admin_url("datasetversion_changelist"),
        admin_url("datasetversion_change", version.pk),
    ]
    for role in (Role.INSTRUCTOR, Role.ADMINISTRATOR, Role.GRANT_OFFICER):
        person = people.staff(role)
        client = people.client_of(person)
        assert [client.get(page).status_code for page in pages] == [403] * 5
        assert client.post(admin_url("datasetversion_publish", "SEIN", "1")).status_code == 403
        for act in (actions.save_dataset, actions.save_version, actions.publish_version):
            with pytest.raises(TransitionRefused, match="pas le droit"):
                act(dataset if act is actions.save_dataset else version, actor=person)
    assert AuditEvent.objects.count() == 0


def test_a_steward_adds_a_dataset_writes_it_and_publishes_it(steward, client):
    partner = Organisation.objects.create(code="roche", name="Roche", kind=OrganisationKind.PARTNER)
    staff = people.client_of(steward)
    staff.post(admin_url("dataset_add"), {"code": "SEIN", "title": "Base \u202esein", "partner": partner.pk})
    dataset = Dataset.objects.get()
    assert (dataset.code, dataset.title) == ("SEIN", "Base sein")
    form = {"dataset": dataset.pk, "version": "1", "summary": "Un résumé"}
    staff.post(admin_url("datasetversion_add"), form)
    version = DatasetVersion.objects.get()
    staff.post(admin_url("datasetversion_change", version.pk), form | {"summary": "Un autre résumé"})
    assert client.get(detail("SEIN")).status_code == 404
    page = staff.post(admin_url("datasetversion_publish", "SEIN", "1"), follow=True)
    assert "La version 1 de « Base sein » est publiée." in words(page)
    assert "Un autre résumé" in words(client.get(detail("SEIN")))
    assert list(AuditEvent.objects.values_list("verb", "subject", "actor")) == [
        ("dataset.add", "SEIN", steward.pk),
        ("dataset_version.add", "SEIN/1", steward.pk),
        ("dataset_version.change", "SEIN/1", steward.pk),
        ("dataset_version.publish", "SEIN/1", steward.pk),
    ]


def test_a_published_description_is_not_rewritten(steward):
    version = a_dataset("SEIN").versions.get()
    staff = people.client_of(steward)
    assert staff.get(admin_url("datasetversion_change", version.pk)).status_code == 200
    form = {"version": "1", "summary": "Autre"}
    assert staff.post(admin_url("datasetversion_change", version.pk), form).status_code == 403
    page = staff.post(admin_url("datasetversion_publish", "SEIN", "1"), follow=True)
    assert "Cette version est publiée" in words(page)
    version.summary = "Autre"
    with pytest.raises(TransitionRefused, match="est publiée"):
        actions.save_version(version, actor=steward)
    assert DatasetVersion.objects.get().summary == "Résumé 1 de SEIN"


def test_a_code_does_not_change_and_nothing_is_deleted(steward):
    dataset = a_dataset("SEIN")
    staff = people.client_of(steward)
    staff.post(
        admin_url("dataset_change", dataset.pk), {"code": "AUTRE", "title": "Titre", "partner": dataset.partner_id}
    )
    dataset.refresh_from_db()
    assert (dataset.code, dataset.title) == ("SEIN", "Titre")
    assert staff.post(admin_url("dataset_delete", dataset.pk), {"post": "yes"}).status_code == 403
    assert Dataset.objects.count() == 1


def test_an_incomplete_description_is_not_published(steward):
    version = a_dataset("SEIN", published=False, summary="").versions.get()
    with pytest.raises(TransitionRefused, match="incomplète"):
        actions.publish_version(version, actor=steward)
    version.refresh_from_db()
    assert version.published_at is None
