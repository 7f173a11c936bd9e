"""Documents and findings brought together: every name in them is checked."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from sitebuild.derive.contents import type_of
from sitebuild.derive.passages import (
    Vocabulary,
    check_benefits,
    collect,
    terms_of,
)
from sitebuild.derive.site import Site
from sitebuild.faults import Report, known
from sitebuild.model import (
    VERDICTS,
    Block,
    Document,
    Finding,
    Heading,
    Passage,
    Prose,
    Reference,
    SourceLine,
)
from sitebuild.read.document import lines_of
from sitebuild.read.markdown import named_file, resolve
from sitebuild.read.references import cited_keys

# What stands between two quotation marks, each mark beginning and ending one.
_QUOTED = re.compile(r'(?<=")[^"]*(?=")')

Evidence = tuple[Mapping[str, Finding], Mapping[str, Reference]]


class Sources(NamedTuple):
    """All documents, drafts too, each kind in its order on the site.

    `evidence` is findings and references by id, None where they could not be read: what
    names them is not checked then. `caution` is the key of the passage that every
    article shows.
    """

    articles: Sequence[Document]
    topics: Sequence[Document]
    pages: Sequence[Document]
    evidence: Evidence | None
    caution: str = ""

    @property
    def documents(self) -> tuple[Document, ...]:
        """All of them."""
        return (*self.articles, *self.topics, *self.pages)

    def changed(self, change: Callable[[Document], Document]) -> Sources:
        """Return the sources with each document as a function gives it."""
        return self._replace(
            articles=[change(it) for it in self.articles],
            topics=[change(it) for it in self.topics],
            pages=[change(it) for it in self.pages],
        )


def assemble(sources: Sources, report: Report) -> Site:
    """Return the site that sources make, without drafts; faults go to the report."""
    urls = {it.path: it.url for it in sources.documents if it.is_published}
    sources = sources.changed(lambda it: _with_addresses(it, urls, report))
    documents = sources.documents
    named = [document for document in documents if document.slug]
    _check_addresses(named, report)
    if len(named) < len(documents):
        # What an unread file would have named is missing: no fault of the others.
        report = Report()
    _check_documents(sources, report)
    findings, references = sources.evidence or ({}, {})
    vocabulary = Vocabulary(
        tuple(topic.slug for topic in sources.topics),
        findings if sources.evidence else None,
        terms_of(_published(sources.pages)),
    )
    passages = collect(sources.articles, vocabulary, report)
    if sources.caution in passages:
        check_benefits(passages.values(), sources.caution, report)
    _check_topics(sources.topics, passages, report)
    return Site(
        _published(sources.articles),
        _published(sources.topics),
        _published(sources.pages),
        {key: it for key, it in passages.items() if it.article.is_published},
        findings,
        references,
        sources.caution,
    )


def with_drafts(sources: Sources) -> Sources:
    """Return the sources with every draft that has an address as published."""
    return sources.changed(_as_published)


def _as_published(document: Document) -> Document:
    if document.is_published or not document.slug:
        return document
    return replace(document, fields=replace(document.fields, status="published"))


def _published(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(document for document in documents if document.is_published)


def _with_addresses(
    document: Document, urls: Mapping[str, str], report: Report
) -> Document:
    """Return a document with its links to sources (`{filename}`) as addresses.

    `urls` has the address of each published source file; any other is a fault.
    """

    def address(name: str) -> str:
        path = named_file(name, document.path)
        own = "/" + path.partition("/")[2]
        if path.endswith(".md") and path not in urls:
            found = f'a link names the file "{name}"'
            known_files = ["/" + it.partition("/")[2] for it in urls]
            report.unknown(_line_of(name, document), found, own, known_files)
        return urls.get(path, own)

    parts = []
    for part in document.parts:
        new = part
        if not isinstance(part, Heading):
            html = resolve(part.html, address)
            new = part if html == part.html else replace(part, html=html)
        parts.append(new)
    if all(new is old for new, old in zip(parts, document.parts, strict=True)):
        return document
    return replace(document, parts=tuple(parts))


def _line_of(text: str, document: Document) -> SourceLine:
    for number, line in lines_of(document):
        if text in line:
            return SourceLine(document.path, number)
    return SourceLine(document.path, 1)


def shown_files(
    documents: Iterable[Document], addresses: Iterable[str]
) -> frozenset[str]:
    """Return those addresses of files that a published text shows.

    What only drafts show stays out of the output.
    """
    addresses = frozenset(addresses)
    quoted: set[str] = set()
    for document in documents if addresses else ():
        for part in document.parts:
            if not isinstance(part, Heading):
                quoted.update(_QUOTED.findall(part.html))
    shown = set()
    for address in addresses:
        if not quoted.isdisjoint((address, quote(address), escape(address))):
            shown.add(address)
    return frozenset(shown)


def _check_addresses(documents: Iterable[Document], report: Report) -> None:
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


def _is_named_otherwise(document: Document) -> tuple[bool, str]:
    name = posixpath.basename(document.path)
    return name != f"{document.slug}.md", document.path


def _check_documents(sources: Sources, report: Report) -> None:
    """Report names of nothing and blocks out of place in single documents."""
    findings, references = sources.evidence or ({}, {})
    asked = []
    for document in (*sources.topics, *sources.pages):
        if document.is_published:
            asked += [f"{document.slug}#{it.id}" for it in document.blocks("question")]
    for document in sources.documents:
        _check_answers(document, report)
        _check_verdicts(document, findings, report)
        if document.kind == "page":
            _check_page(document, asked, sources, report)
        if sources.evidence:
            _check_blocks(document, findings, references, report)


def _check_answers(document: Document, report: Report) -> None:
    """Report an answer that does not open its file, and a second one."""
    for answer in document.blocks("answer"):
        if answer is not document.parts[0]:
            report.add(
                answer.place,
                f'the answer "{answer.id}" stands after something else',
                "a file has one answer, which opens it",
                "move it to the top or make it a note",
            )


def _check_verdicts(
    page: Document, findings: Mapping[str, Finding], report: Report
) -> None:
    """Report a list of findings that does not say what each verdict means.

    Every verdict on the site leads to its id there, and so does every other kind.
    """
    if not type_of(page).has_findings:
        return
    html = "".join(part.html for part in page.parts if isinstance(part, Prose))
    kinds = [it.judgement for it in findings.values()]
    for verdict in dict.fromkeys((*VERDICTS, *kinds)):
        if f'id="{verdict}"' not in html:
            report.add(
                page.place("template"),
                f'the page of the findings does not say what "{verdict}" means',
                "each verdict is explained there under its id",
                f"write `**{verdict.capitalize()}**{{#{verdict}}}: …`",
            )


def _check_page(
    page: Document, asked: Collection[str], sources: Sources, report: Report
) -> None:
    """Report what a page names and there is not, or what it does not show.

    Only a page whose template is `home` may name findings or questions, and the
    questions of topics alone show passages.
    """
    fields, of = page.fields, f'the page "{page.slug}"'
    known(fields.asked, asked, of, "question", page.place("asked"), report)
    if sources.evidence:
        findings, _ = sources.evidence
        drawn = [it.id for it in findings.values() if it.lasting]
        known(fields.glance, findings, of, "finding", page.place("glance"), report)
        place = page.place("lasting")
        known(fields.lasting, drawn, of, "finding with times", place, report)
    for name in ("glance", "asked", "lasting"):
        if name in page.lines and fields.template != "home":
            report.add(
                page.place(name),
                f'{of} has the field "{name}"',
                f"{name} is a field of the page whose template is home",
                "remove it",
            )
    for question in page.blocks("question"):
        if question.options.passages:
            report.add(
                question.place_of("passages"),
                f'the question "{question.id}" names passages',
                "passages stand under the questions of a topic",
                "link to them, or move the question to a topic",
            )


def _check_blocks(
    document: Document,
    findings: Mapping[str, Finding],
    references: Mapping[str, Reference],
    report: Report,
) -> None:
    """Report unknown names in blocks that are no passages."""
    timed = [it.id for it in findings.values() if it.lasting]
    measured = [it.id for it in findings.values() if it.scales]
    for it in document.parts:
        if not isinstance(it, Block) or it.kind == "passage":
            continue
        said = it.options
        named: Iterable[tuple[str, Iterable[str], Collection[str], str]] = (
            ("evidence", said.evidence, findings, "finding"),
            ("references", said.references, references, "reference"),
            ("references", cited_keys(it.html), references, "reference"),
            ("lasting", said.lasting, timed, "finding with times"),
            ("scales", said.scales, measured, "finding with scales"),
        )
        for option, names, those, what in named:
            known(names, those, it.kind, what, it.place_of(option), report)


def check_used(site: Site, documents: Iterable[Document], report: Report) -> None:
    """Report references that neither a finding nor a block cites."""
    used: set[str] = set()
    for finding in site.findings.values():
        used.update(reference.key for reference in finding.references)
    for document in documents:
        for it in document.parts:
            if isinstance(it, Block):
                used.update(it.options.references, cited_keys(it.html))
    for key in sorted(site.references.keys() - used):
        report.add(
            site.references[key].place,
            f'the reference "{key}" is not used',
            "every reference of a public site is cited by a finding or a block",
            "cite it or remove it",
        )


def _check_topics(
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
        of = f'topic "{topic.slug}"'
        known(topic.fields.lead, tagged, of, "passage", topic.place("lead"), report)
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
        for key in known(
            question.options.passages, tagged, of, "passage", place, report
        ):
            first = named.setdefault(key, question)
            if first is not question:
                report.add(
                    place,
                    f'{of} names the passage "{key}", '
                    f"which line {first.place.line} has",
                    "a passage stands under one question",
                    "remove it from one of the two",
                )
