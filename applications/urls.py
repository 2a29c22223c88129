"""Addresses of this room."""

from django.urls import path

from .views import (
    answers,
    completion,
    deposit,
    dossiers,
    files,
    history,
    messages,
    news,
    proofs,
    sections,
    sharing,
    team,
)

app_name = "applications"

urlpatterns = [
    path("", dossiers.dossier_list, name="dossier_list"),
    path("commencer/<slug:code>", dossiers.dossier_start, name="dossier_start"),
    path("<str:ref>/", dossiers.dossier_detail, name="dossier_detail"),
    path("<str:ref>/rubriques/<slug:section>", sections.dossier_section, name="dossier_section"),
    path("<str:ref>/nouveautes/lues", news.news_acknowledge, name="news_acknowledge"),
    path("<str:ref>/anciennes-reponses", news.former_list, name="former_list"),
    path("<str:ref>/reponse", answers.answer_save, name="answer_save"),
    path("<str:ref>/historique/<slug:question>", history.answer_history, name="answer_history"),
    path("<str:ref>/avancement", answers.progress, name="progress"),
    path("<str:ref>/lignes/<slug:question>/ajouter", answers.row_add, name="row_add"),
    path("<str:ref>/lignes/<slug:question>/<uuid:row>/supprimer", answers.row_remove, name="row_remove"),
    path("<str:ref>/lignes/<slug:question>/<uuid:row>/retablir", answers.row_restore, name="row_restore"),
    path("<str:ref>/fichiers/<slug:question>", files.file_list, name="file_list"),
    path("<str:ref>/fichiers/<slug:question>/deposer", files.file_deposit, name="file_deposit"),
    path("<str:ref>/fichiers/<uuid:uuid>/remplacer", files.file_replace, name="file_replace"),
    path("<str:ref>/fichiers/<uuid:uuid>/retirer", files.file_remove, name="file_remove"),
    path("<str:ref>/fichiers/<uuid:uuid>/retablir", files.file_restore, name="file_restore"),
    path("<str:ref>/fichiers/<uuid:uuid>/telecharger", files.file_download, name="file_download"),
    path("<str:ref>/fichiers/<uuid:uuid>/premiere-page.png", files.file_picture, name="file_picture"),
    path("<str:ref>/apercu", deposit.dossier_preview, name="dossier_preview"),
    path("<str:ref>/apercu.pdf", deposit.preview_pdf, name="preview_pdf"),
    path("<str:ref>/deposer", deposit.dossier_submit, name="dossier_submit"),
    path("<str:ref>/deposer-a-la-cloture", deposit.dossier_sealing, name="dossier_sealing"),
    path("<str:ref>/complement", completion.dossier_completion, name="dossier_completion"),
    path("<str:ref>/reprendre", deposit.dossier_reopen, name="dossier_reopen"),
    path("<str:ref>/retirer", deposit.dossier_withdraw, name="dossier_withdraw"),
    path("<str:ref>/depots/<int:number>/accuse-de-reception.pdf", deposit.receipt_download, name="receipt_download"),
    path("<str:ref>/depots/<int:number>/preuve.zip", proofs.proof_download, name="proof_download"),
    path("<str:ref>/depots/<int:number>/dossier.pdf", deposit.version_pdf, name="version_pdf"),
    path("<str:ref>/calendrier.ics", dossiers.dossier_calendar, name="dossier_calendar"),
    path("<str:ref>/messages", messages.dossier_messages, name="dossier_messages"),
    path("<str:ref>/messages/<uuid:uuid>", messages.message_file, name="message_file"),
    path("<str:ref>/equipe", team.dossier_team, name="dossier_team"),
    path("<str:ref>/equipe/confier", team.dossier_hand_over, name="dossier_hand_over"),
    path("<str:ref>/equipe/rubriques", sharing.sections_give, name="sections_give"),
    path("<str:ref>/equipe/retirer", team.member_remove, name="member_remove"),
]
