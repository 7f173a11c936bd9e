"""Whether the public address serves a release: each file of it is asked for.

What is not live is a failure. What is live, but was changed on its way by a habit of
the network in front (an edge) that is known, is a warning with the name of that habit.
"""

from __future__ import annotations

import gzip
import re
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException, HTTPMessage
from typing import NamedTuple
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

import brotli

from sitebuild.check.links import address_of, file_at
from sitebuild.deploy.target import RefusedError, Target, listed, say
from sitebuild.host import files as named
from sitebuild.host.pages import folder_of

_TIMEOUT_S, _PAUSE_S, _TOGETHER, _MOST_NAMES = 30, 10, 8, 3
_NOWHERE, _MISSING = "/no-page-has-this-address/", "404.html"
_UNPACK = {"identity": bytes, "br": brotli.decompress, "gzip": gzip.decompress}
_DAMAGED = (KeyError, brotli.error, OSError, EOFError, zlib.error)
_HOW = {
    "nginx": "include theme/hosts/nginx.conf in its server block, reload it",
    "caddy": "import theme/hosts/Caddyfile in its block, reload it",
    "apache": "let it read .htaccess (AllowOverride FileInfo)",
}
_E_MAIL = re.compile(rb"(mailto:)?[\w.+-]+(@|&#64;)[\w.-]+\w")
# What edges are known to write into pages, and what it stands for.
_HABITS = {
    "Cloudflare's Email Address Obfuscation": (
        rb'/cdn-cgi/l/email-protection#\w+|<(\w+)[^>]*"__cf_email__"[^>]*>.*?</\1>',
        b"@",
    ),
    "a script of Cloudflare's": (
        rb"<script[^>]*(/cdn-cgi/|cloudflareinsights)[^>]*></script>|"
        rb"<!--[^>]*Cloudflare[^>]*-->",
        b"",
    ),
}
# Cloudflare's Browser Integrity Check turns Python away, and who says no name.
_BROWSER = {"User-Agent": "Mozilla/5.0 (compatible; check of this site by its owner)"}
# Follows no redirect, and takes no status for an error.
_PLAIN = OpenerDirector()
for _handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
    _PLAIN.add_handler(_handler)
Problems = Iterator[tuple[str, str]]  # what is wrong, and the address of which it is


class Answer(NamedTuple):
    """A response: status, headers, the body as it came."""

    status: int
    headers: HTTPMessage
    body: bytes


def get(url: str, path: str, coding: str = "identity") -> Answer:
    """Ask for an address of a site; raises OSError or HTTPException for no answer."""
    headers = {"Accept-Encoding": coding, "Cache-Control": "no-cache", **_BROWSER}
    request = Request(url + quote(path), headers=headers)
    with _PLAIN.open(request, timeout=_TIMEOUT_S) as answer:
        return Answer(answer.status, answer.headers, answer.read())


def wait(target: Target, release: named.Release, patience_s: int) -> None:
    """Ask for a release until it is live, but no longer than some seconds.

    Raises RefusedError with what differs then.
    """
    ends = time.monotonic() + patience_s
    while True:
        look = _Look(target, release)
        problems = look.problems()
        left = ends - time.monotonic()
        if not problems or left <= 0:
            break
        say(f"Not live yet: {problems[0]}. Asking again, {left:.0f} s at most.")
        time.sleep(min(_PAUSE_S, left))
    for line in sorted(look.warnings):
        say(f"Warning: {line}.")
    if problems:
        said = "\n".join(problems)
        raise RefusedError(
            f"{target.url} does not serve {release.name} as built:\n{said}"
        )
    pages = sum(path.endswith(".html") for path in look.shown)
    say(f"Live and verified: {pages} pages, {len(release.redirects)} redirects, 404.")


