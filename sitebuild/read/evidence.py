"""Findings from YAML, checked against the references that they cite; and synonyms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sitebuild.drawn import Count, Drawn, Lasting, Scale
from sitebuild.faults import Fault, FileReport, Report, decode, known
from sitebuild.model import (
    REQUIRED,
    Finding,
    Kind,
    Reference,
    Slug,
    SourceLine,
    Verdict,
)
from sitebuild.read.fields import Listed, Rows, read_fields
from sitebuild.read.references import ReadReferences, read_text
from sitebuild.read.yamlfile import Entry, read_list

SYNONYMS = "synonyms.yaml"
Row = TypeVar("Row", Lasting, Scale)
# Findings and references by id, None where a file is unreadable; and the faults.
Read = tuple[
    tuple[Mapping[str, Finding], Mapping[str, Reference]] | None, tuple[Fault, ...]
]
# Words of letters, digits and apostrophes with single spaces or hyphens between them.
_WORDS = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")


_SYNONYM = re.compile(r"(?P<word>[^:#]+):\s*\[(?P<others>[^][]+)\]\s*(?:#.*)?")


@dataclass(frozen=True, kw_only=True)
class _FindingFields:
    """The fields of an entry of evidence.yaml."""

    id: Slug = field(default="", metadata=REQUIRED)
    question: str = field(default="", metadata=REQUIRED)
    verdict: Verdict = field(default="mixed", metadata=REQUIRED)
    kind: Kind = "effect"
    explanation: str = field(default="", metadata=REQUIRED)
    references: Listed = field(default=(), metadata=REQUIRED)
    checked: date = field(default=date.min, metadata=REQUIRED)
    statement: str = ""
    studied: tuple[Count, ...] = ()
    lasting: Rows = ()
    scales: Rows = ()


def read_evidence(path: str, data: bytes, references: ReadReferences) -> Read:
    """Read evidence.yaml, given as its path and bytes, and bring references to it.

    `references` is what `read_references` found. Returns findings and references by id
    as one value, None where a file is unreadable, since every name in it would be a
    fault then; and the faults found.
    """
    file = FileReport(path, Report())
    cited, faults = references
    file.report.extend(faults)
    text = read_text(path, data, file.report)
    entries = read_list(text, file) if text.strip() else None
    findings: dict[str, Finding] = {}
    for entry in entries or ():
        finding = _finding(entry, cited, file)
        first = findings.get(finding.id)
        if first:
            file.add(
                entry.line,
                f'the finding "{finding.id}" stands twice',
                "an id is unique",
                f"line {first.place.line} has it too; rename one",
            )
        if finding.id:
            findings[finding.id] = finding
    found = tuple(file.report.faults)
    is_named = all(it.is_whole or "id" in it.fields for it in entries or ())
    if entries is None or cited is None or not is_named:
        return None, found
    return (findings, cited), found


def _finding(
    entry: Entry, cited: Mapping[str, Reference] | None, file: FileReport
) -> Finding:
    """Return the finding of an entry; its id is empty where it has none.

    Without `cited`, where references could not be read, citations are not checked.
    """
    name = entry.fields["id"].value if "id" in entry.fields else "?"
    of = f'the finding "{name}"'
    # Of what could not be read, no field is missing.
    own = file if entry.is_whole else FileReport(file.path, Report())
    values = read_fields(_FindingFields, entry.fields, of, entry.line, own, "  {}: {}")
    sources: tuple[Reference, ...] = ()
    if cited is not None and entry.is_whole:
        raw = entry.fields.get("references")
        place = SourceLine(file.path, raw.line if raw else entry.line)
        keys = known(values.references, cited, of, "reference", place, file.report)
        sources = tuple(cited[key] for key in keys)
        counted = [it.source for it in values.studied if it.source]
        if counted:
            place = SourceLine(file.path, entry.fields["studied"].line)
            known(counted, keys, of, "source", place, file.report)
    return Finding(
        id=values.id,
        statement=values.statement or values.question,
        question=values.question,
        verdict=values.verdict,
        kind=values.kind,
        explanation=values.explanation,
        references=sources,
        checked=values.checked,
        place=SourceLine(file.path, entry.line),
        drawn=Drawn(
            lasting=_rows(Lasting, "lasting", entry, own),
            scales=_rows(Scale, "scales", entry, own),
            studied=values.studied,
        ),
    )


def _rows(
    make: type[Row], name: str, entry: Entry, file: FileReport
) -> tuple[Row, ...]:
    """Return the rows of a finding that a picture draws.

    The source of each is one of the references of the finding.
    """
    raw = entry.fields.get(name)
    written = entry.fields.get("references")
    cited = written.value if written and isinstance(written.value, list) else ()
    rows = []
    for number, fields in enumerate(raw.rows if raw else (), 1):
        of = f"row {number} of {name}"
        line = min(it.line for it in fields.values())
        row = read_fields(make, fields, of, line, file, "      {}: {}")
        if row.source and row.source not in cited:
            place, found = fields["source"].line, f'{of} has the source "{row.source}"'
            file.unknown(place, found, row.source, cited, "add it to the references")
        for numbers, allowed in _orders(row):
            if list(numbers) != sorted(numbers):
                file.add(line, f"{of} has numbers out of order", allowed, "correct it")
        rows.append(row)
    return tuple(rows)


def _orders(row: Lasting | Scale) -> Iterator[tuple[Sequence[Decimal | int], str]]:
    """Yield numbers of a row that must not go down, and what is allowed."""
    if isinstance(row, Lasting):
        times = [row.seen_from, row.seen_until, row.gone_by]
        order = (
            "a time from which, until which, and by which it was gone, in that order"
        )
        yield [time.minutes for time in times if time], order
        return
    yield (row.worthwhile, row.most), "what is worthwhile lies on the scale"
    for it in row.differences:
        interval = "a difference lies in its interval, and both on the scale"
        yield (it.low, it.better, it.high, row.most), interval


@dataclass(frozen=True)
class Synonym:
    """A word that readers type, and what is looked for as well; `word` has its line."""

    word: str
    others: tuple[str, ...]
    place: SourceLine


def read_synonyms(
    path: str, data: bytes
) -> tuple[tuple[Synonym, ...], tuple[Fault, ...]]:
    """Read synonyms.yaml, given as its path and bytes; an empty file has none.

    It holds a line `word: [other words, and, others]` for each word that readers type.
    Returns the synonyms in the order of the file, and the faults found.
    """
    file = FileReport(path, Report())
    found: dict[str, Synonym] = {}
    text = decode(data, path, file.report)
    for line, written in enumerate(text.split("\n"), 1):
        # An item of a list stands below a line that has a fault.
        if not written.strip() or written.startswith(("#", "---", "  - ")):
            continue
        synonym = _synonym(line, written.rstrip(), file)
        if not synonym:
            continue
        first = found.setdefault(synonym.word, synonym)
        if first is not synonym:
            file.add(
                line,
                f'the word "{synonym.word}" stands twice',
                "a word is explained once",
                f"add to line {first.place.line} what is missing there",
            )
    return tuple(found.values()), tuple(file.report.faults)


def _synonym(line: int, written: str, file: FileReport) -> Synonym | None:
    """Return what a line says; None, with one fault, where something is wrong."""
    allowed = "a line is `word: [other words]`, all in lower case, each word once"
    listed = _SYNONYM.fullmatch(written)
    if not listed:
        word, colon, others = written.partition(":")
        remedy = f"write `{word}: [{others.strip(' []') or 'other, words'}]`"
        found = f'"{written[:40]}" is no word with a list of words'
        file.add(line, found, allowed, remedy if colon else "write it so")
        return None
    parts = [listed["word"], *listed["others"].split(",")]
    words = [part.strip(" \t'\"") for part in parts]
    bad = [it for it in words if not _WORDS.fullmatch(it) or it != it.lower()]
    if bad:
        found = f'"{bad[0]}" is no word in lower case'
        lower = [it.lower() for it in words]
        remedy = f"write `{lower[0]}: [{', '.join(lower[1:])}]`"
        if not all(map(_WORDS.fullmatch, lower)):
            remedy = "write words of letters and digits, with a comma between two"
        file.add(line, found, allowed, remedy)
        return None
    if len(set(words)) < len(words):
        twice = next(it for it in words if words.count(it) > 1)
        found = f'"{twice}" stands twice in the line of "{words[0]}"'
        file.add(line, found, allowed, "remove one of the two")
        return None
    return Synonym(words[0], tuple(words[1:]), SourceLine(file.path, line))
