"""Rules that the source itself keeps: one door for each concern, sizes, no inline script."""

import ast
import re
from pathlib import Path

import pytest
from django.template import engines

from .source import ROOT, modules, templates

MODULES = list(modules())
TEMPLATES = list(templates())


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        names = {keyword.arg for keyword in node.keywords}
        return node.func.attr in ("update", "update_or_create", "bulk_update") and "state" in names
    return False


def test_only_the_workflow_writes_a_state():
    found = {
        str(path)
        for path, tree in MODULES
        for node in ast.walk(tree)
        if _writes_state(node) and path != Path("ami_portal/workflow.py")
    }
    assert found == set()


def test_only_the_clock_reads_the_time():
    forbidden = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|datetime\.utcnow\(|time\.time\(")
    found = {
        str(path)
        for path, _ in MODULES
        if forbidden.search((ROOT / path).read_text(encoding="utf-8")) and path != Path("ami_portal/kernel/clock.py")
    }
    assert found == set()


def test_only_the_demonstration_pretends_another_time():
    found = {
        str(path)
        for path, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "pretend"
    }
    assert all(path.startswith("ami_portal/desk/demo/") for path in found), found


def test_no_amount_is_a_float():
    found = {
        (str(path), node.lineno)
        for path, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "FloatField"
    }
    assert found == set()


def test_mails_leave_by_the_outbox_only():
    senders = ("send_mail", "EmailMessage", "EmailMultiAlternatives", "mail_admins")
    found = {
        str(path)
        for path, tree in MODULES
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in senders)
        or (isinstance(node, ast.Attribute) and node.attr in senders)
    }
    # The adapter's method is called send_mail by allauth; it queues.
    assert found == {"ami_portal/notifications/outbox.py"}


def test_modules_and_functions_stay_readable():
    long_modules = {str(path): n for path, _ in MODULES if (n := len((ROOT / path).read_text().splitlines())) > 400}
    long_functions = {
        f"{path}:{node.name}": size
        for path, tree in MODULES
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (size := (node.end_lineno or 0) - node.lineno + 1) > 40
    }
    long_templates = {str(path): n for path, text in TEMPLATES if (n := len(text.splitlines())) > 120}
    assert (long_modules, long_functions, long_templates) == ({}, {}, {})


def test_every_module_says_what_it_is():
    found = {str(path) for path, tree in MODULES if not ast.get_docstring(tree) and (ROOT / path).read_text().strip()}
    assert found == set()


@pytest.mark.parametrize(("path", "text"), TEMPLATES, ids=[str(path) for path, _ in TEMPLATES])
def test_templates_compile_without_inline_script_or_style(path, text):
    engines["django"].from_string(text)
    assert (
        re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=|\|safe\b|mark_safe", text)
        == []
    )


NUMBERS = set(
    "version seen number words characters rows.1 upload_max weight share points marked asked done percent_complete "
    "now closes_at count position rank size order step".split()
)
"""What templates call numbers, wherever they come from."""


def test_a_number_that_a_machine_reads_is_not_spaced_as_people_read_it():
    """« 1 234 » in an attribute is no version for the lock of a save, nor a size for a script: `|unlocalize`."""
    attribute = re.compile(r'(?:data-[a-z-]+|value|max|min|maxlength)="([^"]*)"')
    found = [
        (str(path), expression)
        for path, text in TEMPLATES
        for value in attribute.findall(text)
        for expression in re.findall(r"{{\s*(.*?)\s*}}", value)
        if any(expression.partition("|")[0].endswith(name) for name in ("rows.1",))
        or expression.partition("|")[0].split(".")[-1] in NUMBERS
        if not expression.endswith(("|unlocalize", "|size"))
    ]
    assert found == []


def test_a_comment_of_a_template_ends_on_its_line():
    """Django reads « {# … #} » on one line only: a longer one is shown to everybody."""
    assert [
        str(path) for path, text in TEMPLATES for line in text.splitlines() if line.count("{#") > line.count("#}")
    ] == []


def _read_in_another_block(text):
    """The names that a tag sets (`… as name`) in a block, and that are read outside it: they are empty there."""
    blocks, known, read = [], {}, []
    for tag, expression in re.findall(r"{%\s*(.+?)\s*%}|{{\s*(.+?)\s*}}", text, re.S):
        if tag.startswith("block "):
            blocks.append(tag.split()[1])
        elif tag.split()[:1] == ["endblock"]:
            blocks.pop()
        elif (named := re.search(r" as (\w+)$", tag)) and tag.startswith("url "):
            known.setdefault(named[1], []).append(tuple(blocks))
        else:
            read += [(word, tuple(blocks)) for word in re.findall(r"\w+", tag or expression)]
    return {
        name for name, where in read if name in known and not any(where[: len(block)] == block for block in known[name])
    }


def test_an_address_named_in_a_block_is_read_in_that_block():
    found = {str(path): names for path, text in TEMPLATES if (names := _read_in_another_block(text))}
    assert found == {}


def test_quotation_marks_stay_with_what_they_quote():
    """« and » are joined to their words by a no-break space, or a line may end between them."""
    assert [str(path) for path, text in TEMPLATES if "« " in text or " »" in text] == []


def test_no_template_names_a_file_by_its_storage():
    assert [str(path) for path, text in TEMPLATES if re.search(r"(document|file|pdf|receipt)\.url\b", text)] == []


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
    found = [str(path) for path, _ in MODULES if words.search((ROOT / path).read_text(encoding="utf-8"))]
    assert found + [str(path) for path, text in TEMPLATES if words.search(text)] == []
