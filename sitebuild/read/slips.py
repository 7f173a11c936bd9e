"""Markdown that would be printed as it stands, or lose something of the text.

The tables say what is written elsewhere and is none here. One rule decides on a mark of
another tool: where Python-Markdown has an extension for it, it is read; where text, a
link or a meaning would be lost with it, it is a fault; typography, style and what loses
no more than its marks, such as `==one==` or `$x^2$`, are left alone. A backslash before
a mark makes it text (CommonMark, 2.4).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
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
    "TEXT": r"(?! *ITEM| {4}|\s*(?:[<|:]|\[\^|\*\[)|#.*\n {0,3}ITEM)",
    "ITEM": r"(?:[-*+]|\d{1,2}\.)[ \t]+\S",
    "NUMBER": r"[ \t]*\d{1,2}(?:\)(?=[ \t])|\.(?=[A-Za-z]))",
    "LETTER": r"[ \t]*(?:(?:[a-z][.)]|o|–)(?=[ \t])|[-+](?=[A-Za-z]))",
    "MARK": r"(?:[-*+]|\d+\.)",
    "ADDRESS": r'LINK([^"\n]*[^"\s])[ \t]+',
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
-     begins with a bullet
      ^\s*[•◦▪■●○►‣⁃·✓➢§]\s+(\S.*)
      write `- \1`
-     begins with a number that is none of a list
      ^NUMBER[ \t]*(.*)(?=\nNUMBER)
      write `1. \1`
-     begins with a mark that is none of a list
      ^LETTER[ \t]*(.*)(?=\nLETTER)
      write `- \1`
-     is indented otherwise than a list within a list
      ^( *)ITEM.*\n(?:(?! *ITEM).*\n)*(?P<at>\1(?: {1,3}| {5,7})ITEM.*)
      indent it by four more than the item above, or by as many to stand beside it
""")
# The same below a list.
_BELOW_A_LIST = _table(r"""
-     is indented by less than four spaces below a list
      \A {1,3}(?=\S).*
      indent it by four, or not at all if it follows the list
-     stands right below a paragraph of the item before it
      \A {4,}(?! *ITEM).*\n(?:.*\n)*?(?P<at> {0,3}ITEM.*)
      put a blank line before it
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
{     is of a template: texts know none
      \{([{%]).*?[}%]\}
      remove it, or write it between backticks, as code
{     is a list of attributes that nothing has
      \{:?\s*[#.][\w-]+[^}]*\}|\{:[^}]*\}|(?<=[\])])\{[^}]*$
      write them on one line, right after a link, a picture, emphasis or a heading
-     is a box of another tool
      ^\s*(?:!!!|\?\?\?\+?|:::+) *[\w{"].*
      BOX
[!    is a box of another tool
      ^\s*>\s*\[!\w+\].*
      BOX
..    is a mark of reStructuredText
      ^\.\. [\w-]+::.*
      BOX
![[   is a picture of a wiki
      !\[\[([^]|#]+)[^]]*\]\]
      write `![What it shows](/images/\1)`
[[    is a link of a wiki
      (?<!!)\[\[([^]|#]+)[^]]*\]\]
      write `\1`, or a link to one of the addresses that `invoke names --word \1` shows
[@    is a citation, which stands as `[@key; @key]` in any block but a passage or a term
      \[-?@[\w:.-]+[^]]*\]
      write it so, or name its finding in the option evidence of the passage
[/    is a mark of a forum
      \[(b|i|u|s|url|img|quote|code|list)(?:=[^]]*)?\].*?\[/\1\]
      write **strong**, *emphasis* or [text](address)
^[    is a note of another tool
      \^\[([^]]+)\]
      write [^note], and below the paragraph, after a blank line, `[^note]: \1`
%%    is a comment of another tool
      %%(.+?)%%
      write `<!--\1-->`
8&lt; puts in a file in another tool
      ^-+8<-+.*
      write its text here
\     is a line break of another tool
      \\$
      write <br> for it
-     is no item of a list: beside its mark stands a blank of another kind
      ^(?=[ ]*(?:[-*+]|\d+\.)?[ ]*BLANK)\s*([-*+]|\d+\.)\s+(.*)
      write `\1 \2`
**    is Markdown inside HTML, where it is text
      (?<!\*)\*\*(?=[^\s*])[^*]+\*\*
      write `markdown="1"` into the tag around it
**    opens strong words that do not end
      (?<![*_\w])(?P<left>(\*\*)(?=[^\s*_])\w*)
      close it with a second `\2`
__    opens strong words that do not end
      (?<![*_\w])(?P<left>(__)(?=[^\s*_])\w*)
      close it with a second `\2`
-     opens with more marks than close it
      (?<![\w*])([*_])\1*(?P<left>\1[^\W_]+)
      open and close it with as many
-     is closed by more marks than open it
      (?<![\w*])([*_])(?:(?!\1).)*?(?P<left>[^\W_]{1,20}[^\w\s\\]?\1)\1(?!(?<=_)\w)
      open and close it with as many
*     is emphasis that does not end
      (?<![\w*])(?P<left>(\*)\w+)
      close it with a second `\2`
`     is code that does not end
      (?<!`)(?P<left>(`)(?!`)\w*)
      close it with a second `\2`
&amp; is a character of HTML without its semicolon
      &(?:nbsp|amp|lt|gt|quot|copy|[mn]dash|hellip)\b(?!;)
      write `\g<0>;`
-     is a footnote whose name holds a blank
      ^\[\^(\S+) ([^]]+)\]:
      write `[^\1-\2]`, here and in the text
""")
# In HTML, where what Markdown knew is gone.
_IN_HTML = _table(r"""
-     is a footnote that has no text
      \[(\^[\w-]+)\]
      add a line `[\1]: Its text.`
-     stands inside HTML, where Markdown is text
      \[[^][<>]*\]\([^()\s<>]+\)
      write `markdown="1"` into the tag around it, and a blank line below
-     stands inside HTML, where Markdown is text
      <(?:div|section|article|aside|details|figure)\b[^>]*>\s*(?P<at>MARK \S+)
      write `markdown="1"` into the tag around it, and a blank line below
-     is a link that does not work
      \[[^][<>]*\](?:\[[^][()<>]*\]|\((?![^()\s<>]+\))[^\s()<>]*)
      write its address in round brackets right after the text in square ones
-     is a link that does not work
      \[[^][<>]*\]\s\((?:/|https?:)[^()<>]*\)|\([^()<>]*\)\[(?:/|https?:)[^][<>]*\]
      write its address in round brackets right after the text in square ones
-     is an address of two lines
      LINK([^"\n]*[^"\s])\s*\n\s*([^"\s]+)(?=")
      write it on one line: `\1\2`
-     is an address with a size in it
      ADDRESS(=[^"]*)(?=")
      write `\1`, and the size as `{width=100}` behind the brackets
-     is an address with a title in curly marks
      ADDRESS[“”„‘’'\s]+([^"]*?)[“”‘’']*(?=")
      write `\1 "\2"`
-     is an address with a blank in it
      LINK([^"\s]+)[ \t]+([^"\s=“”„‘’']+)(?=")
      write `\1%20\2`
-     is an address with blanks in it
      LINK[^"\s]+(?:[ \t]+[^"\s=“”„‘’']+){2,}(?=")
      write %20 in the place of each blank
""")
# What stands in the place of a box, in an article or a topic and on a page.
_BOX = "write `/// note | A title`, a blank line, the text, and `///`"
_BOX_OF_PAGE = _BOX.replace("note", "box").replace(
    ", a", ", the line `    urgency: ask`, a", 1
)


