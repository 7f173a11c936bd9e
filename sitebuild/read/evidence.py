"""Findings from YAML, checked against the references that they cite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from sitebuild.faults import Fault, Report, known
from sitebuild.model import Finding, Raw, Reference, SourceLine
from sitebuild.read import schema
from sitebuild.read.references import ReadReferences, read_text

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Findings and references by id, None where a file is unreadable; and the faults.
Read = tuple[
    tuple[Mapping[str, Finding], Mapping[str, Reference]] | None, tuple[Fault, ...]
]


def read_evidence(path: str, data: bytes, references: ReadReferences) -> Read:
    """Read evidence.yaml, given as its path and bytes, and bring references to it.

    `references` is what `read_references` found. Returns findings and references by id
    as one value, None where a file is unreadable, since every name in it would be a
    fault then; and the faults found.
    """
    report = Report()
    cited, faults = references
    report.extend(faults)
    found = _read_findings(path, data, cited, report)
    if found is None or cited is None:
        return None, tuple(report.faults)
    return (found, cited), tuple(report.faults)


def _read_findings(
    path: str,
    data: bytes,
    references: Mapping[str, Reference] | None,
    report: Report,
) -> Mapping[str, Finding] | None:
    """Return findings by id; None if the file is unreadable.

    Without references, which could not be read then, citations are not checked.
    """
    text = read_text(path, data, report)
    nodes = _read_list(text, path, report)
    if nodes is None:
        return None
    findings: dict[str, Finding] = {}
    for node in nodes:
        finding = _read_finding(node, path, references, report)
        first = findings.get(finding.id)
        if first:
            _add_repeated(finding, first, report)
        if finding.id:
            findings[finding.id] = finding
    return findings


def _read_finding(
    node: yaml.Node,
    path: str,
    references: Mapping[str, Reference] | None,
    report: Report,
) -> Finding:
    """Return the finding of one entry; its id is empty where it has none."""
    raw = _read_entry(node, path, report)
    place = SourceLine(path, node.start_mark.line + 1)
    name = raw["id"].value if "id" in raw else "?"
    of = f'the finding "{name}"'
    values = schema.read(schema.FINDING, raw, of, place, report)
    values["statement"] = values["statement"] or values["question"]
    names = values.pop("references")
    sources: tuple[Reference, ...] = ()
    if references is not None:
        line = raw["references"].line if "references" in raw else place.line
        cited = SourceLine(path, line)
        keys = known(names, references, of, "reference", cited, report)
        sources = tuple(references[key] for key in keys)
    return Finding(**values, references=sources, place=place)


def _add_repeated(finding: Finding, first: Finding, report: Report) -> None:
    report.add(
        finding.place,
        f'the finding "{finding.id}" stands twice',
        "an id is unique",
        f"line {first.place.line} has it too; rename one",
    )


def _read_list(text: str, path: str, report: Report) -> list[yaml.Node] | None:
    """Return the entries of a YAML list; None, with a fault, if the text is none."""
    try:
        root = yaml.compose(text, _LOADER)
    except yaml.YAMLError as error:
        _add_unreadable(error, path, report)
        return None
    except RecursionError:
        report.add(
            SourceLine(path, 1),
            "YAML is nested too deep",
            "the file is a list of entries",
            "write every value on one level",
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


def _add_unreadable(error: yaml.YAMLError, path: str, report: Report) -> None:
    """Add a fault for an error of PyYAML, whose classes know more or less of it."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        mark = getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None)
    if not problem:
        problem = getattr(error, "reason", None) or "it is not YAML"
    report.add(
        SourceLine(path, mark.line + 1 if mark else 1),
        f"YAML cannot be read: {problem}",
        "the file is a list of entries",
        "fix this line or the one above it",
    )


def _read_entry(node: yaml.Node, path: str, report: Report) -> dict[str, Raw]:
    """Return the fields of one entry, every value as it was written."""
    raw: dict[str, Raw] = {}
    if not isinstance(node, yaml.MappingNode):
        report.add(
            SourceLine(path, node.start_mark.line + 1),
            "an entry is not `name: value` lines",
            "each entry opens with `- id:`",
            "write its fields as `name: value`",
        )
        return raw
    for key, value in node.value:
        name = str(key.value)
        place = SourceLine(path, key.start_mark.line + 1)
        if name in raw:
            report.add(
                place,
                f'the field "{name}" stands twice',
                "each field is allowed once",
                "remove one of the two",
            )
        raw[name] = Raw(_written(value), place.line)
    return raw


def _written(node: yaml.Node) -> Any:
    """Return a value as it was written: a text, a list of texts, or None for null."""
    if isinstance(node, yaml.SequenceNode):
        texts = []
        for item in node.value:
            is_text = isinstance(item, yaml.ScalarNode)
            texts.append(item.value if is_text else "[…]")
        return texts
    if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
        return None
    return node.value
