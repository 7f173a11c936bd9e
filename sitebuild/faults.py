"""One form for everything that can be wrong with the sources, gathered and then raised.

A message reads `file:line: what was found; what is allowed; what to do`.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sitebuild.model import SourceLine

_PLUGINS = "pelican.plugins."  # loggers
_MOST_NAMES = 12
_NEAREST = 3
_SHOWN = 40
# What a merge leaves.
_MERGE = re.compile(r"^(<{7}|>{7}) .*", re.MULTILINE)
# Characters that XML 1.0 (2.2) or HTML (13.2.3.5) does not allow in text.
_NO_TEXT = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# Characters that nobody sees and that hide a mark from whatever reads the line.
_INVISIBLE = re.compile(r"[\u200b\u2028\u2029\u2060\ufeff]")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong: where, what was found, what is allowed and what to do."""

    place: SourceLine
    found: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        """Return `file:line: what was found; what is allowed; what to do`."""
        where = f"{self.place.file}:{self.place.line}"
        return f"{where}: {self.found}; {self.allowed}; {self.remedy}"


class SiteFaults(SystemExit):
    """Raised once per build with every fault in it; its text lists them by line.

    A SystemExit with a text: whatever runs the build, an editor sees that text and
    exit code 1, and no traceback.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults sorted and without repeats."""
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Suggestion:
    """The names that are allowed, as words, and the nearest one; empty if none is."""

    allowed: str
    nearest: str


def suggest(name: str, names: Iterable[str]) -> Suggestion:
    """Return what to say of a name that is not among some names.

    Of many names only the nearest are listed, so that the message stays short.
    """
    known = sorted(filter(None, names))
    near = get_close_matches(name, known, 1)
    listed = known
    if len(known) > _MOST_NAMES:
        listed = get_close_matches(name, known, _NEAREST, cutoff=0)
        listed.append(f"{len(known) - _NEAREST} more")
    allowed = "there are none yet"
    if listed:
        allowed = f"known are {', '.join(listed)}"
    return Suggestion(allowed, near[0] if near else "")


class Report:
    """Gathers faults, so that a build can go on and find the others."""

    def __init__(self) -> None:
        """Begin with none."""
        self.faults: list[Fault] = []

    def add(self, place: SourceLine, found: str, allowed: str, remedy: str) -> None:
        """Add one fault."""
        self.faults.append(Fault(place, found, allowed, remedy))

    def unknown(
        self,
        place: SourceLine,
        found: str,
        name: str,
        names: Iterable[str],
        remedy: str = "use one of these or add it",
    ) -> None:
        """Add a fault for a name that is not among some names.

        `remedy` is what to do where no name is near enough to be meant.
        """
        suggestion = suggest(name, names)
        if suggestion.nearest:
            remedy = f'did you mean "{suggestion.nearest}"?'
        self.add(place, found, suggestion.allowed, remedy)

    def extend(self, faults: Iterable[Fault]) -> None:
        """Add faults found elsewhere."""
        self.faults += faults

    def stop(self) -> None:
        """Raise SiteFaults if there are any."""
        if self.faults:
            raise SiteFaults(self.faults)


def known(
    names: Iterable[str],
    those: Collection[str],
    of: str,
    what: str,
    place: SourceLine,
    report: Report,
) -> tuple[str, ...]:
    """Return the names that are among `those`; each other one is a fault.

    `of` says in the message what names them, `what` what kind of thing they name.
    """
    found = []
    for name in names:
        if name in those:
            found.append(name)
        else:
            report.unknown(place, f'{of} names the {what} "{name}"', name, those)
    return tuple(found)


