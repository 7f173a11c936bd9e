"""What the preview prints for the editor: what each save changed, and every fault."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sitebuild.faults import Fault

if TYPE_CHECKING:
    from sitebuild.diff import Change

_MOST_FILES = 3
_MOST_PAGES = 4
_BLUE, _GREEN, _RED = 34, 32, 31
_REMOVED, _ADDED = re.compile(r"\[-.*?-\]"), re.compile(r"\{\+.*?\+\}")


class Terminal:
    """Prints lines; in colour where a person reads them (see no-color.org)."""

    def __init__(self) -> None:
        """Look where the lines go."""
        self._is_coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def say(self, line: str) -> None:
        """Print one line; a terminal that has gone is no reason to stop."""
        try:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except OSError:
            return

    def began(self, pages: int, took_s: float, drafts: Iterable[str]) -> None:
        """Print that the first build is done."""
        self.say(f"Built {pages} pages in {_ms(took_s)}.")
        listed = sorted(draft for draft in drafts if "#" not in draft)
        if listed:
            self.say(f"Drafts, shown here and not published: {', '.join(listed)}.")

    def built(
        self, files: Sequence[str], took_s: float, changes: Sequence[Change]
    ) -> None:
        """Print which pages a save changed and, in a second line, why.

        The page that says most of the edit comes first; see `engine.compare`.
        """
        where = _few([_page(change) for change in changes], _MOST_PAGES)
        self.say(f"{_subject(files)}: built in {_ms(took_s)}: {where or 'no page'}")
        why = next((it.reasons for it in changes if it.reasons), ())
        if why:
            text = str(why[0])
            text = _REMOVED.sub(lambda it: self._in(_RED, it[0]), text)
            text = _ADDED.sub(lambda it: self._in(_GREEN, it[0]), text)
            self.say(f"  {text}{f'; and {len(why) - 1} more' if why[1:] else ''}")

    def failed(self, files: Sequence[str], faults: Sequence[Fault], kept: str) -> None:
        """Print every fault, and in words what is served meanwhile."""
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        self.say(f"{_subject(files)}: {self._in(_RED, count)}; {kept}")
        for fault in faults:
            place = f"{fault.place.file}:{fault.place.line}"
            text = str(fault).removeprefix(place)
            self.say(f"  {self._in(_BLUE, place)}{text}")

    def _in(self, colour: int, text: str) -> str:
        return f"\33[{colour}m{text}\33[0m" if self._is_coloured else text


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _page(change: Change) -> str:
    """Return an address, with what happened to it where it did not just change."""
    if change.kind == "changed":
        return change.address
    return f"{change.kind} {change.address}"


def _few(names: Sequence[str], most: int) -> str:
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def _subject(files: Sequence[str]) -> str:
    return _few(files, _MOST_FILES) or "The site"
