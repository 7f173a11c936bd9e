"""The two lists of addresses: what was moved, and what was ever published.

content/redirects.txt holds a line `old new` for every address that was renamed or
withdrawn; content/addresses.txt is the record of what was published, kept by
`invoke publish`. Both know pages (/about/) and passages (/articles/x/#id).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sitebuild.faults import Report, decode
from sitebuild.model import SourceLine

REDIRECTS = "redirects.txt"
RECORD = "addresses.txt"
# A folder or a page, never by the name that a server adds, nor outside the site.
_ADDRESS = re.compile(r"/((?!\.)[\w.-]+/)*(?!\.|index\.html)([\w.-]+\.html)?(#[\w-]+)?")


@dataclass(frozen=True)
class Redirect:
    """One line of redirects.txt."""

    old: str
    new: str
    place: SourceLine


@dataclass(frozen=True)
class RecordedAddress:
    """One line of addresses.txt."""

    address: str
    place: SourceLine


@dataclass(frozen=True)
class _Row:
    words: tuple[str, ...]
    place: SourceLine


def read_redirects(content: Path, report: Report) -> tuple[Redirect, ...]:
    """Return the redirects of a content folder; a line that is none is a fault."""
    redirects: dict[str, Redirect] = {}
    for row in _rows(content, REDIRECTS, report):
        if len(row.words) != 2 or not all(map(_ADDRESS.fullmatch, row.words)):
            report.add(
                row.place,
                f'"{" ".join(row.words)}" is not a redirect',
                "a line is `/old/ /new/`, each a folder or a page other than "
                "index.html",
                "write two addresses",
            )
            continue
        redirect = Redirect(row.words[0], row.words[1], row.place)
        if redirect.old in redirects:
            report.add(
                row.place,
                f"{redirect.old} is redirected twice",
                "an address leads to one place",
                "remove one line",
            )
        else:
            redirects[redirect.old] = redirect
    return tuple(redirects.values())


def read_record(content: Path, report: Report) -> tuple[RecordedAddress, ...]:
    """Return every address that a content folder records as published.

    There are none where nothing was published yet, and so no record is kept.
    """
    rows = _rows(content, RECORD, report)
    return tuple(RecordedAddress(row.words[0], row.place) for row in rows)


def was_recorded(content: Path) -> bool:
    """Return whether git knows a record of addresses in a content folder."""
    command = ["git", "log", "-1", "--format=%h", "--", RECORD]
    try:
        found = subprocess.run(command, cwd=content, capture_output=True, check=False)
    except OSError:  # there is no git
        return False
    return bool(found.stdout)


def _rows(content: Path, name: str, report: Report) -> tuple[_Row, ...]:
    """Return the words of every line of a file that is neither empty nor a comment."""
    path = content / name
    shown = f"{content.name}/{name}"
    text = ""
    if path.exists():
        text = decode(path.read_bytes(), shown, report)
    return _split(text, shown)


@lru_cache(maxsize=4)
def _split(text: str, shown: str) -> tuple[_Row, ...]:
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            rows.append(_Row(tuple(words), SourceLine(shown, number)))
    return tuple(rows)


@dataclass(frozen=True)
class End:
    """Where a chain of redirects ends; in a circle, the address that it returns to."""

    address: str
    is_circle: bool = False


@dataclass(frozen=True)
class Arrival:
    """A passage's former address `old`: the page that a browser opens for it.

    There it looks for the id `ident`, and should find what stands at `end` now.
    """

    old: str
    page: str
    ident: str
    end: str

    @property
    def is_same_page(self) -> bool:
        """Return whether the passage stands on the page that is opened."""
        return self.end.partition("#")[0] == self.page


class Moves:
    """Where old addresses lead, as a browser finds it.

    A server sees no fragment (RFC 9110, 4.2.4) and the browser keeps it through a
    redirect (10.2.2): a passage of a page that moved is looked for where the page went,
    unless a line of its own says otherwise.
    """

    def __init__(self, redirects: Iterable[Redirect]) -> None:
        """Take the lines of redirects.txt."""
        self._moved = {redirect.old: redirect.new for redirect in redirects}

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self._moved)

    def __contains__(self, address: str) -> bool:
        """Return whether a line of its own moves an address."""
        return address in self._moved

    def end(self, start: str) -> End:
        """Return where an address leads in the end."""
        seen = {start}
        address = self._next(start)
        while address:
            if address in seen:
                return End(address, is_circle=True)
            seen.add(address)
            start = address
            address = self._next(address)
        return End(start)

    def _next(self, address: str) -> str:
        """Return the address that one redirect makes of another; "" if none does."""
        if address in self._moved:
            return self._moved[address]
        page, mark, ident = address.partition("#")
        if not mark or page not in self._moved:
            return ""
        new = self._moved[page]
        return new if "#" in new else f"{new}#{ident}"

    def ends(self) -> dict[str, str]:
        """Return old address → the address that it leads to, for each line."""
        return {old: self.end(old).address for old in self._moved}

    def arrivals(self) -> Iterator[Arrival]:
        """Yield, for each passage that moved, where a browser looks for it."""
        for old in self._moved:
            page, mark, ident = old.partition("#")
            arrived = self.end(page).address
            if mark and "#" not in arrived:
                yield Arrival(old, arrived, ident, self.end(old).address)
