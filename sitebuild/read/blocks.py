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

from sitebuild.faults import ALIKE, Report, nearest
from sitebuild.model import BLOCKS, HEADERS
from sitebuild.read.fields import Raw, add_repeated
from sitebuild.read.header import without_quotes
from sitebuild.read.source import FENCES, INDENT, Line, Piece

_MARKER = re.compile(
    r"(?P<slashes>/{3,})(?:\s+(?P<kind>[\w-]+)\s*(?:\|\s*(?P<name>.*?))?)?\s*$"
)
# Slashes that are no marker as they stand: indented, quoted, in a list, too few, or
# with something else in the place of the bar.
_LIKE_MARKER = re.compile(
    r"[\s>*+-]*(?P<slashes>/{2,}|\\{3,}|(?:/|:{3,4})(?=\s))\s*(?P<kind>[\w-]*)\s*"
    r"(?P<bar>[|:/\u2502\uff5c]?)\s*(?P<name>.*?)\s*$"
)
_OPTION = re.compile(r"\s+(?P<name>[\w-]+)\s*:(?P<value>.*)$")
# A name and a colon (or what is taken for one), perhaps quoted, emphasised, in a list.
_LIKE_OPTION = re.compile(
    r"(?P<lead>[\s>(\[{@:;#%~]*)(?P<bullet>[-*+]\s+)?[*_`\"']*(?P<name>[A-Za-z][\w-]*)"
    r"[*_`\"']*\s*(?P<sign>[:=\uff1a]|(?<=\s)[-\u2013\u2014](?=\s))\s*(?P<value>.*)"
)
_WITHOUT_COLON = re.compile(
    r"\s*(?P<name>[a-z]+)\s+(?P<value>[\w/-]+(,\s*[\w/-]+)*)\s*(?P<sign>)$"
)
# A new article has the option ready; that nothing follows it loses no caution.
_MAY_BE_EMPTY = "topics"
_FEWEST_LETTERS = 5  # of a name that may be misspelt
_SHOWN = 40
_ALL_OPTIONS = frozenset(name for names in BLOCKS.values() for name in names)


def cut(lines: Sequence[Line], file: Report) -> list[Piece]:
    """Return the blocks, and the texts between them, in some lines.

    What is not well formed is a fault.
    """
    cutter = _Cutter(lines[0].number if lines else 1, file)
    for line in lines:
        cutter.take(line)
    return cutter.finish()


