"""The portal as docker-compose.yml sets it: hashed files, HTTPS behind a proxy, two processes, nothing embedded."""

import http.client
import os
import re
import shutil
import subprocess
import sys

import pytest

from ami_portal.documents import seal
from tests import servers
from tests.services import portal_environ

HOST = "portail.example"
IGNORED = re.findall(r"-i ('?[\w*.]+'?)", (servers.ROOT / "Dockerfile").read_text(encoding="utf-8"))


@pytest.fixture
def get(tmp_path, redis_url, transactional_db):
    """Ask the production server: `get(path, scheme)` answers status, headers and content."""
    port = servers.free_port()
    app = tmp_path / "app"
    app.mkdir()
    copied = re.findall(r"^!(\S+)", (servers.ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    for name in copied:
        if (servers.ROOT / name).is_dir():
            shutil.copytree(servers.ROOT / name, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (servers.ROOT / name).exists():
            shutil.copy(servers.ROOT / name, app / name)
    sealed = tmp_path / "seal.pem"
    sealed.write_bytes(seal._self_signed())
    environ = portal_environ(
        SEAL_KEY=str(sealed), SEAL_CERTIFICATE=str(sealed),
        REDIS_URL=redis_url, DJANGO_ALLOWED_HOSTS=HOST, STATIC_MANIFEST="1", HOST="127.0.0.1", PORT=str(port),
        EMAIL_URL="smtp://127.0.0.1:1", PORTAL_VAR=str(tmp_path / "var"), LOG_LEVEL="WARNING",
    )  # fmt: skip
    ignore = [word for pattern in IGNORED for word in ("-i", pattern.strip("'"))]
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0", *ignore]
    subprocess.run(collect, cwd=app, env=environ, check=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--log-level", "warning", "ami_portal.wsgi"],
        cwd=app, env=environ, start_new_session=True,
    )  # fmt: skip

    def ask(path, scheme="https"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": scheme})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def ready():
        try:
            return ask("/sante")[0] == 200
        except OSError:
            return False

    try:
        servers.wait_until(ready, seconds=60, what="gunicorn", process=server)
        yield ask
    finally:
        servers.stop(server)


@pytest.mark.services
@pytest.mark.postgresql
def test_production_answers_over_https_with_hashed_files(get):
    assert IGNORED, os.fspath(servers.ROOT / "Dockerfile")
    status, headers, content = get("/")
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert get("/", scheme="http")[:1] == (301,)
    assert get("/sante", scheme="http")[:1] == (200,)
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', content.decode())
    assert {path: get(path)[0] for path in files} == dict.fromkeys(files, 200)
    assert [path for path in files if not re.search(r"\.[0-9a-f]{12}\.\w+$", path)] == []
