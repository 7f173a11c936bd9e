"""Text outside the blocks of a file: its headings, and what blocks share with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import shorten

from sitebuild.read.markdown import in_sentences, text_of
from sitebuild.read.source import INDENT, Line, Piece

_ATX = re.compile(r"(?P<marks>#{1,6})(?P<title>[^#].*?|)\s*#*\s*$")
_UNDERLINE = re.compile(r"(=+|-+)\s*$")
# What Markdown keeps for the whole text: notes, addresses, abbreviations.
_DEFINITION = re.compile(
    r" {0,3}(?:\[(?P<label>\^?[^]\s][^]]*)\]|\*\[(?P<short>[^]]+)\]):"
)
# Stands for a heading or a block while the text around it is set as a whole.
_LONGEST = 300  # characters of a summary
_PLACE = "\ue000{}\ue000"
_SET_PLACE = re.compile(r"<p>\ue000(\d+)\ue000</p>\s*")


def with_own_headings(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of an article with every heading as `## Title`.

    Underlined ones are rewritten. Where there is one of level 1, which is the title of
    the page alone, all stand one level lower.
    """
    found: list[Line] = []
    for number, line in enumerate(lines):
        if number and found and _is_underlined(lines, number - 1):
            marks = "#" if line.text.startswith("=") else "##"
            found[-1] = lines[number - 1]._replace(
                text=f"{marks} {lines[number - 1].text.strip()}"
            )
            found.append(line._replace(text=""))
        else:
            found.append(line)
    heads = [_ATX.match(line.text) for line in found if not line.is_code]
    lower = "#" if any(it and len(it["marks"]) == 1 for it in heads) else ""
    for number, line in enumerate(found):
        head = None if line.is_code else _ATX.match(line.text)
        if head:
            marks = f"{lower}{head['marks']}"[:6]
            found[number] = line._replace(text=f"{marks} {head['title'].strip()}")
    return found


def _is_underlined(lines: Sequence[Line], number: int) -> bool:
    """Return whether a line is a paragraph's first with a line of dashes below it."""
    line, below = lines[number], lines[number + 1]
    above = lines[number - 1].text if number else ""
    is_text = bool(line.text.strip()) and not line.text.startswith((INDENT, ">", "|"))
    is_first = not above.strip() and not line.is_code and not below.is_code
    return is_text and is_first and bool(_UNDERLINE.fullmatch(below.text))


def share(pieces: Iterable[Piece]) -> None:
    """Bring the definitions outside the blocks to the blocks that name them.

    A note that only blocks name leaves the text outside.
    """
    pieces = list(pieces)
    outside = [piece for piece in pieces if not piece.kind]
    if len(outside) == len(pieces):
        return
    chunks = [chunk for piece in outside for chunk in _definitions(piece.body)]
    words = "\n".join(piece.text for piece in outside)
    for label, chunk in chunks:
        named = [it for it in pieces if it.kind and _names(label, it.text)]
        for block in named:
            block.body += [Line(chunk[-1].number, ""), *chunk]
        if named and label.startswith("^") and words.count(f"[{label}]") == 1:
            for piece in outside:
                piece.body = [line for line in piece.body if line not in chunk]


def _names(label: str, text: str) -> bool:
    if label.startswith("^"):
        return f"[{label}]" in text
    return label.lower() in text.lower()


def _definitions(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Return each definition with its label and its lines."""
    found: list[tuple[str, list[Line]]] = []
    is_open = False
    for line in lines:
        begins = None if line.is_code else _DEFINITION.match(line.text)
        if begins:
            found.append((begins["label"] or begins["short"], [line]))
            is_open = begins["label"] is not None
            continue
        is_open = is_open and (
            not line.text.strip()
            or line.text.startswith(INDENT)
            or bool(found[-1][0].startswith("^") and found[-1][1][-1].text.strip())
        )
        if is_open:
            found[-1][1].append(line)
    return found


def place(number: int, line: int) -> list[Line]:
    """Return lines that stand for the part of a number."""
    return [Line(line, ""), Line(line, _PLACE.format(number)), Line(line, "")]


def part(html: str) -> list[str]:
    """Return the texts before, between and after the places in some HTML."""
    return [text.strip() for text in _SET_PLACE.split(html)[::2]]


def is_text(line: Line) -> bool:
    """Return whether a line is neither blank nor a place."""
    return bool(line.text.strip()) and not line.text.startswith(_PLACE[0])


def lost_place(html: str, count: int) -> int | None:
    """Return the first place that Markdown did not set as one; None if it set all."""
    found = set(map(int, _SET_PLACE.findall(html)))
    return next((number for number in range(count) if number not in found), None)


def first_words(html: str) -> str:
    """Return the first sentence of some HTML, without its notes."""
    html = re.sub(r"<sup id=.fnref.*?</sup>", "", html, flags=re.DOTALL)
    html = html.partition('<div class="footnote">')[0]
    paragraphs = re.findall(r"<p\b[^>]*>(.*?)</p>", html, re.DOTALL) or [html]
    words = next(filter(None, map(text_of, paragraphs)), "")
    return shorten(in_sentences(words)[0], _LONGEST, placeholder=" …")
