"""Addresses of what spans stages."""

from django.urls import include, path

from . import essential, jury_entry, questions, register, results, views

urlpatterns = [
    path("", include("ami_portal.desk.account_urls")),
    path("", views.home, name="home"),
    path("accueil/", views.my_home, name="my_home"),
    path("appels/<slug:code>/", views.call_detail, name="call_detail"),
    path("appels/<slug:code>/calendrier.ics", views.call_calendar, name="call_calendar"),
    path("appels/<slug:code>/question/", questions.call_ask, name="call_ask"),
    path("appels/<slug:code>/formulaire/", views.call_form, name="call_form"),
    path("appels/<slug:code>/formulaire.pdf", views.call_form_pdf, name="call_form_pdf"),
    path("appels/<slug:code>/modeles/<slug:question>", views.call_template, name="call_template"),
    path("appels/<slug:code>/resultats/", results.call_results, name="call_results"),
    path("appels/<slug:code>/resultats.csv", results.results_csv, name="results_csv"),
    path("appels/<slug:code>/donnees-essentielles.csv", essential.essential_csv, name="essential_csv"),
    path("appels/<slug:code>/resultats.json", results.results_json, name="results_json"),
    path("verification/", register.verify, name="verification"),
    path("registre/", register.register_page, name="register"),
    path("registre/tetes.json", register.register_heads, name="register_heads"),
    path("registre/tetes.txt", register.register_heads_text, name="register_heads_text"),
    path("registre/verifier.py", register.register_script, name="register_script"),
    path("registre/certificats/<slug:sha256>.pem", register.register_certificate, name="register_certificate"),
    path("registre/appels/<slug:code>.json", register.register_call, name="register_call"),
    path("jury/invitations/<uuid:uuid>/", jury_entry.jury_invitation, name="jury_invitation"),
    path("sante", views.health, name="health"),
]
