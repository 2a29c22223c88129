"""Addresses of this room."""

from django.urls import path

from .views import amendments, copies, negotiation, parties
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
    path("<str:ref>/pieces/<slug:kind>/", views.convention_piece, name="convention_piece"),
    path("<str:ref>/parcours/", regulatory.access_path, name="access_path"),
    path("<str:ref>/parcours/<int:number>.pdf", regulatory.path_document, name="path_document"),
    path("<str:ref>/convention.pdf", views.convention_pdf, name="convention_pdf"),
    path("<str:ref>/copie-signee.pdf", views.signed_copy, name="signed_copy"),
]
