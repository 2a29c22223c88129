"""One request to an outside service: what is read, and everything that a hostile or broken service can do."""

import io
import time

import pytest

from ami_portal.gateways import http

from .peer import HOST, peer, send

TRUSTED = {HOST}


def test_an_answer_is_read_whole_with_its_status():
    def answer(handler, body):
        send(handler, handler.headers["X-Who"].encode() + b" " + body, status=404, X_Kind="lost")

    with peer(answer) as url:
        found = http.fetch(f"{url}/a?b=c", method="POST", body=b"said", headers={"X-Who": "us"}, trusted=TRUSTED)
    assert (found.status, found.content, found.headers["x-kind"]) == (404, b"us said", "lost")


def test_amounts_in_json_stay_text():
    def answer(handler, body):
        send(handler, b'{"amount": 0.10, "n": 12}')

    with peer(answer) as url:
        assert http.json_of(http.fetch(url, trusted=TRUSTED), host=HOST) == {"amount": "0.10", "n": 12}


@pytest.mark.parametrize("content", [b"<html>", b"", b"\xff\xfe", b"NaN", b"[" * 100_000])
def test_what_is_not_json_is_unusable(content):
    with pytest.raises(http.Unusable, match="autre chose que du JSON"):
        http.json_of(http.Response(200, {}, content), host=HOST)


def test_too_large_is_cut_where_the_limit_is():
    def answer(handler, body):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x" * 10_000)

    with peer(answer) as url, pytest.raises(http.Unusable, match="dépasse 50000 octets"):
        http.fetch(url, max_bytes=50_000, trusted=TRUSTED)


def test_a_file_is_written_piece_by_piece():
    def answer(handler, body):
        send(handler, b"%PDF" * 50_000)

    into = io.BytesIO()
    with peer(answer) as url:
        found = http.download(url, into, max_bytes=1_000_000, trusted=TRUSTED)
    assert (found.status, found.content, len(into.getvalue())) == (200, b"", 200_000)


def test_an_answer_cut_short_is_not_taken_for_whole():
    def answer(handler, body):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")

    with peer(answer) as url, pytest.raises(http.GatewayError):
        http.fetch(url, trusted=TRUSTED)


@pytest.mark.parametrize("where", ["status", "header", "body"])
def test_one_byte_at_a_time_does_not_outlast_the_delay(where):
    def answer(handler, body):
        if where != "status":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if where == "body":
            handler.wfile.write(b"\r\n")
        for _ in range(200):
            handler.wfile.write(b"x")
            time.sleep(0.02)

    started = time.monotonic()
    with peer(answer) as url, pytest.raises(http.Unreachable, match="n’a pas répondu à temps"):
        http.fetch(url, seconds=0.3, trusted=TRUSTED)
    assert time.monotonic() - started < 3


def test_nobody_there_is_said():
    with peer(lambda handler, body: None) as url:
        pass
    with pytest.raises(http.Unreachable, match="ne répond pas"):
        http.fetch(url, trusted=TRUSTED)


def test_a_redirection_is_not_followed():
    asked = []

    def answer(handler, body):
        asked.append(handler.path)
        send(handler, b"", status=302, Location="http://169.254.169.254/latest/meta-data")

    with peer(answer) as url, pytest.raises(http.Refused, match="n’est pas suivie"):
        http.fetch(f"{url}/first", trusted=TRUSTED)
    assert asked == ["/first"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://user:secret@example.org/",
        "https:///nowhere",
        "https://example.org:99999/",
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.8]/",
        "https://localhost/",
    ],
)
def test_only_https_at_public_addresses(url):
    with pytest.raises(http.Refused):
        http.fetch(url)


def test_a_name_that_points_inside_is_refused(monkeypatch):
    inside = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("192.168.1.4", 443))]
    monkeypatch.setattr(http.socket, "getaddrinfo", lambda *args, **kwargs: inside)
    with pytest.raises(http.Refused, match="réseau intérieur"):
        http.fetch("https://innocent.example/")
