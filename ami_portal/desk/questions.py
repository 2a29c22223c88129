"""The page where anyone asks a question about a call. No account; floods are stopped by a count an hour."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.text import sha256_of
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.forms import AskForm
from applications.models import Call

from .rules import calls_visible_to

AN_HOUR, BY_ADDRESS, FOR_ALL = 3600, 5, 100
RECEIVED = "Votre question est reçue. La réponse sera publiée sur cette page, pour tous."
TOO_MANY = "Trop de questions d’un coup : réessayez dans une heure ou écrivez à {contact}. Votre texte est gardé."


@page("public", visible=calls_visible_to, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def call_ask(request: HttpRequest, obj: Call) -> HttpResponse:
    """Ask; what is refused stays as typed. A machine that fills the hidden field is thanked, and nothing is kept."""
    form, status = AskForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and form.is_from_a_machine():
            return _received(request, obj)
        if form.is_valid() and is_flooding(request, obj):
            form.add_error(None, TOO_MANY.format(contact=obj.contact))
            status = 429
        elif form.is_valid():
            try:
                actions.ask_question(obj, form.cleaned_data["question"], email=form.cleaned_data["email"])
            except TransitionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return _received(request, obj)
    context = {"call": obj, "form": form, "is_closed": obj.is_closed(clock.now())}
    return render(request, "desk/call_ask.html", context, status=status)


def _received(request: HttpRequest, call: Call) -> HttpResponse:
    messages.success(request, RECEIVED)
    return redirect(reverse("call_detail", args=[call.code]) + "#questions")


def is_flooding(request: HttpRequest, call: Call) -> bool:
    """Count one more question; whether there are too many within the hour, from this address or for this call."""
    address = sha256_of(get_adapter().get_client_ip(request))[:32]
    counts = [(f"ask:{call.pk}:{address}", BY_ADDRESS), (f"ask:{call.pk}", FOR_ALL)]
    return any(_count(key) > most for key, most in counts)


def _count(key: str) -> int:
    cache.add(key, 0, AN_HOUR)
    try:
        return cache.incr(key)
    except ValueError:  # it expired between the two lines
        return 1
