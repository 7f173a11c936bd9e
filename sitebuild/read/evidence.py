"""Findings from evidence.yaml, checked against their references; and synonyms.

An entry of evidence.yaml is lines `name: value`, the first behind a dash. They are read
as a header is: what stands behind the colon is the value, whatever signs it has, so
that no text is cut at a ` #` or stopped by a `: ` as YAML would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sitebuild.faults import Fault, Report, decode, known
from sitebuild.model import Finding, Reference, SourceLine
from sitebuild.read.fields import Field, Raw, add_repeated, fields_of, read_fields
from sitebuild.read.header import without_quotes
from sitebuild.read.references import ReadReferences, read_text

SYNONYMS = "synonyms.yaml"
# Findings and references by id, None where a file is unreadable; and the faults.
Read = tuple[
    tuple[Mapping[str, Finding], Mapping[str, Reference]] | None, tuple[Fault, ...]
]
# Words of letters, digits and apostrophes with single spaces or hyphens between them.
_WORDS = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")
_LINE = re.compile(
    r"(?P<lead> *(?P<dash>-(?: +|$))?)"
    r"(?P<text>(?:(?P<name>[A-Za-z][\w-]*) *:)? *(?P<value>.*))"
)
# Lines that say nothing, and values that do.
_NOTHING = re.compile(r"(?:#(?!\d).*|---|\.\.\.|\[\])?")
_EMPTY = re.compile(r"^(?:[|>][+-]?|~|null)$")
_FORM = "an entry is `name: value` lines, the first of them `- id: its-id`"


@dataclass
class _Written:
    """A field as it was written: its lines without their indents, or its rows."""

    line: int
    lines: list[str]
    rows: list[_Group] = field(default_factory=list)


@dataclass
class _Group:
    """The fields of an entry, or of a row in it, which begin at one `column`.

    `names` are those that it may have.
    """

    line: int
    column: int
    names: Mapping[str, Field]
    fields: dict[str, _Written] = field(default_factory=dict)

    @property
    def last(self) -> str:
        """Return the name of the field that was read last; "" before the first."""
        return next(reversed(self.fields), "")


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
    entries, is_whole = _read_entries(text, file)
    findings: dict[str, Finding] = {}
    for entry in entries:
        finding = _finding(entry, cited, file)
        first = findings.get(finding.id)
        if first:
            add_repeated("finding", finding.id, entry.line, file, first.place.line)
        if finding.id:
            findings[finding.id] = finding
    is_named = text and is_whole and all("id" in it.fields for it in entries)
    is_known = is_named and cited is not None
    return (findings, cited or {}) if is_known else None, tuple(file.faults)


def _finding(
    entry: _Group, cited: Mapping[str, Reference] | None, file: Report
) -> Finding:
    """Return the finding of an entry; its id is empty where it has none.

    Without `cited`, where references could not be read, citations are not checked.
    """
    raw = _raw(entry, file)
    of = f'the finding "{raw["id"].value if "id" in raw else "?"}"'
    place = SourceLine(file.path, entry.line)
    finding = read_fields(Finding, raw, of, entry.line, file, "  {}: {}", place=place)
    keys = [str(key) for key in finding.references]
    meant = keys
    if cited and not cited.keys() >= {*keys}:
        meant = [*keys, *cited]  # what a row names may be what is misspelt
    for name in ("studied", "lasting", "scales"):
        for number, it in enumerate(getattr(finding, name)):
            rows = raw[name].rows
            line = rows[number]["source"].line if rows and it.source else raw[name].line
            known(filter(None, [it.source]), meant, of, "source", line, file)
    if cited is not None:
        line = raw["references"].line if keys else entry.line
        keys = list(known(keys, cited, of, "reference", line, file))
    return replace(
        finding,
        statement=finding.statement or finding.question,
        references=tuple(cited[key] for key in keys if key in cited) if cited else (),
    )


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

    It holds lines `word: [other words, and, others]` for words that readers type; they
    may lack their brackets. Returns the synonyms in the order of the file, and the
    faults found.
    """
    file = Report(path)
    found: dict[str, Synonym] = {}
    for line, written in enumerate(decode(data, path, file).split("\n"), 1):
        # An item of a list stands below a line that has a fault.
        if _NOTHING.fullmatch(written.strip()) or written.startswith("  - "):
            continue
        said = re.split("[:,]", written.lower().partition("#")[0])
        word, *others = (it.strip(" \t'\"[]") for it in said)
        if others and all(map(_WORDS.fullmatch, (word, *others))):
            first = found.get(word, Synonym(word, (), SourceLine(path, line)))
            every = tuple(dict.fromkeys((*first.others, *others)))
            found[word] = replace(first, others=every)
            continue
        file.add(
            line,
            f'"{written.strip()[:40]}" is no word with a list of words',
            "a line is `word: [other words]`, with words of letters and digits",
            "write it so, with a comma between two words",
        )
    return tuple(found.values()), tuple(file.faults)


