"""Faults: one mould for everything that can be wrong with the sources, gathered and worded in one place."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sitebuild.model import Place


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong: where, what was found, what is allowed and what to do."""

    place: Place
    found: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        """`file:line: what was found; what is allowed; what to do`."""
        return f"{self.place.file}:{self.place.line}: {self.found}; {self.allowed}; {self.remedy}"


class SiteFaults(SystemExit):
    """Raised once per build with every fault in it; its text lists them by file and line.

    A SystemExit with a text: whatever runs the build, an editor sees that text and exit code 1, and no traceback.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults sorted and without repeats."""
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class Report:
    """Gathers faults, so that a build can go on to find the others."""

    def __init__(self) -> None:
        """Begin with none."""
        self.faults: list[Fault] = []

    def add(self, place: Place, found: str, allowed: str, remedy: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(place, found, allowed, remedy))

    def unknown(self, place: Place, found: str, name: str, known: Iterable[str]) -> None:
        """Note a name that is none of the known ones, with the nearest as a suggestion."""
        names = sorted(known)
        near = get_close_matches(name, names, 1)
        allowed = f"known are {', '.join(names)}" if names else "none is known"
        self.add(place, found, allowed, f'did you mean "{near[0]}"?' if near else "use one of these or add it")

    def extend(self, faults: Iterable[Fault]) -> None:
        """Note faults found elsewhere."""
        self.faults += faults

    def stop(self) -> None:
        """Raise SiteFaults when there are any."""
        if self.faults:
            raise SiteFaults(self.faults)


def decode(data: bytes, path: str, report: Report) -> str:
    """The text of a source file; a byte that is not UTF-8 is a fault with its line, and shown as U+FFFD."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte {data[error.start]:#04x} is not UTF-8"
        report.add(Place(path, line), found, "sources are UTF-8 text", "save the file as UTF-8")
        return data.decode("utf-8", "replace")


class Warnings(logging.Handler):
    """Turns the warnings of a library's log into faults: a build succeeds without one or fails."""

    def __init__(self, report: Report, root: Path) -> None:
        """Take where to report, and the folder whose path no message shows."""
        super().__init__(logging.WARNING)
        self.report, self.root = report, root

    def emit(self, record: logging.LogRecord) -> None:
        """Note one record, with the kind of exception that it was logged for."""
        cause = sys.exc_info()[1]
        said = " ".join(record.getMessage().split()).replace(f"{self.root}/", "")
        found = f"{record.name} warns: {said}" + (f" ({type(cause).__name__})" if cause else "")
        self.report.add(Place("pelicanconf.py", 1), found, "a build has no warnings", "mend its cause")
