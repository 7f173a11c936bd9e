"""From a source file to a Document: its header, blocks, headings and prose, checked."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from markdown.extensions.toc import slugify

from sitebuild.faults import Fault, FileReport, Report, decode
from sitebuild.model import (
    BLOCKS,
    BLOCKS_OF,
    HEADERS,
    Block,
    Document,
    Fields,
    Heading,
    Part,
    Prose,
    SourceLine,
)
from sitebuild.read import html as html_checks
from sitebuild.read import slips
from sitebuild.read.blocks import check_outside, cut
from sitebuild.read.fields import SLUG, check_plain, read_fields
from sitebuild.read.markdown import Typesetter, resolve
from sitebuild.read.source import Header, Line, Piece, read_header, split_lines

_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<title>.*?)\s*#*$")
# The title of the page is its only heading of level 1.
_LEVELS = (2, 3)
# Tags other than images, and white space: what is left of an empty block.
_NO_CONTENT = re.compile(r"(?:<(?!img)[^>]*>|\s)*")
# A passage is named by an id; every other block by a title that makes its id.
_NAMED_BY_ID = "passage"
_SHOWN = 40


@dataclass(frozen=True)
class Reading:
    """What a source file gave: the document, and the faults found in it."""

    document: Document
    faults: tuple[Fault, ...]


def read_document(path: str, kind: str, data: bytes, setter: Typesetter) -> Reading:
    """Read one source file, given as its bytes.

    `path` names it in messages; `kind` is article, topic or page. Never raises for
    what an editor wrote: what can be read is returned beside the faults, so that the
    same build finds faults in other files.
    """
    reader = _Reader(path, kind, setter)
    document = reader.read(data)
    return Reading(document, tuple(reader.file.report.faults))


def lines_of(document: Document) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a document's source without its comments."""
    file = FileReport(document.path, Report())  # its faults were reported when read
    for line in split_lines(_text(document.source, file), file):
        yield line.number, line.text


