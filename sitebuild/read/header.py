"""The header that opens a source file, from its lines to typed fields.

    title: What helps
    date: 2026-01-31

    Text in Markdown.

It is that of Pelican, or YAML between lines of `---`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import PurePath

from sitebuild.faults import Report
from sitebuild.model import BLOCKS, BLOCKS_OF, HEADERS, Fields
from sitebuild.read.fields import (
    Raw,
    add_repeated,
    check_plain,
    read_fields,
    slug_of,
)
from sitebuild.read.markdown import Typesetter, text_of
from sitebuild.read.source import Line

_FIELD = re.compile(r" {0,3}(?P<name>[A-Za-z][\w-]*)\s*:\s*(?P<value>.*)$")
_ITEM = re.compile(r"\s*-\s+(?P<value>.*)$")
FOLDED = re.compile(r"^[|>][+-]?$")  # YAML's sign of a text in the lines below
_QUOTED = re.compile(r"""(["'])(?P<text>.*)\1""")
_SHOWN = 40
_FORM = "a file opens with `name: value` lines at the left margin, and a blank line"
# How Hugo and Jekyll say that a text is no draft.
_NO_DRAFT = {"draft": "false", "published": "true"}
_KNOWN = frozenset(name for names in HEADERS.values() for name in names)


@dataclass
class Header:
    """The fields that open a file, and how many of its lines they take.

    `is_whole` is False where what stands there could not be read.
    """

    raw: dict[str, Raw] = field(default_factory=dict)
    count: int = 0
    is_whole: bool = True


def read_header(lines: Sequence[Line], file: Report) -> Header:
    """Read the fields that open a file, written as Pelican or as YAML writes them.

    Names may have any capitals. The header ends at a blank line or, where `---` opens
    it, at the next `---`. An indented line, and in YAML an item of a list, goes on with
    the field above it.
    """
    header = Header()
    texts = [it.text.strip() for it in lines]
    first = next((number for number, it in enumerate(texts) if it), 0)
    is_yaml = texts[first : first + 1] == ["---"]
    first += int(is_yaml)
    name = ""
    for number, line in enumerate(lines[first:], first):
        text = texts[number]
        header.count = number + 1
        if text in ("---", "...") or not (text or is_yaml):
            if text or not _goes_on(lines[number:], file):
                break
            continue
        is_nested = is_yaml and (line.text.startswith(" ") or _ITEM.match(line.text))
        found = None if is_nested else _FIELD.match(line.text)
        if found:
            name = found["name"].lower()
            if name in header.raw:
                add_repeated("field", name, line.number, file)
            value = FOLDED.sub("", found["value"].strip())
            value = without_quotes(_plain_yaml(value) if is_yaml else value)
            header.raw[name] = Raw(value, line.number)
        elif name and (is_nested or line.text[:1].isspace()):
            _check_indented(line, file)
            above = header.raw[name]
            header.raw[name] = Raw(_joined(above.value, text), above.line)
        elif text and not (is_yaml and text.startswith("#")):
            _add_no_field(line, file, is_first=not name)
            header.is_whole = False
            blank = [it for it in range(number, len(lines)) if not texts[it]]
            header.count = blank[0] if blank else len(lines)
            break
    return header


def _check_indented(line: Line, file: Report) -> None:
    """Report a field that is indented, so that it goes on with the one above."""
    text = line.text.strip()
    found = _FIELD.match(text)
    if found and found["name"].lower() in {*_KNOWN, *_NO_DRAFT}:
        what = f'"{text[:_SHOWN]}" is indented, so that it goes on with the line above'
        remedy = "move it to the margin; if it is text, write it on the line above"
        file.add(line.number, what, _FORM, remedy)


def _goes_on(lines: Sequence[Line], file: Report) -> bool:
    """Return whether the next line with text is a field by its exact name, a fault."""
    text = next((it.text for it in lines if it.text.strip()), "")
    found = _FIELD.match(text)
    if not found or found["name"] not in _KNOWN:
        return False
    what = "a blank line stands among the fields"
    remedy = "remove it; if text follows, write a backslash before its colon"
    file.add(lines[0].number, what, _FORM, remedy)
    return True


def _add_no_field(line: Line, file: Report, *, is_first: bool) -> None:
    remedy = "write it as a field, or put a blank line before it if it is text"
    if is_first:
        remedy = "put lines such as `title: Some words` and a blank line above it"
    file.add(line.number, f'"{line.text[:_SHOWN]}" is not a field', _FORM, remedy)


def _joined(above: str, text: str) -> str:
    """Return the value of a field with one line more, which may be an item."""
    item = _ITEM.match(text)
    if not item:
        return f"{above} {text}".strip()
    value = _plain_yaml(item["value"].strip())
    return f"{above}, {value}" if above else value


def _plain_yaml(value: str) -> str:
    """Return a value of YAML without brackets."""
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


def fields_of_name(kind: str, path: str, named: str) -> dict[str, Raw]:
    """Return what the name of an article says, such as 2026-01-31-title.md.

    `named` is Pelican's FILENAME_METADATA.
    """
    found = re.match(named, PurePath(path).stem) if named else None
    if kind != "article" or not found:
        return {}
    groups = found.groupdict().items()
    return {name.lower(): Raw(value, 1) for name, value in groups if value}


def typed(
    kind: str, raw: Mapping[str, Raw], setter: Typesetter, file: Report
) -> Fields:
    """Return the fields of a header; what is missing, bad or unknown is a fault."""
    names = list(HEADERS[kind])
    if kind == "article":
        raw = _of_article(raw, setter)
        _check_refused(raw, file)
        if not raw.keys() & {"title", "slug"}:
            names.remove("slug")  # the title that is missing will make it
    return read_fields(Fields, raw, "the file", 1, file, own=True, names=names)


def _of_article(raw: Mapping[str, Raw], setter: Typesetter) -> dict[str, Raw]:
    """Return an article's header as Pelican takes it.

    An empty field is none (an empty status may be a slip), a summary is Markdown, and
    the title makes the slug where there is none.
    """
    found = {name: it for name, it in raw.items() if it.value or name == "status"}
    title, summary = found.get("title"), found.get("summary")
    slug = slug_of(unescape(str(title.value))) if title else ""
    if title and slug:
        found.setdefault("slug", Raw(slug, title.line))
    if summary:
        try:
            check_plain(str(summary.value))
        except ValueError:
            words = text_of(setter.block(str(summary.value)))
            found["summary"] = Raw(words, summary.line)
    return found


def _check_refused(raw: Mapping[str, Raw], file: Report) -> None:
    """Report what an article's header may not say, as nothing would come of it."""
    options = {name for kind in BLOCKS_OF["article"] for name in BLOCKS[kind]}
    options -= set(HEADERS["article"])
    for name, it in raw.items():
        value = str(it.value).lower()
        if name in options:
            remedy = "move it under the line that opens a passage, or remove it"
        elif value != _NO_DRAFT.get(name, value):
            remedy = "write `status: draft`"
        elif name in ("save_as", "url"):
            remedy = "write it as `slug: its-name`"
        else:
            continue
        file.add(
            it.line,
            f'the header of an article says "{name}: {it.value}"',
            "a passage has options, a draft a status, and the slug makes the address",
            remedy,
        )
