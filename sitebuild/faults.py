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
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from unicodedata import normalize

from sitebuild.model import SourceLine

_PLUGINS = "pelican.plugins."  # loggers
_MOST_NAMES = 12
_NEAREST = 3
ALIKE = 0.8  # "evidnce" and "evidence" are, "urgent" and "urgency" are not
_MOST_LINES = 5  # that a fault names beside its own
# Characters that are spoilt or that nobody sees, what is wrong with them, and a remedy.
_NO_TEXT = r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
_UNSEEN = r"[\u200b\u2028\u2029\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
_SPOILT = (
    (r"^(?:<{7}|>{7}) .*", "it is left from a merge", "choose one of the two texts"),
    # XML 1.0 (2.2) and HTML (13.2.3.5) do not allow these in text.
    (_NO_TEXT, "no page may hold it", "remove it"),
    (_UNSEEN, "a character that nobody sees hides what stands after it", "remove it"),
    ("[\ufffc\ufffd]", "it stands for a letter that was lost", "type the letter again"),
    ("[\ue000-\uf8ff]", "only one font of one program has it", "type - for a bullet"),
    (
        "\u00e2\u20ac.|\u00c3[\u0080-\u00bf\u0192\u2013-\u2122]",
        "these are the bytes of one letter, read wrongly",
        "type the letter again, and save the file as UTF-8",
    ),
)
_any = "|".join(f"({row[0]})" for row in _SPOILT)
# Most characters begin none of these, and are passed over at once.
_spoilt = re.compile(rf"(?=[^\t\n -;=?-~])(?:{_any})", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong: where, what was found, what is allowed and what to do.

    `unread` has the names of things that could not be read for it, `also` the other
    lines that have it.
    """

    place: SourceLine
    found: str
    allowed: str
    remedy: str
    unread: tuple[str, ...] = field(default=(), compare=False)
    also: tuple[SourceLine, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        """Return `file:line: what was found; what is allowed; what to do`."""
        where = f"{self.place.file}:{self.place.line}"
        found = self.found
        if self.also:
            lines = [f"{it.file}:{it.line}" for it in self.also[:_MOST_LINES]]
            more = len(self.also) - len(lines)
            found += f", as at {', '.join(lines)}"
            found += f" and {more} more" if more else ""
        return f"{where}: {found}; {self.allowed}; {self.remedy}"


class SiteFaults(SystemExit):
    """Raised once per build with every fault in it; its text lists them by line.

    A SystemExit with a text: whatever runs the build, an editor sees that text and
    exit code 1, and no traceback.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults sorted and without repeats."""
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


def nearest(name: str, names: Iterable[str], least: float = 0.6) -> str:
    """Return the name that another most likely means, whatever its case; "" if none.

    `least` says how alike they must be, from 0 to 1. With one letter wrong behind the
    first, or two exchanged, they are: of a short name little is left then.
    """
    bare = {normalize("NFC", it).casefold(): it for it in names}
    written = normalize("NFC", name).casefold()
    if written in bare:
        return bare[written]
    found = [it for it in bare if _is_slip(written, it)]
    found = found or get_close_matches(written, bare, 1, least)
    return bare[found[0]] if found else ""


def _is_slip(written: str, name: str) -> bool:
    """Return whether a letter behind the first is wrong, or two are exchanged."""
    if len(written) != len(name):
        return False
    wrong = [n for n, letter in enumerate(name) if written[n] != letter]
    if len(wrong) == 2:
        return wrong[0] + 1 == wrong[1] and sorted(written) == sorted(name)
    return len(wrong) == 1 and wrong != [0]


def listed(names: Iterable[str], most: int = _MOST_NAMES) -> str:
    """Return names as words, of many the first, without what a terminal obeys."""
    known = sorted(names)
    shown = [it if it.isprintable() else ascii(it) for it in known[:most]]
    more = f" and {len(known) - most} more" if known[most:] else ""
    return ", ".join(shown) + more


def allowed_names(name: str, names: Iterable[str]) -> tuple[str, str]:
    """Return, as words, the names that are allowed, and the one that `name` may mean.

    Of many names only the nearest are listed. The second is "" where none is near.
    """
    known = sorted(filter(None, names))
    listed = known
    if len(known) > _MOST_NAMES:
        listed = get_close_matches(name, known, _NEAREST, cutoff=0)
        listed.append(f"{len(known) - _NEAREST} more")
    allowed = f"known are {', '.join(listed)}" if listed else "there are none yet"
    return allowed, nearest(name, known)


class Report:
    """Gathers faults, so that a build can go on and find the others.

    The places of one that is of a file may be lines of that. Nobody is told that a name
    is unknown where the thing of that name could not be read: that has a fault of its
    own. A name that is unknown in many places is one fault.
    """

    def __init__(self, path: str = "") -> None:
        """Begin with none, for a file or for all."""
        self.path = path
        self.faults: list[Fault] = []
        self._unknown: dict[tuple[str, str], int] = {}

    def add(
        self,
        place: SourceLine | int,
        found: str,
        allowed: str,
        remedy: str,
        *unread: str,
    ) -> None:
        """Add one fault; `unread` are names that Fault has."""
        if isinstance(place, int):
            place = SourceLine(self.path, place)
        self.faults.append(Fault(place, found, allowed, remedy, unread))

    def unknown(
        self,
        place: SourceLine | int,
        found: str,
        name: str,
        names: Iterable[str],
        remedy: str = "use one of these or add it",
        unread: tuple[str, ...] = (),
        what: str = "",
    ) -> None:
        """Add a fault for a name that is not among some names.

        `remedy` is what to do where no name is near enough to be meant. `what` is the
        kind of thing that it should name; `unread` is as in Fault.
        """
        if any(name in fault.unread for fault in self.faults):
            return
        number = self._unknown.setdefault((what, name), len(self.faults))
        allowed, nearest = allowed_names(name, names)
        if nearest:
            remedy = f'did you mean "{nearest}"?'
        self.add(place, found, allowed, remedy, *unread)
        if what and number < len(self.faults) - 1:
            first = self.faults[number]
            also = (*first.also, self.faults.pop().place)
            self.faults[number] = replace(first, also=also)

    @property
    def files(self) -> set[str]:
        """The files that have a fault."""
        places = [place for it in self.faults for place in (it.place, *it.also)]
        return {place.file for place in places}

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
    place: SourceLine | int,
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
            sentence = f'{of} names the {what} "{name}"'
            report.unknown(place, sentence, name, those, what=what)
    return tuple(found)


def decode(data: bytes, path: str, report: Report) -> str:
    """Return the text of a source file; "" with a fault where it is not UTF-8.

    Its lines end as on Unix, whatever they end with in the file.
    What a merge left, and characters that are spoilt or that nobody sees, are faults.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.add(
            SourceLine(path, data.count(b"\n", 0, error.start) + 1),
            f"byte {data[error.start]:#04x} is not UTF-8",
            "sources are UTF-8 text",
            "save the file as UTF-8",
        )
        return ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    report.faults += _spoilt_characters(text, path)
    return re.sub(_NO_TEXT, "\ufffd", re.sub(_UNSEEN, "", text))


def _spoilt_characters(text: str, path: str) -> Iterator[Fault]:
    """Yield one fault for each kind of spoilt character in a text, with its lines."""
    found: dict[str, dict[SourceLine, re.Match[str]]] = {}
    line, position = 1, 0
    for spoilt in _spoilt.finditer(text):
        line += text.count("\n", position, spoilt.start())
        position = spoilt.start()
        found.setdefault(spoilt[0], {}).setdefault(SourceLine(path, line), spoilt)
    for written, places in found.items():
        first, *also = places
        spoilt = places[first]
        _, why, remedy = _SPOILT[(spoilt.lastindex or 1) - 1]
        column = spoilt.start() - text.rfind("\n", 0, spoilt.start())
        shown = f'"{written[:40]}"'
        if len(written) == 1:
            shown = f"the character U+{ord(written):04X}"
        said = f"{shown} stands at column {column}"
        yield Fault(first, said, why, remedy, also=tuple(also))


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


def as_faults(what: str, error: BaseException, root: Path) -> SiteFaults:
    """Return the fault of code, or of settings, that raised an exception."""
    found = f"the {what} failed with {type(error).__name__}: {error}"
    allowed = "settings and code raise nothing"
    return SiteFaults([Fault(place_of(error, root), found, allowed, "fix the line")])


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
        if record.funcName == "find_empty_alt":
            return
        message = " ".join(record.getMessage().split()).replace(f"{self.root}/", "")
        found = f"{record.name} warns: {message}"
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
