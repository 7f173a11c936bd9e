"""Whether the public address serves a release: every file of it is asked for."""

from __future__ import annotations

import gzip
import hashlib
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import brotli

from sitebuild.deploy.plan import Entries, Takes, select
from sitebuild.deploy.records import History
from sitebuild.deploy.store import Store
from sitebuild.host.configs import pages
from sitebuild.host.files import address, is_shown
from sitebuild.host.headers import object_headers
from sitebuild.host.manifest import Release
from sitebuild.host.styles import allow_styles

_TIMEOUT_S = 30
_TOGETHER = 8
_NOWHERE = "/no-page-has-this-address/"
_UNPACK: Mapping[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
_SUFFIXES = {"br": ".br", "gzip": ".gz"}


class Answer(NamedTuple):
    """A response: status, headers by their names in lower case, the body as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def unpack(self) -> bytes:
        """Return the body without its coding; raise ValueError where it has another."""
        coding = self.headers.get("content-encoding", "identity")
        if coding == "identity":
            return self.body
        if coding not in _UNPACK:
            raise ValueError(f"it is coded as {coding}")
        try:
            return _UNPACK[coding](self.body)
        except (brotli.error, OSError, EOFError, zlib.error):
            raise ValueError(f"its {coding} form is damaged") from None


Ask = Callable[[str, str], Answer]


def ask(site: str) -> Ask:
    """Return what asks a site for an address in a coding, and follows nothing."""
    parts = urlsplit(site)
    context = ssl.create_default_context() if parts.scheme == "https" else None

    def get(path: str, coding: str) -> Answer:
        connection: HTTPConnection
        if context:
            connection = HTTPSConnection(
                parts.netloc, timeout=_TIMEOUT_S, context=context
            )
        else:
            connection = HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
        headers = {"Accept-Encoding": coding, "Cache-Control": "no-cache"}
        try:
            connection.request("GET", parts.path + quote(path), headers=headers)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    return get


@dataclass(frozen=True)
class Expected:
    """What a site should serve: the files of a release, as a target takes them.

    `headers` and `redirects` are those of the release, by its own files for hosts;
    `older` says which release other bytes of an address are of.
    """

    release: Release
    files: Entries
    takes: Takes
    headers: Callable[[str], Mapping[str, str]]
    redirects: Mapping[str, str]
    older: Callable[[str, str], str]

    @property
    def shown(self) -> list[str]:
        """The files that readers meet under their own names."""
        moved = self.release.stubs if self.takes.redirects else frozenset()
        return [
            path for path in sorted(self.files) if is_shown(path) and path not in moved
        ]


def expect(release: Release, takes: Takes, store: Store, history: History) -> Expected:
    """Return what a target should serve, by the release and by what it remembers.

    What the release says of headers and redirects is read from the store.
    """
    older = [*filter(None, map(store.release, history.names))]
    headers = _text(release, pages.HEADERS, store)

    def find_older(path: str, sha256: str) -> str:
        for found in older:
            if path in found.files and found.files[path].sha256 == sha256:
                return found.name
        return ""

    return Expected(
        release,
        select(release, takes),
        takes,
        _headers_of(allow_styles(headers, history.styles), takes, release),
        pages.read_redirects(_text(release, pages.REDIRECTS, store)),
        find_older,
    )


def _text(release: Release, name: str, store: Store) -> str:
    data = store.read(release.files[name].sha256) if name in release.files else b""
    return (data or b"").decode("utf-8", "replace")


@dataclass(frozen=True)
class Result:
    """What was checked, in words, and what differs."""

    checked: str
    problems: tuple[str, ...]


def verify(expected: Expected, get: Ask) -> Result:
    """Return what a site serves that differs from what it should."""
    work: list[Callable[[], Iterator[str]]] = [
        _Check(path, expected, get).run for path in expected.shown
    ]
    if expected.takes.redirects:
        for old, new in expected.redirects.items():
            work.append(partial(_redirect, old, new, get))
    if "404.html" in expected.files:
        work.append(partial(_missing, expected, get))
    with ThreadPoolExecutor(_TOGETHER) as pool:
        found = [*pool.map(_safely, work)]
    problems = dict.fromkeys(problem for problems in found for problem in problems)
    return Result(_describe(expected), tuple(problems))


def _describe(expected: Expected) -> str:
    shown = [path for path in expected.shown if path.endswith(".html")]
    parts = [f"{len(shown)} pages"]
    if expected.takes.redirects and expected.redirects:
        parts.append(f"{len(expected.release.stubs)} redirects")
    if "404.html" in expected.files:
        parts.append("404")
    return ", ".join(parts)


def _safely(check: Callable[[], Iterator[str]]) -> list[str]:
    try:
        return [*check()]
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        return [f"the site cannot be reached: {why}"]


class _Check:
    """The checks of one file."""

    def __init__(self, path: str, expected: Expected, get: Ask) -> None:
        self.path, self.expected, self.get = path, expected, get
        self.at = address(path)

    def run(self) -> Iterator[str]:
        """Yield what differs, in each coding."""
        answer = self.get(self.at, "identity")
        problem = self._body(answer)
        if problem:
            yield problem
            return
        yield from self._headers(answer)
        codings = [
            c for c in _UNPACK if self.path + _SUFFIXES[c] in self.expected.files
        ]
        for coding in codings or ["br, gzip"]:
            packed = self.get(self.at, coding)
            problem = self._body(packed)
            if problem:
                yield f"{problem} (asked for as {coding})"
            elif codings and packed.headers.get("content-encoding") != coding:
                yield f"{self.at} is not compressed where {coding} is asked for"

    def _body(self, answer: Answer) -> str:
        if answer.status != 200:
            return f"{self.at} answers {answer.status}"
        try:
            found = hashlib.sha256(answer.unpack()).hexdigest()
        except ValueError as error:
            return f"{self.at}: {error}"
        if found == self.expected.files[self.path].sha256:
            return ""
        older = self.expected.older(self.path, found)
        what = f"is still of the release {older}" if older else "differs"
        age = answer.headers.get("age")
        cache = f", from a cache that has held it for {age} s: purge it" if age else ""
        return f"{self.at} {what}{cache}"

    def _headers(self, answer: Answer) -> Iterator[str]:
        for name, value in self.expected.headers(self.path).items():
            found = answer.headers.get(name.lower())
            if found is None:
                yield f"{self.at} lacks the header {name}"
            elif found != value:
                yield f'{self.at} has the header {name} as "{found}", not "{value}"'


def _redirect(old: str, new: str, get: Ask) -> Iterator[str]:
    answer = get(old, "identity")
    leads_to = urlsplit(answer.headers.get("location", ""))
    if answer.status != 301 or leads_to.path != urlsplit(new).path:
        yield f"{old} answers {answer.status} and does not redirect to {new}"


def _missing(expected: Expected, get: Ask) -> Iterator[str]:
    answer = get(_NOWHERE, "identity")
    body = hashlib.sha256(answer.unpack()).hexdigest()
    if answer.status != 404:
        yield f"an unknown address answers {answer.status}, not 404"
    elif body != expected.files["404.html"].sha256:
        yield "an unknown address does not show 404.html"


def _headers_of(
    rules: str, takes: Takes, release: Release
) -> Callable[[str], Mapping[str, str]]:
    """What gives the headers of a file, by the `_headers` of a release.

    A target without files for its server sets none of them; a bucket has some of its
    own for each file.
    """
    found = pages.read_headers(rules)

    def headers(path: str) -> Mapping[str, str]:
        if takes.metadata:
            return object_headers(path, release.files[path].sha256)
        if not takes.private:
            return {}
        return pages.find_headers(found, address(path))

    return headers
