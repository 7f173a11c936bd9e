"""The `key: value` lines that open a source file, before they are checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sitebuild.faults import Report
from sitebuild.model import Raw, SourceLine
from sitebuild.read.cut import Line

_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*?)\s*$")
_INDENT = "    "
_FENCE = "---"
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
        if line.text.strip() in ("", _FENCE):
            result.count += 1
            return result
        place = SourceLine(path, line.number)
        found = _FIELD.match(line.text)
        if line.text.startswith(_INDENT) and name:
            above = result.raw[name]
            result.raw[name] = Raw(f"{above.value} {line.text.strip()}", above.line)
        elif found:
            name = found[1].lower()
            if name in result.raw:
                _repeated(name, place, report)
            result.raw[name] = Raw(found[2], line.number)
        else:
            _no_field(line.text, place, report)
            return result
        result.count += 1
    return result


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
