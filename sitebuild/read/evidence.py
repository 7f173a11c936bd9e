"""Findings from YAML, checked against the references that they cite; and synonyms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sitebuild.drawn import Lasting, Scale
from sitebuild.faults import Fault, Report, decode, known
from sitebuild.model import Finding, Reference, SourceLine
from sitebuild.read.fields import Raw, read_fields
from sitebuild.read.references import ReadReferences, read_text
from sitebuild.read.yamlfile import Entry, read_list

SYNONYMS = "synonyms.yaml"
# Findings and references by id, None where a file is unreadable; and the faults.
Read = tuple[
    tuple[Mapping[str, Finding], Mapping[str, Reference]] | None, tuple[Fault, ...]
]
# Words of letters, digits and apostrophes with single spaces or hyphens between them.
_WORDS = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")


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
    found = tuple(file.faults)
    is_named = all(it.is_whole or "id" in it.fields for it in entries or ())
    if entries is None or cited is None or not is_named:
        return None, found
    return (findings, cited), found


def _finding(
    entry: Entry, cited: Mapping[str, Reference] | None, file: Report
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
    _check_rows(finding, entry, keys, own)
    if cited is not None and entry.is_whole:
        raw = entry.fields.get("references", Raw([], entry.line))
        keys = list(known(keys, cited, of, "reference", raw.line, file))
    return replace(
        finding,
        statement=finding.statement or finding.question,
        references=tuple(cited[key] for key in keys if key in cited) if cited else (),
    )


def _check_rows(finding: Finding, entry: Entry, keys: list[str], file: Report) -> None:
    """Report numbers out of order, and sources that are no references of a finding."""
    counted = [it.source for it in finding.studied if it.source]
    if counted:
        of = f'the finding "{finding.id}"'
        known(counted, keys, of, "source", entry.fields["studied"].line, file)
    for name in ("lasting", "scales"):
        raw = entry.fields.get(name, Raw([], 0))
        for number, (row, written) in enumerate(
            zip(getattr(finding, name), raw.rows, strict=False), 1
        ):
            of = f"row {number} of {name}"
            if row.source and row.source not in keys:
                found = f'{of} has the source "{row.source}"'
                line, remedy = written["source"].line, "add it to the references"
                file.unknown(line, found, row.source, keys, remedy)
            line = min(it.line for it in written.values())
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
        words = [it.strip(" \t\r'\"[]") for it in (word, *listed.split(","))]
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
