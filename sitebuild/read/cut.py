"""Cutting the text of a source file into its blocks and the text between them.

    /// passage | an-id
        topics: one, two

    Text in Markdown.
    ///

The text is cut before Markdown sees it, so that every line is accounted for: a block
that is not closed, a stray marker or a misspelt option is a fault with its line and
never text on a page. A marker inside a fenced code block is code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sitebuild.faults import Report
from sitebuild.model import Raw, SourceLine
from sitebuild.read import looks

_MARKER = re.compile(
    r"(?P<slashes>/{3,})(?:\s+(?P<kind>[\w-]+)\s*(?:\|\s*(?P<name>.*?))?)?\s*$"
)
_OPTION = re.compile(r"\s{4,}(?P<name>[\w-]+)\s*:\s*(?P<value>.*?)\s*$")
# Python-Markdown's fenced_code: code begins at three or more backticks or tildes at the
# left margin and ends at a line of exactly as many. A line with backticks further on is
# code within a line. What CommonMark 4.5 allows beyond that is a fault.
_FENCE = re.compile(
    r"(?P<indent>[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?)(?P<marks>`{3,}(?!.*`)|~{3,})"
    r"\s*(?P<info>.*)$"
)
# A new article has the option ready; that nothing follows it loses no caution.
_MAY_BE_EMPTY = "topics"
_INDENT = "    "
_SHOWN = 40


@dataclass(frozen=True)
class Line:
    """A line of a source file with its number; `is_code`: it is part of a fence."""

    number: int
    text: str
    is_code: bool = False


@dataclass
class Piece:
    """A block as it was written, or the text between two blocks, whose kind is ""."""

    kind: str
    name: str
    slashes: str
    line: int
    options: dict[str, Raw] = field(default_factory=dict)
    body: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return its Markdown."""
        return "\n".join(line.text for line in self.body)


def cut(lines: Sequence[Line], path: str, report: Report) -> list[Piece]:
    """Return the blocks, and the texts between them, in some lines.

    `path` names the file in messages; what is not well formed is a fault.
    """
    first = lines[0].number if lines else 1
    cutter = _Cutter(first, path, report)
    for line in lines:
        cutter.take(line)
    return cutter.finish()


