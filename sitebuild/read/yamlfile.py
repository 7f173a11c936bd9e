"""YAML, read entry by entry: a slip in one is told there and leaves the others whole.

An entry is `- name: value` lines; the file is cut into entries before YAML sees it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from sitebuild.faults import FileReport
from sitebuild.read.fields import ROW, Raw

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ITEM = re.compile(r"^(?P<indent> *)- ", re.MULTILINE)
_LINE = re.compile(r"(?P<indent>[\s-]*)(?P<name>[\w-]+)\s*:\s+(?P<value>.*?)\s*$")
# A name, a colon, and no blank behind it.
_WITHOUT_BLANK = re.compile(r"(?P<indent>[\s-]*)(?P<name>[\w-]+):(?P<value>[^\s/].*)$")
_SIGNS = tuple("@%`*&!|>?{}[]-#,")
_FORM = "a value is text, in quotes where it holds `: `, ` #` or begins with a sign"


@dataclass
class Entry:
    """The fields of an entry as they were written, and its first line.

    `is_whole` is False where something of it could not be read.
    """

    line: int
    fields: dict[str, Raw] = field(default_factory=dict)
    is_whole: bool = True


def read_list(text: str, file: FileReport) -> list[Entry] | None:
    """Return the entries of a list, each of `name: value` lines; None if it is none."""
    first = _ITEM.search(text)
    if not first:
        if re.sub(r"^\s*(#.*)?$", "", text, flags=re.MULTILINE).strip() in ("", "[]"):
            return []
        file.add(
            1,
            "the file is not a list",
            "each entry opens with `- id: its-id`",
            "write it as a list",
        )
        return None
    starts = re.compile(rf"^{first['indent']}- ", re.MULTILINE)
    entries = []
    for line, chunk in _chunks(text, starts, file):
        entries.append(_entry(line, chunk, file))
    return entries


def _chunks(
    text: str, starts: re.Pattern[str], file: FileReport
) -> Iterator[tuple[int, str]]:
    """Yield the entries of a file, each with the number of its first line."""
    begins = [found.start() for found in starts.finditer(text)]
    head = text[: begins[0]] if begins else text
    for number, above in enumerate(head.split("\n"), 1):
        if above.strip() and not above.lstrip().startswith(("#", "---")):
            found = f'"{above.strip()[:40]}" stands before the first entry'
            file.add(number, found, _FORM, "begin the entry with `- `")
            break
    line = 1
    position = 0
    for begin, end in itertools.pairwise([*begins, len(text)]):
        line += text.count("\n", position, begin)
        position = begin
        yield line, text[begin:end]


def _entry(line: int, chunk: str, file: FileReport) -> Entry:
    entry = Entry(line)
    root = _compose(chunk, line, file)
    node = root.value[0] if isinstance(root, yaml.SequenceNode) else None
    if not isinstance(node, yaml.MappingNode):
        entry.is_whole = False
        if root is not None:
            found = f'"{chunk.strip()[:40]}" is not `name: value` lines'
            file.add(line, found, _FORM, "write its fields so")
        for name in _ids(chunk):
            entry.fields.setdefault("id", Raw(name, line))
        return entry
    entry.is_whole = _read_into(entry.fields, node, chunk.split("\n"), line, file)
    return entry


def _read_into(
    fields: dict[str, Raw],
    node: yaml.MappingNode,
    lines: list[str],
    first: int,
    file: FileReport,
) -> bool:
    """Read `name: value` lines; return False where a name stands twice.

    `lines` are those of the entry, the first of which has the number `first`.
    """
    is_whole = True
    for key, value in node.value:
        name = str(key.value)
        number = first + key.start_mark.line
        if name in fields:
            is_whole = False
            _add_repeated(name, value, number, file)
            if name == "id":
                break
        _check_cut(name, value, lines, first, file)
        rows: list[dict[str, Raw]] = []
        for item in value.value if isinstance(value, yaml.SequenceNode) else ():
            if isinstance(item, yaml.MappingNode):
                rows.append({})
                is_whole &= _read_into(rows[-1], item, lines, first, file)
        fields[name] = Raw(_written(value), number, tuple(rows))
    return is_whole


def _add_repeated(name: str, value: yaml.Node, line: int, file: FileReport) -> None:
    if name == "id":
        file.add(
            line,
            f'a second "id", "{value.value}", stands in one entry',
            "an entry begins with `- id: its-id`",
            f"write `- id: {value.value}`",
            str(value.value),
        )
        return
    found = f'the field "{name}" stands twice'
    file.add(line, found, "each field is allowed once", "remove one of the two")


def _check_cut(
    name: str, value: yaml.Node, lines: list[str], first: int, file: FileReport
) -> None:
    """Report words that YAML takes for a comment, a name or a type."""
    first_line = lines[min(value.start_mark.line, len(lines) - 1)]
    written = _LINE.match(first_line)
    if written and written["value"].startswith(("&", "!")):
        number = first + value.start_mark.line
        found = f'"{name}" begins with "{written["value"][0]}", a sign of YAML'
        file.add(number, found, _FORM, _quoted(first_line))
        return
    if not isinstance(value, yaml.ScalarNode) or value.style or " " not in value.value:
        return
    mark = value.end_mark
    for number in range(value.start_mark.line, min(mark.line + 1, len(lines))):
        if re.search(r"\S\s+#", lines[number]):
            file.add(
                first + number,
                f'"{name}" ends before " #", where YAML begins a comment',
                _FORM,
                _quoted(lines[number]),
            )
            return


def _compose(chunk: str, first: int, file: FileReport) -> yaml.Node | None:
    """Return the root of an entry; None where it is empty or, with a fault, unread."""
    try:
        root: yaml.Node | None = yaml.compose(chunk, _LOADER)
    except RecursionError:
        found = "YAML cannot be read: it is nested too deep"
        file.add(first, found, _FORM, "write every value on one level")
    except yaml.YAMLError as error:
        _add_unreadable(error, chunk, first, file)
    else:
        return root
    return None


def _add_unreadable(
    error: yaml.YAMLError, chunk: str, first: int, file: FileReport
) -> None:
    """Add a fault for an error of PyYAML, at the line that holds its cause."""
    lines = chunk.split("\n")
    mark = getattr(error, "problem_mark", None)
    context = str(getattr(error, "context", None) or "")
    if "quoted scalar" in context or "flow" in context:
        mark = getattr(error, "context_mark", None) or mark
    at = min(mark.line if mark else 0, len(lines) - 1)
    if at and _WITHOUT_BLANK.match(lines[at - 1]):
        at -= 1
    problem, remedy = _cause(lines[at], _indent_of(lines))
    file.add(first + at, f"YAML cannot be read: {problem}", _FORM, remedy, *_ids(chunk))


def _indent_of(lines: list[str]) -> str:
    """Return the blanks that stand before the fields of an entry."""
    found = re.match(r" *- +", lines[0])
    return " " * len(found[0]) if found else ""


def _cause(line: str, indent: str) -> tuple[str, str]:
    """Return what is wrong with a line of YAML, and what to write for it."""
    written = line.strip()
    lead = line[: len(line) - len(line.lstrip())]
    close = _WITHOUT_BLANK.match(line)
    spaced = f"{close['indent']}{close['name']}: {close['value']}" if close else ""
    found = _LINE.match(line)
    value = found["value"] if found else ""
    is_field = bool(found) and not written.startswith("-")
    own = f"write `{indent}{written}`"
    causes = (
        ("\t" in lead, "a tab stands before its name", own),
        (bool(close), "no blank stands behind a colon", f"write `{spaced}`"),
        (written in ("---", "..."), "a line of marks parts it", "remove it"),
        (is_field and lead != indent, "it is indented otherwise", own),
        (
            value.startswith(("'", '"')),
            "a quotation mark is not closed, or stands within",
            _quoted(line),
        ),
        (
            value.startswith("[") and "]" not in value,
            "a bracket is not closed",
            f"write `{line}]`",
        ),
        (
            ": " in f"{value} ",
            "a colon and a blank stand in plain words",
            _quoted(line),
        ),
        (
            value.startswith(_SIGNS),
            f'"{value[:1]}" begins the value, a sign of YAML',
            _quoted(line),
        ),
        (True, f'"{written[:40]}" is no `name: value`', _quoted(line)),
    )
    return next((why, remedy) for holds, why, remedy in causes if holds)


def _ids(chunk: str) -> list[str]:
    """Return what an entry that cannot be read seems to have as its id."""
    return re.findall(r"^[\s-]*id:\s*([\w-]+)\s*$", chunk, re.MULTILINE)


def _quoted(line: str) -> str:
    """Return the advice to write a line with its value in quotes."""
    found = _LINE.match(line)
    if not found:
        return "put the whole text between quotes"
    value = found["value"].strip("'\"").replace("'", "''")
    return f"write `{found['indent']}{found['name']}: '{value}'`"


def _written(node: yaml.Node) -> Any:
    """Return a value as it was written: a text, a list of texts, or None for null."""
    if isinstance(node, yaml.SequenceNode):
        texts = []
        for item in node.value:
            is_text = isinstance(item, yaml.ScalarNode)
            texts.append(item.value if is_text else ROW)
        return texts
    if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
        return None
    return node.value
