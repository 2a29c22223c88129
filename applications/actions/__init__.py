"""Every change of a dossier by its team: drafting, files, team, deposit, and the documents that follow a deposit."""

from .answers import Saved, add_row, remove_row, restore_row, save_answer, save_answer_of, take_back_answer
from .building import discard_form_draft, edit_form_draft, publish_form, start_form_draft, undo_form_edit
from .claiming import claim_dossier
from .completion import answer_completion, leave_unanswered, settle_completions
from .confidentiality import lift_confidential, mark_confidential
from .digests import choose_digests, send_digests
from .directory import ask_directory, ask_directory_again, want_companies
from .drafting import NotEditable, editable_draft, may_change_now, note_progress, refusal_to_edit, start_dossier
from .files import deposit_file, remove_file, replace_file, restore_file
from .form_templates import deposit_template, name_template
from .holding import SyncBusy
from .language import choose_language
from .messages import note_read, write_message
from .moved_closing import tell_moved_closing
from .perimeter import open_dataset, publish_call
from .questions import answer_question, ask_question, ignore_question, merge_question
from .register import close_days, log_deposit
from .reminders import decide_reminders, send_reminder
from .renditions import build_imported_pdf, build_preview, build_receipt, prepare_preview
from .revisions import acknowledge_news, announce_dataset, follow_form
from .sealing import ask_sealing, revoke_sealing, settle_sealings
from .sharing import (
    give_section,
    mark_section_ready,
    share_sections,
    take_section,
    tell_sharing,
    unmark_section_ready,
)
from .stale import StaleAnswer
from .submission import reopen_dossier, submit_dossier, withdraw_dossier
from .syncing import NothingToSync, ask_sync, next_sync_at, sync_call, sync_demarche, sync_demarches
from .team import hand_over_dossier, has_account, invite_member, refusal_to_change_team, remove_member

__all__ = [
    "NotEditable",
    "NothingToSync",
    "Saved",
    "StaleAnswer",
    "SyncBusy",
    "acknowledge_news",
    "add_row",
    "announce_dataset",
    "answer_completion",
    "answer_question",
    "ask_directory",
    "ask_directory_again",
    "ask_question",
    "ask_sealing",
    "ask_sync",
    "build_imported_pdf",
    "build_preview",
    "build_receipt",
    "choose_digests",
    "choose_language",
    "claim_dossier",
    "close_days",
    "decide_reminders",
    "deposit_file",
    "deposit_template",
    "discard_form_draft",
    "edit_form_draft",
    "editable_draft",
    "follow_form",
    "give_section",
    "hand_over_dossier",
    "has_account",
    "ignore_question",
    "invite_member",
    "leave_unanswered",
    "lift_confidential",
    "log_deposit",
    "mark_confidential",
    "mark_section_ready",
    "may_change_now",
    "merge_question",
    "name_template",
    "next_sync_at",
    "note_progress",
    "note_read",
    "open_dataset",
    "prepare_preview",
    "publish_call",
    "publish_form",
    "refusal_to_change_team",
    "refusal_to_edit",
    "remove_file",
    "remove_member",
    "remove_row",
    "reopen_dossier",
    "replace_file",
    "restore_file",
    "restore_row",
    "revoke_sealing",
    "save_answer",
    "save_answer_of",
    "send_digests",
    "send_reminder",
    "settle_completions",
    "settle_sealings",
    "share_sections",
    "start_dossier",
    "start_form_draft",
    "submit_dossier",
    "sync_call",
    "sync_demarche",
    "sync_demarches",
    "take_back_answer",
    "take_section",
    "tell_moved_closing",
    "tell_sharing",
    "undo_form_edit",
    "unmark_section_ready",
    "want_companies",
    "withdraw_dossier",
    "write_message",
]
