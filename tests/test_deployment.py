"""What a deployment is made of agrees with itself: locks, compose file, example of environment, contracts."""

import re
import tomllib

import pytest
import yaml

from tests.servers import ROOT

RUNTIME, TESTS = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"


def pins(lock):
    return dict(re.findall(r"^([a-z0-9_.-]+)(?:\[.*?\])?==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def test_what_is_tested_is_what_runs():
    tested = pins(TESTS)
    assert {name: tested.get(name) for name in pins(RUNTIME)} == pins(RUNTIME)


@pytest.mark.parametrize("lock", [RUNTIME, TESTS], ids=lambda path: path.name)
def test_locks_pin_with_hashes_and_name_no_host(lock):
    text = lock.read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://|file:|--(?:index|extra-index|find-links)\S*", text) == []


def test_each_dependency_has_its_reason():
    asked = re.findall(
        r"^([a-z][\w-]*)", "\n".join(path.read_text() for path in ROOT.glob("requirements*.in")), re.MULTILINE
    )
    reasons = (ROOT / "docs/decisions/0001-stack.md").read_text(encoding="utf-8")
    assert [name for name in asked if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", reasons)] == []


def test_compose_asks_for_what_the_example_offers_and_sets_what_settings_read():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / "docs/env.example").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)", text))
    assert asked == set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    required = set(re.findall(r"\$\{(\w+):\?\}", text))
    assert required == set(re.findall(r"^([A-Z_]+)=$", example, re.MULTILINE))
    readers = "".join((ROOT / name).read_text() for name in ("ami_portal/settings/base.py", "gunicorn.conf.py"))
    given = yaml.safe_load(text)["services"]["web"]["environment"]
    assert [name for name in given if f'"{name}"' not in readers] == []


def test_no_secret_is_written_in_compose():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    values = {
        f"{service}.{name}": value
        for service, content in services.items()
        for name, value in content.get("environment", {}).items()
        if re.search(r"KEY|PASSWORD|SECRET|AUTH|EMAIL_URL|DATABASE_URL|REDIS_URL", name)
    }
    assert [name for name, value in values.items() if not re.search(r"\$\{\w+:\?\}", value)] == []


def test_every_room_has_its_place_in_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "rooms")
    placed = {room for layer in layers for room in re.findall(r"[\w.]+", layer)}
    rooms = {f"ami_portal.{path.parent.name}" for path in ROOT.glob("ami_portal/*/__init__.py")} - {
        "ami_portal.settings"
    }
    stages = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert placed - {"ami_portal.workflow"} == rooms | stages
