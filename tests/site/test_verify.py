"""`verify` tells what is not live from what is live, but was changed on its way."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from hosts import answering
from owners import HEADERS, MAIL, Owner, site

RULES = HEADERS.decode().partition("\n/*\n")[2].partition("\n/")[0]
YEAR, AGAIN = "public, max-age=31536000, immutable", "no-cache"
Change = tuple[str, dict[str, Any]]  # the end of a path, and what is other there


class Edge(BaseHTTPRequestHandler):
    """A server with the rules of the theme over some files, and an edge before it.

    `changes` are what the edge does to the status, the headers and the body of a path.
    """

    files: dict[str, bytes]
    changes: list[Change]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer a browser, and let the edge have its way."""
        if not self.headers["User-Agent"].startswith("Mozilla/"):
            self.send_error(403)
            return
        path = self.path.removeprefix("/")
        path = path + "index.html" if not path or path.endswith("/") else path
        status, body = 200, self.files.get(path)
        if body is None:
            status, body = 404, self.files["404.html"]
        kinds = {"html": "text/html; charset=utf-8", "txt": "text/plain"}
        headers = dict(line.strip().split(": ", 1) for line in RULES.splitlines())
        headers["Content-Type"] = kinds.get(path.rpartition(".")[2], "image/svg+xml")
        headers["Cache-Control"] = YEAR if path.startswith("assets/") else AGAIN
        for end, found in self.changes:
            if path.endswith(end):
                status = found.get("status", status)
                body = found.get("body", bytes)(body)
                headers |= found.get("headers", {})
                for name in found.get("without", ()):
                    headers.pop(name, None)
        coding = self.headers["Accept-Encoding"]
        if coding != "identity" and "X-Plain" not in headers:
            headers["Content-Encoding"], body = "gzip", gzip.compress(body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


Verify = Callable[..., str]


@pytest.fixture
def verify(tmp_path: Path) -> Iterator[Verify]:
    """A function that verifies a site behind an edge, and returns what is said."""
    names: dict[str, Any] = {"files": {}, "changes": []}
    with answering(type("Handler", (Edge,), names)) as url:
        owner = Owner(tmp_path / "project", tool="rclone", to="/nowhere")

        def run(
            *changes: Change,
            live: dict[str, bytes] | None = None,
            fails: bool = False,
            **target: Any,
        ) -> str:
            known = {"tool": "rclone", "to": "/nowhere", "server": "nginx"}
            target = target if "tool" in target else known | target
            owner.configure(**{"url": url, **target})
            built = owner.publish(1)
            names["files"].clear()
            names["files"].update(live or built)
            names["changes"][:] = changes
            done = owner.run("verify", "web")
            assert "Traceback" not in done.stdout, done.stdout
            assert done.returncode == int(fails), done.stdout
            return done.stdout

        yield run


def on(path: str, **found: Any) -> Change:
    """Return an edge that gives another answer to all paths that end so."""
    return path, found


def test_what_is_live_is_said(verify: Verify) -> None:
    """How many pages, redirects, and the page of unknown addresses."""
    assert verify().strip() == "Live and verified: 9 pages, 1 redirects, 404."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (on("page-1/index.html", body=lambda it: it + b"!"), "/page-1/: not as built"),
        (on("page-1/index.html", status=500), "/page-1/: answers 500"),
        (on(".svg", body=lambda _: b"<svg/>"), ".svg: not as built"),
        (on("feed.xml", body=lambda _: b"<feed/>"), "/feed.xml: not as built"),
        (on("robots.txt", body=lambda _: b"User-agent: *\nDisallow: /\n"), "/robots.txt: not as built"),
        (on("no-page-has-this-address/index.html", status=200), "no-page-has-this-address/: answers 200, not 404"),
        (on("404.html", body=lambda _: b"theirs"), ""),
        (on("was/index.html", status=404), "/was/: answers 404, no redirect"),
        (on("was/index.html", status=301, headers={"Location": "/x/"}), "no redirect to /page-0/"),
        (on("index.html", headers={"X-Plain": "1"}), "not compressed"),
        (on("index.html", headers={"Content-Type": "text/plain"}), "served as text/plain"),
        (on("page-2/index.html", without=["Referrer-Policy"]), '/page-2/: Referrer-Policy is ""'),
        (on("index.html", headers={"Cache-Control": "max-age=600"}), 'Cache-Control is "max-age=600"'),
        (on(".svg", headers={"Cache-Control": "no-cache"}), 'Cache-Control is "no-cache"'),
        (on("", headers={"X-Content-Type-Options": "x"}), 'X-Content-Type-Options is "x"'),
    ],
)  # fmt: skip
def test_what_differs_is_a_failure(verify: Verify, change: Change, words: str) -> None:
    """Bytes, status, redirects, compression, type and headers; one line for all alike."""
    if not words:  # the page of what is not found is another one
        change = on("no-page-has-this-address/index.html", body=lambda _: b"theirs")
        words = "no-page-has-this-address/: not as built"
    said = verify(change, fails=True)
    assert words in said
    assert len(said.splitlines()) < 25