class _Look:
    """One look at a site: what is wrong, and what was changed on its way."""

    def __init__(self, target: Target, release: named.Release) -> None:
        self.target, self.release = target, release
        self.files = target.takes(release)
        unseen = {_MISSING, *release.stubs}
        shown = filter(named.is_shown, self.files)
        self.shown = [path for path in shown if path not in unseen]
        self.warnings: set[str] = set()

    def problems(self) -> list[str]:
        """Return what is wrong; a line for all addresses of which it is true."""
        wanted = self._wanted_headers()
        try:
            front = get(self.target.url, "/")
        except (OSError, HTTPException) as error:
            return [f"it cannot be reached: {error}"]
        server = self.target.server
        if server and wanted and not any(name in front.headers for name in wanted):
            raise RefusedError(
                "The site is there, but its server does not use the rules: "
                f"{_HOW[server]}, then `verify {self.target.name}`."
            )
        work = [partial(self._file, path, wanted) for path in self.shown]
        work += [partial(self._redirect, old) for old in self.release.redirects]
        found: dict[str, list[str]] = {}
        with ThreadPoolExecutor(_TOGETHER) as pool:
            for problems in pool.map(_safely, [*work, self._nowhere]):
                for problem, at in problems:
                    found.setdefault(problem, []).append(at)
        return [f"{listed(found[it], _MOST_NAMES)}: {it}" for it in sorted(found)]

    def _wanted_headers(self) -> dict[str, str]:
        """Return the headers of every answer, as `_headers` has them."""
        rules = self.target.tree / named.HEADERS
        if not self.target.has_rules or not rules.is_file():
            return {}
        _, _, rest = rules.read_text("utf-8").partition("\n/*\n")
        return dict(
            re.findall("^  (.+): (.+)$", rest.partition("\n/")[0], re.MULTILINE)
        )

    def _file(self, path: str, wanted: dict[str, str]) -> Problems:
        """Yield what is wrong with a file, in each coding."""
        at, is_page = address_of(path), path.endswith(".html")
        coded = set()
        for coding in ["identity", "br", "gzip"] if is_page else ["br, gzip"]:
            answer = get(self.target.url, at, coding)
            problem = self._differs(path, answer, at)
            if problem:
                yield problem, at
                return
            coded.add(answer.headers.get("Content-Encoding"))
        if coded == {None} and any(path + end in self.files for end in named.CODINGS):
            yield "not compressed", at
        kind = answer.headers.get_content_type()
        if is_page and kind != "text/html":
            yield f"served as {kind}", at
        if wanted:
            for problem in _header_problems(path, answer.headers, wanted):
                yield problem, at

    def _differs(self, path: str, answer: Answer, at: str, status: int = 200) -> str:
        """Return why an answer is not a file of the release; "" if it is."""
        if answer.status != status:
            return f"answers {answer.status}, not {status}"
        coding = answer.headers.get("Content-Encoding", "identity")
        try:
            body = _UNPACK[coding](answer.body)
        except _DAMAGED:
            return f"damaged, coded as {coding}"
        if named.digest(body) == self.files.get(path):
            return ""
        habit = _habit(path, body, (self.target.tree / path).read_bytes())
        if not habit:
            return "not as built"
        self.warnings.add(f"{at} is live, but changed on its way by {habit}")
        return ""

    def _redirect(self, old: str) -> Problems:
        """Yield that an old address leads nowhere, by a redirect or a page."""
        path, answer = file_at(old), get(self.target.url, old)
        if path in self.files and answer.status == 200:
            problem = self._differs(path, answer, old)
            if problem:
                yield problem, old
            return
        new = urlsplit(folder_of(self.target.url) + self.release.redirects[old]).path
        leads_to = urlsplit(answer.headers.get("Location", "")).path
        if answer.status not in (301, 308) or leads_to != new:
            yield f"answers {answer.status}, no redirect to {new}", old

    def _nowhere(self) -> Problems:
        """Yield what is wrong with the answer to an unknown address."""
        answer = get(self.target.url, _NOWHERE)
        problem = self._differs(_MISSING, answer, "the page of 404", 404)
        if problem:
            yield problem, "an unknown address"


def _safely(check: Callable[[], Problems]) -> list[tuple[str, str]]:
    try:
        return [*check()]
    except (OSError, HTTPException) as error:
        return [(f"cannot be reached: {error}", "it")]


def _header_problems(
    path: str, headers: HTTPMessage, wanted: dict[str, str]
) -> Iterator[str]:
    """Yield what is wrong with the headers of a file."""
    kept = headers.get("Cache-Control", "")
    again = "no-cache|no-store|max-age=0"
    right = "max-age=31536000" if named.is_lasting(path) else again
    if not re.search(rf"\b({right})\b", kept):
        yield f'Cache-Control is "{kept}"'
    for name, value in wanted.items():
        found = ", ".join(headers.get_all(name, []))
        is_length = name == "Strict-Transport-Security"  # which is the owner's choice
        if not found or (found != value and not is_length):
            yield f'{name} is "{found}", not "{value}"'


def _habit(path: str, body: bytes, built: bytes) -> str:
    """Return the habit by which an edge made a body of what was built; "" for none."""
    if path == "robots.txt" and b"\n%b\n" % built.strip() in b"\n%b\n" % body:
        return "Cloudflare's managed robots.txt, or its like, which adds lines"
    found = []
    for name, (written, plain) in _HABITS.items():
        without = re.sub(written, plain, body)
        if without != body:
            found.append(name)
        body = without
    is_same = _E_MAIL.sub(b"@", body) == _E_MAIL.sub(b"@", built)
    return " and ".join(found) if is_same else ""
