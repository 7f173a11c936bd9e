"""Comments of HTML: taken out of a source before anything else reads it."""

from __future__ import annotations

import re

from sitebuild.faults import Report
from sitebuild.model import SourceLine

_BEGIN = "<!--"
_END = "-->"
# A comment, a fence of code (see cut.FENCE), or code within a line.
_NEXT = re.compile(r"<!--|^ {0,3}(?P<fence>`{3,}(?!.*`)|~{3,})|(?P<ticks>`+)", re.M)


def without_comments(text: str, path: str, report: Report) -> list[tuple[int, str]]:
    """Return the numbered lines of a source without its comments.

    A line that holds nothing but a comment is left out, so that a comment parts
    neither a paragraph nor options. Comments within code are code. A comment that does
    not end is a fault, and stays.
    """
    spans = _spans(text, path, report)
    commented: set[int] = set()
    kept = []
    position = 0
    for begin, end in spans:
        kept.append(text[position:begin])
        inside = text[begin:end].count("\n")
        first = text.count("\n", 0, begin) + 1
        commented.update(range(first, first + inside + 1))
        kept.append("\n" * inside)
        position = end
    kept.append(text[position:])
    lines = []
    for number, line in enumerate("".join(kept).split("\n"), 1):
        if line.strip() or number not in commented:
            lines.append((number, line))
    return lines


def _spans(text: str, path: str, report: Report) -> list[tuple[int, int]]:
    """Return where each comment begins and ends."""
    spans: list[tuple[int, int]] = []
    if _BEGIN not in text:
        return spans
    position = 0
    while found := _NEXT.search(text, position):
        if found[0] != _BEGIN:
            position = _end_of_code(text, found)
            continue
        end = text.find(_END, found.end())
        if end < 0:
            _add_unclosed(text.count("\n", 0, found.start()) + 1, path, report)
            break
        position = end + len(_END)
        spans.append((found.start(), position))
    return spans


def _end_of_code(text: str, opened: re.Match[str]) -> int:
    """Return where code ends; code within a line that does not end is no code."""
    if opened["fence"]:
        closing = re.compile(rf"^ {{0,3}}{opened['fence']}+[ \t]*$", re.MULTILINE)
        closed = closing.search(text, opened.end())
        return closed.end() if closed else len(text)
    paragraph = text.find("\n\n", opened.end())
    if paragraph < 0:
        paragraph = len(text)
    ticks = re.compile(rf"(?<!`){opened['ticks']}(?!`)")
    closed = ticks.search(text, opened.end(), paragraph)
    return closed.end() if closed else opened.end()


def _add_unclosed(line: int, path: str, report: Report) -> None:
    report.add(
        SourceLine(path, line),
        'the comment that begins with "<!--" does not end',
        "a comment ends with -->, and no page shows it",
        "add --> where it ends; in text, write it between backticks, as code",
    )
