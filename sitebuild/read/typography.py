"""Quotation marks and dashes that SmartyPants turned the wrong way.

It writes numeric references (&#8216;); what an editor typed is a character. So only
its own mistakes are found, and typing the character settles each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.cut import Piece

_CODE = re.compile(r"<(code|pre|kbd|samp)\b[^>]*>.*?</\1>", re.DOTALL)
_INLINE_END = r"</(?:em|strong|code|a|abbr|b|i|mark|sub|sup|del|ins|span|q|kbd)>"


@dataclass(frozen=True)
class _Mistake:
    """What stands in the HTML, how its source looks, and what to write."""

    html: re.Pattern[str]
    source: re.Pattern[str]
    found: str
    remedy: str


_APOSTROPHE = "type the apostrophe ’ itself"
_QUOTES = "type the marks “ and ” (or ‘ and ’) themselves"
_MISTAKES = (
    _Mistake(
        re.compile(r"&#821[12];-|-&#821[12];"),
        re.compile(r"-{3,}"),
        "`---` makes a dash and a hyphen",
        "write `--`, or type the dash — itself",
    ),
    _Mistake(
        re.compile(r"&#8216;(?=\d|(?:tis|twas|em|til|cause|n)\b)", re.IGNORECASE),
        re.compile(r"'(?=\d|(?:tis|twas|em|til|cause|n)\b)", re.IGNORECASE),
        "an apostrophe at the beginning of a word becomes an opening mark",
        _APOSTROPHE,
    ),
    _Mistake(
        re.compile(rf"(?:\w|{_INLINE_END})&#8216;(?=\w)"),
        re.compile(r"[*_`)>\]\w]'(?=\w)"),
        "an apostrophe after a mark of Markdown becomes an opening mark",
        _APOSTROPHE,
    ),
    _Mistake(
        re.compile(rf"(?:\w|{_INLINE_END}|&#8221;)&#82(?:16|20);"),
        re.compile(r"[*_`)>\]\w\"]['\"]"),
        "a closing quotation mark becomes an opening one",
        _QUOTES,
    ),
    _Mistake(
        re.compile(r"&#8221;(?=\w)|[:;(\[\u2013\u2014]&#8217;(?=\w)"),
        re.compile(r"[^\s(\[][\"'](?=\w)"),
        "an opening quotation mark becomes a closing one",
        _QUOTES,
    ),
)


def check(html: str, piece: Piece, path: str, report: Report) -> None:
    """Report, once a kind, marks of a piece that its HTML has the wrong way round."""
    if "&#82" not in html:
        return
    text = _CODE.sub("<code></code>", html)
    for mistake in _MISTAKES:
        if mistake.html.search(text):
            _add(mistake, _line_of(mistake, piece), path, report)
            return


def _line_of(mistake: _Mistake, piece: Piece) -> int:
    """Return the first line of a piece that may hold a mistake, else its own."""
    for line in piece.body:
        if not line.is_code and mistake.source.search(line.text):
            return line.number
    return piece.line


def _add(mistake: _Mistake, line: int, path: str, report: Report) -> None:
    report.add(
        SourceLine(path, line),
        mistake.found,
        "straight marks are curled by what stands before them, which goes wrong here",
        mistake.remedy,
    )
