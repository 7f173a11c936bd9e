"""Whether the public address serves a release: each file of it is asked for.

What is not live is a failure. What is live, but was changed on its way by a habit of
the network in front (an edge) that is known, is a warning with the name of that habit.
"""

from __future__ import annotations

import gzip
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import brotli

from sitebuild.deploy.programs import RefusedError
from sitebuild.deploy.target import Target
from sitebuild.host.files import (
    CODINGS,
    HEADERS,
    MANIFEST,
    Release,
    address,
    digest,
    file_at,
    is_lasting,
    is_private,
    is_shown,
    read_release,
)
from sitebuild.host.pages import folder_of

_TIMEOUT_S, _PAUSE_S, _TOGETHER = 30, 10, 8
_MOST_LINES, _MOST_NAMES = 20, 3
_NOWHERE = "/no-page-has-this-address/"
_MISSING = "404.html"
_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
_HOW = {
    "nginx": "include theme/hosts/nginx.conf in its server block, reload it",
    "caddy": "import theme/hosts/Caddyfile in its block, reload it",
    "apache": "let it read .htaccess (AllowOverride FileInfo)",
}
_E_MAIL = re.compile(
    rb'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" '
    rb'data-cfemail="([0-9a-f]+)">.*?</a>|/cdn-cgi/l/email-protection#([0-9a-f]+)'
)
# What edges are known to write into pages; each is taken out again.
_HABITS = {
    "Cloudflare's Email Address Obfuscation": re.compile(
        _E_MAIL.pattern
        + rb'|<script[^>]* src="/cdn-cgi/[^"]*/email-decode[^>]*></script>'
    ),
    "Cloudflare's Web Analytics": re.compile(
        rb"(<!-- Cloudflare Pages Analytics -->)?<script[^>]*"
        rb"static\.cloudflareinsights\.com[^>]*></script>"
        rb"(<!-- Cloudflare Pages Analytics -->|<!-- End Cloudflare[^>]*-->)?"
    ),
}


class Answer(NamedTuple):
    """A response: status, headers, the body as it came."""

    status: int
    headers: HTTPMessage
    body: bytes

    def unpack(self) -> bytes:
        """Return the body without its coding; raise ValueError where it has another."""
        coding = self.headers.get("Content-Encoding", "identity")
        if coding == "identity":
            return self.body
        if coding not in _UNPACK:
            raise ValueError(f"it is coded as {coding}")
        try:
            return _UNPACK[coding](self.body)
        except (brotli.error, OSError, EOFError, zlib.error):
            raise ValueError(f"its {coding} form is damaged") from None


def wait(
    target: Target, release: Release, patience_s: int, say: Callable[[str], None]
) -> None:
    """Ask for a release until it is live, but no longer than some seconds.

    Raises RefusedError with what differs then.
    """
    ends = time.monotonic() + patience_s
    while True:
        found = _Verifying(target, release).run()
        left = ends - time.monotonic()
        if not found.problems or left <= 0 or found.lacks_rules:
            break
        say(f"Not live yet: {found.problems[0]}. Asking again, {left:.0f} s at most.")
        time.sleep(min(_PAUSE_S, max(left, 0)))
    for line in found.warnings:
        say(f"Warning: {line}.")
    if found.problems:
        lines = found.problems[:_MOST_LINES]
        if len(found.problems) > _MOST_LINES:
            lines.append(f"and {len(found.problems) - _MOST_LINES} more")
        raise RefusedError(
            f"{found.url} does not serve {release.name} as built:\n" + "\n".join(lines)
        )
    say(f"Live and verified: {found.described}.")


