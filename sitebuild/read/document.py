"""Reading a whole source file: front matter, blocks, and the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from markdown.extensions.toc import slugify

from sitebuild.faults import Fault, Report, decode
from sitebuild.model import (
    Block,
    Document,
    Heading,
    Part,
    Prose,
    SourceLine,
)
from sitebuild.read import looks, ordinary, schema
from sitebuild.read.active import find_active
from sitebuild.read.blocks import check_html, check_title, read_block, set_text
from sitebuild.read.comments import without_comments
from sitebuild.read.cut import Line, Piece, cut
from sitebuild.read.frontmatter import read_front_matter
from sitebuild.read.markdown import Typesetter

_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<title>.*?)\s*#*$")
# The title of the page is its only heading of level 1.
_LEVELS = (2, 3)
_SHOWN = 40


@dataclass(frozen=True)
class Reading:
    """What one source file gave: the document, and the faults found in it."""

    document: Document
    faults: tuple[Fault, ...]


def read_document(path: str, kind: str, data: bytes, setter: Typesetter) -> Reading:
    """Read one source file, given as its bytes.

    `path` names it in messages; `kind` is article, topic or page. Never raises for
    what an editor wrote: what can be read is returned beside the faults, so that the
    same build finds faults in other files.
    """
    report = Report()
    text = _text(data, path, report)
    if kind == "article" and ordinary.is_ordinary(text.split("\n")):
        return _unread(path, data)
    lines = []
    for number, written in without_comments(text, path, report):
        lines.append(Line(number, written))
    front_matter = read_front_matter(lines, path, report)
    form = schema.FRONT_MATTER[kind]
    # Of bytes that are not text, no field is missing.
    field_report = report if text or not data else Report()
    place = SourceLine(path, 1)
    values = schema.read(form.fields, front_matter.raw, "the file", place, field_report)
    fields = form.make(**values)
    parts: list[Part] = []
    for piece in cut(lines[front_matter.count :], path, report):
        parts += _parts(piece, kind, path, setter, report)
    if "summary" not in front_matter.raw:
        _check_answer(parts, place, field_report)
    _check_active(parts, fields.allow, lines, report)
    _check_ids(parts, report)
    field_lines = {name: raw.line for name, raw in front_matter.raw.items()}
    document = Document(path, kind, fields, field_lines, tuple(parts), data)
    return Reading(document, tuple(report.faults))


def _text(data: bytes, path: str, report: Report) -> str:
    text = decode(data, path, report)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(document: Document) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a document's source without its comments."""
    report = Report()  # all that is wrong was reported when it was read
    text = _text(document.source, document.path, report)
    yield from without_comments(text, document.path, report)


def _unread(path: str, data: bytes) -> Reading:
    """Return what an ordinary Pelican article gives: no part, and one fault."""
    form = schema.FRONT_MATTER["article"]
    place = SourceLine(path, 1)
    fields = form.make(**schema.read(form.fields, {}, "the file", place, Report()))
    document = Document(path, "article", fields, {}, (), data)
    return Reading(document, (ordinary.fault(path),))


def _parts(
    piece: Piece, kind: str, path: str, setter: Typesetter, report: Report
) -> Iterator[Part]:
    """Yield the parts of a document that one piece of its source makes."""
    if piece.kind:
        block = read_block(piece, kind, path, setter, report)
        if block:
            yield block
    elif not piece.text.strip():
        return
    elif kind == "page":
        _check_fields(piece, path, report)
        place = SourceLine(path, piece.line)
        prose = Prose(set_text(piece, path, setter, report), place)
        check_html(prose.html, "the text", piece, path, report)
        yield prose
    else:
        yield from _headings(piece, kind, path, setter, report)


def _check_fields(piece: Piece, path: str, report: Report) -> None:
    """Report lines between the blocks of a page that look like a field."""
    for line in piece.body:
        name = "" if line.is_code else looks.field(line.text)
        if name:
            looks.add_field(name, SourceLine(path, line.number), report)


