"""The two lists of addresses: what was moved, and what was ever published.

content/redirects.txt holds a line `old new` for every address that was renamed or
withdrawn; content/addresses.txt is the record of what was published, kept by
`invoke publish`. Both know pages (/about/) and passages (/articles/x/#id).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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


def read_redirects(content: Path, report: Report) -> Moves:
    """Return the redirects of a content folder; a line that is none is a fault."""
    moves = Moves()
    for place, words in _lines(content, REDIRECTS, report):
        if len(words) != 2 or not all(map(_ADDRESS.fullmatch, words)):
            report.add(
                place,
                f'"{" ".join(words)}" is not a redirect',
                "a line is `/old/ /new/`, each a folder or a page other than "
                "index.html",
                "write two addresses",
            )
        elif words[0] in moves:
            report.add(
                place,
                f"{words[0]} is redirected twice",
                "an address leads to one place",
                "remove one line",
            )
        else:
            moves.lines[words[0]] = Redirect(words[0], words[1], place)
    return moves


def read_record(content: Path, report: Report) -> dict[str, SourceLine]:
    """Return every address that a content folder records as published, and its line.

    There are none where nothing was published yet, and so no record is kept.
    """
    return {words[0]: place for place, words in _lines(content, RECORD, report)}


def was_recorded(content: Path) -> bool:
    """Return whether git knows a record of addresses in a content folder."""
    command = ["git", "log", "-1", "--format=%h", "--", RECORD]
    try:
        found = subprocess.run(command, cwd=content, capture_output=True, check=False)
    except OSError:  # there is no git
        return False
    return bool(found.stdout)


def _lines(
    content: Path, name: str, report: Report
) -> Iterator[tuple[SourceLine, list[str]]]:
    """Yield the words of every line of a file that is neither empty nor a comment."""
    path, shown = content / name, f"{content.name}/{name}"
    text = decode(path.read_bytes(), shown, report) if path.exists() else ""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield SourceLine(shown, number), words


class Arrival(NamedTuple):
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

    def __init__(self) -> None:
        """Begin with no line; `lines` has them by their old addresses."""
        self.lines: dict[str, Redirect] = {}

    def __contains__(self, address: str) -> bool:
        """Return whether a line of its own moves an address."""
        return address in self.lines

    def end(self, start: str) -> str:
        """Return where an address leads in the end.

        In a circle, which is a fault, that is an address which moves.
        """
        seen = {start}
        while (address := self._next(start)) and address not in seen:
            seen.add(address)
            start = address
        return address or start

    def _next(self, address: str) -> str:
        """Return the address that one redirect makes of another; "" if none does."""
        if address in self.lines:
            return self.lines[address].new
        page, mark, ident = address.partition("#")
        if not mark or page not in self.lines:
            return ""
        new = self.lines[page].new
        return new if "#" in new else f"{new}#{ident}"

    def ends(self) -> dict[str, str]:
        """Return old address → the address that it leads to, for each line."""
        return {old: self.end(old) for old in self.lines}

    def arrivals(self) -> Iterator[Arrival]:
        """Yield, for each passage that moved, where a browser looks for it."""
        for old, end in self.ends().items():
            page, mark, ident = old.partition("#")
            arrived = self.end(page)
            if mark and "#" not in arrived:
                yield Arrival(old, arrived, ident, end)
