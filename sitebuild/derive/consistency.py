"""What must hold between documents: addresses, the passages of topics, citations."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from sitebuild.derive.site import Site
from sitebuild.faults import Report, known
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Passage,
    Reference,
    SourceLine,
)


def check_addresses(documents: Iterable[Document], report: Report) -> None:
    """Report every file that claims the address of another.

    A file that is not named after its slug is likely the copy: it is the one reported.
    """
    taken: dict[str, Document] = {}
    for document in sorted(documents, key=_is_named_otherwise):
        first = taken.setdefault(document.url, document)
        if first is not document:
            report.add(
                document.place("slug"),
                f"the file claims the address {document.url}, which {first.path} has",
                "an address belongs to one file",
                "change one of the two slugs",
            )


def _is_named_otherwise(document: Document) -> bool:
    return posixpath.basename(document.path) != f"{document.slug}.md"


def check_topics(
    topics: Iterable[Document], passages: Mapping[str, Passage], report: Report
) -> None:
    """Report empty topics, and lead passages that do not carry their topic."""
    for topic in topics:
        tagged = [key for key, it in passages.items() if topic.slug in it.topics]
        known(
            topic.fields["lead"],
            tagged,
            f'topic "{topic.slug}"',
            "passage",
            topic.place("lead"),
            report,
        )
        if not tagged and topic.is_published:
            report.add(
                topic.place("slug"),
                f'no passage carries the topic "{topic.slug}"',
                "a topic has a passage",
                "tag one, or set `status: draft`",
            )


def check_safety_topic(name: str, site: Site, report: Report) -> None:
    """Report the setting SAFETY_TOPIC where it names no published topic."""
    slugs = [topic.slug for topic in site.topics]
    if name and name not in slugs:
        report.unknown(
            SourceLine("pelicanconf.py", 1),
            f'the setting SAFETY_TOPIC names the topic "{name}"',
            name,
            slugs,
        )


def check_citations(
    documents: Iterable[Document],
    findings: Mapping[str, Finding],
    references: Mapping[str, Reference],
    report: Report,
) -> None:
    """Report unknown names in blocks that are no passages, and unused references."""
    used: set[str] = set()
    for finding in findings.values():
        used.update(reference.key for reference in finding.references)
    for document in documents:
        for part in document.parts:
            if isinstance(part, Block) and part.kind != "passage":
                used |= _cited(part, findings, references, report)
    for key in references.keys() - used:
        report.add(
            references[key].place,
            f'the reference "{key}" is not used',
            "every reference is cited by a finding or a block",
            "cite it or remove it",
        )


def _cited(
    block: Block,
    findings: Mapping[str, Finding],
    references: Mapping[str, Reference],
    report: Report,
) -> set[str]:
    """Return the references that a block cites; what it names in vain is reported."""
    names = block.options.get("evidence", ())
    known(names, findings, block.kind, "finding", block.place, report)
    keys = block.options.get("references", ())
    return set(known(keys, references, block.kind, "reference", block.place, report))