def _read_entries(text: str, file: Report) -> tuple[list[_Group], bool]:
    """Return the entries of a file, and whether every line is of one of them.

    A name behind a dash begins an entry, or a row of a field that has rows.
    """
    entries: list[_Group] = []
    groups: list[_Group] = []  # the entry that is read, and the row in it
    is_whole = True
    for number, line in enumerate(text.split("\n"), 1):
        found = _LINE.match(line.expandtabs().rstrip())
        if not found or not found["text"] or _NOTHING.fullmatch(line.strip()):
            continue
        name, column = found["name"], found.end("lead")
        is_id = name == "id" and (not groups or "id" in groups[0].fields)
        if is_id or (name and found["dash"]):
            group, rows = _begun(groups, name, number, column)
            groups = [*groups[:1], group] if rows is not None else [group]
            (entries if rows is None else rows).append(group)
        if not _read_line(found, number, groups, file):
            is_whole = False
            said = f'"{found["text"][:40]}" is no `name: value` line of an entry'
            file.add(number, said, _FORM, "write it as one, or indent it further")
    return entries, is_whole


def _begun(
    groups: list[_Group], name: str, line: int, column: int
) -> tuple[_Group, list[_Group] | None]:
    """Return the entry or row that a name begins; of a row also those before it."""
    own = fields_of(Finding)
    row = own[groups[0].last].row if groups and groups[0].last in own else None
    if name in own or not row:
        return _Group(line, column, own), None
    return _Group(line, column, fields_of(row)), groups[0].fields[groups[0].last].rows


def _read_line(
    found: re.Match[str], number: int, groups: list[_Group], file: Report
) -> bool:
    """Read a field, or more of the last one; return False where there is none."""
    name, column = found["name"], found.end("lead")
    for group in reversed(groups):
        if name and (name in group.names or column == group.column):
            del groups[groups.index(group) + 1 :]
            if group.fields.pop(name, None):
                add_repeated("field", name, number, file)
            group.fields[name] = _Written(number, [_EMPTY.sub("", found["value"])])
            return True
    if not groups or column <= groups[-1].column:
        return False
    more = f"{found['dash'] or ''}{found['text']}"
    groups[-1].fields[groups[-1].last].lines.append(more)
    return True


def _raw(group: _Group, file: Report) -> dict[str, Raw]:
    """Return the fields of an entry or of a row as they were written."""
    fields = {}
    for name, it in group.fields.items():
        rows = tuple(_raw(row, file) for row in it.rows)
        text = " ".join(it.lines)
        if text.startswith('"') and text.count('"') == 1:
            said = f'"{name}" opens a quotation mark and does not close it'
            file.add(it.line, said, "quotation marks stand in pairs", "close it")
        elif not text.startswith(("'", '"')) and re.search(r" #(?: |$)", text):
            said = f'"{name}" holds " # "'
            remedy = "move it there, or put the text in quotation marks"
            file.add(it.line, said, "a comment has a line of its own", remedy)
        fields[name] = Raw(_value(it.lines), it.line, rows)
    return fields


def _value(lines: list[str]) -> str | list[str]:
    """Return a text, or a list of texts, of lines that may begin with a dash."""
    text = "\n".join(filter(None, lines))
    items = re.split(r"(?:^|\n)- +", text)[1:] if text.startswith("- ") else []
    if text.startswith("[") and text.endswith("]"):
        items = text[1:-1].split(",")
    elif not items:
        return without_quotes(" ".join(text.split()))
    return [without_quotes(it.strip()) for it in items if it.strip()]
