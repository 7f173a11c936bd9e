"""Markdown that would be printed as it stands, or lose something of the text.

`MARKS` is the table of what is written in other tools and is none here. What a mark of
another tool becomes was decided by one rule: where Python-Markdown has an extension for
it, it is read; where it would be printed as it stands, or a meaning be lost with it, it
is a fault; typography and style are left alone. A backslash before a mark makes it
text, as CommonMark 2.4 has it.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from sitebuild.faults import FileReport
from sitebuild.read.references import CITATION
from sitebuild.read.source import Piece

_SHOWN = 40


class Mark(NamedTuple):
    """A mark that is none here: `remedy` may name the groups of the pattern.

    It is a fault where `sign`, a part of what the pattern finds, is left in the HTML.
    """

    sign: str
    pattern: str
    meaning: str
    remedy: str


_CODE_IT = r"remove it, or write it between backticks, as code"
_STRONG = "strong words that do not end"
_CLOSE = r"close it with a second `\1`"
_BOX = r"write `/// {box} | A title`{urgency}, a blank line, the text, and `///`"
_MATHS = "write it in words, with <sup> and <sub>"
_OTHER = "of another tool"
# Blanks that Markdown does not know.
_BLANK = r"[\u00a0\u2002-\u200a\u202f\u3000]"
MARKS = (
    Mark("~~", r"(?<!\\)~~(?=\S)(.+?)~~", "a deletion", r"write <del>\1</del>"),
    Mark(
        "++",
        r"(?<![\w\\+])\+\+(?=\S)(.+?)\+\+",
        "an insertion",
        r"write <ins>\1</ins>",
    ),
    Mark(
        "==",
        r"(?<![\\=])==(?=[^\s=])(.+?)==",
        "a mark of emphasis",
        r"write <mark>\1</mark>",
    ),
    Mark("=", r"^={1,6} +(.*?)[\s=]*$", f"a heading {_OTHER}", r"write `## \1`"),
    Mark("{", r"(?<!\\)\{([{%]).*?[}%]\}", "of a template: texts know none", _CODE_IT),
    Mark(
        "{",
        r"(?<!\\)\{:?\s*[#.][\w-]+[^}]*\}|(?<!\\)\{:(?!toc)[^}]*\}|(?<=[\])])\{[^}]*$",
        "a list of attributes that nothing has",
        "write them on one line, right after a link, a picture or emphasised words, "
        "or at the end of a heading",
    ),
    Mark(
        "",
        r"(?i)^\s*(?:\[TOC\]|\[\[_?TOC_?\]\]|\{:toc\})",
        "a table of contents: pages make their own",
        "remove it",
    ),
    Mark("!!!", r"^\s*!!!.*", f"a box {_OTHER}", _BOX),
    Mark("???", r"^\s*\?\?\?.*", f"a box {_OTHER}", _BOX),
    Mark(":::", r"^\s*:::+ *[\w{].*", f"a box {_OTHER}", _BOX),
    Mark("[!", r"^\s*>\s*\[!\w+\].*", f"a box {_OTHER}", _BOX),
    Mark("..", r"^\.\. [\w-]+::.*", "a mark of reStructuredText", _BOX),
    Mark(
        "![[",
        r"(?<!\\)!\[\[([^]|#]+)[^]]*\]\]",
        "a picture of a wiki",
        r"write `![What it shows](/images/\1)`",
    ),
    Mark(
        "[[",
        r"(?<!\\)\[\[([^]|#]+)[^]]*\]\]",
        "a link of a wiki",
        r"write `\1` without brackets, or as a link to one of the addresses that "
        r"`invoke names --word \1` shows",
    ),
    Mark(
        "[@",
        r"(?<!\\)\[-?@[\w:.-]+[^]]*\]",
        "a citation, which stands as `[@key; @key]` in the text of a box, a note, a "
        "question, advice or an answer",
        "write it so, or name its finding in the option evidence of the passage",
    ),
    Mark(
        "[/",
        r"\[(b|i|u|s|url|img|quote|code|list)(?:=[^]]*)?\].*?\[/\1\]",
        "a mark of a forum",
        "write **strong**, *emphasis* or [text](address)",
    ),
    Mark(
        "", r"'{2,3}(?=\w)([^']+)(?<=\S)'{2,3}", "emphasis of a wiki", r"write **\1**"
    ),
    Mark(
        "^[",
        r"(?<!\\)\^\[([^]]+)\]",
        f"a note {_OTHER}",
        r"write [^note], and below the paragraph, after a blank line, `[^note]: \1`",
    ),
    Mark("^", r"(?<=\s)\^[a-z0-9-]+$", f"the name of a line {_OTHER}", "remove it"),
    Mark("%%", r"%%(.+?)%%", f"a comment {_OTHER}", r"write `<!--\1-->`"),
    Mark("8&lt;", r"^-+8<-+.*", f"a file put in {_OTHER}", "write its text here"),
    Mark(
        ":",
        r"(?<![\w:]):[a-z_]{3,20}:(?![\w:`])",
        "the name of a small picture",
        "type the picture itself, or remove it",
    ),
    Mark("\\", r"(?<!\\)\\$", f"a line break {_OTHER}", "write <br> for it"),
    Mark("\\", r"^\\(?:new|clear)?page(?:break)?\b", "a command of LaTeX", "remove it"),
    Mark("$", r"(?<!\\)\$\$|(?<!\\)\$[^$\s][^$]*[\\^_][^$]*\$", "mathematics", _MATHS),
    Mark("", r"\\[(\[][^])]*[\\^_=][^])]*\\[)\]]", "mathematics", _MATHS),
    Mark("|", r"^\| ([^|]*\S)$", f"a line of verse {_OTHER}", r"write `\1<br>`"),
    Mark(
        "",
        rf"^(?=[ ]*(?:[-*+]|\d+\.)?[ ]*{_BLANK})\s*([-*+]|\d+\.)\s+(.*)",
        "no item of a list: beside its mark stands a blank of another kind",
        r"write `\1 \2`",
    ),
    Mark("[", r"^(\s*[-*+] )\[[ xX]\]\s+(.*)", "a box to tick", r"write `\1\2`"),
    Mark(
        "**",
        r"(?<![\\*])\*\*(?=[^\s*])[^*]+\*\*",
        "Markdown inside HTML, where it is text",
        'write `markdown="1"` into the tag around it',
    ),
    Mark("**", r"(?<![\\*_\w])(\*\*)(?=[^\s*_]).*", _STRONG, _CLOSE),
    Mark("__", r"(?<![\\*_\w])(__)(?=[^\s*_]).*", _STRONG, _CLOSE),
    Mark("*", r"(?<![\\\w*])(\*)(?=\w).*", "emphasis that does not end", _CLOSE),
    Mark("`", r"(?<![\\`])(`)(?!`).*", "code that does not end", _CLOSE),
    Mark(
        "&amp;",
        r"&(?:nbsp|amp|lt|gt|quot|copy|[mn]dash|hellip)\b(?!;)",
        "a character of HTML without its semicolon",
        r"write `\g<0>;`",
    ),
)
_MARKS = tuple((mark, re.compile(mark.pattern)) for mark in MARKS)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_ENTITY = re.compile(r"&(?P<name>[A-Za-z]\w*|#\w+);")
_FOOTNOTE = re.compile(r"\[\^(?P<name>[^]]+)\]:")


def check_marks(html: str, piece: Piece, kind: str, file: FileReport) -> None:
    """Report, once a line, marks of a piece that its HTML, without code, still has.

    `kind` is that of the file.
    """
    marks = [it for it in _MARKS if it[0].sign in html]
    box, urgency = "note", ""
    if kind == "page":
        box, urgency = "box", ", the line `    urgency: ask`"
    whole = piece.text
    for line in piece.body:
        if line.is_code or line.text.startswith("    "):
            continue
        text = _CODE.sub("", line.text)
        if piece.cites:
            text = CITATION.sub("", text)
        for mark, pattern in marks:
            found = _unescaped(pattern, text)
            if found:
                remedy = found.expand(mark.remedy)
                file.add(
                    line.number,
                    f'"{found[0].strip()[:_SHOWN]}" is {mark.meaning}',
                    "Markdown here is that of Python-Markdown with its extra",
                    remedy.replace("{box}", box).replace("{urgency}", urgency)
                    + "; if it is text, write a backslash before it",
                )
                break
        else:
            _check_names(text, line.number, whole, file)


def _unescaped(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the first match of a pattern that stands behind no backslash."""
    for found in pattern.finditer(text):
        if text[: found.start()][-1:] != "\\":
            return found
    return None


def _check_names(text: str, line: int, whole: str, file: FileReport) -> None:
    """Report an entity that HTML has not, and a footnote that nothing leads to."""
    for entity in _ENTITY.finditer(text):
        if unescape(entity[0]) in (entity[0], "\ufffd", ""):
            file.add(
                line,
                f'"{entity[0]}" is no character of HTML',
                "an entity has a name that HTML knows, such as &nbsp;",
                f"type the character itself, or write `&amp;{entity['name']};`",
            )
    note = _FOOTNOTE.match(text)
    if note and " " in note["name"]:
        file.add(
            line,
            f'the name of the footnote "[^{note["name"]}]" holds a blank',
            "its name becomes an address on the page",
            f"write `[^{note['name'].replace(' ', '-')}]`, here and in the text",
        )
    elif note and whole.count(f"[^{note['name']}]") == 1:
        file.add(
            line,
            f'nothing leads to the footnote "[^{note["name"]}]"',
            "a footnote is named in the text of its block",
            f"write [^{note['name']}] where it belongs, or remove it",
        )