def decode(data: bytes, path: str, report: Report) -> str:
    """Return the text of a source file; "" with a fault where it is not UTF-8.

    What a merge left is a fault, and so is a character that no page may hold, which is
    replaced by U+FFFD, or that nobody can see, which is left out.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.add(
            SourceLine(path, line),
            f"byte {data[error.start]:#04x} is not UTF-8",
            "sources are UTF-8 text",
            "save the file as UTF-8",
        )
        return ""
    report.extend(_merge_marks(text, path))
    report.extend(_odd_characters(text, path))
    return _NO_TEXT.sub("\ufffd", _INVISIBLE.sub("", text))


def _merge_marks(text: str, path: str) -> Iterator[Fault]:
    for mark in _MERGE.finditer(text):
        yield Fault(
            SourceLine(path, text.count("\n", 0, mark.start()) + 1),
            f'"{mark[0][:_SHOWN]}" is left from a merge',
            "a source holds one version",
            "choose one of the two and remove the marks",
        )


def _odd_characters(text: str, path: str) -> Iterator[Fault]:
    for odd in [*_NO_TEXT.finditer(text), *_INVISIBLE.finditer(text)]:
        why = "HTML and feeds do not allow it"
        if _INVISIBLE.match(odd[0]):
            why = "a character that nobody sees hides the mark after it"
        column = odd.start() - text.rfind("\n", 0, odd.start())
        yield Fault(
            SourceLine(path, text.count("\n", 0, odd.start()) + 1),
            f"the character U+{ord(odd[0]):04X} stands at column {column}",
            why,
            "remove it",
        )


def place_of(error: BaseException, root: Path) -> SourceLine:
    """Return the innermost line of the project that an exception came from."""
    if isinstance(error, SyntaxError) and error.filename:
        path = Path(error.filename)
        if path.is_relative_to(root):
            return SourceLine(path.relative_to(root).as_posix(), error.lineno or 1)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        # resolve() would follow a link out of the project
        path = Path(os.path.abspath(frame.filename))  # noqa: PTH100
        if path.is_relative_to(root) and "site-packages" not in path.parts:
            return SourceLine(path.relative_to(root).as_posix(), frame.lineno or 1)
    return SourceLine("pelicanconf.py", 1)


def as_faults(what: str, error: Exception, root: Path) -> SiteFaults:
    """Return the fault of code, or of settings, that raised an exception."""
    fault = Fault(
        place_of(error, root),
        f"the {what} failed with {type(error).__name__}: {error}",
        "settings and code raise nothing",
        "fix the line",
    )
    return SiteFaults([fault])


class Warnings(logging.Handler):
    """Turns a library's warnings into faults where something is lost."""

    def __init__(self, report: Report, root: Path) -> None:
        """Take where to report, and the folder whose path no message shows."""
        super().__init__(logging.WARNING)
        self.report = report
        self.root = root

    def emit(self, record: logging.LogRecord) -> None:
        """Add one record, with the kind of exception that it was logged for.

        A plugin that warns has lost nothing: it is printed. An image without a text is
        found in the finished pages, with its line.
        """
        message = " ".join(record.getMessage().split()).replace(f"{self.root}/", "")
        found = f"{record.name} warns: {message}"
        if record.funcName == "find_empty_alt":
            return
        if record.levelno < logging.ERROR and record.name.startswith(_PLUGINS):
            sys.stderr.write(f"{found}\n")
            return
        cause = sys.exc_info()[1]
        if cause:
            found += f" ({type(cause).__name__})"
        place = SourceLine("pelicanconf.py", 1)
        allowed = "a build has no warnings by which something is lost"
        self.report.add(place, found, allowed, "fix its cause")


def report_warnings(package: str, report: Report, root: Path) -> None:
    """Report every warning of a package from now on, and to no earlier report.

    What keeps its loggers from giving one again is removed: Pelican gives a warning
    once in a process, and of several alike the first few.
    """
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith(package) and isinstance(logger, logging.Logger):
            logger.filters.clear()
    logger = logging.getLogger(package)
    for handler in list(logger.handlers):
        if isinstance(handler, Warnings):
            logger.removeHandler(handler)
    logger.addHandler(Warnings(report, root))
