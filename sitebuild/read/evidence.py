"""Findings and references: evidence.yaml and references.bib, checked against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import yaml
from pybtex.database import Entry, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from sitebuild.faults import Fault, Report, decode
from sitebuild.model import Finding, Raw, Reference, SourceLine
from sitebuild.read import schema as fields

_ENTRY = "an entry is @type{key, name = {value}, …}, its authors parted by ` and `, with \\% for %"


def _plain(latex: str) -> str:
    """Plain text; raises ValueError where something would be lost."""
    text = str(Text.from_latex(latex)) if latex else ""
    if "\\" in text or re.search(r"(?<!\\)%", latex):
        raise ValueError(f'"{latex}" holds a comment or a command that is not known')
    return text


def _names(entry: Entry) -> tuple[str, ...]:
    """Authors in the manner of Vancouver: family name, then initials without points."""
    names = []
    for person in entry.persons.get("author", []):
        family = _plain(" ".join([*person.prelast_names, *person.last_names]))
        given = _plain(" ".join([*person.first_names, *person.middle_names]))
        initials = "".join(part[0] for part in re.split(r"[\s-]+", given) if part)
        if re.search(r"[;&]| [A-Z]{1,3}$", family):
            raise ValueError(f'"{family}" is more than one name')
        names.append(f"{family} {initials}".strip())
    return tuple("et al." if name == "others" else name for name in names)


@lru_cache(maxsize=8)
def read_evidence(
    findings: tuple[str, bytes], references: tuple[str, bytes]
) -> tuple[tuple[dict[str, Finding], dict[str, Reference]] | None, tuple[Fault, ...]]:
    """Read evidence.yaml and references.bib, each given as its path and bytes, into findings and references by id.

    Returns them as one value, None where a file is unreadable, since every name of them would be a fault then; and the
    faults found in them.
    """
    report = Report()
    read, faults = _references(*references)
    report.extend(faults)
    found = _findings(*findings, read, report)
    return (None if found is None or read is None else (found, read)), tuple(
        report.faults
    )


@lru_cache(maxsize=8)  # BibTeX takes longest to read and changes least
def _references(
    path: str, data: bytes
) -> tuple[dict[str, Reference] | None, tuple[Fault, ...]]:
    report = Report()
    text = _text(path, data, report)
    if not text:
        return None, tuple(report.faults)
    lines = {
        m[1]: text.count("\n", 0, m.start(1)) + 1
        for m in re.finditer(r"@\w+\s*\{\s*([^,\s]+)", text)
    }
    try:
        entries = parse_string(text, "bibtex").entries
    except PybtexError as error:
        line = getattr(error, "lineno", None) or _repeated_line(str(error), text)
        report.add(
            SourceLine(path, line), f"BibTeX cannot be read: {error}", _ENTRY, "mend it"
        )
        return None, tuple(report.faults)
    except (UnicodeError, ValueError, RecursionError, IndexError, KeyError) as error:
        report.add(
            SourceLine(path, 1), f"BibTeX cannot be read: {error}", _ENTRY, "mend it"
        )
        return None, tuple(report.faults)
    references = {}
    for key, entry in entries.items():
        place = SourceLine(path, lines.get(key, 1))
        try:
            raw = {
                name.lower(): Raw(_plain(value), place.line)
                for name, value in entry.fields.items()
            }
            names = _names(entry)
        except (PybtexError, ValueError) as error:
            report.add(
                place,
                f'the reference "{key}" cannot be read: {error}',
                _ENTRY,
                "mend it",
            )
            continue
        values = fields.read(
            fields.REFERENCE, raw, f'the reference "{key}"', place, report
        )
        references[key] = Reference(
            key,
            names,
            values["title"],
            values["journal"] or values["institution"],
            str(values["year"] or ""),
            values["doi"],
            values["verified"],
            place,
        )
    return references, tuple(report.faults)


def _text(path: str, data: bytes, report: Report) -> str:
    """The text of a file; one that is missing, or that an accident emptied, is one fault and not one for every name."""
    if not data.strip():
        report.add(
            SourceLine(path, 1),
            "the file is missing or empty",
            "it holds findings or references",
            "put it back",
        )
    return decode(data, path, report)


def _repeated_line(message: str, text: str) -> int:
    """The line of the second entry with the key that a message names; pybtex gives none for a repeated key."""
    key = message.rpartition(": ")[2]
    found = [m.start() for m in re.finditer(re.escape(key), text)]
    return text.count("\n", 0, found[-1]) + 1 if found else 1


def _root(text: str, path: str, report: Report) -> list[yaml.Node] | None:
    """The entries of a YAML list; None, with a fault, where the text is none."""
    try:
        root = yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(
            error, "context_mark", None
        )
        problem = (
            getattr(error, "problem", None)
            or getattr(error, "reason", None)
            or "it is not YAML"
        )
        line = mark.line + 1 if mark else 1
        report.add(
            SourceLine(path, line),
            f"YAML cannot be read: {problem}",
            "the file is a list of entries",
            "mend the line",
        )
        return None
    except RecursionError:
        report.add(
            SourceLine(path, 1),
            "YAML is nested too deep",
            "the file is a list of entries",
            "flatten it",
        )
        return None
    if root is None:
        return [] if text.strip() else None
    if not isinstance(root, yaml.SequenceNode):
        report.add(
            SourceLine(path, 1),
            "the file is not a list",
            "each entry opens with `- id:`",
            "write it as a list",
        )
        return None
    return list(root.value)


def _entry(node: yaml.Node, path: str, report: Report) -> dict[str, Raw]:
    """The fields of one entry, every value as written."""
    raw: dict[str, Raw] = {}
    if not isinstance(node, yaml.MappingNode):
        place = SourceLine(path, node.start_mark.line + 1)
        report.add(
            place,
            "an entry is not `name: value` lines",
            "each opens with `- id:`",
            "mend it",
        )
        return raw
    for key, value in node.value:
        if str(key.value) in raw:
            place = SourceLine(path, key.start_mark.line + 1)
            report.add(
                place,
                f'the field "{key.value}" stands twice',
                "allowed is once",
                "remove one",
            )
        raw[str(key.value)] = Raw(_value(value), key.start_mark.line + 1)
    return raw


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [
            item.value if isinstance(item, yaml.ScalarNode) else "[…]"
            for item in node.value
        ]
    return (
        node.value
        if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":null")
        else None
    )


def _findings(
    path: str, data: bytes, references: dict[str, Reference] | None, report: Report
) -> dict[str, Finding] | None:
    nodes = _root(_text(path, data, report), path, report)
    if nodes is None:
        return None
    findings: dict[str, Finding] = {}
    for node in nodes:
        raw = _entry(node, path, report)
        place = SourceLine(path, node.start_mark.line + 1)
        name = raw["id"].value if "id" in raw else "?"
        values = fields.read(
            fields.FINDING, raw, f'the finding "{name}"', place, report
        )
        if values["id"] in findings:
            found = f'the finding "{name}" stands twice'
            report.add(
                place,
                found,
                "an id is unique",
                f"line {findings[name].place.line} has it too; rename one",
            )
        cited = (
            SourceLine(path, raw["references"].line) if "references" in raw else place
        )
        names = values.pop("references")
        of = f'the finding "{name}"'
        keys = (
            ()
            if references is None
            else known(names, references, of, "reference", cited, report)
        )
        if values["id"]:
            sources = tuple((references or {})[key] for key in keys)
            findings[values["id"]] = Finding(**values, references=sources, place=place)
    return findings


def known(
    names: Iterable[str],
    those: Iterable[str],
    of: str,
    what: str,
    place: SourceLine,
    report: Report,
) -> tuple[str, ...]:
    """The names that are among those; each other one is a fault."""
    for name in names:
        if name not in those:
            report.unknown(place, f'{of} names the {what} "{name}"', name, those)
    return tuple(name for name in names if name in those)