class _Cutter:
    """Takes one line after another and keeps the piece that is open."""

    def __init__(self, first: int, file: Report) -> None:
        self._file = file
        self._pieces: list[Piece] = []
        self._piece = Piece("", "", "", first)
        self._has_slip = False

    def take(self, line: Line) -> None:
        """Sort one line into what it is: a marker, an option or text."""
        marker = None if line.is_code else self._marker(line)
        option = _OPTION.match(line.text) if self._takes_options() else None
        if marker:
            self._take_marker(marker, line)
        elif option:
            self._add_option(option["name"], option["value"].strip(), line.number)
        elif line.is_code or not self._is_slip(line) or not self._takes_options():
            self._piece.body.append(line)

    def finish(self) -> list[Piece]:
        """Return all pieces; a block that is still open is a fault."""
        last = self._piece.body[-1:]
        # Code that does not end holds the end of its block.
        is_open = last and last[0].is_code and not last[0].text.startswith(FENCES)
        if self._piece.kind and not is_open:
            self._add_unclosed()
        return [*self._pieces, self._piece]

    def _marker(self, line: Line) -> re.Match[str] | None:
        """Return the marker that a line is; one that it looks like is a fault."""
        marker = _MARKER.match(line.text)
        if marker or (not self._piece.kind and line.text.startswith((INDENT, "\t"))):
            return marker  # indented text outside a block is code
        meant = _marker_meant(line.text)
        if meant:
            self._file.add(
                line.number,
                f'"{line.text.strip()[:_SHOWN]}" looks like the marker of a block',
                "a marker stands at the beginning of its line: three slashes or more, "
                "a space, the kind, a bar and the name",
                f"did you mean `{meant}`? If it is text, write a backslash before its "
                "first character",
            )
        return _MARKER.match(meant)

    def _take_marker(self, marker: re.Match[str], line: Line) -> None:
        piece = self._piece
        if marker["kind"]:
            if piece.kind:
                self._add_unclosed()
            name = marker["name"] or ""
            self._begin(Piece(marker["kind"], name, marker["slashes"], line.number))
        elif piece.kind and marker["slashes"] == piece.slashes:
            self._begin(Piece("", "", "", line.number + 1))
        else:
            remedy = "remove it"
            if piece.kind:
                remedy = f"close the open block with `{piece.slashes}`, or remove it"
            self._file.add(
                line.number,
                f'the block marker "{line.text.strip()}" closes nothing',
                "a block opens with `/// kind | name` and closes with as many slashes",
                remedy,
            )

    def _begin(self, piece: Piece) -> None:
        self._pieces.append(self._piece)
        self._piece = piece
        self._has_slip = False

    def _takes_options(self) -> bool:
        """Return whether options may follow: the first line that is none ends them."""
        return bool(self._piece.kind) and not self._piece.body

    def _add_option(self, name: str, value: str, line: int) -> None:
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

    def _is_slip(self, line: Line) -> bool:
        """Return whether a line of a block looks like an option, which is a fault.

        A slip there would lose a caution: `Requires: hot-oven` in the text is printed
        and requires nothing. Of those below a blank line the first stands for all.
        """
        if not self._piece.kind or self._has_slip:
            return False
        is_first = not any(it.text.strip() for it in self._piece.body)
        own = BLOCKS.get(self._piece.kind, ())
        found = _LIKE_OPTION.match(line.text)
        meant = _option_meant(found, own, is_first=is_first) if found else ""
        if not found and is_first:
            found = _WITHOUT_COLON.match(line.text)
            meant = found["name"] if found and found["name"] in own else ""
        if not found or not meant:
            return self._is_none(line)
        self._has_slip = not self._takes_options()
        written, value = found["name"], found["value"].strip(" *_`\"'()[]{}")
        remedy = f"move it there, did you mean `    {meant}: {value}`?"
        if meant not in own:
            remedy = f"a {self._piece.kind} has no such option, so remove it."
        self._file.add(
            line.number,
            f'"{written}" in the text looks like the option "{meant}"',
            "options come first, each on an indented line under the line that opens "
            f"the {self._piece.kind}, with no blank line before it",
            f"{remedy} If it is text, write `{written}\\: {value}`",
        )
        return True

    def _is_none(self, line: Line) -> bool:
        """Return whether a line stands among options and is none, which is a fault."""
        text = line.text.strip()
        if not (self._takes_options() and text and line.text.startswith(INDENT)):
            return False
        self._file.add(
            line.number,
            f'"{text[:_SHOWN]}" is not an option',
            "an option is `    name: value`",
            "write it so, or put a blank line before it if it is text",
        )
        return True

    def _add_unclosed(self) -> None:
        piece = self._piece
        self._file.add(
            piece.line,
            f'the block "{piece.kind} | {piece.name}" is not closed',
            "a block ends before the next begins",
            f"add a line `{piece.slashes}` where it ends",
        )


def _marker_meant(text: str) -> str:
    """Return the marker that a line should have been; "" if it is text."""
    found = _LIKE_MARKER.match(text)
    if not found:
        return ""
    written, kind, bar, name = found.groups()
    slashes = "/" * max(3, written.count("/"))
    if not (kind or bar or name):  # one slash, or colons, are no end
        return slashes if written.startswith("//") else ""
    is_known = kind.lower() in BLOCKS and (bar or not name or "//" in written)
    if is_known or written.startswith("///") or (written == "//" and bar == "|"):
        kind = kind.lower() if is_known else kind
        return f"{slashes} {kind} | {name}" if kind else slashes
    return ""


def _option_meant(found: re.Match[str], own: Collection[str], *, is_first: bool) -> str:
    """Return the option that a line with a name and a colon means; "" if it is text."""
    if found["name"] in _ALL_OPTIONS:
        return found["name"]
    is_odd = found["lead"].strip(" \t>") or found["sign"] in "-\u2013\u2014"
    # `- Evidence: weak` in a list is text more often than not.
    if (is_odd or found["bullet"]) and not is_first:
        return ""
    name = found["name"].lower()
    long = [option for option in own if len(option) >= _FEWEST_LETTERS]
    return name if name in own else nearest(name, long, ALIKE)


def check_outside(lines: Sequence[Line], kind: str, file: Report) -> None:
    """Report lines outside the blocks that have the exact name of an option or field.

    They are code, or text with a backslash before the colon, or they are lost.
    """
    names = set(_ALL_OPTIONS)
    if kind == "page":
        names |= {name for header in HEADERS.values() for name in header}
    for line in lines:
        found = None if line.is_code else _LIKE_OPTION.match(line.text)
        if found and not found["bullet"] and found["name"] in names:
            file.add(
                line.number,
                f'"{found["name"]}:" stands in the text',
                "fields open the file with no blank line between them, and options "
                "stand under the line that opens their block",
                f"move it there; if it is text, write `{found['name']}\\: …`",
            )
