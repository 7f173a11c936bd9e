"""The form of a source file: a header of fields, then text in which blocks are marked.

    title: What helps

    /// passage | an-id
        topics: one, two

    Text in Markdown.
    ///

The text is cut before Markdown sees it, so that every line is accounted for: a block
that is not closed, a stray marker or a misspelt option is a fault with its line and
never text on a page. What stands in a fence of code is code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sitebuild.faults import FileReport
from sitebuild.model import BLOCKS, HEADERS, Raw
from sitebuild.read import slips
from sitebuild.read.fields import fields_of

_BEGIN, _END = "<!--", "-->"
# A comment, a fence of code, or code within a line.
_NEXT = re.compile(r"<!--|^ {0,3}(?P<fence>`{3,}(?!.*`)|~{3,})|(?P<ticks>`+)", re.M)
_FIELD = re.compile(r" {0,3}(?P<name>[A-Za-z][\w-]*)\s*:\s*(?P<value>.*?)\s*$")
_ITEM = re.compile(r"\s*-\s+(?P<value>.*?)\s*$")
_QUOTED = re.compile(r"""(["'])(?P<text>.*)\1""")
_MARKER = re.compile(
    r"(?P<slashes>/{3,})(?:\s+(?P<kind>[\w-]+)\s*(?:\|\s*(?P<name>.*?))?)?\s*$"
)
_OPTION = re.compile(r"\s+(?P<name>[\w-]+)\s*:\s*(?P<value>.*?)\s*$")
# Python-Markdown's fenced_code: code begins at three or more backticks or tildes at the
# left margin and ends at a line of exactly as many. A line with backticks further on is
# code within a line.
_FENCE = re.compile(
    r"(?P<indent>[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?)(?P<marks>`{3,}(?!.*`)|~{3,})"
    r"\s*(?P<info>.*)$"
)
# A new article has the option ready; that nothing follows it loses no caution.
_MAY_BE_EMPTY = "topics"
_INDENT = "    "
_SHOWN = 40


class Line(NamedTuple):
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


def split_lines(text: str, file: FileReport) -> list[Line]:
    """Return the lines of a source without its comments.

    A line that holds nothing but a comment is left out, so that a comment parts
    neither a paragraph nor options. Comments within code are code. A comment that does
    not end is a fault, and stays.
    """
    commented: set[int] = set()
    kept = []
    position, number = 0, 1
    for begin, end in _comments(text, file):
        kept.append(text[position:begin])
        number += text.count("\n", position, begin)
        inside = text.count("\n", begin, end)
        commented.update(range(number, number + inside + 1))
        kept.append("\n" * inside)
        number += inside
        position = end
    kept.append(text[position:])
    lines = []
    for line, written in enumerate("".join(kept).split("\n"), 1):
        if written.strip() or line not in commented:
            lines.append(Line(line, written))
    return lines


def _comments(text: str, file: FileReport) -> Iterator[tuple[int, int]]:
    """Yield where each comment begins and ends."""
    position = 0 if _BEGIN in text else len(text)
    while found := _NEXT.search(text, position):
        if found[0] != _BEGIN:
            position = _end_of_code(text, found)
            continue
        end = text.find(_END, found.end())
        if end < 0:
            file.add(
                text.count("\n", 0, found.start()) + 1,
                'the comment that begins with "<!--" does not end',
                "a comment ends with -->, and no page shows it",
                "add --> where it ends; in text, write it between backticks, as code",
            )
            return
        position = end + len(_END)
        yield found.start(), position


def _end_of_code(text: str, opened: re.Match[str]) -> int:
    """Return where code ends; code within a line that does not end is no code."""
    if opened["fence"]:
        closing = re.compile(rf"^ {{0,3}}{opened['fence']}+[ \t]*$", re.MULTILINE)
        closed = closing.search(text, opened.end())
        return closed.end() if closed else len(text)
    paragraph = text.find("\n\n", opened.end())
    ticks = re.compile(rf"(?<!`){opened['ticks']}(?!`)")
    end = len(text) if paragraph < 0 else paragraph
    closed = ticks.search(text, opened.end(), end)
    return closed.end() if closed else opened.end()


@dataclass
class Header:
    """The fields that open a file, and how many of its lines they take.

    `is_whole` is False where what stands there could not be read.
    """

    raw: dict[str, Raw] = field(default_factory=dict)
    count: int = 0
    is_whole: bool = True


def read_header(lines: Sequence[Line], file: FileReport) -> Header:
    """Read the fields that open a file, written as Pelican or as YAML writes them.

    Names may have any capitals. The header ends at a blank line or, where `---` opens
    it, at the next `---`. An indented line, and in YAML an item of a list, goes on with
    the field above it.
    """
    header = Header()
    opening = lines[0].text.strip() if lines else ""
    if opening == "+++":
        _add_toml(header, lines, file)
        return header
    is_yaml = opening == "---"
    header.count = int(is_yaml)
    name = ""
    for line in lines[header.count :]:
        text = line.text.strip()
        if text in ("---", "...") or not (text or is_yaml):
            header.count += 1
            if text or not _goes_on(lines[header.count :]):
                break
            _add_gap(line.number, file)
            continue
        found = _FIELD.match(line.text)
        if name and _continues(line.text, is_yaml=is_yaml):
            above = header.raw[name]
            header.raw[name] = Raw(_joined(above.value, text), above.line)
        elif text and not (is_yaml and text.startswith("#")):
            found = found or _misspelt(line, file)
            if not found:
                header.is_whole = bool(header.raw)
                break
            name = found["name"].lower()
            if name in header.raw:
                _add_repeated("field", name, line.number, file)
            value = _plain_yaml(found["value"]) if is_yaml else found["value"]
            header.raw[name] = Raw(value, line.number)
        header.count += 1
    return header


def _continues(line: str, *, is_yaml: bool) -> bool:
    """Return whether a line goes on with the field above it."""
    if is_yaml:
        return line.startswith((" ", "\t")) or bool(_ITEM.match(line))
    return line.startswith((_INDENT, "\t"))


def _joined(above: str, text: str) -> str:
    """Return the value of a field with one line more, which may be an item."""
    item = _ITEM.match(text)
    if not item:
        return f"{above} {text}".strip()
    value = _plain_yaml(item["value"])
    return f"{above}, {value}" if above else value


def _plain_yaml(value: str) -> str:
    """Return a value of YAML without quotes, brackets or the sign of a folded text."""
    quoted = _QUOTED.fullmatch(value)
    if quoted:
        return quoted["text"]
    if re.fullmatch(r"[|>][+-]?", value):
        return ""
    return value[1:-1] if re.fullmatch(r"\[.*\]", value) else value


def _misspelt(line: Line, file: FileReport) -> re.Match[str] | None:
    """Return the known field that a line nearly is; the line is a fault."""
    file.add(
        line.number,
        f'"{line.text[:_SHOWN]}" is not a field',
        "a file opens with `name: value` lines and a blank line",
        "write it as a field, or put a blank line before it if it is text",
    )
    found = re.match(r"\s*(?P<name>[a-z]+)\s*[:=]\s*(?P<value>.*?)\s*$", line.text)
    return found if found and found["name"] in _known_names() else None


def _known_names() -> set[str]:
    return {name for make in HEADERS.values() for name in fields_of(make)}


def _goes_on(lines: Sequence[Line]) -> bool:
    """Return whether the next line with text is a field by its exact name."""
    for line in lines:
        if line.text.strip():
            found = _FIELD.match(line.text)
            return bool(found and found["name"] in _known_names())
    return False


def _add_toml(header: Header, lines: Sequence[Line], file: FileReport) -> None:
    header.is_whole = False
    ends = [n for n, line in enumerate(lines) if line.text.strip() == "+++"]
    header.count = ends[1] + 1 if len(ends) > 1 else len(lines)
    file.add(
        lines[0].number,
        "the header stands between lines of +++, as Hugo writes it",
        "a header is `name: value` lines, or YAML between lines of ---",
        "write it so",
    )


def _add_gap(line: int, file: FileReport) -> None:
    file.add(
        line,
        "a blank line stands among the fields",
        "fields open the file, with no blank line before or between them",
        "remove it; if what follows is text, write a backslash before its colon",
    )


def _add_repeated(what: str, name: str, line: int, file: FileReport) -> None:
    file.add(
        line,
        f'the {what} "{name}" stands twice',
        f"each {what} is allowed once",
        "remove one of the two",
    )


def cut(lines: Sequence[Line], file: FileReport) -> list[Piece]:
    """Return the blocks, and the texts between them, in some lines.

    What is not well formed is a fault.
    """
    cutter = _Cutter(lines[0].number if lines else 1, file)
    for line in lines:
        cutter.take(line)
    return cutter.finish()


class _Cutter:
    """Takes one line after another and keeps the piece that is open."""

    def __init__(self, first: int, file: FileReport) -> None:
        self._file = file
        self._pieces: list[Piece] = []
        self._piece = Piece("", "", "", first)
        self._takes_options = False
        self._gap = 0  # the blank line above the first option, if there is one
        self._fence = ""
        self._fence_line = 0
        self._has_text = False

    def take(self, line: Line) -> None:
        """Sort one line into what it is: a marker, an option or text."""
        marker = None if self._fence else self._marker(line)
        if marker:
            self._take_marker(marker, line)
        elif self._takes_options and line.text.strip():
            self._take_option(line)
        elif self._takes_options and not self._piece.options and not self._gap:
            self._gap = line.number
        else:
            self._end_options()
            self._take_text(line)

    def _end_options(self) -> None:
        if self._gap:
            self._piece.body.append(Line(self._gap, ""))
        self._takes_options = False
        self._gap = 0

    def finish(self) -> list[Piece]:
        """Return all pieces; a block or a fence that is still open is a fault."""
        self._end_options()
        if self._fence:
            self._file.add(
                self._fence_line,
                f'the code that begins with "{self._fence}" does not end',
                "code ends with a line of the same characters",
                f'add a line "{self._fence}" where it ends',
            )
        elif self._piece.kind:
            self._add_unclosed()
        self._pieces.append(self._piece)
        return self._pieces

    def _marker(self, line: Line) -> re.Match[str] | None:
        """Return the marker that a line is; one that it looks like is a fault."""
        marker = _MARKER.match(line.text)
        if marker:
            return marker
        if not self._piece.kind and line.text.startswith((_INDENT, "\t")):
            return None  # code
        meant = slips.marker(line.text, line.number, self._file)
        return _MARKER.match(meant)

    def _take_marker(self, marker: re.Match[str], line: Line) -> None:
        if marker["kind"]:
            if self._piece.kind:
                self._add_unclosed()
            name = marker["name"] or ""
            self._begin(Piece(marker["kind"], name, marker["slashes"], line.number))
            self._takes_options = True
        elif self._piece.kind and marker["slashes"] == self._piece.slashes:
            self._begin(Piece("", "", "", line.number + 1))
        else:
            remedy = "remove it"
            if self._piece.kind:
                closing = self._piece.slashes
                remedy = f"close the open block with `{closing}`, or remove it"
            self._file.add(
                line.number,
                f'the block marker "{line.text.strip()}" closes nothing',
                "a block opens with `/// kind | name` and closes with as many slashes",
                remedy,
            )

    def _begin(self, piece: Piece) -> None:
        self._end_options()
        self._pieces.append(self._piece)
        self._piece = piece
        self._has_text = False

    def _take_option(self, line: Line) -> None:
        """Take a line below a marker: an option, a fault, or the first text."""
        option = _OPTION.match(line.text)
        if option and self._gap and option["name"] not in self._own_options():
            option = None
        if option:
            self._add_option(option["name"], option["value"], line.number)
        elif not self._gap and self._is_like_option(line):
            return
        elif self._gap or not line.text.startswith(_INDENT) or _FENCE.match(line.text):
            self._end_options()
            self._take_text(line)
        else:
            self._file.add(
                line.number,
                f'"{line.text.strip()[:_SHOWN]}" is not an option',
                "an option is `    name: value`",
                "write it so, or put a blank line before it if it is text",
            )

    def _own_options(self) -> Collection[str]:
        make = BLOCKS.get(self._piece.kind)
        return fields_of(make) if make else ()

    def _add_option(self, name: str, value: str, line: int) -> None:
        if self._gap:
            self._file.add(
                self._gap,
                "a blank line stands above the options",
                "options stand right below the line that opens their block",
                "remove it",
            )
            self._gap = 0
        if name in self._piece.options:
            _add_repeated("option", name, line, self._file)
        if not value and name != _MAY_BE_EMPTY:
            self._file.add(
                line,
                f'the option "{name}" has no value',
                "an option is `    name: value` on one line",
                "write its value there, or remove it",
            )
        self._piece.options[name] = Raw(value, line)

    def _is_like_option(self, line: Line) -> bool:
        """Return whether a line looks like an option, which is a fault."""
        kind, is_first = self._piece.kind, not self._has_text
        return bool(kind) and slips.is_like_option(
            line.text, kind, line.number, self._file, is_first=is_first
        )

    def _take_text(self, line: Line) -> None:
        fence = _FENCE.match(line.text)
        is_code = bool(self._fence)
        if fence:
            is_code = self._take_fence(fence, line.number) or is_code
        if not is_code:
            self._is_like_option(line)
        self._piece.body.append(line._replace(is_code=True) if is_code else line)
        self._has_text = self._has_text or bool(line.text.strip())

    def _take_fence(self, fence: re.Match[str], number: int) -> bool:
        """Open or close fenced code; return whether the line did."""
        marks = fence["marks"]
        if not self._fence:
            self._fence = marks
            self._fence_line = number
            if fence["indent"]:
                self._file.add(
                    number,
                    "a fence of code is indented, in a list or in a quotation",
                    "a fence stands at the beginning of its line, outside lists",
                    "move it to the left margin; in a list, indent the code by eight "
                    "spaces and leave the fence out",
                )
        elif marks.startswith(self._fence) and not fence["info"]:
            if marks != self._fence:
                self._file.add(
                    number,
                    f'the code that line {self._fence_line} opens with "{self._fence}" '
                    f'is closed with "{marks}"',
                    "code ends with a line of as many characters as it begins with",
                    f'write "{self._fence}"',
                )
            self._fence = ""
        else:
            return False
        return True

    def _add_unclosed(self) -> None:
        piece = self._piece
        self._file.add(
            piece.line,
            f'the block "{piece.kind} | {piece.name}" is not closed',
            "a block ends before the next begins",
            f"add a line `{piece.slashes}` where it ends",
        )
