"""A dossier of the API read whole (pure): its answers, rows and files, or everything that is wrong in it."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ami_portal.kernel.text import canonical_json, clean_text, sha256_of
from ami_portal.questionnaire.answers import Address, is_empty
from ami_portal.questionnaire.form import Form, Question

from .mapping import IGNORED, Demarche, Line
from .values import Wrong, answer, clean

STATES = ("en_construction", "en_instruction", "accepte", "refuse", "sans_suite")
LAYOUT = ("HeaderSectionChamp", "ExplicationChamp")
_ROWS = uuid.UUID("3f0d4c1e-8a51-5f0e-9a51-2d5f3c7d9b10")
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class Shapeless(ValueError):
    """Not even a dossier with a number: nothing can be said of it."""


@dataclass(frozen=True)
class Fault:
    """What forbids to import a dossier: in which field, and why, in French words."""

    field: str
    said: str


@dataclass(frozen=True)
class RemoteFile:
    """A file as the API tells of it. Its address lives an hour."""

    question: str
    filename: str
    checksum: str
    size: str
    url: str = field(compare=False)

    @property
    def key(self) -> str:
        """What tells it from another one, whatever its address of the moment."""
        return sha256_of("\n".join((self.question, self.checksum, self.size, self.filename)))


@dataclass(frozen=True)
class Remote:
    """A dossier there. `becomes` is what its state makes of it here; with `faults`, nothing of it may be imported."""

    number: int
    node_id: str
    state: str
    becomes: str
    email: str
    name: str
    revision: str
    deposited_at: dt.datetime | None
    modified_at: dt.datetime | None
    answers: Mapping[Address, Any]
    rows: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence[RemoteFile]]
    faults: tuple[Fault, ...]

    @property
    def sha256(self) -> str:
        """The fingerprint of all that it says: the same again changes nothing."""
        said = [[*address, value] for address, value in sorted(self.answers.items())]
        files = {code: [one.key for one in held] for code, held in self.files.items()}
        return sha256_of(canonical_json([self.becomes, self.email, self.name, said, dict(self.rows), files]))


def read(node: Mapping[str, Any], demarche: Demarche, form: Form) -> Remote:
    """Read a dossier, whatever it holds. Raises Shapeless when it has no number."""
    number = node.get("number")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 2**63:
        raise Shapeless("Un dossier n’a pas de numéro.")
    reader = _Reader(number, demarche, form)
    try:
        return reader.remote(node)
    except _MALFORMED:
        reader.fault("dossier", "la réponse n’a pas la forme attendue")
        return reader.broken(node)


class _Reader:
    """Gathers what a dossier says, and all that is wrong in it."""

    def __init__(self, number: int, demarche: Demarche, form: Form) -> None:
        self.number, self.demarche, self.form = number, demarche, form
        self.answers: dict[Address, Any] = {}
        self.rows: dict[str, list[str]] = {}
        self.files: dict[str, list[RemoteFile]] = {}
        self.faults: list[Fault] = []

    def fault(self, where: str, said: str) -> None:
        self.faults.append(Fault(clean_text(where)[:200], clean_text(said)[:500]))

    def remote(self, node: Mapping[str, Any]) -> Remote:
        state, revision = str(node["state"]), clean_text(str(node["demarche"]["revision"]["id"]))[:200]
        if state not in STATES:
            self.fault("état", f"l’état « {state[:40]} » est inconnu")
        becomes = self.demarche.states.get(state, IGNORED)
        if becomes != IGNORED:
            self._champs(node["champs"], self.demarche.lines_for(revision))
            self._applicant(node["demandeur"], self.demarche.lines_for(revision))
        deposited_at = self._instant(node, "dateDepot")
        modified_at = self._instant(node, "dateDerniereModificationChamps") or deposited_at
        email = clean_text(str(node["usager"]["email"] or "")).strip().lower()[:254]
        name = _name_of(node["demandeur"])
        return self._made(node, becomes, email, name, revision, deposited_at, modified_at)

    def broken(self, node: Mapping[str, Any]) -> Remote:
        """What can be said of a dossier that cannot be read."""
        return self._made(node)

    def _made(
        self,
        node: Mapping[str, Any],
        becomes: str = IGNORED,
        email: str = "",
        name: str = "",
        revision: str = "",
        deposited_at: dt.datetime | None = None,
        modified_at: dt.datetime | None = None,
    ) -> Remote:
        node_id, state = clean_text(str(node.get("id", "")))[:200], clean_text(str(node.get("state", "")))[:20]
        who = (self.number, node_id, state, becomes, email, name, revision, deposited_at, modified_at)
        return Remote(*who, self.answers, self.rows, self.files, tuple(self.faults))

    def _instant(self, node: Mapping[str, Any], name: str) -> dt.datetime | None:
        at = dt.datetime.fromisoformat(node[name])
        if at.tzinfo is None:
            self.fault(name, "cette date n’a pas de fuseau horaire")
            return None
        return at.astimezone(dt.UTC)

    def _champs(self, champs: Sequence[Mapping[str, Any]], lines: Sequence[Line]) -> None:
        by_champ = {line.champ: line for line in lines if line.champ}
        for champ in champs:
            name = champ["champDescriptorId"]
            line = by_champ.get(name)
            if line is None:
                self._unmapped(champ, name)
                continue
            try:
                self._answered(champ, line)
            except KeyError:
                self.fault(_label(champ, name), f"le formulaire n’a pas de question « {line.question} »")
            except Wrong as error:
                self.fault(_label(champ, name), str(error))

    def _unmapped(self, champ: Mapping[str, Any], name: str) -> None:
        """A champ that no line reads is a fault as soon as it says something: it would be lost without a word."""
        says = champ.get("stringValue") or champ.get("files") or champ.get("rows") or champ.get("selected") is not None
        if says and champ["__typename"] not in LAYOUT and name not in self.demarche.ignored:
            self.fault(_label(champ, name), "ce champ n’a pas de correspondance dans le fichier de l’appel")

    def _answered(self, champ: Mapping[str, Any], line: Line) -> None:
        question = line.asked(self.form.by_code)
        if question.type == "table":
            self._table(champ, line, question)
        elif question.type == "file":
            self._files(champ, question)
        else:
            self._say(Address(line.question, "", line.column), answer(question, champ, dict(line.values)))

    def _say(self, address: Address, value: Any) -> None:
        if not is_empty(value):
            self.answers[address] = value

    def _table(self, champ: Mapping[str, Any], line: Line, question: Question) -> None:
        if champ["__typename"] != "RepetitionChamp":
            raise Wrong("un bloc répétable est attendu")
        rows = champ["rows"]
        if len(rows) > question.rows[1]:
            raise Wrong(f"{len(rows)} lignes, et {question.rows[1]} au plus sont admises")
        columns = {column.champ: column for column in line.columns}
        for rank, row in enumerate(rows, start=1):
            key = str(uuid.uuid5(_ROWS, f"{self.number}/{line.question}/{row['id']}"))
            self.rows.setdefault(line.question, []).append(key)
            for cell in row["champs"]:
                self._cell(cell, columns, question, key, rank)

    def _cell(
        self, cell: Mapping[str, Any], columns: Mapping[str, Line], question: Question, row: str, rank: int
    ) -> None:
        column = columns.get(cell["champDescriptorId"])
        if column is None:
            self._unmapped(cell, cell["champDescriptorId"])
            return
        try:
            value = answer(question.column(column.column), cell, dict(column.values))
        except Wrong as error:
            self.fault(f"{question.label}, ligne {rank}, {_label(cell, column.champ)}", str(error))
            return
        self._say(Address(question.code, row, column.column), value)

    def _files(self, champ: Mapping[str, Any], question: Question) -> None:
        if champ["__typename"] != "PieceJustificativeChamp":
            raise Wrong("une pièce justificative est attendue")
        told = ("filename", "checksum", "byteSize", "url")
        held = [RemoteFile(question.code, *(str(one[name] or "") for name in told)) for one in champ["files"]]
        if len(held) > question.files:
            raise Wrong(f"{len(held)} fichiers, et {question.files} au plus sont admis")
        if held:
            self.files.setdefault(question.code, []).extend(held)

    def _applicant(self, applicant: Mapping[str, Any], lines: Sequence[Line]) -> None:
        known = {"siret": applicant.get("siret") or "", "name": _organisation(applicant) or _name_of(applicant)}
        for line in lines:
            if line.applicant:
                try:
                    value = clean(line.asked(self.form.by_code), str(known[line.applicant]))
                    self._say(Address(line.question, "", line.column), value)
                except KeyError:
                    self.fault("demandeur", f"le formulaire n’a pas de question « {line.question} »")
                except Wrong as error:
                    self.fault("demandeur", str(error))


def _label(champ: Mapping[str, Any], name: str) -> str:
    """How staff find a champ: by the label that its people read, and by the identifier that the call's file writes."""
    return f"{str(champ.get('label') or 'champ')[:120]} ({str(name)[:60]})"


def _organisation(applicant: Mapping[str, Any]) -> str:
    return str((applicant.get("entreprise") or {}).get("raisonSociale") or "")


def _name_of(applicant: Mapping[str, Any]) -> str:
    person = " ".join(str(applicant[part]) for part in ("prenom", "nom") if applicant.get(part))
    return clean_text(person or _organisation(applicant))[:200]
