"""Addresses of this room."""

from django.urls import path

from .views import (
    appeals,
    charters,
    consultation,
    declarations,
    declaring,
    opinions,
    outcome,
    profile,
    reopening,
    reviews,
    sitting,
)

app_name = "evaluation"

urlpatterns = [
    path("avis/", opinions.opinion_list, name="opinion_list"),
    path("avis/<str:ref>/<slug:code>/", opinions.opinion_detail, name="opinion_detail"),
    path("avis/<str:ref>/fichiers/<uuid:uuid>", opinions.opinion_file, name="opinion_file"),
    path("consultation/<str:ref>/", consultation.dossier_consultation, name="dossier_consultation"),
    path("consultation/<str:ref>/<slug:code>/", consultation.contradiction_answer, name="contradiction_answer"),
    path("jury/", reviews.review_list, name="review_list"),
    path("jury/charte/<slug:code>/", charters.jury_charter, name="jury_charter"),
    path("jury/liens/", declaring.review_declare_all, name="review_declare_all"),
    path("jury/profil/", profile.juror_profile, name="juror_profile"),
    path("jury/<str:ref>/", reviews.review_score, name="review_score"),
    path("jury/<str:ref>/liens", declarations.review_declare, name="review_declare"),
    path("jury/<str:ref>/brouillon", reviews.review_save, name="review_save"),
    path("jury/<str:ref>/remettre", reviews.review_submit, name="review_submit"),
    path("jury/<str:ref>/rouvrir", reopening.review_reopening, name="review_reopening"),
    path("jury/<str:ref>/dossier.pdf", declarations.review_pdf, name="review_pdf"),
    path("jury/<str:ref>/fichiers/<uuid:uuid>", declarations.review_file, name="review_file"),
    path("seance/<slug:code>/", sitting.sitting, name="sitting"),
    path("seance/<slug:code>/vote", sitting.ballot, name="ballot"),
    path("resultats/<str:ref>/", outcome.dossier_outcome, name="dossier_outcome"),
    path("resultats/<str:ref>/recours/", appeals.dossier_appeal, name="dossier_appeal"),
    path("resultats/<str:ref>/recours/fichiers/<uuid:uuid>", appeals.appeal_file, name="appeal_file"),
    path("resultats/<str:ref>/recours/<int:number>.pdf", appeals.appeal_receipt, name="appeal_receipt"),
    path("resultats/<str:ref>/lettre.pdf", outcome.letter_download, name="letter_download"),
    path("resultats/<str:ref>/lettre-<int:number>.pdf", outcome.letter_download, name="letter_download"),
]
