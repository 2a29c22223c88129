"""A démarche on a loopback port, with the rules of the real API: order, cursors, limits, deletions, files that die."""

import base64
import contextlib
import datetime as dt
import hashlib
import json
import re

from ami_portal.kernel import clock

from .graphql import Document, Invalid
from .peer import peer, send

TOKEN, NUMBER, REVISION = "jeton-d-essai", 4242, "UmV2aXNpb24tMQ=="
MOST = 100


def text(at):
    """An instant as dates are shown: cut to the second."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def champ(kind, number, string="", **fields):
    """An answered champ. Its identifier is that of its descriptor."""
    name = base64.b64encode(f"Champ-{number}".encode()).decode()
    shown = {"id": name, "champDescriptorId": name, "label": f"Champ {number}", "stringValue": string}
    return {"__typename": kind, "__interfaces": ["Champ"], **shown, **fields}


def table(number, rows):
    """A repetition: each row a list of champs."""
    held = [{"__typename": "Row", "id": f"row-{number}-{rank}", "champs": row} for rank, row in enumerate(rows)]
    return champ("RepetitionChamp", number, rows=held)


class Procedure:
    """The dossiers, as the schema says them; what was asked; what to do instead of answering (`before`)."""

    def __init__(self):
        self.dossiers, self.deleted, self.pending, self.files = {}, [], [], {}
        self.asked, self.acts, self.before, self.dead = [], [], None, set()
        self.url = ""
        self.clock = clock.now()
        self.most = MOST

    def put(self, number, *champs, **fields):
        """Deposit or change a dossier: it goes to the end of the order."""
        self.clock = max(clock.now(), self.clock + dt.timedelta(microseconds=137))
        known = self.dossiers.get(number)
        self.pending = [row for row in self.pending if row["number"] != number]
        dossier = known or {
            "__typename": "Dossier",
            "id": base64.b64encode(f"Dossier-{number}".encode()).decode(),
            "number": number,
            "state": "en_construction",
            "dateDepot": text(self.clock),
            "dateDerniereCorrectionEnAttente": None,
            "usager": {"__typename": "Profile", "email": f"usager-{number}@labo.example"},
            "demarche": {
                "__typename": "DemarcheDescriptor",
                "revision": {"__typename": "Revision", "id": REVISION},
            },
            "demandeur": {
                "__typename": "PersonneMorale",
                "siret": "13002526500013",
                "entreprise": {"__typename": "Entreprise", "siren": "130025265", "raisonSociale": "UNIVERSITE"},
            },
            "champs": [],
        }
        if champs:
            dossier["champs"] = list(champs)
            dossier["dateDerniereModificationChamps"] = text(self.clock)
        dossier |= {"updated_at": self.clock, "dateDerniereModification": text(self.clock), **fields}
        self.dossiers[number] = dossier
        return dossier

    def file(self, name, content, **said):
        """A file at an address of ours; `said` overrides what is said of it."""
        key = f"{len(self.files)}-{name}"
        self.files[key] = content
        return {
            "__typename": "File",
            "filename": name,
            "contentType": "application/pdf",
            "checksum": base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
            "byteSizeBigInt": str(len(content)),
            "url": f"{self.url}/files/{key}",
            **said,
        }

    def delete(self, number, reason="expired", *, pending=False):
        """Purge a dossier, or announce that it will be."""
        gone = self.dossiers.pop(number)
        self.clock = max(clock.now(), self.clock + dt.timedelta(microseconds=137))
        row = {"__typename": "DeletedDossier", "number": number, "state": gone["state"], "reason": reason}
        row |= {"dateSupression": text(self.clock), "updated_at": self.clock}
        (self.pending if pending else self.deleted).append(row)

    @contextlib.contextmanager
    def open(self):
        """Answer on a port while the block lasts."""
        with peer(self.answer) as url:
            self.url = url
            yield self

    def answer(self, handler, body):
        if handler.path.startswith("/files/"):
            key = handler.path.removeprefix("/files/").partition("?")[0]
            self.asked.append(("file", key))
            if self.before and self.before(self, handler, "file"):
                return
            send(handler, b"" if key in self.dead else self.files[key], status=404 if key in self.dead else 200)
            return
        asked = json.loads(body)
        operation, variables = asked["operationName"], asked["variables"]
        self.asked.append((operation, variables))
        if self.before and self.before(self, handler, operation):
            return
        if handler.headers["Authorization"] != f"Bearer {TOKEN}":
            send(handler, b'{"errors": [{"message": "Jeton invalide"}]}', status=401)
            return
        try:
            document = Document(asked["query"])
            data = document.answer(self.root(operation, variables), document.operations[operation])
            said = {"data": data}
        except (Invalid, KeyError) as error:
            said = {"data": None, "errors": [{"message": str(error), "extensions": {"code": "bad_request"}}]}
        send(handler, json.dumps(said).encode(), Content_Type="application/json")

    def root(self, operation, variables):
        root = {"__typename": "Query"}
        if operation == "oneDossier":
            if variables["number"] not in self.dossiers:
                raise Invalid("Dossier not found")
            return root | {"dossier": self.dossiers[variables["number"]]}
        if operation.startswith("dossier") and operation != "dossiers":
            return root | {operation: self.mutate(operation, variables["input"])}
        rows = {"deletedDossiers": self.deleted, "pendingDeletedDossiers": self.pending}.get(operation)
        rows = list(self.dossiers.values()) if rows is None else rows
        since = variables.get("updatedSince") or variables.get("deletedSince")
        page = self.page(operation, rows, since, variables.get("first"), variables.get("after"))
        return root | {"demarche": {"__typename": "Demarche", operation: page}}

    def page(self, operation, rows, since, first, after):
        """Ascending by `updated_at`, from `since` on, after a cursor of this very list: a wrong one is refused."""
        rows = sorted(rows, key=lambda row: (row["updated_at"], row["number"]))
        rows = [row for row in rows if row["updated_at"] >= dt.datetime.fromisoformat(since)]
        if after:
            said = base64.b64decode(after).decode()
            name, _, place = said.partition("|")
            if name != operation:
                raise Invalid("Invalid cursor")
            rows = [row for row in rows if self.place(row) > place]
        most = min(first or MOST, self.most, MOST)
        held = rows[:most]
        cursor = base64.b64encode(f"{operation}|{self.place(held[-1])}".encode()).decode() if held else None
        info = {"__typename": "PageInfo", "hasNextPage": len(rows) > most, "endCursor": cursor}
        return {"__typename": "Connection", "pageInfo": info, "nodes": held}

    @staticmethod
    def place(row):
        return f"{row['updated_at'].isoformat(timespec='microseconds')};{row['number']:012d}"

    def mutate(self, name, given):
        """Carry out an act as the real one does: a wrong state is an error among the data."""
        dossier = next((one for one in self.dossiers.values() if one["id"] == given["dossierId"]), None)
        self.acts.append((name, dossier and dossier["number"], given))
        wrong = self.refusal(name, dossier, given)
        errors = [{"__typename": "ValidationError", "message": wrong}] if wrong else None
        if not wrong and name in AFTER:
            self.put(dossier["number"], state=AFTER[name])
        if not wrong and name == "dossierEnvoyerMessage" and given.get("correction"):
            self.put(dossier["number"], state="en_construction", dateDerniereCorrectionEnAttente=text(self.clock))
        return {"__typename": f"{name}Payload", "errors": errors}

    @staticmethod
    def refusal(name, dossier, given):
        if dossier is None or not given.get("instructeurId"):
            return "Le dossier ou l’instructeur est introuvable"
        if name in ("dossierRefuser", "dossierClasserSansSuite") and not given.get("motivation"):
            return "La motivation est obligatoire"
        if name in AFTER and dossier["state"] != BEFORE[name]:
            return f"Le dossier est déjà {re.sub('_', ' ', dossier['state'])}"
        if given.get("correction") and dossier["dateDerniereCorrectionEnAttente"]:
            return "Une demande de correction est déjà en attente sur ce dossier"
        return ""


AFTER = {
    "dossierPasserEnInstruction": "en_instruction",
    "dossierAccepter": "accepte",
    "dossierRefuser": "refuse",
    "dossierClasserSansSuite": "sans_suite",
}
BEFORE = {name: "en_construction" if "Instruction" in name else "en_instruction" for name in AFTER}
