"""From a source file to a Document: its header, blocks, headings and prose, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

from markdown.extensions.toc import slugify

from sitebuild.faults import Fault, Report, decode
from sitebuild.model import (
    BLOCKS,
    BLOCKS_OF,
    Block,
    Document,
    Fields,
    Heading,
    Options,
    Part,
    Prose,
    SourceLine,
)
from sitebuild.read.blocks import check_outside, cut
from sitebuild.read.fields import SLUG, check_plain, read_fields, slug_of
from sitebuild.read.header import fields_of_name, read_header, typed
from sitebuild.read.markdown import Typesetter, in_sentences, text_of
from sitebuild.read.source import (
    Line,
    Piece,
    share_definitions,
    split_lines,
    with_own_headings,
)
from sitebuild.read.text import Text

_HEADING = re.compile(
    r"(?P<marks>#{1,6})\s+(?P<title>.*?)\s*(?:\{:?\s*#(?P<id>[\w-]+)\s*\})?\s*#*$"
)
# What the template of an article has; a heading alike gets a number.
_IDS_OF_THE_PAGE = ("main", "contents", "references")
# The title of the page is its only heading of level 1.
_LEVELS = (2, 3)
# A passage is named by an id; every other block by a title that makes its id.
_NAMED_BY_ID = "passage"
_SHOWN = 40
_LARGEST = 300_000  # bytes of a source: Markdown takes some five seconds for them
_LONGEST = 300  # characters of a summary
# Stands for a heading or a block while the text around it is set as a whole.
_PLACE = "\ue000{}\ue000"
_SET_PLACE = re.compile(r"<p>\ue000(\d+)\ue000</p>\s*")


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
        self.text = Text(kind, setter, self.file)
        self.slug = ""
        self.alike: dict[str, int] = {}  # how many headings made each id

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
            fields = self._with_summary(fields, parts)
        self.text.check_harmful(parts, fields.allow, lines)
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

    def _with_summary(self, fields: Fields, parts: Iterable[Part]) -> Fields:
        """Return fields with a summary: where an article has none, its first words."""
        if any(isinstance(it, Block) and it.kind == "answer" for it in parts):
            return fields
        texts = [it.html for it in parts if not isinstance(it, Heading)]
        if self.kind == "article" and texts:
            words = next(filter(None, map(_first_sentence, texts)), fields.title)
            return replace(fields, summary=words)
        self.file.add(
            1,
            'the file has no "summary"',
            "summary is required where no answer opens the file",
            "add a line `summary: Some words`",
        )
        return fields

    def _parts(self, pieces: Sequence[Piece]) -> Iterator[Part]:
        """Yield the parts of a document that the pieces of its source make.

        The text outside the blocks is set as a whole: notes and addresses that stand at
        its end are those of all of it.
        """
        if self.kind == "topic":
            yield from self._only_blocks(pieces)
            return
        if self.kind == "article":
            with_own_headings(pieces)
        share_definitions(pieces)
        slots, text, firsts = self._slots(pieces)
        for number, html in enumerate(self._prose(text, slots)):
            if html:
                yield Prose(html, SourceLine(self.path, firsts[number] or text.line))
            if number < len(slots):
                slot = slots[number]
                made = self._block(slot) if isinstance(slot, Piece) else slot
                if made:
                    yield made

    def _slots(
        self, pieces: Sequence[Piece]
    ) -> tuple[list[Piece | Heading], Piece, list[int]]:
        """Return blocks and headings, the text around them, where each text begins."""
        slots: list[Piece | Heading] = []
        text = Piece("", "", "", pieces[0].line)
        firsts = [0]
        ids = set(_IDS_OF_THE_PAGE)
        for piece in pieces:
            for line in [Line(piece.line, "")] if piece.kind else piece.body:
                slot: Piece | Heading | None = piece if piece.kind else None
                if self.kind == "article" and not piece.kind:
                    slot = self._heading(line, ids)
                if slot:
                    place = _PLACE.format(len(slots))
                    text.body += [Line(line.number, it) for it in ("", place, "")]
                    slots.append(slot)
                    firsts.append(0)
                else:
                    text.body.append(line)
                    firsts[-1] = firsts[-1] or (line.number if line.text.strip() else 0)
        return slots, text, firsts

    def _prose(self, text: Piece, slots: Sequence[Piece | Heading]) -> list[str]:
        """Return the HTML before, between and after the places of a text."""
        nothing = [""] * (len(slots) + 1)
        if not any(it.text.strip() and it.text[0] != _PLACE[0] for it in text.body):
            return nothing
        if self.kind == "page" or any(isinstance(it, Piece) for it in slots):
            check_outside(text.body, self.kind, self.file)
        html = self.text.html(text)
        if html is None:
            return nothing
        texts = [it.strip() for it in _SET_PLACE.split(html)]
        lost = set(range(len(slots))) - set(map(int, texts[1::2]))
        if lost:
            slot = slots[min(lost)]
            self.file.add(
                slot.line if isinstance(slot, Piece) else slot.place.line,
                "an element of HTML goes on across this heading or block",
                "it ends before the next heading or block",
                "close it above",
            )
            return nothing
        for it in texts[::2]:
            self.text.check(it, text)
        return texts[::2]

    def _only_blocks(self, pieces: Iterable[Piece]) -> Iterator[Block]:
        """Yield the blocks of a topic; all other text there is a fault."""
        kinds = ", ".join(BLOCKS_OF[self.kind])
        for piece in pieces:
            block = self._block(piece) if piece.kind else None
            if block:
                yield block
            for line in () if piece.kind else piece.body:
                if line.text.strip():
                    self.file.add(
                        line.number,
                        f'"{line.text.strip()[:_SHOWN]}" stands outside a block',
                        f"text of a {self.kind} stands in a block: {kinds}",
                        "put it into one",
                    )

    def _heading(self, line: Line, ids: set[str]) -> Heading | None:
        """Return the heading that a line is; None where it is none.

        Its id is `{#id}` at its end, else made of its words; of two alike the second
        has a number.
        """
        found = None if line.is_code else _HEADING.match(line.text)
        if not found or len(found["marks"]) not in _LEVELS:
            return None
        html = self.setter.block(f"# {found['title']}")
        plain = self.setter.line(found["title"])
        if re.search("<(?:a|img) ", html):
            self.file.add(
                line.number,
                f'the heading "{found["title"]}" holds a link or a picture',
                "a heading is listed, as a link, in the contents of its page",
                "move the link into the text below",
            )
        title = text_of(html)
        if not title:
            self.file.add(
                line.number,
                "a heading has no words",
                "a heading is `## Its words`",
                "write them, or remove it",
            )
        ident = found["id"] or slug_of(title) or "section"
        while ident in ids and not found["id"]:
            number = self.alike[ident] = self.alike.get(ident, 1) + 1
            ident = f"{slug_of(title) or 'section'}-{number}"
        ids.add(ident)
        if title != text_of(plain):
            plain = self.setter.line(title)
        place = SourceLine(self.path, line.number)
        return Heading(len(found["marks"]), plain, ident, place)

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
            self._check_title(piece)
            name = self.setter.line(piece.name)
        lines = {name: raw.line for name, raw in piece.options.items()}
        place = SourceLine(self.path, piece.line)
        return Block(piece.kind, name, self._id(piece), html, options, place, lines)

    def _check_title(self, piece: Piece) -> None:
        """Report Markdown in a title, which is set as plain text."""
        try:
            check_plain(piece.name)
        except ValueError as error:
            found = f'the title of this {piece.kind} is "{piece.name}"'
            self.file.add(piece.line, found, str(error), "correct it")

    def _id(self, piece: Piece) -> str:
        """Return a block's id: the name of a passage, else made from the title."""
        made = slugify(piece.name, "-")
        ident, allowed = made, "it has a title with letters from a to z or digits"
        remedy = f"write `/// {piece.kind} | Its title`"
        if piece.kind == _NAMED_BY_ID:
            ident, allowed = piece.name, "an id is lower-case words joined by hyphens"
            remedy = f"write `/// {piece.kind} | {made or 'its-id'}`"
        if not SLUG.fullmatch(ident):
            found = f'a {piece.kind} has the name "{piece.name}"'
            self.file.add(piece.line, found, allowed, remedy)
        return ident

    def _check_ids(self, parts: Iterable[Part]) -> None:
        """Report an id that stands twice in a file."""
        seen: dict[str, int] = {}
        for part in parts:
            if isinstance(part, Prose) or not part.id:
                continue
            if part.id in seen:
                self.file.add(
                    part.place.line,
                    f'the id "{part.id}" already stands at line {seen[part.id]}',
                    "an id is unique in its file",
                    "give one of the two another name",
                )
            seen[part.id] = part.place.line


def _first_sentence(html: str) -> str:
    """Return the first sentence of some HTML, without its notes."""
    html = re.sub(r"<sup id=.fnref.*?</sup>", "", html, flags=re.DOTALL)
    html = html.partition('<div class="footnote">')[0]
    paragraphs = re.findall(r"<p\b[^>]*>(.*?)</p>", html, re.DOTALL) or [html]
    words = next(filter(None, map(text_of, paragraphs)), "")
    return shorten(in_sentences(words)[0], _LONGEST, placeholder=" …")