def _text(data: bytes, file: FileReport) -> str:
    text = decode(data, file.path, file.report)
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Reader:
    """Reads one source file."""

    def __init__(self, path: str, kind: str, setter: Typesetter) -> None:
        self.file = FileReport(path, Report())
        self.path = path
        self.kind = kind
        self.setter = setter

    def read(self, data: bytes) -> Document:
        """Return the document that the bytes of the file make."""
        text = _text(data, self.file)
        lines = split_lines(text, self.file)
        header = read_header(lines, self.file)
        pieces = cut(lines[header.count :], self.file)
        # Of what could not be read, no field is missing.
        is_text = header.is_whole and bool(header.raw)
        if header.is_whole and not header.raw and bool(text) is bool(data):
            self._add_no_header()
        fields = self._fields(header, is_text=is_text)
        parts = tuple(self._parts(pieces))
        if is_text and not self._has_summary(header, parts):
            self._add_no_summary()
        self._check_active(parts, fields.allow, lines)
        self._check_ids(parts)
        return Document(
            self.path,
            self.kind,
            fields,
            {name: raw.line for name, raw in header.raw.items()},
            parts,
            data,
            {name: str(raw.value) for name, raw in header.raw.items()},
        )

    def _fields(self, header: Header, *, is_text: bool) -> Fields:
        make = HEADERS[self.kind]
        file = self.file if is_text else FileReport(self.path, Report())
        return read_fields(make, header.raw, "the file", 1, file)

    def _add_no_header(self) -> None:
        self.file.add(
            1,
            "the file has no header",
            "a file opens with `name: value` lines, and a blank line ends them",
            "write `title: Some words` as its first line",
        )

    def _has_summary(self, header: Header, parts: Iterable[Part]) -> bool:
        if "summary" in header.raw:
            return True
        return any(isinstance(it, Block) and it.kind == "answer" for it in parts)

    def _add_no_summary(self) -> None:
        self.file.add(
            1,
            'the file has no "summary"',
            "summary is required where no answer opens the file",
            "add a line `summary: Some words`",
        )

    def _parts(self, pieces: Iterable[Piece]) -> Iterator[Part]:
        """Yield the parts of a document that the pieces of its source make."""
        for piece in pieces:
            if piece.kind:
                block = self._block(piece)
                if block:
                    yield block
            elif not piece.text.strip():
                continue
            elif self.kind == "page":
                check_outside(piece.body, self.file)
                html = self._set(piece)
                self._check_html(html, "the text", piece)
                yield Prose(html, SourceLine(self.path, piece.line))
            else:
                yield from self._headings(piece)

    def _headings(self, piece: Piece) -> Iterator[Heading]:
        """Yield the headings between two blocks; all other text there is a fault."""
        for line in piece.body:
            heading = self._heading(line) if self.kind == "article" else None
            if heading:
                self._check_title(line.text.strip("# "), "heading", line.number)
                yield heading
            elif line.text.strip():
                self._add_outside(line)

    def _heading(self, line: Line) -> Heading | None:
        """Return the heading that a line is; None where it is none."""
        found = _HEADING.match(line.text)
        if not found or len(found["marks"]) not in _LEVELS:
            return None
        ident = slugify(found["title"], "-")
        if not ident:
            return None
        title = self.setter.line(found["title"])
        place = SourceLine(self.path, line.number)
        return Heading(len(found["marks"]), title, ident, place)

    def _add_outside(self, line: Line) -> None:
        kinds = ", ".join(BLOCKS_OF[self.kind])
        remedy = "put it into one"
        if self.kind == "article":
            remedy += "; headings between blocks are ## or ### with letters from a to z"
        self.file.add(
            line.number,
            f'"{line.text.strip()[:_SHOWN]}" stands outside a block',
            f"text of this kind of file ({self.kind}) stands in a block: {kinds}",
            remedy,
        )

    def _block(self, piece: Piece) -> Block | None:
        """Return the block of a piece; None, with a fault, if the file has none such.

        What is wrong with the block is a fault; the block is returned all the same, so
        that faults elsewhere are found.
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
            )
            return None
        of = f'{piece.kind} "{piece.name}"'
        make = BLOCKS[piece.kind]
        form = "    {}: {}"
        options = read_fields(make, piece.options, of, piece.line, self.file, form)
        html = self._set(piece)
        if _NO_CONTENT.fullmatch(html):
            self.file.add(
                piece.line,
                f"{of} is empty",
                "a block holds text",
                "write it or remove the block",
            )
        self._check_html(html, of, piece)
        self._check_heading(html, of, piece)
        name = piece.name
        if piece.kind != _NAMED_BY_ID:
            self._check_title(piece.name, piece.kind, piece.line)
            name = self.setter.line(piece.name)
        place = SourceLine(self.path, piece.line)
        lines = {name: raw.line for name, raw in piece.options.items()}
        ident = self._id(piece)
        return Block(piece.kind, name, ident, html, options, place, lines)

    def _set(self, piece: Piece) -> str:
        """Return the HTML of a piece; Markdown that did not work is a fault."""
        if slips.is_too_much(piece, self.file):
            return "<p>…</p>"
        before = len(self.file.report.faults)
        slips.check_lists(piece, self.file)
        html = self.setter.block(piece.text)
        if len(self.file.report.faults) == before:
            plain = html_checks.without_code(html)
            slips.check_marks(plain, piece, self.kind, self.file)
        return resolve(html, self._address_of_file)

    def _address_of_file(self, name: str) -> str:
        """Return the address of a file that `{static}` or `{attach}` names.

        A source is left as `{filename}` for later: its address is in its header.
        """
        if name.endswith(".md"):
            return f"{{filename}}{name}"
        _, _, rest = self.path.partition("/")
        folder = "" if name.startswith("/") else posixpath.dirname(rest)
        return "/" + posixpath.normpath(posixpath.join(folder, name.lstrip("/")))

    def _check_html(self, html: str, of: str, piece: Piece) -> None:
        """Report Markdown that stayed text, and HTML that swallows what follows."""
        broken = html_checks.find_unresolved(html)
        if broken:
            self.file.add(
                _line_with(broken, piece),
                f'{of} holds "{" ".join(broken.split())}", a link that does not work',
                "a link is [text](/address/)",
                "write its address in round brackets right after the text in square "
                "ones",
            )
        tag = html_checks.find_unbalanced(html)
        if tag:
            self.file.add(
                _line_with(tag, piece),
                f'{of} holds "{tag}" without its other half',
                "an element that is opened is closed",
                "add the other tag, or remove this one",
            )

    def _check_heading(self, html: str, of: str, piece: Piece) -> None:
        heading = html_checks.find_heading(html)
        if heading:
            self.file.add(
                _line_with(heading.split(maxsplit=1)[0], piece),
                f'{of} holds the heading "{heading}"',
                "headings stand between blocks",
                "move it out or make it bold text",
            )

    def _check_title(self, title: str, of: str, line: int) -> None:
        """Report Markdown in a title, which is set as plain text."""
        try:
            check_plain(title)
        except ValueError as error:
            found = f'the title of this {of} is "{title}"'
            self.file.add(line, found, str(error), "correct it")

    def _id(self, piece: Piece) -> str:
        """Return a block's id: the name of a passage, else made from the title."""
        if piece.kind == _NAMED_BY_ID:
            ident = piece.name
            allowed = "an id is lower-case words joined by hyphens"
            remedy = (
                f"write `/// {piece.kind} | {slugify(piece.name, '-') or 'its-id'}`"
            )
        else:
            ident = slugify(piece.name, "-")
            allowed = "it has a title with letters from a to z or digits"
            remedy = f"write `/// {piece.kind} | Its title`"
        if not SLUG.fullmatch(ident):
            found = f'a {piece.kind} has the name "{piece.name}"'
            self.file.add(piece.line, found, allowed, remedy)
        return ident

    def _check_active(
        self, parts: Sequence[Part], allowed: Sequence[str], lines: Sequence[Line]
    ) -> None:
        """Report, once a part, HTML that the header does not allow by name."""
        for part in parts:
            if isinstance(part, Heading):
                continue
            found = html_checks.find_active(part.html)
            names = [name for name in found if name not in allowed]
            if names:
                first = part.place.line
                later = [it.place.line for it in parts if it.place.line > first]
                end = min(later, default=2**31)
                within = [line for line in lines if first <= line.number < end]
                self._add_active(names, _line_of_tag(names[0], within, first))

    def _add_active(self, names: Sequence[str], line: int) -> None:
        listed = ", ".join(names)
        remedy = f"remove it, or allow it by name in the header: `allow: {listed}`"
        if names[0] in ("<", "<!"):
            remedy = "close the tag, or write &lt; for the sign"
        elif names[0].endswith(":"):  # no link of this scheme passes the check of links
            remedy = "link to an address instead"
        shown = '", "'.join(names)
        self.file.add(
            line,
            f'this text holds "{shown}", which may run a script, set a style or break '
            "the page",
            "plain Markdown is allowed, and HTML without scripts, styles, forms and "
            "what belongs to a page's head",
            remedy,
        )

    def _check_ids(self, parts: Iterable[Part]) -> None:
        """Report an id that stands twice in a file."""
        seen: dict[str, SourceLine] = {}
        for part in parts:
            if isinstance(part, Prose):
                continue
            if part.id in seen and part.id:
                self.file.add(
                    part.place.line,
                    f'the id "{part.id}" already stands at line {seen[part.id].line}',
                    "an id is unique in its file",
                    "give one of the two another name",
                )
            seen[part.id] = part.place


def _line_with(text: str, piece: Piece) -> int:
    """Return the first line of a piece with some text of its HTML, else its own.

    Typography changes quotation marks, so of a link the address is looked for too.
    """
    address = re.split(r"[(\[]", text)[-1].strip(")]")
    first = text.split("\n", maxsplit=1)[0].lower().rstrip(">")
    for needle in (first, address.lower()):
        for line in piece.body:
            if needle and not line.is_code and needle in line.text.lower():
                return line.number
    return piece.line


def _line_of_tag(name: str, lines: Iterable[Line], first: int) -> int:
    """Return the first of some lines with a word of HTML; `first` if none has it."""
    for line in lines:
        # as a parser of HTML reads names and addresses
        written = "".join(unescape(line.text).lower().split()).replace("<?", "<!")
        if name in written:
            return line.number
    return first