# Of a fault: the line, what was found, what is allowed, what to do.
_Found = tuple[int, str, str, str]


def check(piece: Piece, html: str, kind: str, file: Report) -> None:
    """Report slips of a piece: of each paragraph one of its form, else its marks.

    `html` is what Markdown made of it, without code and tags; `kind` is that of the
    file.
    """
    above = None  # the indent of the list above
    marks = [it for it in _MARKS if it.sign in html]
    box = _BOX_OF_PAGE if kind == "page" else _BOX
    notes = Counter(_NOTE.findall(piece.text))
    for lines in piece.paragraphs():
        rows = [unquoted(line.text) for line in lines]
        text = "\n".join(rows)
        item = re.match(f"( *){_WORDS['ITEM']}", text)
        is_next = above is None or (item and item[1] == above)
        slips = _LISTS if is_next else (*_LISTS, *_BELOW_A_LIST)
        form = _of_list(slips, text, lines) or _of_table(rows, lines)
        if form:
            file.add(*form)
        for line in () if form else lines:
            if not line.text.startswith(INDENT):
                words = _CODE.sub("", line.text)
                words = CITATION.sub("", words) if piece.cites else words
                found = _of_marks(marks, words, html, line.number, box)
                for it in [found] if found else _of_names(words, line.number, notes):
                    file.add(*it)
        if item and not item[1].startswith(INDENT):
            above = item[1]
        elif not text.startswith("  "):
            above = None