def _headings(
    piece: Piece, kind: str, path: str, setter: Typesetter, report: Report
) -> Iterator[Heading]:
    """Yield the headings between two blocks; all other text there is a fault."""
    for line in piece.body:
        place = SourceLine(path, line.number)
        heading = None
        if kind == "article":
            heading = _heading(line, place, setter)
        if heading:
            check_title(line.text.strip("# "), "heading", place, report)
            yield heading
        elif line.text.strip():
            _add_outside(line, kind, place, report)


def _heading(line: Line, place: SourceLine, setter: Typesetter) -> Heading | None:
    """Return the heading that a line is; None where it is none or has no letters."""
    found = _HEADING.match(line.text)
    if not found or len(found["marks"]) not in _LEVELS:
        return None
    ident = slugify(found["title"], "-")
    if not ident:
        return None
    return Heading(len(found["marks"]), setter.line(found["title"]), ident, place)


def _add_outside(line: Line, kind: str, place: SourceLine, report: Report) -> None:
    kinds = ", ".join(schema.BLOCKS_OF[kind])
    remedy = "put it into one"
    if kind == "article":
        remedy += "; headings between blocks are ## or ### with letters from a to z"
    report.add(
        place,
        f'"{line.text.strip()[:_SHOWN]}" stands outside a block',
        f"text of this kind of file ({kind}) stands in a block: {kinds}",
        remedy,
    )


def _check_active(
    parts: Sequence[Part],
    allowed: tuple[str, ...],
    lines: Sequence[Line],
    report: Report,
) -> None:
    """Report, once a part, HTML that the front matter does not allow by name."""
    for part in parts:
        if isinstance(part, Heading):
            continue
        names = [name for name in find_active(part.html) if name not in allowed]
        if names:
            place = _place_of(names[0], part, parts, lines)
            _add_active(names, place, report)


def _place_of(
    word: str, part: Part, parts: Sequence[Part], lines: Sequence[Line]
) -> SourceLine:
    """Return the first line of a part that holds a word; its own if none does."""
    first = part.place.line
    later = [it.place.line for it in parts if it.place.line > first]
    for line in lines:
        is_inside = line.number >= first and line.number < min(later, default=2**31)
        if is_inside and word in _written(line.text):
            return SourceLine(part.place.file, line.number)
    return part.place


def _written(text: str) -> str:
    """Return a line as a parser of HTML reads names and addresses in it."""
    return "".join(unescape(text).lower().split()).replace("<?", "<!")


def _add_active(names: Sequence[str], place: SourceLine, report: Report) -> None:
    listed = ", ".join(names)
    remedy = f"remove it, or allow it by name in the front matter: `allow: {listed}`"
    if names[0] in ("<", "<!"):
        remedy = "close the tag, or write &lt; for the sign"
    elif names[0].endswith(":"):  # no link of this scheme passes the check of links
        remedy = "link to an address instead"
    shown = '", "'.join(names)
    report.add(
        place,
        f'this text holds "{shown}", which may run a script, set a style or break the '
        "page",
        "plain Markdown is allowed, and HTML without scripts, styles, forms and what "
        "belongs to a page's head",
        remedy,
    )


def _check_answer(parts: Iterable[Part], place: SourceLine, report: Report) -> None:
    """Report a file that says nowhere in a sentence what it is about."""
    for part in parts:
        if isinstance(part, Block) and part.kind == "answer":
            return
    report.add(
        place,
        'the file has no "summary"',
        "summary is required where no answer opens the file",
        "add a line `summary: …`",
    )


def _check_ids(parts: Iterable[Part], report: Report) -> None:
    """Report an id that stands twice in a file."""
    seen: dict[str, SourceLine] = {}
    for part in parts:
        if isinstance(part, Prose):
            continue
        if part.id in seen and part.id:
            report.add(
                part.place,
                f'the id "{part.id}" already stands at line {seen[part.id].line}',
                "an id is unique in its file",
                "give one of the two another name",
            )
        seen[part.id] = part.place
