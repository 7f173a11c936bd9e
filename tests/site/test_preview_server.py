"""The preview as a server: what a static host answers, and nothing to strangers."""

from __future__ import annotations

import random
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from helpers import rounds
from previews import ARTICLE, NEW, OLD, WAYS, Live, long_project, wait_for_folder

_LOCAL = b"HTTP/1.1\r\nHost: localhost\r\n"
MALFORMED = (
    b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /%ff " + _LOCAL + b"\r\n",
    b"GET / " + _LOCAL + b"Content-Length: x\r\n\r\n",
    b"GET / " + _LOCAL + b"After: " + b"9" * 5000 + b"\r\n\r\n",
    b"G" * 70000,
    b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
    b"POST / "
    + _LOCAL
    + b"Content-Length: 40\r\n\r\nGET /smuggled "
    + _LOCAL
    + b"\r\n",
)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One preview whose sources are the same after each test."""
    preview = Live(long_project(tmp_path_factory.mktemp("steady") / "project"))
    wait_for_folder(preview)
    yield preview
    preview.end()


def test_addresses_are_those_of_a_host(steady: Live) -> None:
    """Folders, slashes and unknown pages: as a static host answers."""
    assert steady.ask("/about?x=1")[:2][1]["location"] == "/about/?x=1"
    assert steady.ask("/about")[0] == 301
    status, headers, body = steady.ask("/nothing/")
    assert (status, "<title>" in body) == (404, True)
    status, headers, body = steady.ask("/about/", "HEAD")
    assert (status, body) == (200, "")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert steady.ask("/about/", "POST")[0] == 501
    for name, kind in (
        ("/mark.svg", "image/svg+xml"),
        ("/pagefind/pagefind.js", "text/javascript; charset=utf-8"),
        ("/.site-build", "text/html; charset=utf-8"),
    ):
        assert steady.ask(name)[1]["content-type"] == kind


def test_redirects_lead_on_as_on_a_host(steady: Live) -> None:
    """An address in redirects.txt answers 301 as soon as the line is saved."""
    assert steady.ask("/former/")[0] == 404
    steady.project.write("content/redirects.txt", "/former/ /about/\n")
    status, headers, _ = steady.ask("/former/")
    assert (status, headers["location"]) == (301, "/about/")
    (steady.project.root / "content/redirects.txt").unlink()


def test_the_policy_of_production_holds(steady: Live) -> None:
    """Pages carry the production policy; a script runs from this host only.

    A <style> may be replaced; an attribute is no more obeyed than in public.
    """
    policy = steady.ask("/")[1]["content-security-policy"]
    assert "style-src-elem 'unsafe-inline'" in policy
    assert re.search("style-src 'sha256-[^']+';", policy)
    assert "default-src 'none'" in policy
    assert "script-src 'wasm-unsafe-eval' 'self';" in policy
    assert "connect-src 'self'" in policy
    assert "__preview" not in "".join(
        p.read_text("utf-8") for p in (steady.project.root / "output").rglob("*.html")
    )


def test_other_sites_hear_nothing(steady: Live) -> None:
    """A page of another site is told nothing, and may load no file (CORP)."""
    for origin in ("https://evil.example", "http://localhost.evil.example", "null"):
        assert steady.ask("/", Origin=origin)[0] == 403
    for path in ("/", "/mark.svg", "/__names.json", "/__preview.js"):
        headers = steady.ask(path)[1]
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
        ("[", 421),
    ],
)
def test_only_loopback_names_are_answered(steady: Live, host: str, status: int) -> None:
    """A foreign Host header is refused (DNS rebinding)."""
    assert steady.ask("/", Host=host)[0] == status
    assert steady.raw(
        b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ).startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize(
    "path",
    [
        "/../pelicanconf.py",
        "/%2e%2e/pelicanconf.py",
        "/..%2fpelicanconf.py",
        "//etc/passwd",
        "/articles/../../pelicanconf.py",
        "/%00",
        "/.output/",
        "/about/../../../etc/passwd",
        "/..\\pelicanconf.py",
    ],
)
def test_nothing_outside_the_site_is_served(steady: Live, path: str) -> None:
    """Dots and encodings in an address are not found."""
    assert steady.ask(path)[0] == 404


def test_links_in_the_output_are_not_followed(steady: Live) -> None:
    """What an earlier build left is served, and nothing that a link there names."""
    output = steady.project.output
    assert steady.end(signal.SIGINT) == 0
    (output / "link.txt").symlink_to("/etc/passwd")
    (output / "linked").symlink_to("/etc")
    steady.project.edit("content/pages/about.md", ("title:", "titel:"))
    first = steady.start(until="fault")
    assert steady.ask("/")[0] == 200
    assert steady.ask("/link.txt")[0] == 404
    assert steady.ask("/linked/passwd")[0] == 404
    steady.project.edit("content/pages/about.md", ("titel:", "title:"))
    steady.wait("Built ", first)


def test_malformed_requests_and_many_connections_are_survived(steady: Live) -> None:
    """Rubbish is refused, idle connections hold nothing up, the next is answered."""
    rng = random.Random(2)
    for data in (*MALFORMED, *(rng.randbytes(300) for _ in range(20))):
        answer = steady.raw(data)
        assert answer.count(b"HTTP/1.1 ") < 2
        status = answer.split(b"\r\n")[0]
        assert not status.startswith(b"HTTP/1.1 500")
    unfinished = (b"", b"GET / HT", steady.poll())
    with ExitStack() as stack:
        for number in range(700):
            link = stack.enter_context(
                socket.create_connection(("127.0.0.1", steady.port), 30)
            )
            link.sendall(unfinished[number % len(unfinished)])
        assert steady.ask("/")[0] == 200
    assert steady.ask("/")[0] == 200


@rounds(40, 2000)
def test_a_day_of_saves_takes_no_more_memory(steady: Live, rounds: int) -> None:
    """After the first saves memory grows by less than 20 MB, in all ways of saving."""
    path = steady.project.root / ARTICLE
    text = path.read_text("utf-8")
    for number in range(rounds):
        WAYS[number % len(WAYS)](path, text.replace(OLD, f"{NEW} {number}"))
        with socket.create_connection(("127.0.0.1", steady.port), 30) as link:
            link.sendall(steady.poll())  # an open page that goes away
            assert f"{NEW} {number}" in steady.ask("/articles/sour/")[2]
        if number == 20:
            before = memory_of(steady)
    assert memory_of(steady) - before < 20 * 1024


def memory_of(preview: Live) -> int:
    """Return the memory of a preview in kB."""
    status = Path(f"/proc/{preview.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])