def test_an_older_release_is_not_live(verify: Verify) -> None:
    """One line for all pages that are gone, one for all that differ."""
    said = verify(live=site(2), fails=True)
    assert "/new-in-1/: answers 404, not 200" in said
    assert re.search("^/, /feed.xml, /page-0/ and 6 more: not as built$", said, re.M)


def hidden(address: bytes) -> bytes:
    """What Cloudflare makes of an e-mail address: a key, and each byte XOR that key."""
    return bytes([7, *(byte ^ 7 for byte in address)]).hex().encode()


E_MAIL = b"editor@example.org"
SCRIPT = (
    b'<script data-cfasync="false" src="/cdn-cgi/scripts/5c5dd728/cloudflare-static/'
    b'email-decode.min.js"></script>'
)
BEACON = (
    b"<!-- Cloudflare Pages Analytics --><script defer src='https://static."
    b'cloudflareinsights.com/beacon.min.js\' data-cf-beacon=\'{"token": "x"}\'></script>'
    b"<!-- Cloudflare Pages Analytics -->"
)


def obscured(page: bytes) -> bytes:
    """A page in which Cloudflare hid an e-mail address, in a link and in the text."""
    link = b"/cdn-cgi/l/email-protection#" + hidden(E_MAIL)
    text = (
        b'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="'
        + hidden(E_MAIL)
        + b'">[email&#160;protected]</a>'
    )
    return page.replace(
        MAIL.encode(), b'<a href="' + link + b'">' + text + b"</a>" + SCRIPT
    )


@pytest.mark.parametrize(
    ("change", "habit"),
    [
        (on("robots.txt", body=lambda it: b"# As managed by Cloudflare\n\n" + it), "managed robots.txt"),
        (on("page-3/index.html", body=lambda it: it + BEACON), "a script of Cloudflare's"),
        (on("page-3/index.html", body=obscured), "Email Address Obfuscation"),
    ],
)  # fmt: skip
def test_what_an_edge_rewrites_is_a_warning(
    verify: Verify, change: Change, habit: str
) -> None:
    """The site is live all the same; the warning names the habit and the file."""
    said = verify(change)
    warning = rf"Warning: /\S+: live, but changed on its way by .*{habit}"
    assert re.search(warning, said)
    assert "Live and verified" in said


def test_an_old_page_is_no_habit(verify: Verify) -> None:
    """An edge that also adds lines does not make an older page one that is live."""
    change = on(
        "page-3/index.html", body=lambda it: it.replace(b"page", b"pages") + BEACON
    )
    assert "/page-3/: not as built" in verify(change, fails=True)


def test_a_site_that_cannot_be_reached_is_one_line(verify: Verify) -> None:
    """And a target that nobody serves is not asked for."""
    said = verify(fails=True, url="http://127.0.0.1:1")
    assert said.count("cannot be reached") == 1
    assert '"verify": False' in verify(fails=True, verify=False)


def test_a_host_without_rules_is_not_asked_for_headers(verify: Verify) -> None:
    """Its pages are all the same compared byte for byte."""
    bare = on("", without=["Referrer-Policy", "Permissions-Policy", "Cache-Control"])
    github = {"tool": "github"}
    assert "Live and verified" in verify(bare, **github)
    wrong = on("page-1/index.html", body=lambda it: it + b"!")
    assert "/page-1/: not as built" in verify(bare, wrong, fails=True, **github)
