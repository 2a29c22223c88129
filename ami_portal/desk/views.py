"""Public pages of the calls, the way home of each role, health."""

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation.trans_real import parse_accept_lang_header

from ami_portal.accounts.enums import Role
from ami_portal.accounts.rules import holds, is_staff_member
from ami_portal.documents import given, store, templates
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.questionnaire.languages import ENGLISH, FRENCH
from applications import agenda
from applications.models import Call

from . import form_pdf, public
from .rules import calls_visible_to


@page("public")
def home(request: HttpRequest) -> HttpResponse:
    """The open call in full when there is one alone; the list of open, coming and past calls."""
    at = clock.now()
    shelves = public.shelves(calls_visible_to(request.user), at)
    alone = shelves.open[0] if len(shelves.open) == 1 else None
    context = {"shelves": shelves, **(public.call_context(alone, at) if alone else {})}
    return render(request, "desk/home.html", context)


@page("signed_in")
def my_home(request: HttpRequest) -> HttpResponse:
    """Where each role finds what it has to do."""
    user = request.user
    if is_staff_member(user):
        return redirect("admin:index")
    if holds(user, Role.JUROR):
        return redirect("evaluation:review_list")
    if holds(user, Role.PARTNER):
        return redirect("evaluation:opinion_list")
    return redirect("applications:dossier_list")


@page("public", visible=calls_visible_to, by="code")
def call_detail(request: HttpRequest, obj: Call) -> HttpResponse:
    """One call: open, coming, or past with its results."""
    return render(request, "desk/call_detail.html", public.call_context(obj, clock.now()))


@page("public", visible=calls_visible_to, by="code")
def call_calendar(request: HttpRequest, obj: Call) -> HttpResponse:
    """The calendar of a call, for an agenda."""
    address = settings.PORTAL_URL + reverse("call_detail", args=[obj.code])
    return agenda.response(f"{obj.code}.ics", agenda.of_call(obj, address=address))


@page("public", visible=calls_visible_to, by="code")
def call_form(request: HttpRequest, obj: Call) -> HttpResponse:
    """All the questions of a call with their limits, before opening an account; in English where it is translated."""
    in_english = bool(obj.translations) and _reads_english(request)
    made = [(language, form_pdf.find(obj, language)) for language in form_pdf.languages_of(obj)]
    context = {
        "call": obj,
        "pages": form_pdf.pages_of(obj, ENGLISH if in_english else FRENCH),
        "pdfs": [(language, document) for language, document in made if document],
        "in_english": in_english,
    }
    return render(request, "desk/call_form.html", context)


def _reads_english(request: HttpRequest) -> bool:
    """What the address asks (`?lang=en`), or else what the browser prefers, of French and English."""
    if asked := request.GET.get("lang"):
        return asked == "en"
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    names = [name.partition("-")[0] for name, _ in accepted]
    return next((name for name in names if name in ("fr", "en")), "fr") == "en"


@page("public", visible=calls_visible_to, by="code")
def call_form_pdf(request: HttpRequest, obj: Call) -> HttpResponse:
    """The same as a PDF, with the rules of the call, in French or as `?lang=` says. 404 until the job has made it."""
    asked = request.GET.get("lang", FRENCH)
    made = form_pdf.find(obj, asked) if asked in form_pdf.languages_of(obj) else None
    if made is None:
        raise Http404
    return store.serve(made)


@page("public", visible=calls_visible_to, by="code")
def call_template(request: HttpRequest, obj: Call, question: str) -> HttpResponse:
    """The blank file of a question: the operator's, or one made of its rules. 404 where the call offers none."""
    asked = obj.form_revision.form.by_code.get(question)
    if asked is None or asked.file_rules is None or not asked.file_rules.template:
        raise Http404
    if template := asked.file_rules.given:
        document = given.find(template)
        if document is None:
            raise Http404
        return store.serve(document)
    name, media_type, content = templates.blank_file(asked.label, question, asked.formats, asked.file_rules)
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@page("public")
def health(request: HttpRequest) -> HttpResponse:
    """Whether the portal and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"etat": "ok"})
