"""A proof of deposit, checked by the script that it carries, in a process that knows nothing of the portal."""

import copy
import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from functools import cache

import pytest
import time_machine

from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from applications import actions, chaining, proofs, register
from tests import people
from tests.applications import small
from tests.documents import files

pytestmark = pytest.mark.drawn
NIGHT = dt.timedelta(days=1)


@cache
def made() -> dict[str, bytes]:
    """The files of a proof, asked for after the closing of a call that received three deposits on two days. Made once:
    the script that the tests run knows only files."""
    call, owner = small.a_small_call(), people.a_person("claire@labo.example")
    first = clock.paris(call.opens_at).replace(hour=10) + NIGHT
    versions = []
    for at in (first, first + dt.timedelta(hours=1), first + NIGHT):
        with time_machine.travel(at, tick=False):
            version = actions.submit_dossier(small.a_full_draft(call, owner), actor=owner)
            actions.build_receipt(version_id=version.pk)
            versions.append(version)
    actions.close_days(at=first + 4 * NIGHT)
    others = {f"other/{name}": content for name, content in unpacked(versions[0], call.closes_at).items()}
    heads = {"heads/tetes.json": canonical_json({"format": 1, "days": register.days()}).encode()}
    return unpacked(versions[1], call.closes_at) | others | heads


def unpacked(version, at):
    version.refresh_from_db()
    once, again = (proofs.archive(version, version.receipt, at) for _ in range(2))
    assert once == again
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def proof(db, tmp_path):
    """The folder of a proof."""
    return laid_out({name: content for name, content in made().items() if "/" not in name}, tmp_path / "preuve")


def laid_out(contents, folder):
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def check(folder, *more):
    """The script's exit code and what it says."""
    command = [sys.executable, "-I", "-W", "error", str(folder / "verifier.py"), str(folder), *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONIOENCODING": "utf-8"})
    return done.returncode, done.stdout + done.stderr


def rewrite(folder, change):
    """Change the register as an accomplice would, who then brings the list of fingerprints up to date."""
    said = json.loads((folder / "registre.json").read_text())
    change(said)
    (folder / "registre.json").write_text(canonical_json(said))
    renew_sums(folder)


def renew_sums(folder):
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name != proofs.SUMS)
    sums = "".join(f"{sha256_of((folder / name).read_bytes())}  {name}\n" for name in names)
    (folder / proofs.SUMS).write_text(sums)


def rechain(said):
    """Make the days follow one another again, whatever they say."""
    previous = chaining.FIRST_DAY_FOLLOWS
    for day in said["days"]:
        day["previous_sha256"] = previous
        previous = day["sha256"] = chaining.day_sha256(
            dt.date.fromisoformat(day["day"]), day["heads"], day["previous_sha256"]
        )
    said["head"] = previous


def test_the_script_is_short_and_stands_alone():
    source = proofs.SCRIPT.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 150
    imported = {
        line.split()[1].partition(".")[0] for line in source.splitlines() if line.startswith(("import", "from"))
    }
    assert imported <= set(sys.stdlib_module_names)


def test_a_true_proof_holds(proof):
    code, said = check(proof)
    assert code == 0, said
    assert "ÉCHEC" not in said
    for words in (
        "l’accusé de réception scelle l’empreinte de ce dépôt",
        "registre : 3 inscription(s) à la suite",
        "ce dépôt est au registre : inscription n° 2",
        "Tout tient.",
    ):
        assert words in said


