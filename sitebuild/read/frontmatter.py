"""The `key: value` lines that open a source file, before they are checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sitebuild.faults import Report
from sitebuild.model import Raw, SourceLine

_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*?)\s*$")
_INDENT = "    "
_FENCE = "---"
_SHOWN = 40


@dataclass
class FrontMatterText:
    """What the front matter of a file says, and the number of the line after it."""

    raw: dict[str, Raw] = field(default_factory=dict)
    next_line: int = 1


def read_front_matter(lines: list[str], path: str, report: Report) -> FrontMatterText:
    """Read the fields that open a file, given as its lines.

    They end at a blank line, or at `---` as Jekyll writes it; an indented line goes on
    with the field above it. A line that is no field is a fault, and the text begins
    with it.
    """
    result = FrontMatterText()
    name = ""
    number = 1
    if lines[:1] and lines[0].strip() == _FENCE:
        number = 2
    for line in lines[number - 1 :]:
        if line.strip() in ("", _FENCE):
            result.next_line = number + 1
            return result
        found = _FIELD.match(line)
        if line.startswith(_INDENT) and name:
            above = result.raw[name]
            result.raw[name] = Raw(f"{above.value} {line.strip()}", above.line)
        elif found:
            name = found[1].lower()
            if name in result.raw:
                _repeated(name, SourceLine(path, number), report)
            result.raw[name] = Raw(found[2], number)
        else:
            _no_field(line, SourceLine(path, number), report)
            result.next_line = number
            return result
        number += 1
    result.next_line = number
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
