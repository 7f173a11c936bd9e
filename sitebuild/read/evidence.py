"""Findings from evidence.yaml, checked against their references; and synonyms.

An entry of evidence.yaml is lines `name: value`, the first behind a dash. They are read
as a header is: what stands behind the colon is the value, so that no text is stopped by
a `: ` or cut at a ` #` as YAML would. A comment has a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sitebuild.faults import ALIKE, Fault, Report, decode, known, nearest
from sitebuild.model import Finding, Reference, SourceLine
from sitebuild.read.fields import Field, Raw, add_repeated, fields_of, read_fields
from sitebuild.read.header import FOLDED, without_quotes
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
_EMPTY = re.compile(rf"{FOLDED.pattern}|^(?:~|null)$")
_FORM = "an entry is `name: value` lines, the first of them `- id: its-id`"


@dataclass
class _Written:
    """A field as it was written: its lines without their indents, or its rows.

    One that `|` or `>` opens is text, whatever stands in its lines.
    """

    line: int
    is_text: bool
    lines: list[str]
    rows: list[_Group] = field(default_factory=list)


@dataclass
class _Group:
    """The fields of an entry, or of a row in it, which begin at one `column`.

    `names` are those that it may have. Of one that is not whole nothing is missing.
    """

    line: int
    column: int
    names: Mapping[str, Field]
    fields: dict[str, _Written] = field(default_factory=dict)
    is_whole: bool = True

    @property
    def last(self) -> str:
        """Return the name of the field that was read last; "" before the first."""
        return next(reversed(self.fields), "")

    def has(self, name: str) -> bool:
        """Return whether a word is one of its names, maybe misspelt."""
        return name.islower() and bool(nearest(name, self.names, ALIKE))


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
    reader = _Reader(file)
    for number, line in enumerate(text.split("\n"), 1):
        reader.read(number, line)
    findings: dict[str, Finding] = {}
    for entry in reader.entries:
        finding = _finding(entry, cited, file)
        first = findings.get(finding.id)
        if first:
            add_repeated("finding", finding.id, entry.line, file, first.place.line)
        if finding.id:
            findings[finding.id] = finding
    is_named = text and all("id" in it.fields for it in reader.entries)
    is_known = is_named and reader.is_whole and cited is not None
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
    own = file if entry.is_whole else Report(file.path)
    finding = read_fields(Finding, raw, of, entry.line, own, "  {}: {}", place=place)
    keys = meant = [str(key) for key in finding.references]
    if cited and not (keys and cited.keys() >= {*keys}):
        meant = [*keys, *cited]  # what a row names may be what is misspelt
    for name in ("studied", "lasting", "scales"):
        for number, it in enumerate(getattr(finding, name)):
            rows = raw[name].rows
            line = rows[number]["source"].line if rows and it.source else raw[name].line
            known(filter(None, [it.source]), meant, of, "source", line, own)
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


class _Reader:
    """Reads the lines of a file into its entries."""

    def __init__(self, file: Report) -> None:
        self.file = file
        self.entries: list[_Group] = []
        self.groups: list[_Group] = []  # the entry that is read, and the row in it
        self.margin = 0  # where the dashes of entries stand
        self.is_whole = True

    def read(self, number: int, line: str) -> None:
        """Read a line; what stands below one of no entry is passed over."""
        if self._read_text(line.expandtabs()):
            return
        found = _LINE.match(line.expandtabs().rstrip())
        if not found or not found["text"] or _NOTHING.fullmatch(line.strip()):
            return
        if found["name"]:
            self._begin(found, number)
        if self._read_field(found, number):
            return
        if self.groups or self.is_whole:
            said = f'"{found["text"][:40]}" is no `name: value` line of an entry'
            self.file.add(number, said, _FORM, "write it as one, or indent it further")
        self.is_whole = False
        for entry in self.groups[:1]:
            entry.is_whole = False
        if found.end("lead") <= self.margin:
            self.groups = []

    def _read_text(self, line: str) -> bool:
        """Read a line of a text that `|` or `>` opens; return False for any other."""
        group = self.groups[-1] if self.groups else None
        above = group.fields.get(group.last) if group else None
        indent = len(line) - len(line.lstrip())
        if not (group and above and above.is_text and indent > group.column):
            return False
        above.lines.append(line.strip())
        return True

    def _begin(self, found: re.Match[str], number: int) -> None:
        """Begin an entry, or a row of a field that has rows, where a name does."""
        name, dash, column = found["name"], found["dash"], found.end("lead")
        own = fields_of(Finding)
        entry = self.groups[0] if self.groups else None
        above = own.get(entry.last) if entry else None
        if entry and above and above.row and dash and name not in own:
            self.groups[1:] = [_Group(number, column, fields_of(above.row))]
            entry.fields[entry.last].rows += self.groups[1:]
            return
        is_id = name == "id" and (not entry or "id" in entry.fields)
        if is_id or (dash and (name in own or found.start("dash") <= self.margin)):
            self.margin = found.start("dash") if dash else self.margin
            self.groups = [_Group(number, column, own)]
            self.entries += self.groups

    def _read_field(self, found: re.Match[str], number: int) -> bool:
        """Read a field, or more of the last one; return False where there is none."""
        name, column = found["name"], found.end("lead")
        for group in reversed(self.groups):
            if name and (column == group.column or group.has(name)):
                del self.groups[self.groups.index(group) + 1 :]
                if group.fields.pop(name, None) and self.groups[0].is_whole:
                    add_repeated("field", name, number, self.file)
                    self.groups[0].is_whole = False
                is_text = bool(FOLDED.match(found["value"]))
                value = _EMPTY.sub("", found["value"])
                group.fields[name] = _Written(number, is_text, [value])
                return True
        if not self.groups or column <= self.groups[-1].column:
            return False
        more = f"{found['dash'] or ''}{found['text']}"
        self.groups[-1].fields[self.groups[-1].last].lines.append(more)
        return True


def _raw(group: _Group, file: Report) -> dict[str, Raw]:
    """Return the fields of an entry or of a row as they were written."""
    fields = {}
    for name, it in group.fields.items():
        text = " ".join(it.lines)
        rows = () if text else tuple(_raw(row, file) for row in it.rows)
        if text.startswith('"') and text.count('"') == 1:
            said = f'"{name}" opens a quotation mark and does not close it'
            file.add(it.line, said, "quotation marks stand in pairs", "close it")
        elif not (it.is_text or text[:1] in ("'", '"')) and " # " in f"{text} ":
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