@pytest.mark.parametrize(
    "name",
    ["accuse-de-reception.pdf", "depot.json", "registre.json", "empreintes.txt", "LISEZ-MOI.txt", "verifier.py"],
)
def test_any_changed_byte_of_any_file_is_found(proof, name):
    path = proof / name
    content = path.read_bytes()
    for place in (0, len(content) // 2, len(content) - 1):
        changed = content[place : place + 1].replace(b"\n", b" ") if content[place : place + 1] == b"\n" else b"\n"
        path.write_bytes(content[:place] + changed + content[place + 1 :])
        code, said = check(proof) if name != "verifier.py" else check_with(content, proof)
        assert code != 0, (place, said)
    path.unlink()
    if name != "verifier.py":
        assert check(proof)[0] != 0


def check_with(script, folder):
    """The true script on a folder whose own was changed."""
    (folder.parent / "verifier.py").write_bytes(script)
    command = [sys.executable, "-I", str(folder.parent / "verifier.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


CHANGES = {
    "entry_removed": lambda said: said["entries"].pop(1),
    "first_entry_removed": lambda said: said["entries"].pop(0),
    "last_entry_removed": lambda said: said["entries"].pop(),
    "entries_reordered": lambda said: said["entries"].insert(0, said["entries"].pop(1)),
    "entry_changed": lambda said: said["entries"][0].update(receipt_sha256="0" * 64),
    "entry_added": lambda said: said["entries"].append(copy.deepcopy(said["entries"][-1])),
    "seed_changed": lambda said: said.update(seed="0" * 64),
    "first_day_removed": lambda said: said["days"].pop(0),
    "day_removed": lambda said: said["days"].pop(2),
    "last_day_removed": lambda said: said["days"].pop(),
    "days_reordered": lambda said: said["days"].insert(0, said["days"].pop(1)),
    "day_changed": lambda said: said["days"][1]["heads"].update({"PETIT-2026": "0" * 64}),
    "word_added": lambda said: said.update(note="rien"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_removed_reordered_or_changed_is_found(proof, change):
    rewrite(proof, change)
    code, said = check(proof)
    assert code == 1, said
    assert "ÉCHEC" in said


def test_a_register_made_again_from_end_to_end_is_found_by_heads_kept_elsewhere(proof, tmp_path):
    kept = tmp_path / "tetes.json"
    kept.write_bytes(made()["heads/tetes.json"])
    assert check(proof, "--tetes", kept)[0] == 0

    def remake(said):
        said["days"].pop()
        said["days"][0]["heads"] = {}
        rechain(said)

    rewrite(proof, remake)
    assert check(proof)[0] == 0  # nothing in itself betrays it
    code, said = check(proof, "--tetes", kept)
    assert code == 1
    assert "ÉCHEC   têtes obtenues d’ailleurs" in said


def test_the_annexes_that_one_brings_are_compared(proof):
    pieces = proof / "pieces"
    pieces.mkdir()
    (pieces / "protocole.pdf").write_bytes(files.a_pdf())
    code, said = check(proof)
    assert (code, "OK      pieces/protocole.pdf" in said) == (0, True), said
    (pieces / "protocole.pdf").write_bytes(files.a_pdf(2))
    assert check(proof)[0] == 1


def test_the_receipt_of_another_deposit_is_found(proof):
    (proof / "accuse-de-reception.pdf").write_bytes(made()["other/accuse-de-reception.pdf"])
    renew_sums(proof)
    code, said = check(proof)
    assert code == 1
    assert "ÉCHEC   l’accusé de réception scelle l’empreinte de ce dépôt" in said


def test_before_the_closing_the_script_says_what_it_does_not_see(call, owner, tmp_path):
    version = actions.submit_dossier(small.a_full_draft(call, owner), actor=owner)
    actions.build_receipt(version_id=version.pk)
    code, said = check(laid_out(unpacked(version, clock.now()), tmp_path / "preuve"))
    assert code == 0, said
    assert "NON VU  les inscriptions de cet appel paraissent après sa clôture" in said


def test_the_proof_is_downloaded_by_the_team_alone(call, owner):
    version = actions.submit_dossier(small.a_full_draft(call, owner), actor=owner)
    url = f"/dossiers/{version.dossier.ref}/depots/1/preuve.zip"
    client = people.client_of(owner)
    assert client.get(url).status_code == 404
    actions.build_receipt(version_id=version.pk)
    answer = client.get(url)
    assert answer["Content-Disposition"] == f'attachment; filename="{version.dossier.ref}-depot-1-preuve.zip"'
    assert zipfile.ZipFile(io.BytesIO(answer.getvalue())).testzip() is None
    assert people.client_of(people.a_person("autre@labo.example")).get(url).status_code == 404
