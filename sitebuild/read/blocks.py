"""From a piece of a source file to a block: its options, its id, its HTML, checked."""

from __future__ import annotations

import posixpath
import re

from markdown.extensions.toc import slugify

from sitebuild.faults import Report
from sitebuild.model import Block, SourceLine
from sitebuild.read import (
    citations,
    convert,
    foreign,
    html_checks,
    schema,
    structure,
    typography,
)
from sitebuild.read.convert import SLUG
from sitebuild.read.cut import Piece
from sitebuild.read.markdown import Typesetter, resolve

# Tags other than images, and white space: what is left of an empty block.
_NO_CONTENT = re.compile(r"(?:<(?!img)[^>]*>|\s)*")
# A passage is named by an id; every other block by a title that makes its id.
_NAMED_BY_ID = "passage"


def read_block(
    piece: Piece, file_kind: str, path: str, setter: Typesetter, report: Report
) -> Block | None:
    """Return the block of a piece; None, with a fault, if the file may not hold it.

    `file_kind` is article, topic or page. What is wrong with the block is a fault; the
    block is returned all the same, so that faults elsewhere are found.
    """
    place = SourceLine(path, piece.line)
    kinds = schema.BLOCKS_OF[file_kind]
    if piece.kind not in kinds:
        found = f'the block "{piece.kind}" is none of those for this kind of file'
        report.unknown(
            place, f"{found} ({file_kind})", piece.kind, kinds, "use one of these"
        )
        return None
    kind = schema.BLOCKS[piece.kind]
    of = f'{piece.kind} "{piece.name}"'
    options = schema.read(kind.fields, piece.options, of, place, report)
    html = set_text(piece, path, setter, report)
    if "references" in kind.fields:
        html = citations.mark(html)
    _check_content(html, of, place, report)
    check_html(html, of, piece, path, report)
    _check_heading(html, of, piece, path, report)
    name = piece.name
    if piece.kind != _NAMED_BY_ID:
        check_title(piece.name, piece.kind, place, report)
        name = setter.line(piece.name)
    return Block(
        kind=piece.kind,
        name=name,
        id=_read_id(piece, place, report),
        html=html,
        options=kind.make(**options),
        place=place,
        lines={name: raw.line for name, raw in piece.options.items()},
    )


def set_text(piece: Piece, path: str, setter: Typesetter, report: Report) -> str:
    """Return the HTML of a piece; Markdown that did not work is a fault."""
    if structure.is_too_much(piece, path, report):
        return "<p>…</p>"
    before = len(report.faults)
    structure.check(piece, path, report)
    html = setter.block(piece.text)
    if len(report.faults) == before:
        plain = html_checks.without_code(html)
        structure.check_strong(plain, piece, path, report)
        foreign.check(plain, piece, path, report)
        typography.check(html, piece, path, report)
    return resolve(html, lambda name: _address_of_file(name, path))


def _address_of_file(name: str, path: str) -> str:
    """Return the address of a file that `{static}` or `{attach}` names.

    A source is left as `{filename}` for later: its address is in its front matter.
    """
    if name.endswith(".md"):
        return f"{{filename}}{name}"
    _, _, rest = path.partition("/")
    folder = "" if name.startswith("/") else posixpath.dirname(rest)
    return "/" + posixpath.normpath(posixpath.join(folder, name.lstrip("/")))


def check_html(html: str, of: str, piece: Piece, path: str, report: Report) -> None:
    """Report Markdown that stayed text, and HTML that would swallow what follows it."""
    broken = html_checks.find_unresolved(html)
    if broken:
        report.add(
            SourceLine(path, _line_with(broken, piece)),
            f'{of} holds "{" ".join(broken.split())}", a link that does not work',
            "a link is [text](/address/)",
            "write its address in round brackets right after the text in square ones",
        )
    tag = html_checks.find_unbalanced(html)
    if tag:
        report.add(
            SourceLine(path, _line_with(tag, piece)),
            f'{of} holds "{tag}" without its other half',
            "an element that is opened is closed",
            "add the other tag, or remove this one",
        )


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


def check_title(title: str, of: str, place: SourceLine, report: Report) -> None:
    """Report Markdown in a title, which is set as plain text."""
    try:
        convert.check_plain(title)
    except ValueError as error:
        report.add(
            place, f'the title of this {of} is "{title}"', str(error), "correct it"
        )


def _read_id(piece: Piece, place: SourceLine, report: Report) -> str:
    """Return a block's id: the name of a passage, else made from the title."""
    if piece.kind == _NAMED_BY_ID:
        ident = piece.name
        allowed = "an id is lower-case words joined by hyphens"
        remedy = f"write `/// {piece.kind} | its-id`"
    else:
        ident = slugify(piece.name, "-")
        allowed = "it has a title with letters from a to z or digits"
        remedy = f"write `/// {piece.kind} | Its title`"
    if not SLUG.fullmatch(ident):
        found = f'a {piece.kind} has the name "{piece.name}"'
        report.add(place, found, allowed, remedy)
    return ident


def _check_content(html: str, of: str, place: SourceLine, report: Report) -> None:
    if _NO_CONTENT.fullmatch(html):
        report.add(
            place,
            f"{of} is empty",
            "a block holds text",
            "write it or remove the block",
        )


def _check_heading(html: str, of: str, piece: Piece, path: str, report: Report) -> None:
    heading = html_checks.find_heading(html)
    if heading:
        report.add(
            SourceLine(path, _line_with(heading.split(maxsplit=1)[0], piece)),
            f'{of} holds the heading "{heading}"',
            "headings stand between blocks",
            "move it out or make it bold text",
        )
