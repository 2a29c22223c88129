"""Replays the checks of a dossier from what was kept, and says whether anything changed."""

import textwrap
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.enums import CheckResult
from applications.models import DossierVersion
from evaluation.replay import Line, replay


class Command(BaseCommand):
    help = "Rejoue les contrôles d’un dossier depuis sa seule copie figée, et montre règles, constats et décisions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="la référence du dossier")
        parser.add_argument("--deposit", type=int, help="le numéro du dépôt ; par défaut, celui qui vaut")

    def handle(self, *args: Any, number: str, deposit: int | None, **options: Any) -> None:
        versions = DossierVersion.objects.filter(dossier__ref=number)
        versions = versions.filter(number=deposit) if deposit else versions.filter(withdrawn_at=None)
        version = versions.select_related("dossier__call", "dossier__form_revision").order_by("-number").first()
        if version is None:
            raise CommandError(f"Aucun dépôt du dossier {number} n’est connu.")
        found = replay(version)
        self.stdout.write(f"{number}, dépôt n° {version.number}, empreinte {version.sha256}")
        for line in found.lines:
            self._write(line)
        if found.faults:
            raise CommandError("Quelque chose a changé depuis :\n" + "\n".join(f"– {fault}" for fault in found.faults))
        self.stdout.write("Rien n’a changé : chaque résultat se retrouve, octet pour octet.")

    def _write(self, line: Line) -> None:
        item = line.item
        self.stdout.write(f"\n{item.criterion.label} : {item.get_automatic_display()}, règles {item.rule_version}")
        said = (
            "" if line.again else "Ces règles ne sont plus celles d’aujourd’hui : le constat est comparé au journal. "
        )
        self.stdout.write(textwrap.indent(textwrap.fill(f"{said}{item.evidence}", 110), "    "))
        if item.decision:
            reason = f", motif : {item.reason}" if item.reason else ""
            self.stdout.write(f"    Décision : {CheckResult(item.decision).label}, {item.decided_by}{reason}")
