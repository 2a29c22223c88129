"""The register of deposits in public: heads, entries, certificates, and the page that verifies a receipt."""

import hashlib
import re

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from ami_portal.documents.models import SealCertificate
from ami_portal.documents.uploads import sent_name
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.text import canonical_json
from applications import closing, proofs, register, verification
from applications.models import Call, RegisterDay

from .rules import calls_visible_to

BY_PAGE, MAX_FILES = 14, 20


class VerificationForm(forms.Form):
    """A fingerprint as one reads it on a receipt; the files come beside it."""

    fingerprint = forms.CharField(
        label="Empreinte SHA-256",
        required=False,
        max_length=200,
        help_text="Les 64 caractères imprimés sur l’accusé de réception, si vous n’avez que son papier.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_fingerprint(self) -> str:
        """Without spaces, in lower case. Refuses what is no fingerprint."""
        typed = re.sub(r"[\s:]", "", self.cleaned_data["fingerprint"]).lower()
        if typed and not re.fullmatch(r"[0-9a-f]{64}", typed):
            raise forms.ValidationError("Une empreinte compte 64 caractères, chiffres et lettres de a à f.")
        return typed

    def clean(self) -> dict:
        """At least a file or a fingerprint; no more, and none bigger, than the page can compare."""
        files = self.files.getlist("files")
        if not files and not self.cleaned_data.get("fingerprint") and not self.errors:
            raise forms.ValidationError("Choisissez au moins un fichier, ou tapez une empreinte.")
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"Vous avez choisi {len(files)} fichiers : {MAX_FILES} au plus à la fois.")
        for file in files:
            if file.size > settings.UPLOAD_MAX_BYTES:
                raise forms.ValidationError(f"« {sent_name(file)} » est trop gros pour être comparé ici.")
        return self.cleaned_data


@page("public")
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Say what a receipt proves. What is sent is hashed, never read nor kept."""
    form = VerificationForm(request.POST or None, request.FILES or None) if request.method == "POST" else None
    if form is not None and not form.is_bound:
        form = VerificationForm({})
    report = None
    if form is not None and form.is_valid():
        files = {sent_name(file): _sha256(file) for file in request.FILES.getlist("files")}
        report = verification.verify(files, form.cleaned_data["fingerprint"], clock.now())
    context = {"form": form or VerificationForm(), "report": report, "max_files": MAX_FILES}
    return render(request, "desk/verification.html", context, status=422 if form and form.errors else 200)


def _sha256(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


@page("public")
@require_GET
def register_page(request: HttpRequest) -> HttpResponse:
    """The heads of the days, the last first; the registers of the calls; the certificates of the seal."""
    at = clock.now()
    days = Paginator(RegisterDay.objects.order_by("-day"), BY_PAGE).get_page(request.GET.get("page"))
    calls = calls_visible_to(request.user).filter(register__isnull=False).order_by("-closes_at")
    context = {
        "page_obj": days,
        "calls": closing.closed_for_all(calls, at),
        "certificates": SealCertificate.objects.order_by("-pk"),
    }
    return render(request, "desk/register.html", context)


@page("public")
@require_GET
def register_heads(request: HttpRequest) -> HttpResponse:
    """Every head published so far, as the verification script reads them."""
    return _download(
        canonical_json({"format": register.FORMAT, "days": register.days()}), "application/json", "tetes.json"
    )


@page("public")
@require_GET
def register_heads_text(request: HttpRequest) -> HttpResponse:
    """The same for a person: a day and its head on each line."""
    lines = "".join(f"{day['day']}  {day['sha256']}\n" for day in register.days())
    return _download(lines, "text/plain; charset=utf-8", "tetes.txt")


@page("public", visible=calls_visible_to, by="code")
@require_GET
def register_call(request: HttpRequest, obj: Call) -> HttpResponse:
    """The register of one call: its heads, and its entries once it is closed."""
    content = canonical_json(register.extract(obj, clock.now()))
    return _download(content, "application/json", f"registre-{obj.code}.json")


@page("public")
@require_GET
def register_certificate(request: HttpRequest, sha256: str) -> HttpResponse:
    """A certificate that has sealed, former ones included."""
    certificate = get_object_or_404(SealCertificate, sha256=sha256)
    return _download(certificate.pem, "application/x-pem-file", f"sceau-{sha256[:8]}.pem")


@page("public")
@require_GET
def register_script(request: HttpRequest) -> HttpResponse:
    """The script that verifies a proof by itself."""
    return _download(proofs.SCRIPT.read_text(encoding="utf-8"), "text/x-python; charset=utf-8", proofs.SCRIPT.name)


def _download(content: str, media_type: str, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
