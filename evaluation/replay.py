"""A decision of eligibility found again from what was kept: the frozen deposit, its files, what the checks read beside.

Nothing of today counts: neither the call as it is now, nor the company directory, nor the measures of files.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.documents import store
from ami_portal.documents.models import Document
from ami_portal.kernel.text import canonical_json, sha256_of
from applications import basis, checks, reading
from applications.models import DepositEntry, DossierVersion, EligibilityCriterion
from applications.reading import FrozenDossier

from .facts import basis_of
from .models import CheckRun, EligibilityItem


@dataclass(frozen=True)
class Line:
    """One criterion: what was kept of it, and what is found again (empty when these rules can no longer tell)."""

    item: EligibilityItem
    again: Mapping[str, Any]


@dataclass
class Replay:
    """What was found again of one deposit, and every fault: a fingerprint, a file, a result that is not as kept."""

    version: DossierVersion
    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def fingerprint(item: EligibilityItem) -> str:
    """Of what a check answered on one criterion, and of what it read."""
    kept = {
        "criterion": item.criterion.code,
        "result": item.automatic,
        "evidence": item.evidence,
        "found_at": item.found_at,
        "tree": item.tree,
        "rules": item.rule_version,
        "basis": item.run.sha256 if item.run else "",
    }
    return sha256_of(canonical_json(kept))


def replay(version: DossierVersion) -> Replay:
    """Find every result of one deposit again. The version comes with its dossier and the form revision."""
    found = Replay(version)
    found.faults += _changed_content(version)
    frozen = reading.frozen(version)
    found.faults += _changed_files(frozen)
    events = list(AuditEvent.objects.filter(subject=version.dossier.ref).order_by("number"))
    rows = version.eligibility_items.select_related("criterion", "run", "decided_by").order_by("criterion__position")
    for item in rows:
        again = _again(item, frozen, version)
        found.lines.append(Line(item, again))
        found.faults += _changed_item(item, again, events)
    if not found.lines:
        found.faults.append("Aucun critère n’a été contrôlé sur ce dépôt.")
    if (broken := trail.first_broken()) is not None:
        found.faults.append(f"La chaîne du journal est rompue à l’événement n° {broken}.")
    return found


def _changed_content(version: DossierVersion) -> Iterator[str]:
    entry = DepositEntry.objects.filter(version=version).first()
    now = sha256_of(version.content)
    if now != version.sha256 or (entry and entry.version_sha256 != now):
        yield f"La copie figée du dépôt n° {version.number} n’est plus celle qui fut déposée."
    form = version.dossier.form_revision
    if json.loads(version.content)["form"]["sha256"] != form.sha256:
        yield "Le formulaire n’est pas celui du dépôt."


def _changed_files(frozen: FrozenDossier) -> Iterator[str]:
    kept = {str(row.uuid): row for row in Document.objects.filter(uuid__in=[one.uuid for one in frozen.all_files()])}
    for file in frozen.all_files():
        document = kept.get(file.uuid)
        try:
            is_same = document is not None and sha256_of(store.read(document)) == file.sha256
        except OSError:
            is_same = False
        if not is_same:
            yield f"Le fichier « {file.filename} » n’est plus celui qui fut déposé."


def _again(item: EligibilityItem, frozen: FrozenDossier, version: DossierVersion) -> Mapping[str, Any]:
    """The result found again; empty when it was computed by other rules, or from what was not kept."""
    if item.run is None or item.run.rules != checks.RULES_VERSION:
        return {}
    kept = json.loads(item.run.basis)
    criterion = next((one for one in kept["criteria"] if one["code"] == item.criterion.code), None)
    if criterion is None:
        return {}
    facts = basis.facts_from(frozen, version.dossier.form_revision.form, basis.of_json(kept["basis"]))
    return checks.as_json(checks.run(criterion["check"], facts, criterion["params"]))


def _changed_item(item: EligibilityItem, again: Mapping[str, Any], events: list[AuditEvent]) -> Iterator[str]:
    label = f"« {item.criterion.label} »"
    if item.run is None:
        yield f"{label} : ce que le contrôle avait lu n’a pas été gardé, il ne se rejoue pas."
        return
    noted = [one.data["evidence"] for one in events if one.verb == "dossier.check" and "evidence" in one.data]
    last = next((codes[item.criterion.code] for codes in reversed(noted) if item.criterion.code in codes), "")
    if sha256_of(item.run.basis) != item.run.sha256:
        yield f"{label} : ce que le contrôle avait lu a changé."
    if fingerprint(item) != item.fingerprint or item.fingerprint != last:
        yield f"{label} : le constat n’est plus celui qui est au journal."
    if again and canonical_json(again) != canonical_json(item.tree):
        yield f"{label} : rejoué, le contrôle répond autrement (« {again['result']} » : {again['evidence']})"
    if again and again["result"] != item.automatic:
        yield f"{label} : le résultat gardé n’est pas celui du contrôle."
    yield from _changed_decision(item, events)


def _changed_decision(item: EligibilityItem, events: list[AuditEvent]) -> Iterator[str]:
    """The decision against the last that the journal has; one taken over by a reply is noted there too."""
    taken = [
        one for one in events if one.verb == "criterion.decide" and one.data.get("criterion") == item.criterion.code
    ]
    noted = (taken[-1].after, taken[-1].data.get("reason", "")) if taken else ("", "")
    if item.decision and (item.decision, item.reason) != noted:
        yield f"« {item.criterion.label} » : la décision ou son motif n’est plus celui du journal."


def performed(
    version: DossierVersion, criteria: list[EligibilityCriterion]
) -> tuple[CheckRun, dict[int, checks.Result], list[str]]:
    """The checks of one deposit, done now: the run to keep (its instant is the caller's), the result of each criterion,
    and the numbers of which the company directory has said nothing yet."""
    frozen = reading.frozen(version)
    read = basis_of(version, frozen, criteria)
    facts = basis.facts_from(frozen, version.dossier.form_revision.form, read)
    asked = [{"code": one.code, "check": one.check_name, "params": one.params} for one in criteria]
    content = canonical_json({"basis": read.as_json(), "criteria": asked})
    run = CheckRun(version=version, rules=checks.RULES_VERSION, basis=content, sha256=sha256_of(content))
    results = {one.pk: checks.run(one.check_name, facts, one.params) for one in criteria}
    return run, results, [number for number, fact in read.directory.items() if fact.status == "waiting"]
