"""From a source file to a Document: its header, blocks, headings and prose, checked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from markdown.extensions.toc import slugify

from sitebuild.faults import Fault, Report, decode
from sitebuild.model import (
    BLOCKS,
    BLOCKS_OF,
    Block,
    Document,
    Heading,
    Options,
    Part,
    Prose,
    SourceLine,
)
from sitebuild.read.blocks import check_outside, cut
from sitebuild.read.fields import SLUG, add_repeated, read_fields, slug_of
from sitebuild.read.header import fields_of_name, read_header, typed
from sitebuild.read.markdown import Typesetter, text_of
from sitebuild.read.source import (
    HEADING,
    INDENT,
    Line,
    Piece,
    share_definitions,
    split_lines,
)
from sitebuild.read.text import Text

# What the template of an article has; a heading alike gets a number.
_IDS_OF_THE_PAGE = ("main", "contents", "references")
# The title of the page is its only heading of level 1.
_LEVELS = (2, 3)
# A passage is named by an id; every other block by a title that makes its id.
_NAMED_BY_ID = "passage"
_SHOWN = 40
_LARGEST = 300_000  # bytes of a source: Markdown takes some five seconds for them
# In the text outside the blocks, which is set as a whole, a comment stands for a block
# or marks what may be a heading, by its line. No other comment is left.
_MARK = "<!--§{}-->"
_MARKED = re.compile(r" ?(?:<!--§(\d+)-->|&lt;!--§\d+--&gt;) ?")
_BEFORE_MARK = re.compile(r"^#{1,6}|(?=\s*(?:\{[^}]*\})?\s*$)")
_HEADING = re.compile(
    r"<h(?P<level>[1-6])(?P<own>[^>]*)>(?P<html>(?:(?!</h).)*)</h[1-6]>", re.DOTALL
)
# How code, HTML, an address and an abbreviation begin, which a mark would break.
_NO_HEADING = (INDENT, "<", "[", "*[")
_OWN_ID = re.compile(r'\sid="([^"]+)"')
_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True)
class Reading:
    """What a source file gave: the document, and the faults found in it."""

    document: Document
    faults: tuple[Fault, ...]


def read_document(
    path: str,
    kind: str,
    data: bytes,
    setter: Typesetter,
    named: str = r"(?P<date>\d{4}-\d{2}-\d{2}).*",
    address: str = "{slug}/",
) -> Reading:
    """Read one source file, given as its bytes.

    `path` names it in messages; `kind` is article, topic or page. `named` is Pelican's
    FILENAME_METADATA: what the name of an article says where its header does not;
    `address` is the ARTICLE_URL, TOPIC_URL or PAGE_URL. Never
    raises for what an editor wrote: what can be read is returned beside the faults, so
    that the same build finds faults in other files.
    """
    reader = _Reader(path, kind, setter)
    document = reader.read(data, named, address)
    return Reading(document, tuple(reader.file.faults))


def lines_of(document: Document) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a document's source without its comments."""
    file = Report(document.path)  # its faults were reported when read
    for line in split_lines(_text(document.source, file), file):
        yield line.number, line.text


def _text(data: bytes, file: Report) -> str:
    """Return the text of a source; "" with a fault where it cannot be read."""
    if len(data) > _LARGEST:
        found = f"the file has {len(data)} bytes"
        remedy = "part it into several articles"
        file.add(1, found, f"{_LARGEST} are allowed", remedy)
        return ""
    return decode(data, file.path, file)


