"""Addresses of this room."""

from django.urls import path

from .views import amendments, claims, copies, negotiation, parties
from .views import conventions as views
from .views import path as regulatory

app_name = "funding"
urlpatterns = [
    path("", views.convention_list, name="convention_list"),
    path("renoncer/<str:ref>/", views.grant_renounce, name="grant_renounce"),
    path("<str:ref>/", views.convention_detail, name="convention_detail"),
    path("<str:ref>/signature/", copies.convention_signature, name="convention_signature"),
    path("<str:ref>/signature/<int:number>/copie.pdf", copies.copy_pdf, name="copy_pdf"),
    path("<str:ref>/signatures.pdf", copies.signature_record, name="signature_record"),
    path("<str:ref>/parties/", parties.convention_parties, name="convention_parties"),
    path("<str:ref>/parties/<int:number>/delegation.pdf", parties.delegation_pdf, name="delegation_pdf"),
    path("<str:ref>/accord-de-consortium.pdf", parties.consortium_pdf, name="consortium_pdf"),
    path("<str:ref>/etat/", amendments.convention_terms, name="convention_terms"),
    path("<str:ref>/transfert/", amendments.convention_transfer, name="convention_transfer"),
    path("<str:ref>/avenants/<int:number>/", amendments.amendment_detail, name="amendment_detail"),
    path("<str:ref>/avenants/<int:number>/avenant.pdf", amendments.amendment_pdf, name="amendment_pdf"),
    path("<str:ref>/texte/", negotiation.convention_text, name="convention_text"),
    path("<str:ref>/texte/<slug:article>/", negotiation.convention_remark, name="convention_remark"),
    path("<str:ref>/depenses/commencer/", claims.claim_start, name="claim_start"),
    path("<str:ref>/depenses/modele.xlsx", claims.claim_model, name="claim_model"),
    path("<str:ref>/depenses/<int:number>/", claims.claim_detail, name="claim_detail"),
    path("<str:ref>/depenses/<int:number>/ajouter/", claims.claim_add, name="claim_add"),
    path("<str:ref>/depenses/<int:number>/tableau/", claims.claim_file, name="claim_file"),
    path("<str:ref>/depenses/<int:number>/envoyer/", claims.claim_submit, name="claim_submit"),
    path("<str:ref>/depenses/<int:number>/etat.csv", claims.claim_csv, name="claim_csv"),
    path("<str:ref>/depenses/<int:number>/<int:line>/", claims.claim_change, name="claim_change"),
    path("<str:ref>/depenses/<int:number>/<int:line>/retirer/", claims.claim_remove, name="claim_remove"),
    path("<str:ref>/depenses/<int:number>/<int:line>/justificatif/", claims.claim_proof, name="claim_proof"),
    path("<str:ref>/pieces/<slug:kind>/", views.convention_piece, name="convention_piece"),
    path("<str:ref>/parcours/", regulatory.access_path, name="access_path"),
    path("<str:ref>/parcours/<int:number>.pdf", regulatory.path_document, name="path_document"),
    path("<str:ref>/convention.pdf", views.convention_pdf, name="convention_pdf"),
    path("<str:ref>/copie-signee.pdf", views.signed_copy, name="signed_copy"),
]
