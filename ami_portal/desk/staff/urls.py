"""Addresses of the staff's own pages, inside the admin's."""

from collections.abc import Callable

from django.urls import URLPattern, path

from . import (
    appeals,
    assignment,
    builder,
    calls,
    chapters,
    closing,
    completion,
    conflicts,
    consultation,
    contradiction,
    conversations,
    criterion,
    demarches,
    dossier,
    eligibility,
    form_template,
    invitations,
    jurors,
    jury,
    leaving,
    mails,
    minutes,
    nodes,
    passages,
    perimeter,
    pieces,
    progress,
    publication,
    questions,
    queue,
    ranking,
    reopening,
    replacing,
    reserve,
    reviews,
    ruling,
    second_look,
    silence,
    sitting,
)

JUROR_PAGES = [
    ("dossiers/<str:ref>/evaluation/liens/<uuid:uuid>/", conflicts.conflict, "staff_conflict"),
    ("jury/<slug:code>/membres/<int:pk>/", jurors.profile, "staff_juror"),
    ("jury/<slug:code>/invitations/", invitations.invitations, "staff_invitations"),
    ("jury/<slug:code>/invitations/<uuid:uuid>/retirer/", invitations.withdraw, "staff_invitation_withdraw"),
    ("jury/<slug:code>/liens/", conflicts.conflicts, "staff_conflicts"),
]
"""Who sits in a jury, and what ties them to the dossiers."""

