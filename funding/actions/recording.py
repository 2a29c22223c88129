"""The sealed record of a signature: who signed what, when, by which means, and who found it good."""

from django.db import transaction

from ami_portal.documents import pdf, seal, store
from ami_portal.kernel import clock
from funding import signatures
from funding.models import Convention


def build_signature_record(*, convention_id: int) -> None:
    """Give a convention signed by copies its record, once, however often and concurrently it is called."""
    convention = Convention.objects.select_related("dossier__call", "document").get(pk=convention_id)
    if convention.signature_record_id:
        return
    found = [one for one in signatures.copies_of(convention) if one.copy in signatures.accepted(convention)]
    context = {"convention": convention, "operator": convention.dossier.call.operator, "copies": found}
    content = pdf.render("pdf/funding/signature_record.html", context)
    at = clock.now()
    content = seal.seal(content, reason=f"Signature {convention.ref}", at=at)  # slow, so outside the lock
    with transaction.atomic():
        locked = Convention.objects.select_for_update(of=("self",)).get(pk=convention_id)
        if locked.signature_record_id:
            return
        locked.signature_record = store.keep(
            "signature_record",
            subject=locked.ref,
            content=content,
            filename=f"{locked.ref}-signatures.pdf",
            media_type="application/pdf",
            at=at,
        )
        seal.list_certificate(at=at)
        locked.save(update_fields=["signature_record"])
