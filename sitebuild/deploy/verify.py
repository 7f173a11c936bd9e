"""Whether the public address serves a release: each file of it is asked for.

What is not live is a failure. What is live, but was changed on its way by a habit of
the network in front (an edge) that is known, is a warning with the name of that habit.
"""

from __future__ import annotations

import gzip
import re
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPMessage
from typing import NamedTuple
from urllib import request as web
from urllib.parse import quote, urlsplit

import brotli

from sitebuild.check.links import address_of, file_at
from sitebuild.deploy.target import RefusedError, Target, listed, say
from sitebuild.host import files as named

_TIMEOUT_S, _PAUSE_S, _TOGETHER, _MOST_NAMES = 30, 10, 8, 3
_NOWHERE, _MISSING = "/no-page-has-this-address/", "404.html"
_UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
# A host that does not answer, an address that is none, a damaged copy.
NO_ANSWER = (OSError, ValueError, HTTPException, EOFError, zlib.error, brotli.error)
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
_PLAIN = web.OpenerDirector()
for _handler in (web.ProxyHandler(), web.HTTPHandler(), web.HTTPSHandler()):
    _PLAIN.add_handler(_handler)


class Answer(NamedTuple):
    """A response: status, headers, the body as it came."""

    status: int
    headers: HTTPMessage
    body: bytes


def fetch(request: web.Request) -> Answer:
    """Return what a host answers; raises one of NO_ANSWER where there is none."""
    with _PLAIN.open(request, timeout=_TIMEOUT_S) as answer:
        return Answer(answer.status, answer.headers, answer.read())


def get(url: str, path: str, coding: str = "identity") -> Answer:
    """Ask for an address of a site."""
    headers = {"Accept-Encoding": coding, "Cache-Control": "no-cache", **_BROWSER}
    return fetch(web.Request(url + quote(path), headers=headers))


def wait(target: Target, patience_s: int) -> None:
    """Ask for the release until it is live, but no longer than some seconds.

    Raises RefusedError with what differs then.
    """
    ends = time.monotonic() + patience_s
    while True:
        look = _Look(target)
        problems, left = look.problems(), ends - time.monotonic()
        if not problems or left <= 0:
            break
        say(f"Not live yet: {problems[0]}. Asking again, {left:.0f} s at most.")
        time.sleep(min(_PAUSE_S, left))
    for line in sorted(look.warnings):
        say(f"Warning: {line}.")
    if problems:
        problems = [f"{target.url} does not serve the site as built:", *problems]
        raise RefusedError("\n".join(problems))
    pages = sum(path.endswith(".html") for path in look.shown)
    redirects = len(target.release.redirects)
    say(f"Live and verified: {pages} pages, {redirects} redirects, 404.")


class _Question(NamedTuple):
    """An address, the file that stands there, or where it may lead in its place."""

    at: str
    path: str
    status: int = 200
    leads_to: str = ""


class _Look:
    """One look at a site: what is wrong, and what was changed on its way."""

    def __init__(self, target: Target) -> None:
        self.target, self.warnings = target, set[str]()
        files = target.release.files
        self.files = {path: files[path] for path in files if target.takes(path)}
        unseen = {_MISSING, *target.release.stubs}
        self.shown = [p for p in self.files if named.is_shown(p) and p not in unseen]
        # The headers of every answer, as `_headers` has them.
        rules, common = target.tree / named.HEADERS, ""
        if (target.server or target.tool.reads) and rules.is_file():
            _, _, common = rules.read_text("utf-8").partition("\n/*\n")
        common = common.partition("\n/")[0]
        self._wanted = dict(re.findall("^  (.+): (.+)$", common, re.MULTILINE))

    def problems(self) -> list[str]:
        """Return what is wrong; a line for all addresses of which it is true."""
        try:
            front = get(self.target.url, "/").headers
        except NO_ANSWER as error:
            return [f"it cannot be reached: {error}"]
        has_none = self._wanted and not any(name in front for name in self._wanted)
        if self.target.server and has_none:
            raise RefusedError(
                "The site is there, but its server does not use the rules: "
                f"{_HOW[self.target.server]}, then `verify {self.target.name}`."
            )
        found: dict[str, list[str]] = {}
        questions = [*self._questions()]
        with ThreadPoolExecutor(_TOGETHER) as pool:
            said = pool.map(self._ask, questions)
            for question, problems in zip(questions, said, strict=True):
                for problem in problems:
                    found.setdefault(problem, []).append(question.at)
        return [f"{listed(found[it], _MOST_NAMES)}: {it}" for it in sorted(found)]

    def _questions(self) -> Iterator[_Question]:
        """Yield all that is asked: files, old addresses, one that nothing has."""
        for path in self.shown:
            yield _Question(address_of(path), path)
        folder = named.folder_of(self.target.url)
        for old, new in self.target.release.redirects.items():
            leads_to = urlsplit(folder + new).path
            yield _Question(old, file_at(old), leads_to=leads_to)
        yield _Question(_NOWHERE, _MISSING, 404)

    def _ask(self, question: _Question) -> list[str]:
        try:
            return [*self._wrong(question)]
        except NO_ANSWER as error:
            return [f"cannot be read: {error}"]

    def _wrong(self, question: _Question) -> Iterator[str]:
        """Yield what is wrong with the answers to a question, in each coding."""
        at, path, status, leads_to = question
        coded = set()
        is_page = path.endswith(".html")
        for coding in ["identity", "br", "gzip"] if is_page else ["br, gzip"]:
            answer = get(self.target.url, at, coding)
            place = urlsplit(answer.headers.get("Location", "")).path
            if leads_to and answer.status in (301, 308) and place == leads_to:
                return
            if answer.status != status or path not in self.files:
                other = f"no redirect to {leads_to}" if leads_to else f"not {status}"
                yield f"answers {answer.status}, {other}"
                return
            if not self._is_built(path, answer, at):
                yield "not as built"
                return
            coded.add(answer.headers.get("Content-Encoding"))
        if path not in self.shown:
            return
        if coded == {None} and any(path + end in self.files for end in named.CODINGS):
            yield "not compressed"
        kind = answer.headers.get_content_type()
        if is_page and kind != "text/html":
            yield f"served as {kind}"
        if self._wanted:
            yield from _wrong_headers(path, answer.headers, self._wanted)

    def _is_built(self, path: str, answer: Answer, at: str) -> bool:
        """Return whether an answer is a file of the release, or was on its way."""
        unpack = _UNPACK.get(answer.headers.get("Content-Encoding", ""), bytes)
        body = unpack(answer.body)
        if named.digest(body) == self.files[path]:
            return True
        habit = _habit(path, body, (self.target.tree / path).read_bytes())
        if habit:
            self.warnings.add(f"{at} is live, but changed on its way by {habit}")
        return bool(habit)


def _wrong_headers(
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