def _of_list(slips: Sequence[Slip], text: str, lines: Sequence[Line]) -> _Found | None:
    """Return what was meant as a list and would be none, or lose an item."""
    for slip in slips:
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
    """Return what was meant as a table and would be none, or lose a cell."""
    rules = [n for n, it in enumerate(rows) if "|" in it and _RULE.match(it)]
    bars = [n for n, it in enumerate(rows) if _ROW.match(it)]
    if not (rules or bars) or rows[0].startswith((INDENT, "<")):
        return None
    titles = _cells(rows[0])
    long = [n for n, it in enumerate(rows) if n > 1 and _cells(it) > titles]
    if not rules:
        at, found = bars[0], "a row of a table without a line such as `|---|---|`"
    elif rules[0] != 1:
        at, found = rules[0], "a table that stands right below other text"
    elif titles != _cells(rows[1]):
        at, found = 1, "a table whose second line has another number of cells"
    elif long:
        at, found = long[0], f"a row of {_cells(rows[long[0]])} cells in a table of "
        found += f"{titles}: the last would be lost"
    else:
        return None
    return (
        lines[at].number,
        f'"{rows[at].strip()[:_SHOWN]}" is {found}',
        "a table has a blank line above it, a row of titles, a line of dashes with as "
        "many cells, and no row with more",
        "write it so; if a bar is text, write a backslash before it",
    )


def _cells(row: str) -> int:
    bars = _CODE.sub("", row.strip()).replace("\\|", "")
    return bars.removeprefix("|").removesuffix("|").count("|") + 1


def _of_marks(
    marks: Sequence[Slip], text: str, html: str, line: int, box: str
) -> _Found | None:
    """Return the first mark of a line that is none here; `box` is how to write one."""
    for slip in marks:
        for found in slip.pattern.finditer(text):
            is_left = found.groupdict().get("left", "") in html
            if is_left and not text.endswith("\\", 0, found.start()):
                return (
                    line,
                    f'"{found[0].strip()[:_SHOWN]}" {slip.meaning}',
                    "Markdown here is that of Python-Markdown with its extra",
                    f"{found.expand(slip.remedy).replace('BOX', box)}; if it is text, "
                    "write a backslash before it",
                )
    return None


_ENTITY = re.compile(r"&(?P<name>[A-Za-z]\w*|#\w+);")
_NOTE = re.compile(r"\[\^([^]]+)\]")


def _of_names(text: str, line: int, notes: Mapping[str, int]) -> Iterator[_Found]:
    """Yield entities that HTML has not, and a footnote that nothing leads to.

    `notes` says how often each stands in the whole text.
    """
    for entity in _ENTITY.finditer(text):
        if unescape(entity[0]) in (entity[0], "\ufffd", ""):
            yield (
                line,
                f'"{entity[0]}" is no character of HTML',
                "an entity has a name that HTML knows, such as &nbsp;",
                f"type the character itself, or write `&amp;{entity['name']};`",
            )
    note = _NOTE.match(text)
    if note and text.startswith(":", note.end()) and notes[note[1]] == 1:
        yield (
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
            shown = found.groupdict().get("at", found[0])
            what = f'"{" ".join(shown.split())}" {slip.meaning}'
            yield shown, what, allowed, found.expand(slip.remedy)