@dataclass
class _Verifying:
    """One look at a site: what was found to be wrong, and what was changed."""

    target: Target
    release: Release
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lacks_rules: bool = False

    def __post_init__(self) -> None:
        self.url = str(self.target.entries.get("url", self.target.site)).rstrip("/")
        self.files = self.target.takes(self.release)
        self._tls = ssl.create_default_context()
        self._lacking: dict[str, list[str]] = {}

    @property
    def described(self) -> str:
        """What was checked."""
        pages = sum(p.endswith(".html") and p != _MISSING for p in self._shown)
        redirects = len(self.release.redirects)
        parts = [f"{pages} pages", f"{redirects} redirects" if redirects else "", "404"]
        return ", ".join(filter(None, parts))

    @property
    def _shown(self) -> list[str]:
        stubs = self.release.stubs
        return sorted(p for p in self.files if is_shown(p) and p not in stubs)

    def run(self) -> _Verifying:
        """Ask for everything."""
        try:
            front = self._get("/")
        except (OSError, HTTPException) as error:
            why = getattr(error, "strerror", None) or error
            self.problems.append(f"it cannot be reached: {why}")
            return self
        self._check_release()
        wanted = self._wanted_headers()
        if self.target.server and not any(name in front.headers for name in wanted):
            self.lacks_rules = True
            self.problems.append(
                f"the server does not use the rules of this site: "
                f"{_HOW[self.target.server]}, then `verify {self.target.name}`"
            )
        work = [partial(self._file, path, wanted) for path in self._shown]
        work += [partial(self._redirect, old) for old in self.release.redirects]
        if not self.lacks_rules:
            work += [partial(self._private, path) for path in self.files]
            work.append(partial(self._nowhere))
        with ThreadPoolExecutor(_TOGETHER) as pool:
            for lines in pool.map(_safely, work):
                self.problems += lines
        for what, paths in sorted(self._lacking.items()):
            more = f" and {len(paths) - _MOST_NAMES} more" * (len(paths) > _MOST_NAMES)
            self.problems.append(
                f"{', '.join(sorted(paths)[:_MOST_NAMES])}{more} {what}"
            )
        return self

    def _get(self, path: str, coding: str = "identity") -> Answer:
        """Ask for an address of the site, and follow nothing."""
        parts = urlsplit(self.url)
        if parts.scheme == "https":
            connection: HTTPConnection = HTTPSConnection(
                parts.netloc, timeout=_TIMEOUT_S, context=self._tls
            )
        else:
            connection = HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
        headers = {"Accept-Encoding": coding, "Cache-Control": "no-cache"}
        try:
            connection.request("GET", parts.path + quote(path), headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def _check_release(self) -> None:
        """Say where the manifest there is of another release."""
        try:
            live = read_release(self._get(f"/{MANIFEST}", "br, gzip").unpack())
        except ValueError:
            self.problems.append(f"/{MANIFEST} is not that of this site")
            return
        if None in live.files.values():
            self.problems.append("a deploy to it is under way, or died: run it again")
        elif dict(live.files) != self.files:
            self.problems.append(f"live is another release, {live.name}")

    def _wanted_headers(self) -> dict[str, str]:
        """Return the headers of every answer, as `_headers` has them."""
        rules = self.target.tree / HEADERS
        if not self.target.has_rules or not rules.is_file():
            return {}
        _, _, rest = rules.read_text("utf-8").partition("\n/*\n")
        found = {}
        for line in rest.splitlines():
            if not line.startswith(" "):
                break
            name, _, value = line.strip().partition(": ")
            found[name] = value
        return found

    def _file(self, path: str, wanted: dict[str, str]) -> Iterator[str]:
        """Yield what is wrong with a file, in each coding."""
        is_page = path.endswith(".html")
        if path == _MISSING:
            return
        codings = ["identity", "br", "gzip"] if is_page else ["br, gzip"]
        coded = set()
        for coding in codings:
            answer = self._get(address(path), coding)
            problem = self._body(path, answer)
            if problem:
                yield problem
                return
            coded.add(answer.headers.get("Content-Encoding"))
        at = address(path)
        has_copy = any(path + suffix in self.files for suffix in CODINGS)
        if has_copy and coded == {None} and not self.lacks_rules:
            yield f"{at} is not compressed"
        if is_page and answer.headers.get_content_type() != "text/html":
            yield f"{at} is served as {answer.headers.get_content_type()}"
        if wanted and not self.lacks_rules:
            self._check_headers(path, answer.headers, wanted)

    def _check_headers(
        self, path: str, headers: HTTPMessage, wanted: dict[str, str]
    ) -> None:
        kept = headers.get("Cache-Control", "")
        is_long = "max-age=31536000" in kept
        if is_lasting(path) != is_long or (not is_long and not _asks_again(kept)):
            self._lack(path, f'are served with Cache-Control "{kept}"')
        for name, value in wanted.items():
            found = headers.get_all(name)
            if not found:
                self._lack(path, f"lack the header {name}")
            elif found != [value] and not name.startswith("Strict-"):
                self._lack(path, f'have the header {name} as "{", ".join(found)}"')

    def _lack(self, path: str, what: str) -> None:
        self._lacking.setdefault(what, []).append(address(path))

    def _body(self, path: str, answer: Answer) -> str:
        """Return why an answer is not the file; "" if it is."""
        at = address(path)
        if answer.status != 200:
            return f"{at} answers {answer.status}"
        return self._differs(path, answer, at)

    def _differs(self, path: str, answer: Answer, at: str) -> str:
        try:
            body = answer.unpack()
        except ValueError as error:
            return f"{at}: {error}"
        if digest(body) == self.files[path]:
            return ""
        habit = _habit(path, body, (self.target.tree / path).read_bytes())
        if habit:
            line = f"{at} is live, but changed on its way by {habit}"
            if line not in self.warnings:
                self.warnings.append(line)
            return ""
        age = answer.headers.get("Age")
        cache = f", from a cache that has held it for {age} s" if age else ""
        return f"{at} differs{cache}"

    def _redirect(self, old: str) -> Iterator[str]:
        new = self.release.redirects[old]
        answer = self._get(old)
        path = file_at(old)
        if path in self.files and answer.status == 200:
            problem = self._differs(path, answer, old)
            if problem:
                yield problem
            return
        folder = folder_of(self.url)
        leads_to = urlsplit(answer.headers.get("Location", "")).path
        if answer.status not in (301, 308) or leads_to != urlsplit(folder + new).path:
            yield f"{old} answers {answer.status} and does not redirect to {new}"

    def _private(self, path: str) -> Iterator[str]:
        if is_private(path) and self._get(f"/{path}").status == 200:
            yield f"/{path} is shown, which is for the host alone"

    def _nowhere(self) -> Iterator[str]:
        answer = self._get(_NOWHERE)
        if answer.status != 404:
            yield f"an unknown address answers {answer.status}, not 404"
        elif _MISSING in self.files:
            problem = self._differs(_MISSING, answer, "the page of an unknown address")
            if problem:
                yield problem


def _safely(check: Callable[[], Iterator[str]]) -> list[str]:
    try:
        return [*check()]
    except (OSError, HTTPException) as error:
        why = getattr(error, "strerror", None) or error
        return [f"it cannot be reached: {why}"]


def _asks_again(cache_control: str) -> bool:
    return any(word in cache_control for word in ("no-cache", "no-store", "max-age=0"))


def _habit(path: str, body: bytes, built: bytes) -> str:
    """Return the habit by which an edge made a body of what was built; "" for none."""
    lines = b"\n%b\n"
    if path == "robots.txt" and lines % built.strip() in lines % body:
        return "Cloudflare's managed robots.txt, or its like, which adds lines"
    plain = built.replace(b"&#64;", b"@")
    found = []
    for name, written in _HABITS.items():
        without = written.sub(_decoded, body)
        if without != body:
            found.append(name)
            body = without
    is_same = body.replace(b"&#64;", b"@") == plain
    return " and ".join(found) if is_same else ""


def _decoded(written: re.Match[bytes]) -> bytes:
    """Return an e-mail address that Cloudflare has hidden: each byte XOR the first."""
    hidden = _E_MAIL.fullmatch(written[0])
    if not hidden:
        return b""
    key, *rest = bytes.fromhex((hidden[1] or hidden[2]).decode())
    start = b"" if hidden[1] else b"mailto:"
    return start + bytes(byte ^ key for byte in rest)