class _Cutter:
    """Takes one line after another and keeps the piece that is open."""

    def __init__(self, first: int, path: str, report: Report) -> None:
        self._path = path
        self._report = report
        self._pieces: list[Piece] = []
        self._piece = Piece("", "", "", first)
        self._takes_options = False
        self._fence = ""
        self._fence_line = 0
        self._has_text = False

    def take(self, line: Line) -> None:
        """Sort one line into what it is: a marker, an option or text."""
        marker = None
        if not self._fence:
            marker = self._marker(line)
        if marker:
            self._take_marker(marker, line)
        elif self._takes_options and line.text.strip():
            self._take_option(line)
        else:
            self._takes_options = False
            self._take_text(line)

    def finish(self) -> list[Piece]:
        """Return all pieces; a block that is still open is a fault."""
        if self._fence:
            self._add_unclosed_fence()
        elif self._piece.kind:
            self._add_unclosed_block()
        self._pieces.append(self._piece)
        return self._pieces

    def _marker(self, line: Line) -> re.Match[str] | None:
        """Return the marker that a line is; one that it looks like is a fault."""
        marker = _MARKER.match(line.text)
        if marker:
            return marker
        meant = looks.marker(line.text)
        if not meant:
            return None
        place = SourceLine(self._path, line.number)
        looks.add_marker(line.text, meant, place, self._report)
        return _MARKER.match(meant)

    def _take_marker(self, marker: re.Match[str], line: Line) -> None:
        if marker["kind"]:
            if self._piece.kind:
                self._add_unclosed_block()
            name = marker["name"] or ""
            self._begin(Piece(marker["kind"], name, marker["slashes"], line.number))
            self._takes_options = True
        elif self._piece.kind and marker["slashes"] == self._piece.slashes:
            self._begin(Piece("", "", "", line.number + 1))
            self._takes_options = False
        else:
            self._add_stray(line)

    def _begin(self, piece: Piece) -> None:
        self._pieces.append(self._piece)
        self._piece = piece
        self._has_text = False

    def _take_option(self, line: Line) -> None:
        option = _OPTION.match(line.text)
        if option:
            name = option["name"]
            if name in self._piece.options:
                self._add_repeated(name, line)
            if not option["value"] and name != _MAY_BE_EMPTY:
                self._add_empty(name, line)
            self._piece.options[name] = Raw(option["value"], line.number)
            return
        self._takes_options = False
        if line.text.startswith(_INDENT) and not _FENCE.match(line.text):
            self._add_no_option(line)
            self._piece.body.append(line)
            self._has_text = True
        else:
            self._take_text(line)

    def _take_text(self, line: Line) -> None:
        fence = _FENCE.match(line.text)
        is_code = bool(self._fence)
        if fence:
            is_code = self._take_fence(fence, line.number) or is_code
        if not is_code:
            self._look_for_option(line)
        self._piece.body.append(replace(line, is_code=True) if is_code else line)
        self._has_text = self._has_text or bool(line.text.strip())

    def _look_for_option(self, line: Line) -> None:
        kind = self._piece.kind
        if not kind:
            return
        found = looks.option(line.text, kind, is_first=not self._has_text)
        if found:
            place = SourceLine(self._path, line.number)
            looks.add_option(found, kind, place, self._report)

    def _take_fence(self, fence: re.Match[str], number: int) -> bool:
        """Open or close fenced code; return whether the line did."""
        marks = fence["marks"]
        if not self._fence:
            self._fence = marks
            self._fence_line = number
            if fence["indent"]:
                self._add_indented_fence(number)
        elif marks.startswith(self._fence) and not fence["info"]:
            if marks != self._fence:
                self._add_longer_fence(marks, number)
            self._fence = ""
        else:
            return False
        return True

    def _add(self, number: int, found: str, allowed: str, remedy: str) -> None:
        self._report.add(SourceLine(self._path, number), found, allowed, remedy)

    def _add_unclosed_block(self) -> None:
        piece = self._piece
        self._add(
            piece.line,
            f'the block "{piece.kind} | {piece.name}" is not closed',
            "a block ends before the next begins",
            f"add a line `{piece.slashes}` where it ends",
        )

    def _add_unclosed_fence(self) -> None:
        self._add(
            self._fence_line,
            f'the code that begins with "{self._fence}" does not end',
            "code ends with a line of the same characters",
            f'add a line "{self._fence}" where it ends',
        )

    def _add_stray(self, line: Line) -> None:
        remedy = "remove it"
        if self._piece.kind:
            remedy = f"close the open block with `{self._piece.slashes}`, or remove it"
        self._add(
            line.number,
            f'the block marker "{line.text.strip()}" closes nothing',
            "a block opens with `/// kind | name` and closes with as many slashes",
            remedy,
        )

    def _add_repeated(self, name: str, line: Line) -> None:
        self._add(
            line.number,
            f'the option "{name}" stands twice',
            "each option is allowed once",
            "join the two",
        )

    def _add_empty(self, name: str, line: Line) -> None:
        self._add(
            line.number,
            f'the option "{name}" has no value',
            "an option is `    name: value` on one line",
            "write its value there, or remove it",
        )

    def _add_no_option(self, line: Line) -> None:
        self._add(
            line.number,
            f'"{line.text.strip()[:_SHOWN]}" is not an option',
            "an option is `    name: value`",
            "write it so, or put a blank line before it if it is text",
        )

    def _add_longer_fence(self, marks: str, number: int) -> None:
        self._add(
            number,
            f'the code that line {self._fence_line} opens with "{self._fence}" is '
            f'closed with "{marks}"',
            "code ends with a line of as many characters as it begins with",
            f'write "{self._fence}"',
        )

    def _add_indented_fence(self, number: int) -> None:
        self._add(
            number,
            "a fence of code is indented, in a list or in a quotation",
            "a fence stands at the beginning of its line, outside lists",
            "move it to the left margin; in a list, indent the code by eight spaces "
            "and leave the fence out",
        )