class _Reader:
    """Reads one source file."""

    def __init__(self, path: str, kind: str, setter: Typesetter) -> None:
        self.file = Report(path)
        self.path = path
        self.kind = kind
        self.setter = setter
        self.text = Text(setter, self.file)
        self.slug = ""
        self.alike = Counter(_IDS_OF_THE_PAGE)  # how many headings made each id
        self.marked: dict[int, Heading | Block] = {}  # by the line of their mark

    def read(self, data: bytes, named: str, address: str) -> Document:
        """Return the document that the bytes of the file make."""
        text = _text(data, self.file)
        lines = split_lines(text, self.file)
        header = read_header(lines, self.file)
        raw = {**fields_of_name(self.kind, self.path, named), **header.raw}
        # Where nothing of the header could be read, that is told alone; of one that
        # could not be read as a whole, no field is missing.
        is_cut = bool(header.raw) or header.is_whole
        pieces = cut(lines[header.count :] if is_cut else [], self.file)
        is_whole = header.is_whole and bool(text) is bool(data)
        file = self.file if is_whole else Report(self.path)
        fields = typed(self.kind, raw, self.setter, file)
        self.slug = fields.slug
        if not fields.address:
            url = address.format(slug=fields.slug, date=fields.date)
            fields = replace(fields, address=f"/{url}")
        parts = tuple(self._parts(pieces))
        if is_whole and header.raw and not fields.summary:
            self._check_answer(parts)
        self._check_ids(parts)
        return Document(
            self.path,
            self.kind,
            fields,
            {name: it.line for name, it in raw.items()},
            parts,
            data,
            {name: str(it.value) for name, it in raw.items()},
        )

    def _check_answer(self, parts: Iterable[Part]) -> None:
        """Report a page or a topic without a summary that no answer opens."""
        is_answered = any(isinstance(it, Block) and it.kind == "answer" for it in parts)
        if self.kind != "article" and not is_answered:
            self.file.add(
                1,
                'the file has no "summary"',
                "summary is required where no answer opens the file",
                "add a line `summary: Some words`",
            )

    def _parts(self, pieces: Sequence[Piece]) -> Iterator[Part]:
        """Yield the parts of a document that the pieces of its source make.

        The text outside the blocks is set as a whole: notes and addresses that stand at
        its end are those of all of it.
        """
        share_definitions(pieces)
        text = Piece("", "", "", pieces[0].line)
        for piece in pieces:
            block = self._block(piece) if piece.kind else None
            if block:
                self.marked[piece.line] = block
                mark = _MARK.format(piece.line)
                text.body += [Line(piece.line, it) for it in ("", mark, "")]
            elif not piece.kind:
                text.body += self._with_marks(piece.body)
        if self.kind == "page" or self.marked:
            check_outside(text.body, self.kind, self.file)
        yield from self._around_marks(self._html(text), text)

    def _with_marks(self, lines: Sequence[Line]) -> Iterator[Line]:
        """Yield lines; those of an article that may be headings have a mark."""
        for line, below in zip_longest(lines, lines[1:], fillvalue=Line(0, "")):
            is_text = bool(line.text.strip()) and not line.text.startswith(_NO_HEADING)
            found = HEADING.match(below.text if is_text else "")
            if self.kind != "article" or line.is_code:
                yield line
            elif line.text.startswith("#") or (found and found["underline"]):
                mark = rf"\g<0> {_MARK.format(line.number)} "
                yield line._replace(text=_BEFORE_MARK.sub(mark, line.text, count=1))
            else:
                yield line

    def _html(self, text: Piece) -> str:
        """Return the HTML of the text outside the blocks, marks for all other parts."""
        html = self.text.html(text)
        if html is None:  # a fault
            return "".join(map(_MARK.format, self.marked))
        heads = [it for it in _HEADING.finditer(html) if _MARKED.search(it["html"])]
        lower = int(any(it["level"] == "1" for it in heads))
        html = _HEADING.sub(lambda found: self._heading(found, lower), html)
        marked = {str(line) for line in self.marked}
        return _MARKED.sub(lambda found: found[0] if found[1] in marked else "", html)

    def _around_marks(self, html: str, text: Piece) -> Iterator[Part]:
        """Yield the parts that HTML with marks stands for, its texts checked."""
        lines = [it for it in text.body if it.text.strip()]
        numbers = [it.number for it in lines]
        line = 0
        for number, it in enumerate(_MARKED.split(html)):
            if number % 2:
                line = int(it)
                yield self.marked[line]
            elif it.strip():
                below = lines[bisect_right(numbers, line) :]
                # Notes stand last, wherever their text stands in the source.
                place = SourceLine(self.path, below[0].number if below else line)
                self.text.check(it, below, place.line)
                if self.kind == "topic":
                    self._add_outside(it, place)
                yield Prose(it.strip(), place)

    def _add_outside(self, html: str, place: SourceLine) -> None:
        """Report text outside the blocks of a topic, which no page of it shows."""
        kinds = ", ".join(BLOCKS_OF[self.kind])
        self.file.add(
            place,
            f'"{text_of(html)[:_SHOWN]}" stands outside a block',
            f"text of a {self.kind} stands in a block: {kinds}",
            "put it into one",
        )

    def _heading(self, found: re.Match[str], lower: int) -> str:
        """Return the mark of a heading that is listed, and any other heading as it is.

        All that have marks stand lower by as many levels as `lower`. The id is `{#id}`
        at its end, else made of its words; of two alike the second has a number.
        """
        mark = _MARKED.search(found["html"])
        if not mark:
            return found[0]
        html = _MARKED.sub("", found["html"]).strip()
        level = min(int(found["level"]) + lower, 6)
        title = text_of(html)
        if not title:
            return ""
        if level not in _LEVELS:
            return f"<h{level}{found['own']}>{html}</h{level}>"
        place = SourceLine(self.path, int(mark[1]))
        if re.search("<(?:a|img) ", html):
            self.file.add(
                place,
                f'the heading "{title}" holds a link or a picture',
                "a heading is listed, as a link, in the contents of its page",
                "move the link into the text below",
            )
        own = _OWN_ID.search(found["own"])
        ident = own[1] if own else slug_of(title) or "section"
        self.alike[ident] += 1
        if not own and self.alike[ident] > 1:
            ident = f"{ident}-{self.alike[ident]}"
        self.marked[place.line] = Heading(level, _TAG.sub("", html), ident, place)
        return mark[0]

    def _block(self, piece: Piece) -> Block | None:
        """Return the block of a piece, for all that is wrong with it.

        None, with a fault, if the file has no such block.
        """
        kinds = BLOCKS_OF[self.kind]
        if piece.kind not in kinds:
            self.file.unknown(
                piece.line,
                f'the block "{piece.kind}" is none of those for this kind of file '
                f"({self.kind})",
                piece.kind,
                kinds,
                "use one of these",
                (piece.name, f"{self.slug}/{piece.name}", slugify(piece.name, "-")),
            )
            return None
        of = f'{piece.kind} "{piece.name}"'
        line, form, names = piece.line, "    {}: {}", BLOCKS[piece.kind]
        options = read_fields(
            Options, piece.options, of, line, self.file, form, names=names
        )
        html = self.text.block(piece, of)
        name = piece.name
        if piece.kind != _NAMED_BY_ID:
            name = self.setter.line(piece.name)
        lines = {name: raw.line for name, raw in piece.options.items()}
        place = SourceLine(self.path, piece.line)
        return Block(piece.kind, name, self._id(piece), html, options, place, lines)

    def _id(self, piece: Piece) -> str:
        """Return a block's id: the name of a passage, else made from the title."""
        ident = form = slugify(piece.name, "-")
        if piece.kind == _NAMED_BY_ID:
            ident = piece.name
        if not SLUG.fullmatch(ident):
            self.file.add(
                piece.line,
                f'a {piece.kind} has the name "{piece.name}"',
                "the name of a passage is lower-case words joined by hyphens, that of "
                "any other block has a letter from a to z or a digit",
                f"write `/// {piece.kind} | {form or 'its-name'}`",
            )
        return ident

    def _check_ids(self, parts: Iterable[Part]) -> None:
        """Report an id that stands twice in a file."""
        seen: dict[str, int] = {}
        for part in parts:
            if not isinstance(part, Prose) and part.id:
                line = part.place.line
                first = seen.setdefault(part.id, line)
                if first != line:
                    add_repeated("id", part.id, line, self.file, first)
