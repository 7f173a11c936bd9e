"""Markdown that would be printed as it stands, or lose something of the text.

The tables say what is written elsewhere and is none here. One rule decides on a mark
of another tool: where Python-Markdown has an extension for it, it is read; where an
item, a cell, a link, a note or a text would be lost with it, or its meaning, it is a
fault, and so is what opens and does not end; what prints no more than marks that mean
nothing, such as `==one==` or `$x^2$`, is left alone. A backslash before a mark makes it
text (CommonMark, 2.4).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sitebuild.faults import Report
from sitebuild.read.references import CITATION
from sitebuild.read.source import INDENT, Line, Piece, unquoted

_SHOWN = 40
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


class Slip(NamedTuple):
    """A slip: what is left of it in the HTML, what it is, its pattern, what to do.

    It is a fault where `sign`, and the group `left` of the pattern, are left in the
    HTML. Its line is that of the group `at`; the remedy may name the others.
    """

    sign: str
    meaning: str
    pattern: re.Pattern[str]
    remedy: str


# Words in the patterns of the tables.
_WORDS = {
    "TEXT": r"(?! *ITEM|\s*(?:[<|:]|\[\^|\*\[)|#.*\n {0,3}ITEM)",
    "ITEM": r"(?:[-*+]|\d{1,2}\.)[ \t]+\S",
    "NUMBER": r"[ \t]*\d{1,2}(?:\)(?=[ \t])|\.(?=[A-Za-z]))",
    "LETTER": r"[ \t]*(?:(?:[a-z][.)]|o|–)(?=[ \t])|[-+](?=[A-Za-z]))",
    "MARK": r"(?:[-*+]|\d+\.|\#{1,6})",
    "BOX_OF_HTML": r"<(?:div|section|article|aside|details|figure)\b[^>]*>",
    "LINK": r'(?<=href="|\ssrc=")(?!#fn)',
    "BLANK": r"[\u00a0\u2002-\u200a\u202f\u3000]",  # that Markdown does not know
}


def _table(rows: str) -> tuple[Slip, ...]:
    """Return the slips of a table, each of three lines; the sign `-` is none."""
    slips = []
    lines = iter(rows.strip().splitlines())
    for first in lines:
        sign, meaning = first.split(maxsplit=1)
        pattern = next(lines).strip()
        for word, written in _WORDS.items():
            pattern = pattern.replace(word, written)
        compiled = re.compile(pattern, re.MULTILINE)
        slips.append(Slip(sign.strip("-"), meaning, compiled, next(lines).strip()))
    return tuple(slips)


# In the lines of a paragraph, without the marks of quotations.
_LISTS = _table(r"""
-     stands right below text
      \ATEXT(?:.*\n)+?(?P<at> {0,3}ITEM.*)
      put a blank line before it; if it is text, escape its mark: `\\- x`, `2\\. x`
-     begins with a mark that is none of a list
      ^(?:\s*[•◦▪■●○►‣⁃·✓➢§]\s+|LETTER[ \t]*(?=.*\nLETTER))(\S.*)
      write `- \1`
-     begins with a number that is none of a list
      ^NUMBER[ \t]*(.*)(?=\nNUMBER)
      write `1. \1`
-     is indented otherwise than a list within a list
      ^( *)ITEM.*\n(?:(?! *ITEM).*\n)*(?P<at>\1(?: {1,3}| {5,7})ITEM.*)
      indent it by four more than the item above, or by as many to stand beside it
""")
_LIST_ALLOWED = (
    "an item of a list begins with `- ` or `1. `, a list with a blank line above it; "
    "what belongs to an item is indented by four spaces"
)
# In a line, without what is code in it.
_MARKS = _table(r"""
~~    is a deletion
      ~~(?=\S)(.+?)~~
      write <del>\1</del>
%%    is a comment of another tool
      %%(.+?)%%
      write `<!--\1-->`
*     opens emphasis that does not end, or stands inside HTML, where Markdown is text
      (?<![\w*])(?P<left>(\*{1,2})(?=[^\s*_])\w+)
      close it with a second `\2`, or write `markdown="1"` into the tag around it
