#!/usr/bin/env python3
"""Vérifie une preuve de dépôt, sans rien installer ni rien envoyer :  python3 verifier.py [DOSSIER] [--tetes FICHIER]

DOSSIER contient les fichiers de la preuve (par défaut, celui de ce programme). Vos annexes, si vous les mettez dans son
sous-dossier « pieces », sont comparées à celles du dépôt. FICHIER est une copie des têtes quotidiennes obtenue par un
autre chemin que la preuve : le site du portail, un tiers, une copie plus ancienne. Code de sortie : 0 si tout tient.
"""

import argparse
import hashlib
import json
import re
import sys
from datetime import date, timedelta
from pathlib import Path

RECEIPT, CONTENT, REGISTER, SUMS = "accuse-de-reception.pdf", "depot.json", "registre.json", "empreintes.txt"
ENTRY = ("number", "day", "submitted_at", "ref_sha256", "version_sha256", "receipt_sha256")
failures = 0


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def chained(*parts):
    """L’empreinte d’une liste : SHA-256 de son JSON canonique."""
    return sha256(canonical(parts))


def say(holds, sentence):
    global failures
    failures += not holds
    print(("OK      " if holds else "ÉCHEC   ") + sentence)
    return holds


def load(path):
    """Un fichier JSON, refusé s’il contient autre chose que ce qui est vérifié plus bas."""
    raw = path.read_bytes()
    value = json.loads(raw)
    say(raw == canonical(value), f"{path.name} : écrit sous sa seule forme admise")
    return value


def check_sums(folder):
    """Chaque fichier de la preuve est celui que la liste des empreintes annonce."""
    lines = (folder / SUMS).read_bytes()
    expected = {}
    for line in lines.decode().splitlines():
        found = re.fullmatch(r"([0-9a-f]{64})  ([\w.-]+)", line)
        if say(bool(found), f"{SUMS} : ligne lisible") and found:
            expected[found[2]] = found[1]
    say(lines == "".join(f"{expected[name]}  {name}\n" for name in sorted(expected)).encode(), f"{SUMS} : bien formé")
    for name in sorted(expected.keys() | {RECEIPT, CONTENT, REGISTER, "verifier.py", "LISEZ-MOI.txt"}):
        path = folder / name
        say(path.is_file() and sha256(path.read_bytes()) == expected.get(name), f"{name} : empreinte annoncée")


def check_deposit(folder):
    """Ce que dit le dépôt, ce que dit l’accusé de réception ; renvoie les empreintes à retrouver au registre."""
    raw, receipt = (folder / CONTENT).read_bytes(), (folder / RECEIPT).read_bytes()
    content = load(folder / CONTENT)
    plain = receipt.replace(rb"\055", b"-")  # un PDF écrit « - » en octal
    sealed = re.findall(rb"Depot ([\w-]+) (\d+) sha256 ([0-9a-f]{64})", plain)
    said = [(content["ref"].encode(), str(content["number"]).encode(), sha256(raw).encode())]
    say(sealed == said, "l’accusé de réception scelle l’empreinte de ce dépôt")
    items = [item for section in content["sections"] for item in section["items"]]
    files = {file["sha256"] for item in items for file in item.get("files", ())}
    brought = [path for path in sorted((folder / "pieces").glob("*")) if path.is_file()]
    for path in brought:
        say(sha256(path.read_bytes()) in files, f"pieces/{path.name} : déposée avec le dossier")
    print(f"        {len(files)} pièce(s) au dépôt, {len(brought)} apportée(s) et comparée(s)")
    return {
        "version_sha256": sha256(raw),
        "receipt_sha256": sha256(receipt),
        "ref_sha256": chained(content["ref"], raw.decode()),
        "submitted_at": content["submitted_at"],
    }


def check_days(days):
    """Aucun jour ne manque, n’a changé, ni n’a changé de place."""
    previous, expected = "0" * 64, days[0]["day"] if days else ""
    for day in days:
        right = set(day) == {"day", "heads", "previous_sha256", "sha256"} and day["day"] == expected
        right = right and day["previous_sha256"] == previous
        right = right and day["sha256"] == chained(day["day"], day["heads"], previous)
        if not right:
            return say(False, f"têtes quotidiennes : rompues au {day['day']} (attendu : {expected})")
        previous, expected = day["sha256"], (date.fromisoformat(day["day"]) + timedelta(days=1)).isoformat()
    return say(True, f"têtes quotidiennes : {len(days)} jour(s) à la suite")


def check_register(register):
    """Les inscriptions de l’appel se suivent, et chaque jour s’engage sur celles qui étaient faites."""
    say(set(register) == {"call", "days", "entries", "format", "head", "seed"}, "registre lisible")
    days, entries, call = register["days"], register["entries"], register["call"]
    check_days(days)
    say(register["head"] == (days[-1]["sha256"] if days else ""), "la dernière tête est celle que le registre annonce")
    if entries is None:
        return print(
            "NON VU  les inscriptions de cet appel paraissent après sa clôture : retéléchargez alors la preuve"
        )
    head, done = chained(call, register["seed"]), 0
    for day in [*days, None]:
        while done < len(entries) and (day is None or entries[done]["day"] <= day["day"]):
            entry = entries[done]
            right = day is not None and set(entry) == {*ENTRY, "previous_sha256", "sha256"}
            right = right and entry["number"] == done + 1 and entry["previous_sha256"] == head
            if not right or entry["sha256"] != chained(call, *(entry[key] for key in ENTRY), head):
                return say(False, f"registre : rompu à l’inscription n° {done + 1}")
            head, done = entry["sha256"], done + 1
        if day is not None and call in day["heads"] and day["heads"][call] != chained(day["day"], head):
            return say(False, f"registre : la tête du {day['day']} ne correspond pas aux inscriptions")
    return say(True, f"registre : {done} inscription(s) à la suite, conformes aux têtes quotidiennes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--tetes", type=Path)
    options = parser.parse_args()
    check_sums(options.folder)
    deposit, register = check_deposit(options.folder), load(options.folder / REGISTER)
    check_register(register)
    if register["entries"] is not None:
        mine = [entry for entry in register["entries"] if all(entry[key] == deposit[key] for key in deposit)]
        say(len(mine) == 1, "ce dépôt est au registre" + "".join(f" : inscription n° {one['number']}" for one in mine))
    if options.tetes:
        known = {day["day"]: day["sha256"] for day in load(options.tetes)["days"]}
        common = [day for day in register["days"] if day["day"] in known]
        same = bool(common) and all(known[day["day"]] == day["sha256"] for day in common)
        say(same, "têtes obtenues d’ailleurs : les mêmes")
    print(f"\nDernière tête, à comparer avec une copie venue d’ailleurs :\n{register['head'] or '(aucune)'}")
    print("\nTout tient." if not failures else f"\n{failures} vérification(s) en échec : cette preuve ne vaut pas.")
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        sys.exit(f"ÉCHEC   la preuve est illisible ({type(error).__name__}: {error})")
