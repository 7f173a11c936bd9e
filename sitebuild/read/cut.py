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
from dataclasses import dataclass, field

from sitebuild.faults import Report
from sitebuild.model import Raw, SourceLine
from sitebuild.read.schema import BLOCKS

_MARKER = re.compile(
    r"(?P<slashes>/{3,})(?:\s+(?P<kind>[\w-]+)\s*(?:\|\s*(?P<name>.*?))?)?\s*$"
)
_OPTION = re.compile(r"\s{4,}(?P<name>[\w-]+)\s*:\s*(?P<value>.*?)\s*$")
_LATE_OPTION = re.compile(r"\s*(?P<name>[\w-]+)\s*:(?:\s|$)")
# CommonMark 4.5: code begins at three or more backticks or tildes, indented by at most
# three spaces, and ends at a line of nothing but as many of them or more. A line with
# backticks further on is code within a line.
_FENCE = re.compile(r"\s{0,3}(?P<marks>`{3,}(?!.*`)|~{3,})\s*(?P<info>.*)$")
_INDENT = "    "
_SHOWN = 40


@dataclass(frozen=True)
class Line:
    """A line of a source file with its number."""

    number: int
    text: str


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


def cut(lines: list[str], first: int, path: str, report: Report) -> list[Piece]:
    """Return the blocks, and the texts between them, in the lines from `first` on.

    `path` names the file in messages; what is not well formed is a fault.
    """
    cutter = _Cutter(first, path, report)
    for number, text in enumerate(lines[first - 1 :], first):
        cutter.take(Line(number, text))
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

    def take(self, line: Line) -> None:
        """Sort one line into what it is: a marker, an option or text."""
        marker = None
        if not self._fence:
            marker = _MARKER.match(line.text)
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

    def _take_option(self, line: Line) -> None:
        option = _OPTION.match(line.text)
        if option:
            name = option["name"]
            if name in self._piece.options:
                self._add_repeated(name, line)
            self._piece.options[name] = Raw(option["value"], line.number)
            return
        self._takes_options = False
        if line.text.startswith(_INDENT):
            self._add_no_option(line)
            self._piece.body.append(line)
        else:
            self._take_text(line)

    def _take_text(self, line: Line) -> None:
        late = _LATE_OPTION.match(line.text)
        if late and self._is_option(late["name"]) and not self._piece.text.strip():
            self._add_late_option(late["name"], line)
        fence = _FENCE.match(line.text)
        if fence:
            self._take_fence(fence["marks"], fence["info"], line.number)
        self._piece.body.append(line)

    def _take_fence(self, marks: str, info: str, number: int) -> None:
        if not self._fence:
            self._fence = marks
            self._fence_line = number
        elif marks.startswith(self._fence) and not info:
            self._fence = ""

    def _is_option(self, name: str) -> bool:
        """Return whether blocks of the open one's kind have an option of this name."""
        kind = BLOCKS.get(self._piece.kind)
        return kind is not None and name in kind.fields

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

    def _add_no_option(self, line: Line) -> None:
        self._add(
            line.number,
            f'"{line.text.strip()[:_SHOWN]}" is not an option',
            "an option is `    name: value`",
            "write it so, or put a blank line before it if it is text",
        )

    def _add_late_option(self, name: str, line: Line) -> None:
        self._add(
            line.number,
            f'the option "{name}" stands in the text',
            "options come first, indented by four spaces",
            "indent it, with no blank line before it",
        )
