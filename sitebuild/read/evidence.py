"""Findings from YAML, checked against the references that they cite; and synonyms.

YAML is read entry by entry: a slip in one is told there and leaves the others whole.
An entry is `- name: value` lines; the file is cut into entries before YAML sees it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import yaml

from sitebuild.drawn import Lasting, Scale
from sitebuild.faults import Fault, Report, decode, known
from sitebuild.model import Finding, Reference, SourceLine
from sitebuild.read.fields import ROW, Raw, add_repeated, read_fields
from sitebuild.read.references import ReadReferences, read_text

SYNONYMS = "synonyms.yaml"
# Findings and references by id, None where a file is unreadable; and the faults.
Read = tuple[
    tuple[Mapping[str, Finding], Mapping[str, Reference]] | None, tuple[Fault, ...]
]
# Words of letters, digits and apostrophes with single spaces or hyphens between them.
_WORDS = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE = re.compile(r"(?P<lead>[\s-]*)(?P<name>[\w-]+)\s*:\s*(?P<value>.*?)\s*$")
_FORM = "a value is text, in quotes where it holds `: `, ` #` or begins with a sign"
# What is wrong with a line of YAML that cannot be read; the first that matches counts.
_NAMED = r"[\s-]*[\w-]+\s*:"
_CLOSE = rf"{_NAMED}[^\s/]"
_MARKS = r"(?:---|\.\.\.)\s*$"
_CAUSES = (
    (r" *-? *\t", "a tab stands before its name"),
    (_CLOSE, "no blank stands behind a colon"),
    (_MARKS, "a line of marks parts it"),
    (rf"{_NAMED}\s+['\"]", "a quotation mark is not closed, or stands within"),
    (rf"{_NAMED}\s+\[", "a bracket is not closed, or a sign stands in the list"),
    (rf"{_NAMED}\s+.*:(?:\s|$)", "a colon and a blank stand in plain words"),
    (rf"{_NAMED}\s+[]@%`*&!|>?{{}}[#,-]", "a sign of YAML begins its value"),
    (rf"{_NAMED}\s", "it is indented otherwise"),
    ("", "it is no `name: value`"),
)


@dataclass
class _Entry:
    """The fields of an entry as they were written, and its first line.

    `is_whole` is False where something of it could not be read.
    """

    line: int
    fields: dict[str, Raw] = field(default_factory=dict)
    is_whole: bool = True


def read_evidence(path: str, data: bytes, references: ReadReferences) -> Read:
    """Read evidence.yaml, given as its path and bytes, and bring references to it.

    `references` is what `read_references` found. Returns findings and references by id
    as one value, None where a file is unreadable, since every name in it would be a
    fault then; and the faults found.
    """
    file = Report(path)
    cited, faults = references
    file.extend(faults)
    text = read_text(path, data, file)
    entries = _read_list(text, file) if text.strip() else None
    findings: dict[str, Finding] = {}
    for entry in entries or ():
        finding = _finding(entry, cited, file)
        first = findings.get(finding.id)
        if first:
            add_repeated("finding", finding.id, entry.line, file, first.place.line)
        if finding.id:
            findings[finding.id] = finding
    found = tuple(file.faults)
    is_named = all(it.is_whole or "id" in it.fields for it in entries or ())
    if entries is None or cited is None or not is_named:
        return None, found
    return (findings, cited), found


def _finding(
    entry: _Entry, cited: Mapping[str, Reference] | None, file: Report
) -> Finding:
    """Return the finding of an entry; its id is empty where it has none.

    Without `cited`, where references could not be read, citations are not checked.
    """
    name = entry.fields["id"].value if "id" in entry.fields else "?"
    of = f'the finding "{name}"'
    place = SourceLine(file.path, entry.line)
    # Of what could not be read, no field is missing.
    own = file if entry.is_whole else Report(file.path)
    finding = read_fields(
        Finding, entry.fields, of, entry.line, own, "  {}: {}", place=place
    )
    keys = [str(key) for key in finding.references]
    meant = keys
    if cited and not cited.keys() >= {*keys}:
        meant = [*keys, *cited]  # what a row names may be what is misspelt
    _check_rows(finding, entry, meant, own)
    if cited is not None and entry.is_whole:
        raw = entry.fields.get("references", Raw([], entry.line))
        keys = list(known(keys, cited, of, "reference", raw.line, file))
    return replace(
        finding,
        statement=finding.statement or finding.question,
        references=tuple(cited[key] for key in keys if key in cited) if cited else (),
    )


def _check_rows(finding: Finding, entry: _Entry, keys: list[str], file: Report) -> None:
    """Report numbers out of order, and sources that are no references of a finding."""
    counted = [it.source for it in finding.studied if it.source]
    if counted:
        of = f'the finding "{finding.id}"'
        known(counted, keys, of, "source", entry.fields["studied"].line, file)
    for name in ("lasting", "scales"):
        raw = entry.fields.get(name, Raw([], 0))
        rows = zip(getattr(finding, name), raw.rows, strict=False)
        for number, (row, written) in enumerate(rows, 1):
            of = f"row {number} of {name}"
            if row.source:
                line = written["source"].line
                known([row.source], keys, of, "source", line, file)
            line = min((it.line for it in written.values()), default=raw.line)
            for numbers, allowed in _orders(row):
                if numbers != sorted(numbers):
                    found = f"{of} has numbers out of order"
                    file.add(line, found, allowed, "correct it")


def _orders(row: Lasting | Scale) -> Iterator[tuple[list[Decimal | int], str]]:
    """Yield numbers of a row that must not go down, and what is allowed."""
    if isinstance(row, Lasting):
        times = [row.seen_from, row.seen_until, row.gone_by]
        order = (
            "a time from which, until which, and by which it was gone, in that order"
        )
        yield [time.minutes for time in times if time], order
        return
    yield [row.worthwhile, row.most], "what is worthwhile lies on the scale"
    for it in row.differences:
        interval = "a difference lies in its interval, and both on the scale"
        yield [it.low, it.better, it.high, row.most], interval


@dataclass(frozen=True)
class Synonym:
    """A word that readers type, and what is looked for as well."""

    word: str
    others: tuple[str, ...]
    place: SourceLine


def read_synonyms(
    path: str, data: bytes
) -> tuple[tuple[Synonym, ...], tuple[Fault, ...]]:
    """Read synonyms.yaml, given as its path and bytes; an empty file has none.

    It holds lines `word: [other words, and, others]` for words that readers type.
    Returns the synonyms in the order of the file, and the faults found.
    """
    file = Report(path)
    found: dict[str, Synonym] = {}
    for line, written in enumerate(decode(data, path, file).split("\n"), 1):
        # An item of a list stands below a line that has a fault.
        if not written.strip() or written.startswith(("#", "---", "  - ")):
            continue
        word, _, listed = written.lower().partition("#")[0].partition(":")
        words = [it.strip(" \t'\"[]") for it in (word, *listed.split(","))]
        are_words = all(map(_WORDS.fullmatch, words))
        if are_words and re.fullmatch(r"\s*\[[^][]+\]\s*", listed):
            new = Synonym(words[0], (), SourceLine(path, line))
            first = found.get(new.word, new)
            others = tuple(dict.fromkeys((*first.others, *words[1:])))
            found[new.word] = replace(first, others=others)
            continue
        remedy = f"write `{words[0]}: [{', '.join(words[1:])}]`"
        file.add(
            line,
            f'"{written.strip()[:40]}" is no word with a list of words',
            "a line is `word: [other words]`, with words of letters and digits",
            remedy if are_words else "write it so, with a comma between two words",
        )
    return tuple(found.values()), tuple(file.faults)


def _read_list(text: str, file: Report) -> list[_Entry] | None:
    """Return the entries of a list, each of `name: value` lines; None if it is none."""
    first = re.search(r"^ *-(?=\s)", text, re.MULTILINE)
    head = text[: first.start()] if first else text
    for number, line in enumerate(head.split("\n"), 1):
        if line.strip() in ("", "[]") or line.lstrip().startswith(("#", "---")):
            continue
        found = f'"{line.strip()[:40]}" stands before the first entry'
        remedy = "write each entry as lines, of which the first is `- id: its-id`"
        file.add(number, found, "the file is a list of entries", remedy)
        if not first:
            return None
        break
    if not first:
        return []
    starts = re.finditer(rf"^{first[0]}(?=\s)", text, re.MULTILINE)
    edges = [*(found.start() for found in starts), len(text)]
    entries = []
    number = 1 + head.count("\n")
    for begin, end in itertools.pairwise(edges):
        entries.append(_read_entry(text[begin:end], _Entry(number), file))
        number += text.count("\n", begin, end)
    return entries


def _read_entry(chunk: str, entry: _Entry, file: Report) -> _Entry:
    """Read the text of an entry into it."""
    lines = chunk.split("\n")
    try:
        root: Any = yaml.compose(chunk, _LOADER)
    except RecursionError:
        found = "YAML cannot be read: it is nested too deep"
        file.add(entry.line, found, _FORM, "write every value on one level")
    except yaml.YAMLError as error:
        at, why = _cause(error, lines)
        found, remedy = f"YAML cannot be read: {why}", _remedy(lines, at)
        file.add(entry.line + at, found, _FORM, remedy, *_ids(chunk))
    else:
        node = root.value[0]
        if isinstance(node, yaml.MappingNode):
            entry.is_whole = _read_into(entry.fields, node, lines, entry.line, file)
            return entry
        found = f'"{chunk.strip()[:40]}" is not `name: value` lines'
        file.add(entry.line, found, _FORM, "write its fields so")
    entry.is_whole = False
    for name in _ids(chunk)[:1]:
        entry.fields["id"] = Raw(name, entry.line)
    return entry


def _read_into(
    fields: dict[str, Raw],
    node: yaml.MappingNode,
    lines: list[str],
    first: int,
    file: Report,
) -> bool:
    """Read `name: value` lines; return False where a name stands twice.

    `lines` are those of the entry, the first of which has the number `first`.
    """
    is_whole = True
    for key, value in node.value:
        name, number = str(key.value), first + key.start_mark.line
        if name in fields:
            is_whole = False
            if name == "id":
                meant = str(value.value)
                found = f'a second "id", "{meant}", stands in one entry'
                allowed = "an entry begins with `- id: its-id`"
                file.add(number, found, allowed, f"write `- id: {meant}`", meant)
                break
            add_repeated("field", name, number, file)
        _check_cut(name, value, lines, first, file)
        rows: list[dict[str, Raw]] = []
        for item in value.value if isinstance(value, yaml.SequenceNode) else ():
            if isinstance(item, yaml.MappingNode):
                rows.append({})
                is_whole &= _read_into(rows[-1], item, lines, first, file)
        fields[name] = Raw(_written(value), number, tuple(rows))
    return is_whole


def _check_cut(
    name: str, value: yaml.Node, lines: list[str], first: int, file: Report
) -> None:
    """Report words that YAML takes for a comment, a name or a type."""
    begin, end = value.start_mark.line, value.end_mark
    opening = _LINE.match(lines[begin]) if begin < len(lines) else None
    if opening and opening["value"].startswith(("&", "!")):
        found = f'"{name}" begins with "{opening["value"][0]}", a sign of YAML'
        file.add(first + begin, found, _FORM, _remedy(lines, begin))
    is_plain = isinstance(value, yaml.ScalarNode) and not value.style
    if (
        is_plain
        and " " in value.value
        and re.match(r"\s+#", lines[end.line][end.column :])
    ):
        found = f'"{name}" ends before " #", where YAML begins a comment'
        file.add(first + end.line, found, _FORM, _remedy(lines, end.line))


def _cause(error: yaml.YAMLError, lines: list[str]) -> tuple[int, str]:
    """Return which line has the cause of an error of PyYAML, and what is wrong."""
    mark = getattr(error, "problem_mark", None)
    context = str(getattr(error, "context", None) or "")
    if "quoted scalar" in context or "flow" in context:
        mark = getattr(error, "context_mark", None) or mark
    at = min(mark.line if mark else 0, len(lines) - 1)
    above = lines[at - 1].rstrip() if at else ""
    is_sound = _remedy(lines, at) == f"write `{lines[at]}`"
    if re.match(_CLOSE, above) or (above and is_sound and not _LINE.match(above)):
        at -= 1
    return at, next(why for pattern, why in _CAUSES if re.match(pattern, lines[at]))


def _remedy(lines: list[str], at: int) -> str:
    """Return the advice to write a line as YAML reads it."""
    found = _LINE.match(lines[at])
    if not found:
        is_mark = re.match(_MARKS, lines[at])
        return "remove it" if is_mark else "write it as `name: value`"
    lead, value = found["lead"], found["value"]
    above = [" " * len(it["lead"]) for it in map(_LINE.match, lines[:at]) if it]
    if above and "-" not in lead and lead not in above:
        lead = above[-1]
    if value.startswith("["):
        keys = re.sub(r"[^\w\s,.:+/()-]", "", value)
        value = f"[{keys}]"
    elif re.search(r"^[]'\"@%`*&!|>?{}#,-]|: | #|:$", value):
        bare = value.strip("'\"").replace("'", "''")
        value = f"'{bare}'"
    return f"write `{lead}{found['name']}: {value}`"


def _ids(chunk: str) -> list[str]:
    """Return what an entry that cannot be read seems to have as its id."""
    return re.findall(r"^[\s-]*id:\s*([\w-]+)\s*$", chunk, re.MULTILINE)


def _written(node: yaml.Node) -> Any:
    """Return a value as it was written: a text, a list of texts, or None for null."""
    if isinstance(node, yaml.SequenceNode):
        items = (
            it.value if isinstance(it, yaml.ScalarNode) else ROW for it in node.value
        )
        return list(items)
    if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
        return None
    return node.value
