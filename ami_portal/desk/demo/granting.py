"""A list of public grants, invented: one of its projects says what a dossier of the demonstration says."""

from functools import partial

from evaluation import actions
from evaluation.grants import read

from .stage import Edition, Stage
from .words import Project

COLUMNS = {name: name for name in ("reference", "funder", "beneficiary", "siren", "amount", "granted_on", "text")}


def plan(stage: Stage, edition: Edition, project: Project, working_days: int, time: str) -> None:
    """Load the list so many working days after the closing."""
    stage.agenda.at(edition.after(working_days, time), partial(load, stage, project), "Subventions publiques chargées")


def load(stage: Stage, project: Project) -> None:
    """One grant to the same organisation for nearly the same work, one to another."""
    body = project.organisation
    rows = [
        ("DEMO-2025-041", "Région de démonstration", body.name, body.siret, "42000.00", "2025-06-12", _nearly(project)),
        (
            "DEMO-2025-042",
            "Région de démonstration",
            "Institut d’un autre domaine",
            "",
            "18500.00",
            "2025-06-12",
            OTHER,
        ),
    ]
    lines = [";".join(COLUMNS), *(";".join(f'"{cell}"' for cell in row) for row in rows)]
    content = "\n".join(lines).encode()
    found, _ = read(content, COLUMNS, funder="")
    actions.load_grants(
        found, source="Liste de démonstration", filename="subventions-demo.csv", content=content, columns=COLUMNS
    )


OTHER = (
    "Rénovation thermique d’un amphithéâtre, remplacement de ses menuiseries, mise aux normes de son éclairage "
    "et de ses accès pour les personnes à mobilité réduite."
)


def _nearly(project: Project) -> str:
    """What the dossier says of its question, as somebody would say it again elsewhere."""
    said = " ".join(str(project["question"]).replace('"', "").split())
    return f"Projet soutenu par la Région. {said} Le financement porte sur le temps d’un ingénieur."
