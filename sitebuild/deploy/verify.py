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
from functools import partial
from http.client import HTTPException, HTTPMessage
from typing import NamedTuple
from urllib import request as web
from urllib.parse import quote, urlsplit

import brotli

from sitebuild import release as named
from sitebuild.deploy.target import RefusedError, Target, say
from sitebuild.faults import listed
from sitebuild.release import address_of, file_at

_TIMEOUT_S, _PAUSE_S, _TOGETHER, _MOST_NAMES = 30, 10, 8, 3
_NOWHERE, _MISSING = "/no-page-has-this-address/", "404.html"
_UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
# A host that does not answer, an address that is none, a damaged copy.
_NO_ANSWER = (OSError, ValueError, HTTPException, EOFError, zlib.error, brotli.error)
_HOW = {
    "nginx": "include theme/hosts/nginx.conf in its server block",
    "caddy": "import theme/hosts/Caddyfile in its block",
    "apache": "let it read .htaccess (AllowOverride FileInfo)",
}
_CHANGED = "live, but changed on its way by "
_E_MAIL = re.compile(rb"(mailto:)?[\w.+-]+(@|&#64;)[\w.-]+\w")
# What Cloudflare writes into pages: hidden addresses, and scripts of its own.
_EDGE = re.compile(
    rb'/cdn-cgi/l/email-protection#\w+|<(\w+)[^>]*"__cf_email__"[^>]*>.*?</\1>|'
    rb"<script[^>]*(/cdn-cgi/|cloudflareinsights)[^>]*></script>|"
    rb"<!--[^>]*Cloudflare[^>]*-->"
)
# Cloudflare's Browser Integrity Check turns Python away, and who says no name.
_BROWSER = {"User-Agent": "Mozilla/5.0 (compatible; check of this site by its owner)"}
# Follows no redirect, and takes no status for an error.
_PLAIN = web.OpenerDirector()
for _handler in (web.ProxyHandler(), web.HTTPHandler(), web.HTTPSHandler()):
    _PLAIN.add_handler(_handler)


class Answer(NamedTuple):
    """A response: status, headers, the body unpacked; status 0 and why for none."""

    status: int
    headers: HTTPMessage
    body: bytes


def fetch(url: str, headers: dict[str, str], data: bytes | None = None) -> Answer:
    """Return what a host answers."""
    try:
        request = web.Request(url, data, headers)
        with _PLAIN.open(request, timeout=_TIMEOUT_S) as answer:
            unpack = _UNPACK.get(answer.headers.get("Content-Encoding"), bytes)
            return Answer(answer.status, answer.headers, unpack(answer.read()))
    except _NO_ANSWER as error:
        return Answer(0, HTTPMessage(), f"cannot be reached: {error}".encode())


def get(url: str, path: str, coding: str = "identity") -> Answer:
    """Ask for an address of a site."""
    headers = {"Accept-Encoding": coding, "Cache-Control": "no-cache", **_BROWSER}
    return fetch(url + quote(path), headers)


def wait(target: Target, patience_s: int) -> None:
    """Ask for the release until it is live, but no longer than some seconds.

    Raises RefusedError with what differs then.
    """
    ends = time.monotonic() + patience_s
    while True:
        found = _look(target)
        problems = [line for line in found if _CHANGED not in line]
        left = ends - time.monotonic()
        if not problems or left <= 0:
            break
        say(f"Not live yet: {problems[0]}. Asking again, {left:.0f} s at most.")
        time.sleep(min(_PAUSE_S, left))
    for line in found:
        if _CHANGED in line:
            say(f"Warning: {line}.")
    if problems:
        problems = [f"{target.url} does not serve the site as built:", *problems]
        raise RefusedError("\n".join(problems))
    pages = sum(it.is_file and it.is_page for it in _questions(target))
    redirects = f"{len(target.release.redirects)} redirects"
    say(f"Live and verified: {pages} pages, {redirects}, 404.")


class _Question(NamedTuple):
    """An address, the file that stands there, or where it may lead in its place."""

    at: str
    path: str
    status: int = 200
    leads_to: str = ""

    @property
    def is_page(self) -> bool:
        return self.path.endswith(".html")

    @property
    def is_file(self) -> bool:
        return self.status == 200 and not self.leads_to


def _questions(target: Target) -> Iterator[_Question]:
    """Yield all that is asked: files, old addresses, one that nothing has."""
    release, folder = target.release, named.folder_of(target.url)
    for path in release.files.keys() - release.stubs - {_MISSING}:
        if named.is_shown(path) and target.takes(path):
            yield _Question(address_of(path), path)
    for old, new in release.redirects.items():
        yield _Question(old, file_at(old), leads_to=urlsplit(folder + new).path)
    yield _Question(_NOWHERE, _MISSING, 404)