FORM = "appels/<slug:code>/formulaire"
FORM_PAGES = [
    (f"{FORM}/", builder.form, "staff_form"),
    (f"{FORM}/agir/", builder.act, "staff_form_act"),
    (f"{FORM}/annuler/", builder.undo, "staff_form_undo"),
    (f"{FORM}/abandonner/", builder.discard, "staff_form_discard"),
    (f"{FORM}/publier/", builder.publish, "staff_form_publish"),
    (f"{FORM}/rubriques/", nodes.section_add, "staff_form_section_add"),
    (f"{FORM}/rubriques/<slug:section>/", nodes.section, "staff_form_section"),
    (f"{FORM}/rubriques/<slug:section>/question/", nodes.question_add, "staff_form_question_add"),
    (f"{FORM}/questions/<slug:question>/", nodes.question, "staff_form_question"),
    (f"{FORM}/questions/<slug:question>/modele-a-remplir/", form_template.template, "staff_form_template"),
    (
        f"{FORM}/questions/<slug:question>/modele-a-remplir/fichier/",
        form_template.template_file,
        "staff_form_template_file",
    ),
    (f"{FORM}/questions/<slug:question>/colonne/", nodes.column_add, "staff_form_column_add"),
    (f"{FORM}/questions/<slug:question>/<slug:column>/", nodes.column, "staff_form_column"),
]
"""The form builder."""
CALL_PAGES = [
    ("appels/<slug:code>/", calls.call, "staff_call"),
    ("appels/<slug:code>/prolonger/", closing.extend, "staff_call_extend"),
    ("appels/<slug:code>/bases/", perimeter.datasets, "staff_call_datasets"),
    ("appels/<slug:code>/dupliquer/", perimeter.duplicate, "staff_call_duplicate"),
    ("appels/<slug:code>/publier/", perimeter.publish, "staff_call_publish"),
    ("appels/<slug:code>/modifier/<slug:chapter>/", chapters.edit, "staff_call_edit"),
    ("appels/<slug:code>/questions/", calls.questions, "staff_call_questions"),
    ("appels/<slug:code>/demarche/", demarches.demarche, "staff_demarche"),
    ("appels/<slug:code>/demarche/synchroniser/", demarches.sync, "staff_demarche_sync"),
]
"""A call: its pages, and what changes it."""
PIECE_PAGES = [
    ("dossiers/<str:ref>/justificatifs/<slug:kind>/", pieces.piece, "staff_piece"),
    ("dossiers/<str:ref>/passages/", passages.passages, "staff_passages"),
    ("dossiers/<str:ref>/passages/<uuid:uuid>/", passages.examine, "staff_examine"),
    ("subventions/", passages.grant_lists, "staff_grants"),
]
"""The supporting documents of a dossier, its passages that look like others, the public grants."""
TEAM_PAGES = [
    ("dossiers/<str:ref>/complement/", completion.completions, "staff_completion"),
    ("dossiers/<str:ref>/complement/demander/", completion.ask, "staff_completion_ask"),
    ("dossiers/<str:ref>/complement/prolonger/", completion.prolong, "staff_completion_prolong"),
    ("dossiers/<str:ref>/complement/retirer/", completion.withdraw, "staff_completion_withdraw"),
    ("dossiers/<str:ref>/equipe/", leaving.take_out, "staff_take_out"),
]
"""What is asked of the team of a dossier, and who is in it."""
CRITERIA_PAGES = [
    ("dossiers/<str:ref>/recours/", appeals.appeals, "staff_appeals"),
    ("dossiers/<str:ref>/recours/repondre/", appeals.answer, "staff_appeal_answer"),
    ("dossiers/<str:ref>/recours/fichiers/<uuid:uuid>/", appeals.appeal_file, "staff_appeal_file"),
    ("dossiers/<str:ref>/rouvrir/", appeals.reopen, "staff_reopen"),
    ("file/", queue.queue, "staff_queue"),
    ("dossiers/<str:ref>/suivant/", queue.following, "staff_following"),
    ("dossiers/<str:ref>/instruire/", queue.instruct, "staff_instruct"),
    ("dossiers/<str:ref>/criteres/", eligibility.decide_criteria, "staff_decide_criteria"),
    ("dossiers/<str:ref>/criteres/<str:code>/", criterion.criterion, "staff_criterion"),
    ("dossiers/<str:ref>/criteres/<str:code>/confirmer/", criterion.confirm, "staff_criterion_confirm"),
    ("dossiers/<str:ref>/criteres/<str:code>/renvoyer/", criterion.send_back, "staff_criterion_send_back"),
    ("dossiers/<str:ref>/controles/", eligibility.check_again, "staff_check_again"),
    ("dossiers/<str:ref>/recevable/", eligibility.declare_admissible, "staff_declare_admissible"),
    ("dossiers/<str:ref>/irrecevable/", eligibility.declare_inadmissible, "staff_declare_inadmissible"),
    ("dossiers/<str:ref>/eligible/", eligibility.declare_eligible, "staff_declare_eligible"),
    ("dossiers/<str:ref>/non-eligible/", eligibility.declare_ineligible, "staff_declare_ineligible"),
]
"""What is decided of a dossier before the jury."""
OPINION_PAGES = [
    ("dossiers/<str:ref>/avis/", dossier.opinions, "staff_opinions"),
    ("dossiers/<str:ref>/avis/<slug:code>/", eligibility.request_opinion, "staff_request_opinion"),
    ("dossiers/<str:ref>/avis/<slug:code>/communiquer/", contradiction.communicate, "staff_contradiction"),
    ("dossiers/<str:ref>/avis/<slug:code>/suite/", contradiction.settle, "staff_contradiction_settle"),
    ("dossiers/<str:ref>/avis/<slug:code>/silence/", silence.silence, "staff_silence"),
    ("dossiers/<str:ref>/avis/<slug:code>/revoir/", second_look.second_look, "staff_second_look"),
    ("dossiers/<str:ref>/avis/<slug:code>/decider/", ruling.ruling, "staff_ruling"),
    ("dossiers/<str:ref>/restreindre/", consultation.restrict, "staff_restrict"),
    ("dossiers/<str:ref>/restreindre/retirer/", consultation.withdraw, "staff_restrict_withdraw"),
    ("dossiers/<str:ref>/arreter/", consultation.stop, "staff_stop"),
]
"""The partners' opinions on a dossier, and what follows them."""
SITTING_PAGES = [
    ("jury/<slug:code>/seance/", sitting.sitting, "staff_sitting"),
    ("jury/<slug:code>/seance/presences/", sitting.presence, "staff_sitting_presence"),
    ("jury/<slug:code>/seance/pause/", sitting.pause, "staff_sitting_pause"),
    ("jury/<slug:code>/ecran/", sitting.screen, "staff_screen"),
    ("dossiers/<str:ref>/seance/", sitting.hearing, "staff_hearing"),
    ("dossiers/<str:ref>/seance/vote/", sitting.vote, "staff_hearing_vote"),
    ("dossiers/<str:ref>/seance/decision/", sitting.hearing_decide, "staff_hearing_decide"),
    ("jury/<slug:code>/proces-verbal.pdf", minutes.minutes, "staff_minutes"),
]
"""The deliberation of a jury, and its minutes."""

