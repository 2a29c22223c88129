"""allauth's adapter: its mails go through the outbox, in French, in the transaction that causes them."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.template.loader import render_to_string

from ami_portal.kernel import clock
from ami_portal.notifications import outbox


class AccountAdapter(DefaultAccountAdapter):
    """Texts are our `templates/account/email/<name>_subject.txt` and `_message.txt`."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue instead of sending; nothing leaves for a sign-in that is rolled back."""
        context = {**self._mail_context(), **context, "email": email}
        title = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
        body = render_to_string(f"{template_prefix}_message.txt", context).strip()
        kind = "account." + template_prefix.rpartition("/")[2]
        outbox.queue(kind, to=email, subject_ref="", title=title, body=body, at=clock.now())

    def _mail_context(self) -> dict[str, Any]:
        return {"portal_url": settings.PORTAL_URL, "operator_name": settings.OPERATOR_NAME}
