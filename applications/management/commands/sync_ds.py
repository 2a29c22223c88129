"""Import what changed in the démarche of a call."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ami_portal.gateways.http import GatewayError
from ami_portal.ui.wording import instant
from applications.actions import NothingToSync, SyncBusy, sync_call
from applications.actions.rehearsing import rehearse
from applications.models import Call, ImportFault


class Command(BaseCommand):
    help = (
        "Reprend de Démarches Simplifiées ce qui a changé depuis la dernière passe, ou continue celle qui a été "
        "interrompue. Deux fois ne change rien de plus. Les erreurs d’import nomment le dossier et le champ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="le code de l’appel")
        parser.add_argument("--all", action="store_true", help="tout relire, et non ce qui a changé")
        parser.add_argument(
            "--dry-run", action="store_true", help="montre ce qui serait repris, et écrit là-bas, sans rien faire"
        )

    def handle(self, *args: Any, code: str, **options: Any) -> None:
        call = Call.objects.select_related("form_revision").filter(code=code).first()
        if call is None:
            known = ", ".join(Call.objects.order_by("code").values_list("code", flat=True)) or "aucun"
            raise CommandError(f"{code} : appel inconnu ; attendu : {known}")
        if options["dry_run"]:
            self._rehearse(call, everything=options["all"])
            return
        try:
            done = sync_call(call, everything=options["all"])
        except (SyncBusy, NothingToSync) as error:
            raise CommandError(str(error)) from error
        for fault in ImportFault.objects.filter(remote__call=call).select_related("remote").order_by("remote", "pk"):
            self.stdout.write(f"Dossier n° {fault.remote.number}, {fault.field} : {fault.said}")
        self.stdout.write(
            f"{code} : {done.created} nouveaux, {done.changed} modifiés, {done.same} inchangés, "
            f"{done.faulty} en erreur, {done.gone} supprimés là-bas."
        )
        if done.ended_at is None:
            when = f" Elle reprendra le {instant(done.resume_at)}." if done.resume_at else ""
            raise CommandError(f"La passe n’est pas finie : {done.error or 'elle a été reprise ailleurs.'}{when}")

    def _rehearse(self, call: Call, *, everything: bool) -> None:
        try:
            for line in rehearse(call, everything=everything):
                self.stdout.write(line)
        except GatewayError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Rien n’a été fait.")
