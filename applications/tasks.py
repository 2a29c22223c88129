"""Jobs of this room."""

import datetime as dt

from ami_portal.jobs.actions import handler, periodic
from ami_portal.questionnaire.languages import FRENCH

from . import actions


@handler("applications.build_receipt")
def build_receipt(*, version_id: int) -> None:
    """The PDF of a deposit, its receipt and its mail."""
    actions.build_receipt(version_id=version_id)


@handler("applications.build_preview")
def build_preview(*, dossier_id: int, language: str = FRENCH) -> None:
    """The PDF of a draft, its questions in the language of who asked for it."""
    actions.build_preview(dossier_id=dossier_id, language=language)


@periodic("applications.close_register_days")
def close_register_days(*, at: dt.datetime) -> None:
    """The head of each ended day of the register of deposits."""
    actions.close_days(at=at)


@handler("applications.ask_directory")
def ask_directory(*, number: str) -> None:
    """What the company directory says of one number."""
    actions.ask_directory(number)


@periodic("applications.ask_directory_again")
def ask_directory_again(*, at: dt.datetime) -> None:
    """The numbers of which the company directory has said nothing yet."""
    actions.ask_directory_again(at=at)


@handler("applications.follow_form")
def follow_form(*, dossier_id: int) -> None:
    """A draft goes over to the newest revision of its form."""
    actions.follow_form(dossier_id=dossier_id)


@handler("applications.announce_dataset")
def announce_dataset(*, call_dataset_id: int) -> None:
    """Those who are drafting learn that a dataset has joined their call."""
    actions.announce_dataset(call_dataset_id=call_dataset_id)


@periodic("applications.decide_reminders")
def decide_reminders(*, at: dt.datetime) -> None:
    """The reminders that are due before a closing."""
    actions.decide_reminders(at=at)


@periodic("applications.settle_sealings")
def settle_sealings(*, at: dt.datetime) -> None:
    """The deposits that were asked for beforehand, once their closing has come."""
    actions.settle_sealings(at=at)


@periodic("applications.settle_completions")
def settle_completions(*, at: dt.datetime) -> None:
    """The requests for completion whose delay is over."""
    actions.settle_completions(at=at)


@periodic("applications.send_digests")
def send_digests(*, at: dt.datetime) -> None:
    """The answers published, told to those who draft."""
    actions.send_digests(at=at)


@periodic("applications.tell_sharing")
def tell_sharing(*, at: dt.datetime) -> None:
    """The sections given to each member, told in one mail."""
    actions.tell_sharing(at=at)


@handler("applications.send_reminder")
def send_reminder(*, reminder_id: int) -> None:
    """The mails of one reminder."""
    actions.send_reminder(reminder_id)


@handler("applications.tell_moved_closing")
def tell_moved_closing(*, move_id: int) -> None:
    """The mails about a closing that the call's file has moved."""
    actions.tell_moved_closing(move_id=move_id)


@handler("applications.sync_demarche")
def sync_demarche(*, call_id: int) -> None:
    """A while of the pass of a call over its démarche."""
    actions.sync_demarche(call_id=call_id)


@periodic("applications.sync_demarches")
def sync_demarches(*, at: dt.datetime) -> None:
    """The passes over Démarches Simplifiées that are due."""
    actions.sync_demarches(at=at)


@handler("applications.build_imported_pdf")
def build_imported_pdf(*, version_id: int) -> None:
    """The PDF of a dossier that was imported."""
    actions.build_imported_pdf(version_id=version_id)
