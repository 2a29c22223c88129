"""Addresses about oneself (second factor, account), of the local mailbox and of the legal pages."""

from django.urls import path

from . import legal, mailbox, my_account, second_factor

urlpatterns = [
    path("compte/", my_account.account_home, name="account_home"),
    path("compte/reponses-publiees/", my_account.choose_digests, name="choose_digests"),
    path("compte/langue/", my_account.choose_language, name="choose_language"),
    path("compte/code/", second_factor.second_factor, name="second_factor"),
    path("compte/code/application/", second_factor.second_factor_enrol, name="second_factor_enrol"),
    path("compte/code/secours/", second_factor.recovery_codes, name="recovery_codes"),
    path("boite-aux-lettres/", mailbox.mailbox, name="mailbox"),
    path("boite-aux-lettres/<slug:key>/", mailbox.mailbox_message, name="mailbox_message"),
    path("accessibilite/", legal.accessibility, name="accessibility"),
    path("mentions-legales/", legal.legal_notice, name="legal_notice"),
    path("donnees-personnelles/", legal.personal_data, name="personal_data"),
]
