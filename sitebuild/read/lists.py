"""Lists and tables that Markdown would set otherwise than they were meant."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from sitebuild.faults import FileReport
from sitebuild.read.source import Line, Piece

_SHOWN = 40
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_ITEM = re.compile(r"(?P<indent> *)(?:[-*+]|\d{1,2}\.)\s+\S")
# What other tools take for the mark of a list, and Python-Markdown does not: bullets,
# and, where two lines begin alike, numbers, letters and marks without a blank.
_BULLETS = "•◦▪■●○►‣⁃–·✓➢§"
_OTHER_ITEM = re.compile(
    rf"\s*(?P<mark>(?:[{_BULLETS}o]|\d{{1,2}}\)|[a-z][.)])(?=\s)|"
    r"(?:[-+]|\d{1,2}\.)(?=[A-Za-z]))\s*(?P<text>\S.*)"
)
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_QUOTE = re.compile(r"\s{0,3}(?:> ?)+")
_STEP = 4  # spaces by which Python-Markdown nests
# Python-Markdown looks for the end of each bracket up to the end of the paragraph, so
# that 20,000 of them take minutes.
_MOST_OPEN = 500
_DEEPEST = 100  # quotations within another


def is_too_much(piece: Piece, file: FileReport) -> bool:
    """Return whether a text would take Markdown minutes, which is a fault."""
    whole = piece.text
    if whole.count("> ") <= _DEEPEST and all(
        whole.count(m) <= _MOST_OPEN for m in "[<"
    ):
        return False
    depth = max(line.text.count("> ") for line in piece.body)
    for lines in _runs(piece.body):
        text = "\n".join(line.text for line in lines)
        for mark, count, most in (
            ("[", text.count("["), _MOST_OPEN),
            ("<", text.count("<"), _MOST_OPEN),
            ("> ", depth, _DEEPEST),
        ):
            if count > most:
                file.add(
                    lines[0].number,
                    f'a paragraph holds "{mark}" {count} times',
                    f"{most} are allowed",
                    "shorten it, or part it by a blank line",
                )
                return True
    return False


def check(piece: Piece, file: FileReport) -> None:
    """Report what was meant to be a list or a table and would be none, or lose some."""
    is_in_list = False
    for lines in _runs(piece.body):
        first = lines[0].text
        found = itertools.chain(
            _list_below_text(lines),
            _table(lines),
            _other_items(lines),
            _nesting(lines),
            _paragraph_of_item(lines) if is_in_list else (),
        )
        for number, what, allowed, remedy in itertools.islice(found, 1):
            file.add(number, what, allowed, remedy)
        is_list = bool(_ITEM.match(first))
        is_in_list = is_list or (is_in_list and first.startswith("  "))


_Found = Iterator[tuple[int, str, str, str]]


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield runs of lines without a blank line between them, without fenced code.

    The marks of quotations are left out.
    """
    run: list[Line] = []
    for line in lines:
        text = _QUOTE.sub("", line.text)
        if text.strip() and not line.is_code:
            run.append(line if text == line.text else line._replace(text=text))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _list_below_text(lines: Sequence[Line]) -> _Found:
    first = lines[0].text
    begins_other = first.lstrip().startswith(("<", "|", "[^", "*[", ":"))
    if _ITEM.match(first) or begins_other or first.startswith("    "):
        return
    for above, line in itertools.pairwise(lines):
        found = _ITEM.match(line.text)
        if not found or len(found["indent"]) >= _STEP:
            continue
        if not (above is lines[0] and first.startswith("#")):
            yield (
                line.number,
                f'"{line.text.strip()[:_SHOWN]}" stands right below text',
                "a list has a blank line above it",
                "put a blank line before it; if it is text, write a backslash before "
                "its mark, as in `\\- x` or `2\\. x`",
            )
        return


def _table(lines: Sequence[Line]) -> _Found:
    rows = [n for n, line in enumerate(lines) if _ROW.match(line.text)]
    rules = [n for n, line in enumerate(lines) if _is_rule(line.text)]
    if not (rows or rules) or lines[0].text.startswith((" " * _STEP, "<")):
        return
    titles = _cells(lines[0].text)
    at, found = 0, ""
    if not rules:
        at, found = rows[0], "a row of a table without a line such as `|---|---|`"
    elif rules[0] != 1:
        at, found = rules[0], "a table that stands right below other text"
    elif titles != _cells(lines[1].text):
        at, found = 1, "a table whose second line has another number of cells"
    else:
        for number, line in enumerate(lines[2:], 2):
            if _cells(line.text) > titles:
                at, found = number, f"a row of {_cells(line.text)} cells"
                found += f" in a table of {titles}: the last would be lost"
                break
    if found:
        yield (
            lines[at].number,
            f'"{lines[at].text.strip()[:_SHOWN]}" is {found}',
            "a table has a blank line above it, a row of titles, a line of dashes with "
            "as many cells, and no row with more",
            "write it so; if a bar is text, write a backslash before it",
        )


def _is_rule(text: str) -> bool:
    return "|" in text and "-" in text and bool(_RULE.match(text))


def _cells(row: str) -> int:
    bars = _CODE.sub("", row.strip()).replace("\\|", "")
    return bars.removeprefix("|").removesuffix("|").count("|") + 1


def _other_items(lines: Sequence[Line]) -> _Found:
    for number, line in enumerate(lines):
        found = _OTHER_ITEM.match(line.text)
        if not found:
            continue
        is_number = found["mark"][0].isdigit()
        below = lines[number + 1].text if number + 1 < len(lines) else ""
        if found["mark"] in _BULLETS or _OTHER_ITEM.match(below):
            write = "1. " if is_number else "- "
            yield (
                line.number,
                f'"{line.text.strip()[:_SHOWN]}" begins with "{found["mark"]}"',
                "an item of a list begins with `- ` or `1. `",
                f"write `{write}{found['text']}`",
            )


def _nesting(lines: Sequence[Line]) -> _Found:
    """Yield items that are indented and would stand on the level above."""
    outer = None
    for line in lines:
        found = _ITEM.match(line.text)
        if not found:
            continue
        indent = len(found["indent"])
        if outer is not None and indent > outer and indent % _STEP:
            yield (
                line.number,
                f'"{line.text.strip()[:_SHOWN]}" is indented by {indent} spaces',
                "a list within a list is indented by four spaces, the next by eight",
                f"indent it by {(indent // _STEP + 1) * _STEP}, or by {outer} if it "
                "stands beside the item above",
            )
        outer = indent


def _paragraph_of_item(lines: Sequence[Line]) -> _Found:
    """Yield a paragraph below a list that would end it, or take in what follows."""
    text = lines[0].text
    indent = len(text) - len(text.lstrip(" "))
    if 0 < indent < _STEP:
        yield (
            lines[0].number,
            f'"{text.strip()[:_SHOWN]}" is indented by {indent} spaces below a list',
            "what belongs to an item of a list is indented by four spaces",
            "indent it by four, or not at all if it follows the list",
        )
    for line in lines[1:]:
        item = _ITEM.match(line.text)
        if item and indent >= _STEP > len(item["indent"]) and not _ITEM.match(text):
            yield (
                line.number,
                f'"{line.text.strip()[:_SHOWN]}" stands right below a paragraph',
                "an item of a list has a blank line above it where the item before it "
                "has paragraphs",
                "put a blank line before it",
            )
            return
