"""Load a list of public grants from a CSV of open data."""

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ami_portal.ui.wording import instant
from evaluation import actions
from evaluation.grants import ESSENTIAL_DATA, MAX_BYTES, GrantsError, read

MAX_TOLD = 50


class Command(BaseCommand):
    """« load_grants subventions.csv --columns data/subventions/anr.yaml »: twice is once, every fault by its row."""

    help = "Charge une liste de subventions publiques, pour la comparer aux dossiers déposés."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="", help="Le nom de la liste ; par défaut, celui du fichier.")
        parser.add_argument(
            "--columns",
            type=Path,
            help="Un YAML qui dit quelle colonne est quoi ; par défaut, celles des données essentielles.",
        )
        parser.add_argument(
            "--set", action="append", default=[], metavar="CHAMP=COLONNE", help="Une colonne ; se répète."
        )
        parser.add_argument("--skip-errors", action="store_true", help="Charge les lignes justes, laisse les autres.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        columns, funder, source = _columns(options["columns"], options["set"])
        source = options["source"] or source or file.stem
        if not file.is_file():
            raise CommandError(f"{file} : ce fichier n’existe pas.")
        if file.stat().st_size > MAX_BYTES:
            raise CommandError(f"{file} : le fichier dépasse {MAX_BYTES // 1024**2} Mo.")
        content = file.read_bytes()
        try:
            rows, problems = read(content, columns, funder=funder or source)
        except GrantsError as error:
            raise CommandError(str(error)) from error
        for problem in problems[:MAX_TOLD]:
            self.stderr.write(problem)
        if len(problems) > MAX_TOLD:
            self.stderr.write(f"et {len(problems) - MAX_TOLD} autres")
        if problems and not options["skip_errors"]:
            raise CommandError(f"{len(problems)} fautes : rien n’est chargé (--skip-errors laisse ces lignes).")
        loaded = actions.load_grants(
            rows, source=source[:120], filename=file.name[:200], content=content, columns=columns
        )
        said = f"{len(rows)} lignes ; {loaded.added} ajoutées, {loaded.changed} modifiées"
        self.stdout.write(
            f"{source} : {said}, le {instant(loaded.loaded_at)}. La comparaison se fait en tâche de fond."
        )


def _columns(file: Path | None, typed: list[str]) -> tuple[dict[str, str], str, str]:
    """The columns, the funder and the source that a YAML gives, then those of the command."""
    said: Any = {}
    if file is not None:
        try:
            said = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CommandError(f"{file} : ce YAML ne se lit pas ({error}).") from error
        if not isinstance(said, dict) or not isinstance(said.get("columns"), dict):
            raise CommandError(f"{file} : attendu, « columns: » et, dessous, « champ: colonne ».")
    columns = {str(name): str(column) for name, column in said.get("columns", ESSENTIAL_DATA).items()}
    for one in typed:
        name, equals, column = one.partition("=")
        if not equals:
            raise CommandError(f"--set {one} : attendu CHAMP=COLONNE.")
        columns[name] = column
    return columns, str(said.get("funder", "")), str(said.get("source", ""))
