"""The lines of a source file, without its comments, and the header that opens it.

    title: What helps
    date: 2026-01-31

    Text in Markdown.

The header is that of Pelican, or YAML between lines of `---`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sitebuild.faults import FileReport
from sitebuild.model import BLOCKS, HEADERS, Raw
from sitebuild.read.fields import fields_of

_BEGIN, _END = "<!--", "-->"
# A comment, a fence of code, or code within a line.
_NEXT = re.compile(r"<!--|^ {0,3}(?P<fence>`{3,}(?!.*`)|~{3,})|(?P<ticks>`+)", re.M)
_FIELD = re.compile(r" {0,3}(?P<name>[A-Za-z][\w-]*)\s*:\s*(?P<value>.*?)\s*$")
_ITEM = re.compile(r"\s*-\s+(?P<value>.*?)\s*$")
_QUOTED = re.compile(r"""(["'])(?P<text>.*)\1""")
INDENT = "    "
_SHOWN = 40


class Line(NamedTuple):
    """A line of a source file with its number; `is_code`: it is part of a fence."""

    number: int
    text: str
    is_code: bool = False


@dataclass
class Piece:
    """A block as it was written, or the text between two blocks, whose kind is ""."""

    kind: str
    name: str
    slashes: str
    line: int
    options: dict[str, Raw] = field(default_factory=dict)
    body: list[Line] = field(default_factory=list)

    @property
    def cites(self) -> bool:
        """Return whether its text may cite references."""
        return self.kind in BLOCKS and "references" in fields_of(BLOCKS[self.kind])

    @property
    def text(self) -> str:
        """Return its Markdown."""
        return "\n".join(line.text for line in self.body)


def split_lines(text: str, file: FileReport) -> list[Line]:
    """Return the lines of a source without its comments.

    A line that holds nothing but a comment is left out, so that a comment parts
    neither a paragraph nor options. Comments within code are code. A comment that does
    not end is a fault, and stays.
    """
    commented: set[int] = set()
    kept = []
    position, number = 0, 1
    for begin, end in _comments(text, file):
        kept.append(text[position:begin])
        number += text.count("\n", position, begin)
        inside = text.count("\n", begin, end)
        commented.update(range(number, number + inside + 1))
        kept.append("\n" * inside)
        number += inside
        position = end
    kept.append(text[position:])
    lines = []
    for line, written in enumerate("".join(kept).split("\n"), 1):
        if written.strip() or line not in commented:
            lines.append(Line(line, written))
    return lines


def _comments(text: str, file: FileReport) -> Iterator[tuple[int, int]]:
    """Yield where each comment begins and ends."""
    position = 0 if _BEGIN in text else len(text)
    while found := _NEXT.search(text, position):
        if found[0] != _BEGIN:
            position = _end_of_code(text, found)
            continue
        end = text.find(_END, found.end())
        if end < 0:
            file.add(
                text.count("\n", 0, found.start()) + 1,
                'the comment that begins with "<!--" does not end',
                "a comment ends with -->, and no page shows it",
                "add --> where it ends; in text, write it between backticks, as code",
            )
            return
        position = end + len(_END)
        yield found.start(), position


def _end_of_code(text: str, opened: re.Match[str]) -> int:
    """Return where code ends; code within a line that does not end is no code."""
    if opened["fence"]:
        closing = re.compile(rf"^ {{0,3}}{opened['fence']}+[ \t]*$", re.MULTILINE)
        closed = closing.search(text, opened.end())
        return closed.end() if closed else len(text)
    paragraph = text.find("\n\n", opened.end())
    ticks = re.compile(rf"(?<!`){opened['ticks']}(?!`)")
    end = len(text) if paragraph < 0 else paragraph
    closed = ticks.search(text, opened.end(), end)
    return closed.end() if closed else opened.end()


@dataclass
class Header:
    """The fields that open a file, and how many of its lines they take.

    `is_whole` is False where what stands there could not be read.
    """

    raw: dict[str, Raw] = field(default_factory=dict)
    count: int = 0
    is_whole: bool = True


def read_header(lines: Sequence[Line], file: FileReport) -> Header:
    """Read the fields that open a file, written as Pelican or as YAML writes them.

    Names may have any capitals. The header ends at a blank line or, where `---` opens
    it, at the next `---`. An indented line, and in YAML an item of a list, goes on with
    the field above it.
    """
    header = Header()
    while header.count < len(lines) and not lines[header.count].text.strip():
        header.count += 1
    opening = "".join(it.text.strip() for it in lines[header.count :][:1])
    if opening == "+++":
        _add_toml(header, lines, file)
        return header
    is_yaml = opening == "---"
    header.count += int(is_yaml)
    name = ""
    for line in lines[header.count :]:
        text = line.text.strip()
        if text in ("---", "...") or not (text or is_yaml):
            header.count += 1
            if text or not _goes_on(lines[header.count :]):
                break
            _add_gap(line.number, file)
            continue
        found = _FIELD.match(line.text)
        if name and _continues(line.text, is_yaml=is_yaml):
            above = header.raw[name]
            header.raw[name] = Raw(_joined(above.value, text), above.line)
        elif text and not (is_yaml and text.startswith("#")):
            found = found or _misspelt(line, file, is_first=not header.raw)
            if not found:
                header.is_whole = False
                break
            name = found["name"].lower()
            if name in header.raw:
                add_repeated("field", name, line.number, file)
            value = _plain_yaml(found["value"]) if is_yaml else found["value"]
            header.raw[name] = Raw(without_quotes(value), line.number)
        header.count += 1
    return header


def _continues(line: str, *, is_yaml: bool) -> bool:
    """Return whether a line goes on with the field above it."""
    if is_yaml and _ITEM.match(line):
        return True
    is_field = not is_yaml and _FIELD.match(line)
    return line.startswith((" ", "\t")) and bool(line.strip()) and not is_field


def _joined(above: str, text: str) -> str:
    """Return the value of a field with one line more, which may be an item."""
    item = _ITEM.match(text)
    if not item:
        return f"{above} {text}".strip()
    value = _plain_yaml(item["value"])
    return f"{above}, {value}" if above else value


def _plain_yaml(value: str) -> str:
    """Return a value of YAML without brackets or the sign of a folded text."""
    if re.fullmatch(r"[|>][+-]?", value):
        return ""
    return value[1:-1] if re.fullmatch(r"\[.*\]", value) else value


def without_quotes(value: str) -> str:
    """Return a value without quotation marks that stand at both ends and nowhere else.

    Within them YAML writes a mark twice, or behind a backslash.
    """
    quoted = _QUOTED.fullmatch(value)
    if not quoted:
        return value
    text = quoted["text"].replace(quoted[1] * 2, "\0").replace(f"\\{quoted[1]}", "\0")
    return value if quoted[1] in text else text.replace("\0", quoted[1])


def _misspelt(line: Line, file: FileReport, *, is_first: bool) -> re.Match[str] | None:
    """Return the known field that a line nearly is; the line is a fault."""
    remedy = "write it as a field, or put a blank line before it if it is text"
    if is_first:
        remedy = "put lines such as `title: Some words` and a blank line above it"
    file.add(
        line.number,
        f'"{line.text[:_SHOWN]}" is not a field',
        "a file opens with `name: value` lines and a blank line",
        remedy,
    )
    found = re.match(r"\s*(?P<name>[a-z]+)\s*[:=]\s*(?P<value>.*?)\s*$", line.text)
    return found if found and found["name"] in _known_names() else None


def _known_names() -> set[str]:
    return {name for make in HEADERS.values() for name in fields_of(make)}


def _goes_on(lines: Sequence[Line]) -> bool:
    """Return whether the next line with text is a field by its exact name."""
    for line in lines:
        if line.text.strip():
            found = _FIELD.match(line.text)
            return bool(found and found["name"] in _known_names())
    return False


def _add_toml(header: Header, lines: Sequence[Line], file: FileReport) -> None:
    header.is_whole = False
    ends = [n for n, line in enumerate(lines) if line.text.strip() == "+++"]
    header.count = ends[1] + 1 if len(ends) > 1 else len(lines)
    file.add(
        lines[0].number,
        "the header stands between lines of +++, as Hugo writes it",
        "a header is `name: value` lines, or YAML between lines of ---",
        "write it so",
    )


def _add_gap(line: int, file: FileReport) -> None:
    file.add(
        line,
        "a blank line stands among the fields",
        "fields open the file, with no blank line before or between them",
        "remove it; if what follows is text, write a backslash before its colon",
    )


def add_repeated(what: str, name: str, line: int, file: FileReport) -> None:
    """Report a field, or an option, that stands twice."""
    file.add(
        line,
        f'the {what} "{name}" stands twice',
        f"each {what} is allowed once",
        "remove one of the two",
    )
