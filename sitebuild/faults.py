"""Faults: one mould for everything that can be wrong with the sources, gathered and worded in one place."""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sitebuild.model import SourceLine

_MOST_NAMES = 12
# What a merge leaves, and characters that XML 1.0 (2.2) or HTML (13.2.3.5) does not allow in text.
_MERGE = re.compile(r"^(<{7}|>{7}) .*", re.MULTILINE)
_NO_TEXT = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong: where, what was found, what is allowed and what to do."""

    place: SourceLine
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

    def add(self, place: SourceLine, found: str, allowed: str, remedy: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(place, found, allowed, remedy))

    def unknown(
        self, place: SourceLine, found: str, name: str, known: Iterable[str]
    ) -> None:
        """Note a name that is none of the known ones, with the nearest as a suggestion."""
        names = sorted(filter(None, known))
        near = get_close_matches(name, names, 1)
        most = (
            names
            if len(names) <= _MOST_NAMES
            else [*get_close_matches(name, names, 3, 0), f"{len(names) - 3} more"]
        )
        allowed = f"known are {', '.join(most)}" if names else "none is known"
        self.add(
            place,
            found,
            allowed,
            f'did you mean "{near[0]}"?' if near else "use one of these or add it",
        )

    def extend(self, faults: Iterable[Fault]) -> None:
        """Note faults found elsewhere."""
        self.faults += faults

    def stop(self) -> None:
        """Raise SiteFaults when there are any."""
        if self.faults:
            raise SiteFaults(self.faults)


def decode(data: bytes, path: str, report: Report) -> str:
    """The text of a source file; empty, with a fault, where a byte is not UTF-8.

    Marks that a merge left are faults, and characters that no page can hold, shown as U+FFFD.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte {data[error.start]:#04x} is not UTF-8"
        report.add(
            SourceLine(path, line),
            found,
            "sources are UTF-8 text",
            "save the file as UTF-8",
        )
        return ""
    for mark in _MERGE.finditer(text):
        place = SourceLine(path, text.count("\n", 0, mark.start()) + 1)
        report.add(
            place,
            f'"{mark[0][:40]}" is left from a merge',
            "a source is one version",
            "choose one of the two",
        )
    for odd in _NO_TEXT.finditer(text):
        place, column = (
            SourceLine(path, text.count("\n", 0, odd.start()) + 1),
            odd.start() - text.rfind("\n", 0, odd.start()),
        )
        found = f"the character U+{ord(odd[0]):04X} stands at column {column}"
        report.add(place, found, "neither HTML nor a feed may hold it", "remove it")
    return _NO_TEXT.sub("\ufffd", text)


def place_of(error: BaseException, root: Path) -> SourceLine:
    """The innermost line of the project that an exception came from."""
    if (
        isinstance(error, SyntaxError)
        and error.filename
        and Path(error.filename).is_relative_to(root)
    ):
        return SourceLine(
            Path(error.filename).relative_to(root).as_posix(), error.lineno or 1
        )
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(os.path.abspath(frame.filename))  # noqa: PTH100 - resolve() would follow a link out of the project
        if path.is_relative_to(root) and "site-packages" not in path.parts:
            return SourceLine(path.relative_to(root).as_posix(), frame.lineno or 1)
    return SourceLine("pelicanconf.py", 1)


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
        found = f"{record.name} warns: {said}" + (
            f" ({type(cause).__name__})" if cause else ""
        )
        self.report.add(
            SourceLine("pelicanconf.py", 1),
            found,
            "a build has no warnings",
            "mend its cause",
        )
