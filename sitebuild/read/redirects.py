"""The two lists of addresses: what was moved, and what was ever published.

content/redirects.txt holds a line `old new` for every address that was renamed or
withdrawn; content/addresses.txt is the record of what was published, kept by
`invoke publish`. Both know pages (/about/) and passages (/articles/x/#id).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
    words: list[str]
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
    """Return every address that a content folder records as published."""
    rows = _rows(content, RECORD, report)
    return tuple(RecordedAddress(row.words[0], row.place) for row in rows)


def _rows(content: Path, name: str, report: Report) -> Iterator[_Row]:
    """Yield the words of every line of a file that is neither empty nor a comment."""
    path = content / name
    shown = f"{content.name}/{name}"
    text = ""
    if path.exists():
        text = decode(path.read_bytes(), shown, report)
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield _Row(words, SourceLine(shown, number))


@dataclass(frozen=True)
class End:
    """Where a chain of redirects ends; in a circle, the address that it returns to."""

    address: str
    is_circle: bool = False


def follow(start: str, moved: Mapping[str, str]) -> End:
    """Return where an address leads; `moved` is old address → new address."""
    seen = {start}
    address = start
    while address in moved:
        address = moved[address]
        if address in seen:
            return End(address, is_circle=True)
        seen.add(address)
    return End(address)


def ends(redirects: Iterable[Redirect]) -> dict[str, str]:
    """Return old address → the address that it leads to in the end."""
    moved = {redirect.old: redirect.new for redirect in redirects}
    return {old: follow(old, moved).address for old in moved}


def aliases(redirects: Iterable[Redirect]) -> dict[str, tuple[str, ...]]:
    """Return, for each passage's address, its former ids on the same page.

    The page keeps them: a fragment never reaches a server (RFC 9110, 4.2.4), so no
    redirect can follow it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for old, new in ends(redirects).items():
        page, _, ident = old.partition("#")
        if ident and new.partition("#")[0] == page:
            found[new] = (*found.get(new, ()), ident)
    return found
