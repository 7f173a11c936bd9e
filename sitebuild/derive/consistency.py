"""What must hold between documents: addresses, the passages of topics, citations."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sitebuild.derive.passages import passages_of
from sitebuild.derive.site import Site, lead_of
from sitebuild.faults import Report, known
from sitebuild.model import (
    Block,
    Document,
    Finding,
    PageFields,
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
    """Report empty topics, and named passages that do not carry their topic."""
    by_topic: dict[str, list[str]] = defaultdict(list)
    for key, passage in passages.items():
        for slug in passage.topics:
            by_topic[slug].append(key)
    for topic in topics:
        tagged = by_topic[topic.slug]
        _check_questions(topic, tagged, report)
        known(
            lead_of(topic),
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


def _check_questions(topic: Document, tagged: Collection[str], report: Report) -> None:
    """Report a passage that a question names in vain, or that two of them name."""
    named: dict[str, Block] = {}
    for question in topic.blocks("question"):
        of = f'the question "{question.id}"'
        place = question.place_of("passages")
        for key in known(passages_of(question), tagged, of, "passage", place, report):
            first = named.setdefault(key, question)
            if first is not question:
                report.add(
                    place,
                    f'{of} names the passage "{key}", '
                    f"which line {first.place.line} has",
                    "a passage stands under one question",
                    "remove it from one of the two",
                )


def check_answers(documents: Iterable[Document], report: Report) -> None:
    """Report an answer that does not open its file, and a second one."""
    for document in documents:
        for answer in document.blocks("answer"):
            if answer is not document.parts[0]:
                report.add(
                    answer.place,
                    f'the answer "{answer.id}" stands after something else',
                    "a file has one answer, which opens it",
                    "move it to the top or make it a note",
                )


def check_asked(documents: Iterable[Document], report: Report) -> None:
    """Report questions that the first page names and that no topic asks."""
    asked = []
    for document in documents:
        if document.kind == "topic" and document.is_published:
            asked += [f"{document.slug}#{it.id}" for it in document.blocks("question")]
    for document in documents:
        if isinstance(document.fields, PageFields):
            names = document.fields.asked
            of = f'the page "{document.slug}"'
            known(names, asked, of, "question", document.place("asked"), report)


def check_glance(
    documents: Iterable[Document], findings: Collection[str], report: Report
) -> None:
    """Report findings that the first page names and that there are not.

    Only a page whose template is `home` may name findings or questions.
    """
    for document in documents:
        fields = document.fields
        if not isinstance(fields, PageFields):
            continue
        of = f'the page "{document.slug}"'
        place = document.place("glance")
        known(fields.glance, findings, of, "finding", place, report)
        for name in ("glance", "asked"):
            if name in document.lines and fields.template != "home":
                report.add(
                    document.place(name),
                    f'{of} has the field "{name}"',
                    f"{name} is a field of the page whose template is home",
                    "remove it",
                )


def check_safety_topic(
    name: str, site: Site, place: SourceLine, report: Report
) -> None:
    """Report a SAFETY_TOPIC, set at a place, that names no published topic."""
    slugs = [topic.slug for topic in site.topics]
    if name and name not in slugs:
        report.unknown(
            place,
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
    names = block.options.evidence
    known(names, findings, block.kind, "finding", block.place, report)
    keys = block.options.references
    return set(known(keys, references, block.kind, "reference", block.place, report))
