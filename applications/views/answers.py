"""What the page's script asks while one types: save an answer, rows of a table, what is missing now. JSON."""

import datetime as dt
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address, Invalid
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts, live
from applications.actions import NotEditable, StaleAnswer
from applications.models import Dossier
from applications.rules import own_dossier_to_edit, own_dossiers
from applications.section_page import deadline, others_at, together
from applications.sharing import team_of

View = Callable[..., HttpResponse]
LOST = "Ce dossier n’est plus accessible avec ce compte."
NOT_ASKED = "Cette question n’est plus posée dans le formulaire."
READER = "Vous n’avez plus le droit de modifier ce dossier."
OTHER_ACCOUNT = "Ce navigateur est maintenant connecté avec un autre compte."


class NotAsked(Http404):
    """The form has no such question, or no more: the others can still be saved."""


def answers_json(view: View) -> View:
    """Tell a script in JSON what a page would tell a person, and do nothing for a page of another account.

    401 signed out; 403 another account or no right; 404 unseen; 422 refused; 423 read only.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"error": "signed_out", "url": reverse("account_login")}, status=401)
        if request.headers.get("X-Account", request.user.device_key) != request.user.device_key:
            return _refused("other_account", OTHER_ACCOUNT, status=403)
        # Come whole before any row is locked: a slow network keeps nobody waiting. (Of a form with files, the check of
        # its token may have read the body already.)
        _ = request.FILES if request.content_type == "multipart/form-data" else request.body
        try:
            return view(request, **kwargs)
        except NotEditable as refusal:
            return _refused("read_only", str(refusal), status=423)
        except TransitionRefused as refusal:
            return _refused("refused", str(refusal), status=422)
        except PermissionDenied:
            return _refused("lost", READER, status=403)
        except NotAsked:
            return _refused("refused", NOT_ASKED, status=404)
        except Http404:
            return _refused("lost", LOST, status=404)

    return login_not_required(wrapper)


def _refused(error: str, message: str, *, status: int) -> JsonResponse:
    return JsonResponse({"error": error, "message": message}, status=status)


def _payload(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Raises NotAsked for anything else: no page of ours sends it."""
    try:
        payload = json.loads(request.body or b"{}")
    except ValueError as error:
        raise NotAsked from error
    if not isinstance(payload, dict):
        raise NotAsked
    return payload


@answers_json
@page("applications.edit_dossier", visible=own_dossier_to_edit, in_transaction=True)
@require_POST
def answer_save(request: HttpRequest, obj: Dossier, at: dt.datetime) -> HttpResponse:
    """Save one answer: `{question, row, column, value, version}`.

    When somebody else's changes are in the answer too, `typed` and `version` are of the whole, and `sent_version` is
    what a page that typed on has seen. A stale one that cannot be merged is answered with both texts (409).
    """
    sent = _payload(request)
    address = Address(*(str(sent.get(part) or "") for part in ("question", "row", "column")))
    value = sent.get("value")
    raw = [str(item) for item in value] if isinstance(value, list) else str(value if value is not None else "")
    version = sent.get("version")
    try:
        saved = actions.save_answer_of(
            obj, address, raw, seen_version=version if isinstance(version, int) else 0, actor=request.user, at=at
        )
    except KeyError as error:
        raise NotAsked from error
    except Invalid as error:
        return _refused("too_long", str(error), status=422)
    except StaleAnswer as stale:
        return _stale(stale, raw)
    return JsonResponse(
        {
            "version": saved.version,
            "sent_version": saved.sent_version,
            "problem": saved.problem,
            "typed": answers.typed(saved.question, saved.value),
            "saved_at": f"{clock.paris(clock.now()):%H:%M}",
        }
    )


def _stale(stale: StaleAnswer, raw: str | list[str]) -> JsonResponse:
    """Both texts: `yours`, which is not saved, and `typed`, which is."""
    return JsonResponse(
        {
            "error": "stale",
            "yours": raw,
            "typed": stale.typed,
            "shown": answers.shown(stale.question, stale.value),
            "version": stale.version,
            "who": stale.who,
            "when": f"{clock.paris(stale.when):%d/%m/%Y à %H:%M}",
        },
        status=409,
    )


@answers_json
@page("applications.edit_dossier", visible=own_dossiers)
@require_POST
def row_add(request: HttpRequest, obj: Dossier, question: str) -> HttpResponse:
    """Append a row under the identifier that the page gave it, `{row}`: sent again, it is added once."""
    try:
        line = actions.add_row(obj, question, actor=request.user, row=_identifier(_payload(request).get("row")))
    except KeyError as error:
        raise NotAsked from error
    return JsonResponse({"row": str(line.row)})


def _identifier(sent: Any) -> UUID | None:
    """The identifier that a page made, or None when it made none. Raises NotAsked for anything else."""
    if sent is None:
        return None
    try:
        return UUID(str(sent))
    except ValueError as error:
        raise NotAsked from error


@answers_json
@page("applications.edit_dossier", visible=own_dossiers)
@require_POST
def row_remove(request: HttpRequest, obj: Dossier, question: str, row: UUID) -> HttpResponse:
    """Take a row out."""
    try:
        actions.remove_row(obj, question, str(row), actor=request.user)
    except KeyError as error:
        raise NotAsked from error
    return JsonResponse({"row": str(row)})


@answers_json
@page("applications.edit_dossier", visible=own_dossiers)
@require_POST
def row_restore(request: HttpRequest, obj: Dossier, question: str, row: UUID) -> HttpResponse:
    """Bring a row back."""
    try:
        actions.restore_row(obj, question, str(row), actor=request.user)
    except KeyError as error:
        raise NotAsked from error
    return JsonResponse({"row": str(row)})


@answers_json
@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def progress(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What is missing now: the navigation of sections, the list of one section, as HTML; with `bref`, who is here."""
    if "bref" in request.GET:
        return _who_is_here(request, obj)
    draft = drafts.load(obj, language=request.user.language)
    try:
        current = draft.completeness.of(request.GET.get("rubrique", ""))
    except KeyError as error:
        raise NotAsked from error
    at = clock.now()
    if obj.is_draft:
        actions.note_progress(obj, draft.completeness.percent)
    context = {
        "dossier": obj,
        "completeness": draft.completeness,
        "section": current.section,
        "progress": current,
        **together(obj, current.section, draft, user=request.user, at=at, question=request.GET.get("champ", "")),
    }
    fragments = {
        name: render_to_string(f"applications/_{name}.html", context, request)
        for name in ("sections", "missing", "others", "given", "ready")
    }
    return JsonResponse(fragments | live.of(current.section, draft) | deadline(obj, at))


def _who_is_here(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The same as to people, without reading the answers: asked every few seconds."""
    try:
        section = dossier.form_revision.form.section(request.GET.get("rubrique", ""))
    except KeyError as error:
        raise NotAsked from error
    question = request.GET.get("champ", "")
    others = others_at(dossier, section, team_of(dossier), user=request.user, at=clock.now(), question=question)
    return JsonResponse({"others": render_to_string("applications/_others.html", {"others": others}, request)})
