"""The lines of a source file, without its comments, and the pieces they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sitebuild.faults import Report
from sitebuild.model import BLOCKS
from sitebuild.read.fields import Raw

INDENT = "    "
FENCES = ("```", "~~~")
_SHOWN = 40
# A comment, code within a line, or a fence of code. Python-Markdown begins one at three
# or more backticks or tildes at the left margin, and ends it at a line of as many.
_NEXT = re.compile(
    r"<!--|^(?P<indent>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)"
    r"(?P<fence>`{3,}(?!.*`)|~{3,})[ \t]*(?P<info>.*)|(?P<ticks>`+)",
    re.MULTILINE,
)
# What Python-Markdown reads after the mark: a language, or attributes in braces.
_INFO = re.compile(r"\{.*\}|(?P<language>\.?[\w#.+-]*)\s*")


_QUOTE = re.compile(r"\s{0,3}(?:> ?)+")
# A heading, or the line below the words of one.
HEADING = re.compile(r"#|(?P<underline>=+|-+)\s*$")


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
        return "references" in BLOCKS.get(self.kind, ())

    @property
    def text(self) -> str:
        """Return its Markdown."""
        return "\n".join(line.text for line in self.body)

    def paragraphs(self) -> Iterator[list[Line]]:
        """Yield the lines that no blank line or heading parts, without fenced code."""
        lines: list[Line] = []
        for line in self.body:
            is_text = bool(unquoted(line.text).strip()) and not line.is_code
            is_heading = is_text and HEADING.match(line.text)
            if lines and (is_heading or not is_text):
                yield lines
                lines = []
            if is_heading:
                yield [line]
            elif is_text:
                lines.append(line)
        if lines:
            yield lines


def unquoted(line: str) -> str:
    """Return a line without the marks of a quotation."""
    found = _QUOTE.match(line)
    return line[found.end() :] if found else line


def split_lines(text: str, file: Report) -> list[Line]:
    """Return the lines of a source without its comments.

    A line that holds nothing but a comment is left out, so that a comment parts
    neither a paragraph nor options. Comments within code are code. What does not end is
    a fault.
    """
    kept: list[str] = []
    commented: set[int] = set()
    code: set[int] = set()
    position, number = 0, 1
    while found := _NEXT.search(text, position):
        start = found.start()
        number += text.count("\n", position, start)
        kept.append(text[position:start])
        if found["ticks"]:
            position = _end_of_code(text, found)
            inside = text[start:position]
        elif found["fence"]:
            position = _end_of_fence(text, found, number, file)
            opening = found[0] if _INFO.fullmatch(found["info"]) else found["fence"]
            inside = opening + text[found.end() : position]
            code.update(range(number, number + inside.count("\n") + 1))
        else:
            position = text.find("-->", start) + len("-->")
            if position < start:
                _add_open_comment(number, file)
                position = found.end()
                inside = found[0]
            else:
                inside = "\n" * text.count("\n", start, position)
                commented.update(range(number, number + len(inside) + 1))
        kept.append(inside)
        number += inside.count("\n")
    kept.append(text[position:])
    lines = enumerate("".join(kept).split("\n"), 1)
    return [
        Line(n, it, n in code) for n, it in lines if it.strip() or n not in commented
    ]


def _end_of_code(text: str, opened: re.Match[str]) -> int:
    """Return where code within a paragraph ends; without an end it is no code."""
    closing = re.compile(rf"\n\n|(?<!`){opened[0]}(?!`)")
    closed = closing.search(text, opened.end())
    return closed.end() if closed and closed[0] != "\n\n" else opened.end()


def _add_open_comment(line: int, file: Report) -> None:
    file.add(
        line,
        'the comment that begins with "<!--" does not end',
        "a comment ends with -->, and no page shows it",
        "add --> where it ends; in text, write it between backticks, as code",
    )


def _end_of_fence(text: str, opened: re.Match[str], line: int, file: Report) -> int:
    """Return where fenced code ends; a fence that Markdown does not know is a fault."""
    marks, info = opened["fence"], opened["info"]
    closing = re.compile(rf"^[ \t>]*({marks}{marks[0]}*)[ \t]*$", re.MULTILINE)
    closed = closing.search(text, opened.end())
    at = line
    wrong, remedy = "does not end", f'add a line "{marks}" where it ends'
    if opened["indent"]:
        wrong = "is indented, in a list or in a quotation"
        remedy = "in a list, indent the code by eight spaces and leave the fence out"
    elif not _INFO.fullmatch(info):
        language = _INFO.match(info)
        wrong = "has more than a language beside its marks"
        remedy = f"write `{marks}{language['language'] if language else ''}`"
    elif closed and closed[1] != marks:
        at += text.count("\n", opened.start(), closed.start(1))
        wrong, remedy = f'is closed with "{closed[1]}"', f'write "{marks}"'
    elif closed:
        return closed.end()
    file.add(
        at,
        f'the code that line {line} opens with "{(marks + info)[:_SHOWN]}" {wrong}',
        "a fence stands at the left margin, outside lists, with a language alone, and "
        "ends with a line of the same marks",
        remedy,
    )
    return closed.end() if closed else len(text)


# What Markdown keeps for the whole text: notes, addresses, abbreviations.
_DEFINITION = re.compile(
    r" {0,3}(?:\[(?P<label>\^?[^]\s][^]]*)\]|\*\[(?P<short>[^]]+)\]):"
)


def share_definitions(pieces: Sequence[Piece]) -> None:
    """Bring the definitions outside the blocks to the blocks that name them.

    A note that only blocks name leaves the text outside.
    """
    outside = [piece for piece in pieces if not piece.kind]
    blocks = [piece for piece in pieces if piece.kind]
    words = "\n".join(piece.text for piece in outside) if blocks else ""
    for label, chunk in _definitions(outside) if blocks else ():
        named = [piece for piece in blocks if _names(label, piece.text)]
        for piece in named:
            piece.body += [Line(chunk[-1].number, ""), *chunk]
        if named and label.startswith("^") and words.count(f"[{label}]") == 1:
            for piece in outside:
                piece.body = [line for line in piece.body if line not in chunk]


def _names(label: str, text: str) -> bool:
    if label.startswith("^"):
        return f"[{label}]" in text
    return label.lower() in text.lower()


def _definitions(pieces: Iterable[Piece]) -> list[tuple[str, list[Line]]]:
    """Return each definition with its label and its lines; a note may have several."""
    found: list[tuple[str, list[Line]]] = []
    for piece in pieces:
        is_open = False
        for line in piece.body:
            begins = None if line.is_code else _DEFINITION.match(line.text)
            if begins:
                found.append((begins["label"] or begins["short"], [line]))
                is_open = begins["label"] is not None
                continue
            if is_open and line.text.strip() and not line.text.startswith(INDENT):
                label, lines = found[-1]
                is_open = label.startswith("^") and bool(lines[-1].text.strip())
            if is_open:
                found[-1][1].append(line)
    return found
