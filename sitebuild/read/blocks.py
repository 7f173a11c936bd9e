"""The blocks that an editor marks in a source file, and the reading of a whole file; nothing about Pelican.

    /// passage | an-id
        topics: one, two

    Text in Markdown.
    ///

The file is cut into blocks before Markdown sees it, so every line is accounted for: an unclosed, stray, unknown or
misspelt block is a fault with its line and never text on the page. Markers inside fenced code are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markdown.extensions.toc import slugify

from sitebuild.faults import Fault, Report, decode
from sitebuild.model import Block, Document, Heading, Part, Prose, Raw, SourceLine
from sitebuild.read import schema as fields
from sitebuild.read.markdown import (
    Typesetter,
    find_active,
    find_heading,
    find_unbalanced,
    find_unresolved,
)

_MARK = re.compile(r"(/{3,})(?:\s+([\w-]+)\s*(?:\|\s*(.*?))?)?\s*$")
_OPTION = re.compile(r"\s{4,}([\w-]+)\s*:\s*(.*?)\s*$")
_LATE = re.compile(r"\s*([\w-]+)\s*:(?:\s|$)")
_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*?)\s*$")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")


@dataclass
class _Open:
    """A piece of the source while it is being read: a block, or the text between two blocks (kind "")."""

    kind: str
    name: str
    mark: str
    line: int
    raw: dict[str, Raw] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.body)


def _front_matter(
    lines: list[str], path: str, report: Report
) -> tuple[dict[str, Raw], int]:
    """The `key: value` lines that open a file, and the number of the line after them."""
    raw: dict[str, Raw] = {}
    name = ""
    fenced = bool(lines) and lines[0].strip() == "---"
    for number, line in enumerate(lines[fenced:], 1 + fenced):
        if not line.strip() or line.strip() == "---":
            return raw, number + 1
        if line.startswith("    ") and name:
            raw[name] = Raw(f"{raw[name].value} {line.strip()}", raw[name].line)
        elif found := _FIELD.match(line):
            name = found[1].lower()
            if name in raw:
                report.add(
                    SourceLine(path, number),
                    f'the field "{name}" stands twice',
                    "allowed is once",
                    "remove one",
                )
            raw[name] = Raw(found[2], number)
        else:
            allowed = "a file opens with `key: value` lines and a blank line"
            report.add(
                SourceLine(path, number),
                f'"{line[:40]}" is not a field',
                allowed,
                "write the fields first",
            )
            return raw, number
    return raw, len(lines) + 1


def _cut(lines: list[str], first: int, path: str, report: Report) -> Iterator[_Open]:
    """Cut the lines from number `first` on into blocks and the text between them."""
    piece, fence, in_options = _Open("", "", "", first), "", False
    for number, line in enumerate(lines[first - 1 :], first):
        mark = None if fence else _MARK.match(line)
        if mark and mark[2]:
            if piece.kind:
                _unclosed(piece, path, report)
            yield piece
            piece, in_options = _Open(mark[2], mark[3] or "", mark[1], number), True
        elif mark and piece.kind and mark[1] == piece.mark:
            yield piece
            piece = _Open("", "", "", number + 1)
        elif mark:
            found = f'the block marker "{line.strip()}" closes nothing'
            report.add(
                SourceLine(path, number),
                found,
                "a block opens with `/// kind | name`",
                "remove it",
            )
        elif in_options and line.strip() and (option := _OPTION.match(line)):
            if option[1] in piece.raw:
                found = f'the option "{option[1]}" stands twice'
                report.add(
                    SourceLine(path, number), found, "allowed is once", "join the two"
                )
            piece.raw[option[1]] = Raw(option[2], number)
        else:
            if in_options and line.startswith("    "):
                found = f'"{line.strip()[:40]}" is not an option'
                report.add(
                    SourceLine(path, number),
                    found,
                    "an option is `    name: value`",
                    "put a blank line before text",
                )
            elif (
                (late := _LATE.match(line))
                and late[1] in fields.OPTIONS.get(piece.kind, ())
                and not piece.text.strip()
            ):
                found, allowed = (
                    f'the option "{late[1]}" stands in the text',
                    "options come first, indented by four spaces",
                )
                report.add(
                    SourceLine(path, number),
                    found,
                    allowed,
                    "indent it, with no blank line before it",
                )
            in_options = False
            if turn := _FENCE.match(line):
                fence = "" if fence and turn[1].startswith(fence) else fence or turn[1]
            piece.body.append(line)
    if piece.kind:
        _unclosed(piece, path, report)
    yield piece


def _unclosed(piece: _Open, path: str, report: Report) -> None:
    found = f'the block "{piece.kind} | {piece.name}" is not closed'
    report.add(
        SourceLine(path, piece.line),
        found,
        "a block ends before the next begins",
        f"add a line `{piece.mark}`",
    )


def _block(
    piece: _Open, doc_kind: str, path: str, setter: Typesetter, report: Report
) -> Block | None:
    """Check one marked block and set its text; None where its kind is not one of this kind of file."""
    place = SourceLine(path, piece.line)
    kinds = fields.BLOCKS_OF[doc_kind]
    if piece.kind not in kinds:
        found = f'the block "{piece.kind}" is none of those for this kind of file ({doc_kind})'
        report.unknown(place, found, piece.kind, kinds)
        return None
    of = f'{piece.kind} "{piece.name}"'
    options = fields.read(fields.OPTIONS[piece.kind], piece.raw, of, place, report)
    ident = piece.name if piece.kind == "passage" else slugify(piece.name, "-")
    if not fields.SLUG.fullmatch(ident):
        of_title = "it has a title with letters from a to z or digits"
        allowed = (
            "an id is lower-case words joined by hyphens"
            if piece.kind == "passage"
            else of_title
        )
        report.add(
            place,
            f'a {piece.kind} has the name "{piece.name}"',
            allowed,
            f"write `/// {piece.kind} | …`",
        )
    html = setter.block(piece.text)
    if not re.sub(r"<(?!img)[^>]*>|\s", "", html):
        report.add(
            place,
            f"{of} is empty",
            "a block holds text",
            "write it or remove the block",
        )
    _sound(html, of, place, report)
    if heading := find_heading(html):
        at = next(
            (
                n
                for n, line in enumerate(piece.body)
                if heading.split()[:1] and heading.split()[0] in line
            ),
            0,
        )
        line = piece.line + 1 + len(piece.raw) + at
        found = f'{of} holds the heading "{heading}"'
        report.add(
            SourceLine(path, line),
            found,
            "headings stand between blocks",
            "move it out or make it bold text",
        )
    name = piece.name if piece.kind == "passage" else setter.line(piece.name)
    return Block(
        piece.kind,
        name,
        ident,
        html,
        options,
        place,
        {name: raw.line for name, raw in piece.raw.items()},
    )


def _sound(html: str, of: str, place: SourceLine, report: Report) -> None:
    """Markdown that did not work is told, and HTML that would swallow what follows it."""
    if broken := find_unresolved(html):
        found = f'{of} holds "{broken}", a link that leads to nothing'
        report.add(place, found, "a link is [text](/address/)", "write its address")
    if tag := find_unbalanced(html):
        found = f'{of} holds "{tag}" without its other half'
        report.add(
            place,
            found,
            "an element that is opened is closed",
            "add the other tag, or remove this one",
        )


def _between(
    piece: _Open, doc_kind: str, path: str, setter: Typesetter, report: Report
) -> Iterator[Part]:
    """The text between two blocks: free on a page; headings only in an article; a fault elsewhere."""
    if not piece.text.strip():
        return
    if doc_kind == "page":
        prose = Prose(setter.block(piece.text), SourceLine(path, piece.line))
        _sound(prose.html, "the text", prose.place, report)
        yield prose
        return
    for number, line in enumerate(piece.body, piece.line):
        heading = _HEADING.match(line) if doc_kind == "article" else None
        if heading and 1 < len(heading[1]) < 4 and (ident := slugify(heading[2], "-")):
            yield Heading(
                len(heading[1]),
                setter.line(heading[2]),
                ident,
                SourceLine(path, number),
            )
        elif line.strip():
            kinds = ", ".join(fields.BLOCKS_OF[doc_kind])
            found = f'"{line.strip()[:40]}" stands outside a block'
            allowed = (
                f"text of this kind of file ({doc_kind}) stands in a block: {kinds}"
            )
            remedy = "put it into one; between blocks stand headings ## or ### with letters from a to z"
            report.add(SourceLine(path, number), found, allowed, remedy)


def _active(parts: list[Part], allowed: tuple[str, ...], report: Report) -> None:
    for part in parts:
        found = "" if isinstance(part, Heading) else find_active(part.html)
        if found and found not in allowed:
            report.add(
                part.place,
                f'this text holds "{found}", which may run a script, set a style or break the page',
                "plain Markdown is allowed, and HTML without scripts, styles, forms and what belongs to a page's head",
                f"remove it, or allow it by name in the front matter: `allow: {found}`",
            )


def _twice(parts: list[Part], report: Report) -> None:
    seen: dict[str, SourceLine] = {}
    for part in parts:
        ident = "" if isinstance(part, Prose) else part.id
        if ident and ident in seen:
            found = f'the id "{ident}" already stands at line {seen[ident].line}'
            report.add(
                part.place,
                found,
                "an id is unique in its file",
                "give one of the two another name",
            )
        seen[ident] = part.place


@lru_cache(maxsize=4096)
def read_document(
    path: str, kind: str, data: bytes, setter: Typesetter
) -> tuple[Document, tuple[Fault, ...]]:
    """Read one source file; a file whose bytes were read before is not read again.

    `path` names it in messages, `kind` is article, topic or page. Never raises for what an editor wrote: returns what
    can be read beside the faults, so that faults elsewhere are found in the same build.
    """
    report = Report()
    text = decode(data, path, report)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    raw, body = _front_matter(lines, path, report)
    told = (
        Report() if data and not text else report
    )  # of bytes that are no text there is no more to say
    values: dict[str, Any] = fields.read(
        fields.FRONT_MATTER[kind], raw, "the file", SourceLine(path, 1), told
    )
    field_lines = {name: item.line for name, item in raw.items()}
    parts: list[Part] = []
    for piece in _cut(lines, body, path, report):
        if piece.kind:
            block = _block(piece, kind, path, setter, report)
            parts += [block] if block else []
        else:
            parts += _between(piece, kind, path, setter, report)
    _active(parts, values["allow"], report)
    _twice(parts, report)
    return Document(path, kind, values, field_lines, tuple(parts), text), tuple(
        report.faults
    )
