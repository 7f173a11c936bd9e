"""Marks of other dialects of Markdown, and marks that do not end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.cut import Piece

_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_MARKS = (
    (re.compile(r"(?<!\\)~~(?=\S)"), "words struck through: write <del>…</del>"),
    (re.compile(r"(?<![\\=])==(?=[^\s=])"), "marked words: write <mark>…</mark>"),
    (re.compile(r"(?<!\\)\{[{%]"), "a template: texts know none"),
    (re.compile(r"(?<!\\)\{:"), "attributes: they stand right after what has them"),
    (re.compile(r"^\s*\[TOC\]"), "a table of contents: pages make their own"),
    (re.compile(r"^\s*(?:!!!|\?\?\?|:::)"), "a box: boxes are `/// box | Title`"),
    (
        re.compile(r"(?<!\\)\$\$|(?<!\\)\$[^$\s][^$]*[\\^_][^$]*\$"),
        "mathematics: write it in words, with <sup> and <sub>",
    ),
    (re.compile(r"(?<![\\\w*])\*(?=\w)"), "emphasis that does not end"),
    (re.compile(r"(?<![\\`])`(?!`)"), "code that does not end"),
)
_ENTITY = re.compile(r"&(?:[A-Za-z]\w*|#\w+);")
_FOOTNOTE = re.compile(r"\[\^(?P<name>[\w-]+)\]:")


def check(html: str, piece: Piece, path: str, report: Report) -> None:
    """Report the first mark of a piece that its HTML, without code, still has."""
    for number, text in _lines(piece):
        for pattern, meant in _MARKS:
            found = pattern.search(text)
            if found and found[0].strip() in html:
                report.add(
                    SourceLine(path, number),
                    f'"{text[found.start() :].strip()[:20]}" is {meant}',
                    "Markdown here is that of Python-Markdown with its extra",
                    "write it so; if it is text, write it as code or a backslash "
                    "before it",
                )
                return
    _check_entities(piece, path, report)
    _check_footnotes(piece, path, report)


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
