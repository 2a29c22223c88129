"""A call's file names the templates beside it: taken with it, named by what writes it back, kept by a copy."""

import shutil

import pytest
import time_machine
from django.core.management import CommandError, call_command

from ami_portal.accounts.enums import Role
from ami_portal.desk import calls
from ami_portal.desk.calls.copying import duplicate_call
from ami_portal.documents import given
from ami_portal.documents.models import Document
from ami_portal.kernel.text import sha256_of
from applications.models import Call
from tests.calls.test_second_call import FILE, SPRING
from tests.documents import files, words
from tests.people import staff

NAME, CONTENT = "protocole.docx", words.a_word(["1. Contexte"])
QUESTION = """        - code: protocol
          type: file
          label: "Protocole"
          formats: [docx]
          file_rules:
            headings: ["1. Contexte"]
            template:
              file: "{name}"
              sha256: {sha256}
"""


@pytest.fixture
def folder(tmp_path, db):
    """The second call with a question more, its template beside it."""
    shutil.copy(FILE, tmp_path / "appel.yaml")
    write(tmp_path, CONTENT)
    with time_machine.travel(SPRING, tick=False):
        yield tmp_path


def write(folder, content, sha256=""):
    (folder / NAME).write_bytes(content)
    mark = sha256 or sha256_of(content)
    more = QUESTION.format(name=NAME, sha256=mark if mark[0].isalpha() else f'"{mark}"')  # as YAML reads a text
    (folder / "appel.yaml").write_text(FILE.read_text(encoding="utf-8") + more, encoding="utf-8")


def load(folder, *options):
    call_command("load_call", str(folder / "appel.yaml"), *options)


def test_the_template_beside_the_file_is_taken_once_and_named_again(folder, capsys):
    load(folder, "--dry-run")
    assert not Document.objects.filter(kind=given.KIND).exists()
    load(folder)
    load(folder)
    document = Document.objects.get(kind=given.KIND)
    assert (document.filename, document.sha256) == (NAME, sha256_of(CONTENT))
    capsys.readouterr()
    call_command("dump_call", "EHDS-2027")
    assert capsys.readouterr().out == (folder / "appel.yaml").read_text(encoding="utf-8")
    (folder / NAME).unlink()
    load(folder)  # the portal has it


def test_a_copy_of_the_call_keeps_it(folder):
    load(folder)
    call = Call.objects.get(code="EHDS-2027")
    copy = duplicate_call(call, code="EHDS-2029", title="Encore", days=730, actor=staff(Role.ADMINISTRATOR))
    rules = copy.form_revision.form.by_code["protocol"].file_rules
    assert given.find(rules.given) == Document.objects.get(kind=given.KIND)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / NAME).unlink(), "n’est pas à côté du fichier de l’appel"),
        (lambda folder: write(folder, CONTENT, sha256="ab" * 32), "l’empreinte de « protocole.docx » est"),
        (lambda folder: write(folder, files.a_docx(**{"word/vbaProject.bin": b"x"})), "contient des macros"),
    ],
)
def test_a_template_that_cannot_be_taken_is_told_with_its_line(folder, spoil, said):
    spoil(folder)
    with pytest.raises(CommandError, match=said) as refused:
        load(folder)
    line = (folder / "appel.yaml").read_text(encoding="utf-8").splitlines().index("            template:") + 1
    assert f"ligne {line}" in str(refused.value)
    assert not Call.objects.exists()


def test_a_config_without_its_file_is_refused(folder):
    config = calls.read(folder / "appel.yaml")
    with pytest.raises(calls.loading.ConfigError, match="le portail n’a pas le modèle"):
        calls.load(config)
