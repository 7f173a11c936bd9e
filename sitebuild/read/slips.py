"""Markdown that would be printed as it stands, or lose something of the text.

`MARKS` is the table of what is written in other tools and is none here. What a mark of
another tool becomes was decided by one rule: where Python-Markdown has an extension for
it, it is read; where it would be printed as it stands, or a meaning be lost with it, it
is a fault; typography and style are left alone. A backslash before a mark makes it
text, as CommonMark 2.4 has it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import NamedTuple

from sitebuild.faults import FileReport
from sitebuild.read import citations
from sitebuild.read.source import Line, Piece

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
    Mark("~", r"(?<=\w)~(\w+)~", f"lowered text {_OTHER}", r"write <sub>\1</sub>"),
    Mark("^", r"(?<=\w)\^(\w+)\^", f"raised text {_OTHER}", r"write <sup>\1</sup>"),
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
            text = citations.WRITTEN.sub("", text)
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
    for lines in _runs(piece.body):
        text = "\n".join(line.text for line in lines)
        depth = max(line.text.count("> ") for line in piece.body)
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


def check_lists(piece: Piece, file: FileReport) -> None:
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
