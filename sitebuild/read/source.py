"""The lines of a source file, without its comments, and the pieces they make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sitebuild.faults import FileReport
from sitebuild.model import BLOCKS
from sitebuild.read.fields import Raw, fields_of

_BEGIN, _END = "<!--", "-->"
# A comment, a fence of code, or code within a line.
_NEXT = re.compile(r"<!--|^ {0,3}(?P<fence>`{3,}(?!.*`)|~{3,})|(?P<ticks>`+)", re.M)
INDENT = "    "


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
    def cites(self) -> bool:
        """Return whether its text may cite references."""
        return self.kind in BLOCKS and "references" in fields_of(BLOCKS[self.kind])

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
