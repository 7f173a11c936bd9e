"""The `key: value` lines that open a source file, before they are checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sitebuild.faults import Report
from sitebuild.model import Raw, SourceLine
from sitebuild.read.cut import Line
from sitebuild.read.schema import FRONT_MATTER

_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*?)\s*$")
# What is nearly a field: indented, or with another sign.
_NEARLY = re.compile(r"\s*([a-z]+)\s*[:=]\s*(.*?)\s*$")
_NAMES = frozenset(name for kind in FRONT_MATTER.values() for name in kind.fields)
_INDENT = "    "
_FENCE = "---"
_OTHER_FENCE = "+++"  # of TOML, as Hugo writes it
_SHOWN = 40


@dataclass
class FrontMatterText:
    """What the front matter of a file says, and how many lines it takes."""

    raw: dict[str, Raw] = field(default_factory=dict)
    count: int = 0


def read_front_matter(
    lines: Sequence[Line], path: str, report: Report
) -> FrontMatterText:
    """Read the fields that open a file, given as its lines.

    They end at a blank line, or at `---` as Jekyll writes it; an indented line goes on
    with the field above it. A line that is no field is a fault, and the text begins
    with it.
    """
    result = FrontMatterText()
    name = ""
    rest = list(lines)
    if rest and rest[0].text.strip() == _FENCE:
        result.count = 1
    for line in rest[result.count :]:
        place = SourceLine(path, line.number)
        if line.text.strip() in ("", _FENCE):
            result.count += 1
            if line.text.strip() or not _goes_on(rest[result.count :]):
                return result
            _gap(place, report)
            continue
        found = _field(line, name, path, report)
        if line.text.startswith(_INDENT) and name:
            above = result.raw[name]
            result.raw[name] = Raw(f"{above.value} {line.text.strip()}", above.line)
        elif found:
            name = found[1].lower()
            if name in result.raw:
                _repeated(name, place, report)
            result.raw[name] = Raw(found[2], line.number)
        elif line.text.strip() != _OTHER_FENCE:
            return result
        result.count += 1
    return result


def _field(line: Line, above: str, path: str, report: Report) -> re.Match[str] | None:
    """Return the field that a line is, or nearly is, which is a fault.

    `above` is the name of the field above it, with which an indented line goes on.
    """
    found = _FIELD.match(line.text)
    if found or (above and line.text.startswith(_INDENT)):
        return found
    _no_field(line.text, SourceLine(path, line.number), report)
    nearly = _NEARLY.match(line.text)
    return nearly if nearly and nearly[1] in _NAMES else None


def _goes_on(lines: Sequence[Line]) -> bool:
    """Return whether the next line with text is a field by its exact name."""
    for line in lines:
        if line.text.strip():
            found = _FIELD.match(line.text)
            return bool(found and found[1] in _NAMES)
    return False


def _gap(place: SourceLine, report: Report) -> None:
    report.add(
        place,
        "a blank line stands among the fields",
        "fields open the file, with no blank line before or between them",
        "remove it; if what follows is text, write a backslash before its colon",
    )


def _repeated(name: str, place: SourceLine, report: Report) -> None:
    report.add(
        place,
        f'the field "{name}" stands twice',
        "each field is allowed once",
        "remove one of the two",
    )


def _no_field(line: str, place: SourceLine, report: Report) -> None:
    report.add(
        place,
        f'"{line[:_SHOWN]}" is not a field',
        "a file opens with `key: value` lines and a blank line",
        "write it as a field, or put a blank line before it if it is text",
    )
