"""Finds the ranking of a jury again from its minutes alone, and says whether they are still what was sealed."""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ami_portal.documents import seal
from ami_portal.documents.attached import NothingAttached, extract
from ami_portal.ui.wording import instant
from evaluation.minutes import ATTACHMENT
from evaluation.proof import Proof, verify


class Command(BaseCommand):
    help = (
        "Recalcule le classement d’un jury depuis son seul procès-verbal (un PDF), sans lire la base ; dit son sceau."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="le procès-verbal, tel que le portail l’a scellé")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = file.read_bytes()
            found = verify(extract(content, ATTACHMENT))
        except (OSError, NothingAttached) as error:
            raise CommandError(str(error)) from error
        if found.frozen_at:
            self._write(found, found.frozen_at)
        certificate = seal.certificate_of(content)
        self._write_seal(certificate)
        faults = list(found.faults)
        if not certificate:
            faults.append("Le fichier n’est plus celui que le portail a scellé, ou ne l’a jamais été.")
        if faults:
            raise CommandError("Ce procès-verbal ne se vérifie pas :\n" + "\n".join(f"– {fault}" for fault in faults))
        self.stdout.write("Le classement se retrouve depuis les notes, et rien n’a changé depuis le sceau.")

    def _write(self, found: Proof, frozen_at: dt.datetime) -> None:
        self.stdout.write(f"Jury de {found.call}, décisions arrêtées le {instant(frozen_at)}")
        self.stdout.write(f"Empreinte des données : {found.fingerprint}")
        self.stdout.write(f"Classement recalculé (méthode {found.method}) :")
        for line in found.lines:
            score = "sans note" if line.score is None else str(line.score).replace(".", ",")
            self.stdout.write(f"  {line.rank or '–':>4}  {line.ref:<24} {score:>9}")

    def _write_seal(self, certificate: str) -> None:
        if certificate:
            said = f"intact, du certificat {certificate} : comparez-le à ceux que publie le registre du portail."
        else:
            said = "absent, ou rompu."
        self.stdout.write(f"Sceau : {said}")