RANKING_PAGES = [
    ("jury/<slug:code>/classement/", ranking.ranking, "staff_ranking"),
    ("jury/<slug:code>/classement/calculer/", ranking.ask, "staff_ranking_ask"),
    ("jury/<slug:code>/classement/enveloppe/", ranking.envelope, "staff_envelope"),
]
"""The ranking of a jury, and the envelope that it is read with."""


def urlpatterns(guard: Callable[[Callable], Callable]) -> list[URLPattern]:
    """Each page behind the admin's door (`guard` is `AdminSite.admin_view`) and behind its own permission (`@page`)."""
    pages = [
        ("dossiers/<str:ref>/", dossier.eligibility, "staff_dossier"),
        ("dossiers/<str:ref>/contenu/", dossier.content, "staff_content"),
        ("dossiers/<str:ref>/depot-<int:number>/<str:kind>.pdf", dossier.version_document, "staff_version_document"),
        ("dossiers/<str:ref>/pieces/", dossier.files, "staff_files"),
        ("dossiers/<str:ref>/pieces/<uuid:uuid>/", dossier.file, "staff_file"),
        ("dossiers/<str:ref>/lettre/", dossier.letter, "staff_letter"),
        ("dossiers/<str:ref>/lettre/<int:number>/", dossier.letter, "staff_letter"),
        ("dossiers/<str:ref>/evaluation/", reviews.reviews, "staff_reviews"),
        ("dossiers/<str:ref>/messages/", conversations.dossier_messages, "staff_messages"),
        ("dossiers/<str:ref>/messages/<uuid:uuid>/", conversations.message_file, "staff_message_file"),
        ("dossiers/<str:ref>/journal/", dossier.journal, "staff_journal"),
        ("dossiers/<str:ref>/evaluation/confier/", reviews.assign, "staff_assign"),
        ("dossiers/<str:ref>/evaluation/retirer/", reviews.unassign, "staff_unassign"),
        ("dossiers/<str:ref>/evaluation/rouvrir/<str:juror>/", reopening.reopen, "staff_review_reopen"),
        ("dossiers/<str:ref>/evaluation/remplacer/<str:juror>/", replacing.replace, "staff_review_replace"),
        ("messages/", conversations.conversations, "staff_conversations"),
        ("jury/<slug:code>/", jury.session, "staff_jury"),
        ("jury/<slug:code>/avancement/", progress.progress, "staff_progress"),
        ("jury/<slug:code>/ouvrir/", jury.open_session, "staff_jury_open"),
        ("jury/<slug:code>/clore/", jury.close_scoring, "staff_jury_close"),
        ("jury/<slug:code>/decisions/", jury.record_decisions, "staff_jury_decide"),
        ("jury/<slug:code>/arreter/", jury.freeze, "staff_jury_freeze"),
        ("jury/<slug:code>/publier/", publication.publish, "staff_jury_publish"),
        ("jury/<slug:code>/publication/", publication.schedule, "staff_jury_schedule"),
        ("jury/<slug:code>/affectation/", assignment.assignment, "staff_assignment"),
        ("jury/<slug:code>/affectation/calculer/", assignment.ask, "staff_assignment_ask"),
        ("jury/<slug:code>/affectation/souhait/", assignment.wish, "staff_assignment_wish"),
        ("jury/<slug:code>/affectation/confier/", assignment.apply, "staff_assignment_apply"),
        ("jury/<slug:code>/membres/", assignment.seats, "staff_seats"),
        ("jury/<slug:code>/liste-complementaire/", reserve.call_reserve, "staff_jury_reserve"),
        ("questions/", questions.questions, "staff_questions"),
        ("questions/<slug:code>/<int:number>/", questions.question, "staff_question"),
        ("courriels/<slug:code>/renvoyer/", mails.resend, "staff_resend"),
    ]
    pages += CRITERIA_PAGES + OPINION_PAGES + CALL_PAGES + FORM_PAGES + JUROR_PAGES + PIECE_PAGES + TEAM_PAGES
    pages += RANKING_PAGES + SITTING_PAGES
    return [path(route, guard(view), name=name) for route, view, name in pages]
