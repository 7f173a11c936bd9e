"""Marks of other dialects of Markdown, and marks that do not end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import NamedTuple

from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.cut import Piece

_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_BOX = "a box: boxes are `/// box | Title`"


class _Mark(NamedTuple):
    """A mark as it is written; `sign` is a part of whatever the pattern finds."""

    sign: str
    pattern: re.Pattern[str]
    meant: str


_MARKS = (
    _Mark(
        "~~",
        re.compile(r"(?<!\\)~~(?=\S)"),
        "words struck through: write <del>…</del>",
    ),
    _Mark(
        "==",
        re.compile(r"(?<![\\=])==(?=[^\s=])"),
        "marked words: write <mark>…</mark>",
    ),
    _Mark("{", re.compile(r"(?<!\\)\{[{%]"), "a template: texts know none"),
    _Mark(
        "{:",
        re.compile(r"(?<!\\)\{:"),
        "attributes: they stand right after what has them",
    ),
    _Mark(
        "[TOC]",
        re.compile(r"^\s*\[TOC\]"),
        "a table of contents: pages make their own",
    ),
    _Mark("!!!", re.compile(r"^\s*!!!"), _BOX),
    _Mark("???", re.compile(r"^\s*\?\?\?"), _BOX),
    _Mark(":::", re.compile(r"^\s*:::"), _BOX),
    _Mark(
        "$",
        re.compile(r"(?<!\\)\$\$|(?<!\\)\$[^$\s][^$]*[\\^_][^$]*\$"),
        "mathematics: write it in words, with <sup> and <sub>",
    ),
    _Mark("*", re.compile(r"(?<![\\\w*])\*(?=\w)"), "emphasis that does not end"),
    _Mark("`", re.compile(r"(?<![\\`])`(?!`)"), "code that does not end"),
)
_ENTITY = re.compile(r"&(?:[A-Za-z]\w*|#\w+);")
_FOOTNOTE = re.compile(r"\[\^(?P<name>[\w-]+)\]:")


def check(html: str, piece: Piece, path: str, report: Report) -> None:
    """Report the first mark of a piece that its HTML, without code, still has."""
    marks = [mark for mark in _MARKS if mark.sign in html]
    if marks and _has_mark(marks, html, piece, path, report):
        return
    text = piece.text
    if "&" in text:
        _check_entities(piece, path, report)
    if "[^" in text:
        _check_footnotes(piece, path, report)


def _has_mark(
    marks: Sequence[_Mark], html: str, piece: Piece, path: str, report: Report
) -> bool:
    """Report the first of some marks; return whether there is one."""
    for number, text in _lines(piece):
        for mark in marks:
            found = mark.pattern.search(text)
            if found and found[0].strip() in html:
                report.add(
                    SourceLine(path, number),
                    f'"{text[found.start() :].strip()[:20]}" is {mark.meant}',
                    "Markdown here is that of Python-Markdown with its extra",
                    "write it so; if it is text, write it as code or a backslash "
                    "before it",
                )
                return True
    return False


def _lines(piece: Piece) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a piece without code."""
    for line in piece.body:
        if not line.is_code and not line.text.startswith("    "):
            yield line.number, _CODE.sub("", line.text)


def _check_entities(piece: Piece, path: str, report: Report) -> None:
    for number, text in _lines(piece):
        for entity in _ENTITY.findall(text):
            if unescape(entity) in (entity, "\ufffd", ""):
                report.add(
                    SourceLine(path, number),
                    f'"{entity}" is no character of HTML',
                    "an entity has a name that HTML knows, such as &nbsp;",
                    "type the character itself, or write &amp; for the sign",
                )


def _check_footnotes(piece: Piece, path: str, report: Report) -> None:
    for number, text in _lines(piece):
        found = _FOOTNOTE.match(text)
        if found and piece.text.count(f"[^{found['name']}]") == 1:
            report.add(
                SourceLine(path, number),
                f'nothing leads to the footnote "[^{found["name"]}]"',
                "a footnote is named in the text of its block",
                f"write [^{found['name']}] where it belongs, or remove it",
            )