def _look(target: Target) -> list[str]:
    """Return what is wrong, and what was changed; a line for all addresses alike."""
    wanted = _wanted(target)
    front = get(target.url, "/")
    if not front.status:
        return [f"it {front.body.decode()}"]
    is_bare = not any(name in front.headers for name in wanted)
    if target.server in _HOW and wanted and is_bare:
        raise RefusedError(
            "The site is there, but its server does not use the rules: "
            f"{_HOW[target.server]}, reload it, then `verify {target.name}`."
        )
    found: dict[str, list[str]] = {}
    questions = [*_questions(target)]
    with ThreadPoolExecutor(_TOGETHER) as pool:
        said = pool.map(partial(_wrong, target, wanted), questions)
        for question, problems in zip(questions, said, strict=True):
            for problem in problems:
                found.setdefault(problem, []).append(question.at)
    return [f"{listed(found[it], _MOST_NAMES)}: {it}" for it in sorted(found)]


def _wanted(target: Target) -> dict[str, str]:
    """Return the headers of every answer, as `_headers` has them."""
    rules = target.tree / named.HEADERS
    text = rules.read_text("utf-8") if target.server and rules.is_file() else ""
    common = text.partition("\n/*\n")[2].partition("\n/")[0]
    return dict(re.findall("^  (.+): (.+)$", common, re.MULTILINE))


def _wrong(target: Target, wanted: dict[str, str], asked: _Question) -> set[str]:
    """Return what is wrong with the answers to a question, in each coding."""
    codings = ("identity", "br", "gzip") if asked.is_page else ("br, gzip",)
    answers = [get(target.url, asked.at, coding) for coding in codings]
    found = {_differs(target, asked, answer) for answer in answers} - {""}
    if not asked.is_file or not all(_CHANGED in it for it in found):
        return found
    copies = target.release.files.keys() & {asked.path + it for it in named.COMPRESSED}
    if not any("Content-Encoding" in it.headers for it in answers):
        found |= {"not compressed" for path in copies if target.takes(path)}
    return found | {*_wrong_headers(asked, answers[-1].headers, wanted)}


def _differs(target: Target, asked: _Question, answer: Answer) -> str:
    """Return how the status or the bytes of an answer differ; "" for not at all."""
    status, leads_to = answer.status, asked.leads_to
    if not status:
        return answer.body.decode()
    place = urlsplit(answer.headers.get("Location", "")).path
    if leads_to and status in (301, 308) and place == leads_to:
        return ""
    if status != asked.status or not target.takes(asked.path):
        other = f"no redirect to {leads_to}" if leads_to else f"not {asked.status}"
        return f"answers {status}, {other}"
    if named.digest(answer.body) == target.release.files.get(asked.path):
        return ""
    built = target.tree / asked.path
    habit = built.is_file() and _habit(asked.path, answer.body, built.read_bytes())
    return _CHANGED + habit if habit else "not as built"


def _habit(path: str, body: bytes, built: bytes) -> str:
    """Return the habit by which an edge made a body of what was built; "" for none."""
    if path == "robots.txt" and b"\n%b\n" % built.strip() in b"\n%b\n" % body:
        return "Cloudflare's managed robots.txt, or its like, which adds lines"
    plain = _EDGE.sub(b"", body)
    if plain == body or _E_MAIL.sub(b"", plain) != _E_MAIL.sub(b"", built):
        return ""
    return "Cloudflare's Email Address Obfuscation or a script of Cloudflare's"


def _wrong_headers(
    asked: _Question, headers: HTTPMessage, wanted: dict[str, str]
) -> Iterator[str]:
    """Yield what is wrong with the headers of a file, of which a host may set none."""
    kind, kept = headers.get_content_type(), headers.get("Cache-Control", "")
    if asked.is_page and kind != "text/html":
        yield f"served as {kind}"
    is_lasting = named.is_lasting(asked.path)
    right = "max-age=31536000" if is_lasting else "no-cache|no-store|max-age=0"
    if wanted and not re.search(rf"\b({right})\b", kept):
        yield f'Cache-Control is "{kept}"'
    for name, value in wanted.items():
        found = ", ".join(headers.get_all(name, []))
        is_length = name == "Strict-Transport-Security"  # which is the owner's choice
        if not found or (found != value and not is_length):
            yield f'{name} is "{found}", not "{value}"'
