"""Cutting the text of a source file into its blocks and the text between them.

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
from collections.abc import Collection, Sequence
from difflib import get_close_matches

from sitebuild.faults import FileReport
from sitebuild.model import BLOCKS, HEADERS
from sitebuild.read.fields import Raw, fields_of
from sitebuild.read.header import add_repeated, without_quotes
from sitebuild.read.source import INDENT, Line, Piece

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
# What Python-Markdown reads after the mark: a language, or attributes in braces.
_INFO = re.compile(r"\{.*\}|\.?(?P<language>[\w#.+-]*)\s*")
# A new article has the option ready; that nothing follows it loses no caution.
_MAY_BE_EMPTY = "topics"
# A name and a colon (or what is taken for one), perhaps quoted, emphasised, in a list.
_NAMED = re.compile(
    r"(?P<lead>[\s>(\[{@:;#%~]*)(?P<bullet>[-*+]\s+)?[*_`\"']*(?P<name>[A-Za-z][\w-]*)"
    r"[*_`\"']*\s*(?P<sign>[:=\uff1a]|(?<=\s)[-\u2013\u2014](?=\s))\s*(?P<value>.*)"
)
_BARE = re.compile(
    r"\s*(?P<name>[a-z]+)\s+(?P<value>[\w/-]+(,\s*[\w/-]+)*)\s*(?P<sign>)(?P<lead>)"
    r"(?P<bullet>)$"
)
# Slashes that are no marker as they stand: indented, quoted, in a list, too few, or
# with something else in the place of the bar.
_SLASHES = re.compile(
    r"[\s>*+-]*(?P<slashes>/{2,}|\\{3,}|(?:/|:{3,4})(?=\s))(?P<rest>.*)$"
)
_REST = re.compile(
    r"\s*(?P<kind>[\w-]+)\s*(?P<bar>[|:/\u2502\uff5c]?)\s*(?P<name>.*?)$"
)
_ALIKE = 0.82  # "evidnce" and "require" are, "sample" and "same" are not
_FEWEST_LETTERS = 5
_SHOWN = 40


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
        if not self._piece.kind and line.text.startswith((INDENT, "\t")):
            return None  # code
        meant = marker_meant(line.text, line.number, self._file)
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
        elif self._gap or not line.text.startswith(INDENT) or _FENCE.match(line.text):
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
            add_repeated("option", name, line, self._file)
        if not value and name != _MAY_BE_EMPTY:
            self._file.add(
                line,
                f'the option "{name}" has no value',
                "an option is `    name: value` on one line",
                "write its value there, or remove it",
            )
        self._piece.options[name] = Raw(without_quotes(value), line)

    def _is_like_option(self, line: Line) -> bool:
        """Return whether a line looks like an option, which is a fault."""
        kind, is_first = self._piece.kind, not self._has_text
        return bool(kind) and is_like_option(
            line.text, kind, line.number, self._file, is_first=is_first
        )

    def _take_text(self, line: Line) -> None:
        fence = _FENCE.match(line.text)
        is_code = bool(self._fence)
        if fence:
            is_code = self._take_fence(fence, line.number) or is_code
            if not _INFO.fullmatch(fence["info"]):
                line = line._replace(text=fence["marks"])
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
            if not _INFO.fullmatch(fence["info"]):
                self._add_fence_info(number, marks, fence["info"])
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

    def _add_fence_info(self, number: int, marks: str, info: str) -> None:
        found = re.match(r"\.?[\w#.+-]*", info)
        self._file.add(
            number,
            f'after the mark of a fence of code stands "{info}"',
            "there stands the language alone, or attributes in braces",
            f"write `{marks}{found[0] if found else ''}`",
        )

    def _add_unclosed(self) -> None:
        piece = self._piece
        self._file.add(
            piece.line,
            f'the block "{piece.kind} | {piece.name}" is not closed',
            "a block ends before the next begins",
            f"add a line `{piece.slashes}` where it ends",
        )


def is_like_option(
    text: str, kind: str, line: int, file: FileReport, *, is_first: bool
) -> bool:
    """Return whether a line of a block looks like an option, which is a fault.

    A slip there would lose a caution: `Requires: hot-oven` in the text is printed and
    requires nothing. `is_first`: no text of the block stands above it.
    """
    make = BLOCKS.get(kind)
    own = fields_of(make) if make else {}
    found = _NAMED.match(text)
    meant = _meant(found, own, is_first=is_first) if found else ""
    if not found and is_first:
        found = _BARE.match(text)
        meant = found["name"] if found and found["name"] in own else ""
    if not found or not meant:
        return False
    written, sign = found["name"], found["sign"]
    value = found["value"].strip(" *_`\"'()[]{}")
    what = f'the option "{written}" stands in the text'
    if written != meant:
        what = f'"{written}" in the text looks like the option "{meant}"'
    escaped = "begin it with a capital letter"
    if sign in (":", "="):
        escaped = f"write `{written}\\{sign} {value}`"
    file.add(
        line,
        what,
        "options come first, each on an indented line under the line that opens the "
        f"{kind}, with no blank line before it",
        f"move it there, did you mean `    {meant}: {value}`? If it is text, {escaped}",
    )
    return True


def _meant(found: re.Match[str], own: Collection[str], *, is_first: bool) -> str:
    """Return the option that a line with a name and a colon means; "" if it is text."""
    written = found["name"]
    if any(written in fields_of(make) for make in BLOCKS.values()):
        return written
    is_odd = found["lead"].strip(" \t>") or found["sign"] in "-\u2013\u2014"
    # `- Evidence: weak` in a list is text more often than not.
    if (is_odd or found["bullet"]) and not is_first:
        return ""
    name = written.lower()
    if name in own:
        return name
    long = [option for option in own if len(option) >= _FEWEST_LETTERS]
    for option in long:
        if sorted(name) == sorted(option):  # two letters in the wrong order
            return option
    near = get_close_matches(name, long, 1, cutoff=_ALIKE)
    return near[0] if near else ""


def marker_meant(text: str, line: int, file: FileReport) -> str:
    """Return the marker that a line should have been, a fault; "" if it is text."""
    meant = _marker(text)
    if meant:
        file.add(
            line,
            f'"{text.strip()[:_SHOWN]}" looks like the marker of a block',
            "a marker stands at the beginning of its line: three slashes or more, a "
            "space, the kind, a bar and the name",
            f"did you mean `{meant}`? If it is text, write a backslash before its "
            "first character",
        )
    return meant


def _marker(text: str) -> str:
    found = _SLASHES.match(text)
    if not found:
        return ""
    slashes = "/" * max(3, found["slashes"].count("/"))
    if not found["rest"].strip():
        is_marker = set(found["slashes"]) <= {"/"} and len(found["slashes"]) > 1
        return slashes if is_marker else ""
    rest = _REST.match(found["rest"])
    if not rest:
        return slashes if found["slashes"].startswith("///") else ""
    has_kind = rest["kind"].lower() in BLOCKS
    if has_kind and (rest["bar"] or not rest["name"] or "//" in found["slashes"]):
        return f"{slashes} {rest['kind'].lower()} | {rest['name']}"
    is_odd = found["slashes"].startswith("///") or bool(
        found["slashes"].startswith("//") and rest["bar"] == "|"
    )
    return f"{slashes} {rest['kind']} | {rest['name']}" if is_odd else ""


def check_outside(lines: Sequence[Line], kind: str, file: FileReport) -> None:
    """Report lines outside the blocks that have the exact name of an option or field.

    They are code, or text with a backslash before the colon, or they are lost.
    """
    names = {name for make in BLOCKS.values() for name in fields_of(make)}
    if kind == "page":
        names |= {name for make in HEADERS.values() for name in fields_of(make)}
    for line in lines:
        found = None if line.is_code else _NAMED.match(line.text)
        if found and not found["bullet"] and found["name"] in names:
            file.add(
                line.number,
                f'"{found["name"]}:" stands in the text',
                "fields open the file with no blank line between them, and options "
                "stand under the line that opens their block",
                f"move it there; if it is text, write `{found['name']}\\: …`",
            )
