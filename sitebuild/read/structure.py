"""Lists, tables, headings and brackets that Markdown would print as they stand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.cut import Line, Piece

_ITEM = re.compile(r"(?P<indent> *)(?:[-*+]|\d{1,2}\.)\s+\S")
# What other tools take for the mark of a list, and Python-Markdown does not.
_OTHER_ITEM = re.compile(r"\s*(?P<mark>[\u2022\u25e6\u2013\u00b7]|\d{1,2}\))\s+\S")
_DELIMITERS = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_QUOTE = re.compile(r"\s{0,3}(?:> ?)+")
_TASK = re.compile(r"\s*[-*+]\s+\[[ xX]\]\s")
_HEADING = re.compile(r"#{1,6}(?P<blank>\s?)[^#\s]")
_STRONG = re.compile(r"(?<![\\*_\w])(?P<marks>\*\*|__)(?=[^\s*_])")
_STEP = 4  # spaces by which Python-Markdown nests
# Python-Markdown looks for the end of each bracket up to the end of the paragraph, so
# that 20,000 of them take minutes.
_MOST_OPEN = 500
_DEEPEST = 100  # quotations within another


def is_too_much(piece: Piece, path: str, report: Report) -> bool:
    """Return whether a text would take Markdown minutes, which is a fault."""
    whole = piece.text
    most_open = max(whole.count("["), whole.count("<"))
    if most_open <= _MOST_OPEN and whole.count("> ") <= _DEEPEST:
        return False
    for lines in _chunks(piece.body):
        text = "\n".join(line.text for line in lines)
        depth = max(line.text.count("> ") for line in piece.body)
        for mark, count, most in (
            ("[", text.count("["), _MOST_OPEN),
            ("<", text.count("<"), _MOST_OPEN),
            ("> ", depth, _DEEPEST),
        ):
            if count > most:
                report.add(
                    SourceLine(path, lines[0].number),
                    f'a paragraph holds "{mark}" {count} times',
                    f"{most} are allowed",
                    "shorten it, or part it by a blank line",
                )
                return True
    return False


def check(piece: Piece, path: str, report: Report) -> None:
    """Report what was meant to be a list, a table or a heading and is none."""
    is_in_list = False
    for lines in _chunks(piece.body):
        _check_glued_list(lines, path, report)
        _check_table(lines, path, report)
        _check_other_items(lines, path, report)
        _check_nesting(lines, path, report)
        _check_paragraph_of_item(lines, path, report, is_in_list=is_in_list)
        is_list = bool(_ITEM.match(lines[0].text))
        is_in_list = is_list or (is_in_list and lines[0].text.startswith("  "))


def _chunks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield runs of lines without a blank line between them, without fenced code.

    The marks of quotations are left out.
    """
    run: list[Line] = []
    for line in lines:
        text = _QUOTE.sub("", line.text)
        if text.strip() and not line.is_code:
            run.append(line if text == line.text else replace(line, text=text))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _check_glued_list(lines: Sequence[Line], path: str, report: Report) -> None:
    first = lines[0].text
    begins_other = first.lstrip().startswith(("<", "|", "[^", "*[", ":"))
    if _ITEM.match(first) or begins_other or first.startswith("    "):
        return
    is_heading = bool(_HEADING.match(first))
    for above, line in itertools.pairwise(lines):
        found = _ITEM.match(line.text)
        if found and len(found["indent"]) < _STEP:
            if not (is_heading and above is lines[0]):
                report.add(
                    SourceLine(path, line.number),
                    f'"{line.text.strip()[:40]}" stands right below text',
                    "a list has a blank line above it",
                    "put a blank line before it; if it is text, write a backslash "
                    "before its mark, as in `\\- x` or `2\\. x`",
                )
            return


def _check_table(lines: Sequence[Line], path: str, report: Report) -> None:
    rows = [n for n, line in enumerate(lines) if _ROW.match(line.text)]
    rules = []
    for number, line in enumerate(lines):
        if "|" in line.text and "-" in line.text and _DELIMITERS.match(line.text):
            rules.append(number)
    if not rows and not rules:
        return
    if lines[0].text.startswith((" " * _STEP, "<")):
        return
    found = ""
    if not rules:
        at, found = rows[0], "a row of a table without a line such as `|---|---|`"
    elif rules[0] != 1:
        at, found = rules[0], "a table that stands right below other text"
    elif _cells(lines[0].text) != _cells(lines[1].text):
        at, found = 1, "a table whose second line has another number of cells"
    if found:
        report.add(
            SourceLine(path, lines[at].number),
            f'"{lines[at].text.strip()[:40]}" is {found}',
            "a table has a blank line above it, a row of titles, then a line of dashes "
            "with as many cells",
            "write it so; if it is text, write a backslash before each bar",
        )


def _cells(row: str) -> int:
    return row.strip().strip("|").replace("\\|", "").count("|")


def _check_other_items(lines: Sequence[Line], path: str, report: Report) -> None:
    for line, below in zip(lines, [*lines[1:], lines[0]], strict=True):
        found = _OTHER_ITEM.match(line.text)
        is_bullet = bool(found and not found["mark"][0].isdigit())
        is_run = bool(found and _OTHER_ITEM.match(below.text) and below is not line)
        if found and (is_bullet or is_run):
            report.add(
                SourceLine(path, line.number),
                f'"{line.text.strip()[:40]}" begins with "{found["mark"]}"',
                "an item of a list begins with `- ` or `1. `",
                "write it so",
            )
            return
        if _TASK.match(line.text):
            report.add(
                SourceLine(path, line.number),
                f'"{line.text.strip()[:40]}" is a box to tick',
                "a list has plain items",
                "write `- ` alone",
            )
            return


def _check_nesting(lines: Sequence[Line], path: str, report: Report) -> None:
    """Report items that are indented and would stand on the level above."""
    outer = None
    for line in lines:
        found = _ITEM.match(line.text)
        if not found:
            continue
        indent = len(found["indent"])
        if outer is not None and indent > outer and indent % _STEP:
            report.add(
                SourceLine(path, line.number),
                f'"{line.text.strip()[:40]}" is indented by {indent} spaces',
                "a list within a list is indented by four spaces, the next by eight",
                f"indent it by {(indent // _STEP + 1) * _STEP}, or by {outer} if it "
                "stands beside the item above",
            )
            return
        outer = indent


def _check_paragraph_of_item(
    lines: Sequence[Line], path: str, report: Report, *, is_in_list: bool
) -> None:
    """Report a paragraph that is indented below a list and would end it."""
    text = lines[0].text
    indent = len(text) - len(text.lstrip(" "))
    if is_in_list and 0 < indent < _STEP:
        report.add(
            SourceLine(path, lines[0].number),
            f'"{text.strip()[:40]}" is indented by {indent} spaces below a list',
            "what belongs to an item of a list is indented by four spaces",
            "indent it by four, or not at all if it follows the list",
        )


def check_strong(html: str, piece: Piece, path: str, report: Report) -> None:
    """Report `**` that stayed text and was not escaped; `html` is without code."""
    for line in piece.body:
        found = None if line.is_code else _STRONG.search(line.text)
        if found and found["marks"] in html:
            report.add(
                SourceLine(path, line.number),
                f'"{line.text[found.start() :][:20]}" opens strong words that do not '
                "end",
                f"strong words stand between {found['marks']} and {found['marks']}, "
                "with no blank inside",
                f"close them, or write `\\{found['marks'][0]}` for the character",
            )
            return