`     opens code that does not end
      (?<!`)(?P<left>(`)(?!`)\w*)
      close it with a second `\2`
{     is of a template: texts know none
      \{([{%]).*?[}%]\}
      remove it, or write it between backticks, as code
-     is a box of another tool
      ^\s*(?:(?:!!!|\?\?\?\+?|:::+) *[\w{"]|>\s*\[!\w+\]|\.\. [\w-]+::).*
      write a block: `/// note | A title` in an article, `/// box | A title` on a page
[[    is a link or a picture of a wiki
      !?\[\[[^]]+\]\]
      write `[text](/address/)` or `![What it shows](/images/name.png)`
[@    is a citation, which stands as `[@key; @key]` in any block but a passage or a term
      \[-?@[\w:.-]+[^]]*\]
      write it so, or name its finding in the option evidence of the passage
[/    is a link of a forum
      \[(url|img)(?:=[^]]*)?\].*?\[/\1\]
      write `[text](/address/)` or `![What it shows](/images/name.png)`
^[    is a note of another tool
      \^\[([^]]+)\]
      write [^note], and below the paragraph, after a blank line, `[^note]: \1`
8&lt; puts in a file in another tool
      ^-+8<-+.*
      write its text here
-     is no item of a list: beside its mark stands a blank of another kind
      ^(?=[ ]*(?:[-*+]|\d+\.)?[ ]*BLANK)\s*([-*+]|\d+\.)\s+(.*)
      write `\1 \2`
""")
# In HTML, where what Markdown knew is gone.
_IN_HTML = _table(r"""
-     is a footnote that has no text
      \[(\^[\w-]+)\]
      add a line `[\1]: Its text.`
-     stands inside HTML, where Markdown is text
      \[[^][<>]*\]\([^()\s<>]+\)|BOX_OF_HTML\s*(?P<at>MARK \S+)
      write `markdown="1"` into the tag around it, and a blank line below
-     is a link that does not work
      \[[^][<>]*\](?:\[[^][()<>]*\]|\((?![^()\s<>]+\))[^\s()<>]*)
      write its address in round brackets right after the text in square ones
-     is a link that does not work
      \[[^][<>]*\]\s\((?:/|https?:)[^()<>]*\)|\([^()<>]*\)\[(?:/|https?:)[^][<>]*\]
      write its address in round brackets right after the text in square ones
-     is an address with a blank in it, or of two lines
      LINK[^"\s]+\s+[^"]*(?=")
      write it on one line, %20 for a blank, a title behind it in "straight" marks
""")

# Of a fault: the line, what was found, what is allowed, what to do.
_Found = tuple[int, str, str, str]


def check(piece: Piece, html: str, file: Report) -> None:
    """Report slips of a piece: of each paragraph one of its form, else its marks.

    `html` is what Markdown made of it, without code and tags.
    """
    marks = [it for it in _MARKS if it.sign in html]
    notes = Counter(_NOTE.findall(piece.text))
    for lines in piece.paragraphs():
        rows = [unquoted(line.text) for line in lines]
        form = _of_list(rows, lines) or _of_table(rows, lines)
        if form:
            file.add(*form)
        for line in () if form else lines:
            if not line.text.startswith(INDENT):
                words = _CODE.sub("", line.text)
                words = CITATION.sub("", words) if piece.cites else words
                found = _of_marks(marks, words, html, line.number)
                found = found or _of_note(words, line.number, notes)
                if found:
                    file.add(*found)


def _of_list(rows: Sequence[str], lines: Sequence[Line]) -> _Found | None:
    """Return what was meant as a list and would be none, or lose an item."""
    text = "\n".join(rows)
    for slip in _LISTS:
        found = slip.pattern.search(text)
        if found:
            at = "at" if "at" in found.groupdict() else 0
            line = lines[text.count("\n", 0, found.start(at))].number
            what = f'"{found[at].strip()[:_SHOWN]}" {slip.meaning}'
            return line, what, _LIST_ALLOWED, found.expand(slip.remedy)
    return None


_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_ROW = re.compile(r"\s*\|.*\|\s*$")


def _of_table(rows: Sequence[str], lines: Sequence[Line]) -> _Found | None:
    """Return a row of what was meant as a table and is none, or would lose a cell."""
    rule, titles = "".join(rows[1:2]), _cells(rows[0])
    if "|" in rule and _RULE.match(rule) and _cells(rule) == titles:
        bad = [it for it in rows if _cells(it) > titles]
        found = f"has more cells than the {titles} of its table"
    else:
        bad, found = [it for it in rows if _ROW.match(it)], "is a row of no table"
    if not bad or rows[0].startswith((INDENT, "<")):
        return None
    return (
        lines[rows.index(bad[0])].number,
        f'"{bad[0].strip()[:_SHOWN]}" {found}',
        "a table has a blank line above it, a row of titles, a line of dashes with as "
        "many cells, and no row with more",
        "write it so; if a bar is text, write a backslash before it",
    )


def _cells(row: str) -> int:
    bars = _CODE.sub("", row.strip()).replace("\\|", "")
    return bars.removeprefix("|").removesuffix("|").count("|") + 1


def _of_marks(marks: Sequence[Slip], text: str, html: str, line: int) -> _Found | None:
    """Return the first mark of a line that is none here."""
    for slip in marks:
        for found in slip.pattern.finditer(text):
            is_left = found.groupdict().get("left", "") in html
            if is_left and not text.endswith("\\", 0, found.start()):
                return (
                    line,
                    f'"{found[0].strip()[:_SHOWN]}" {slip.meaning}',
                    "Markdown here is that of Python-Markdown with its extra",
                    f"{found.expand(slip.remedy)}; if it is text, write a backslash "
                    "before it",
                )
    return None


_NOTE = re.compile(r"\[\^([^]]+)\]")


def _of_note(text: str, line: int, notes: Mapping[str, int]) -> _Found | None:
    """Return a footnote that nothing leads to; `notes` says how often each stands."""
    note = _NOTE.match(text)
    if not (note and text.startswith(":", note.end()) and notes[note[1]] == 1):
        return None
    return (
        line,
        f'nothing leads to the footnote "{note[0]}"',
        "a footnote is named in the text of its block",
        f"write {note[0]} where it belongs, or remove it",
    )


def find_in_html(html: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the first of each kind of Markdown that stayed text in HTML without code.

    With it come what was found, what is allowed and what to do.
    """
    allowed = (
        "a link is `[text](/address/)`, a footnote `[^1]` with a line `[^1]: Its text.`"
        " after a blank line; inside HTML all is HTML"
    )
    for slip in _IN_HTML:
        found = slip.pattern.search(html)
        if found:
            shown = found.groupdict().get("at") or found[0]
            what = f'"{" ".join(shown.split())}" {slip.meaning}'
            yield shown, what, allowed, found.expand(slip.remedy)
