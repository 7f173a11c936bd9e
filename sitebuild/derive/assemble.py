"""Documents and findings brought into one value, all names checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sitebuild.derive import cautions, consistency
from sitebuild.derive.links import resolve_links
from sitebuild.derive.passages import Collector, Vocabulary, terms_of
from sitebuild.derive.same import Interned
from sitebuild.derive.site import Site
from sitebuild.derive.twins import close_twins
from sitebuild.faults import Report
from sitebuild.model import (
    ArticleFields,
    Document,
    Finding,
    Passage,
    Reference,
    TopicFields,
)


@dataclass
class Memory:
    """What one build assembled: in the next, what is the same is that very value.

    `values` has documents by path, passages by key, and the topics.
    """

    collector: Collector = field(default_factory=Collector)
    values: Interned = field(default_factory=Interned)


Evidence = tuple[Mapping[str, Finding], Mapping[str, Reference]]


def assemble(
    documents: Sequence[Document],
    evidence: Evidence | None,
    aliases: Mapping[str, tuple[str, ...]],
    report: Report,
    memory: Memory | None = None,
) -> Site:
    """Return the site that documents and evidence make; faults go to the report.

    Drafts are checked and left out. `evidence` is findings and references by id, None
    where they could not be read: what names them is not checked then. `aliases` has the
    former ids of passages by address. `memory` is that of the build before.
    """
    memory = memory or Memory()
    documents = _with_addresses(documents, memory, report)
    named = [document for document in documents if document.slug]
    consistency.check_addresses(named, report)
    if len(named) < len(documents):
        # What an unread file would have named is missing: no fault of the others.
        report = Report()
    _check(documents, evidence, report)
    findings, references = evidence or ({}, {})
    articles = sorted(_of("article", documents), key=_date, reverse=True)
    topics = sorted(_of("topic", documents), key=_menu_order)
    pages = _published(_of("page", documents))
    slugs = tuple(topic.slug for topic in topics)
    known = findings if evidence else None
    vocabulary = Vocabulary(slugs, known, aliases, terms_of(pages))
    passages = _passages(articles, vocabulary, memory, report)
    consistency.check_topics(topics, passages, report)
    published = memory.values.take("topics", _published(topics))
    memory.values.end()
    return Site(
        _published(articles),
        published,
        pages,
        {key: it for key, it in passages.items() if it.article.is_published},
        findings,
        references,
    )


def _check(
    documents: Sequence[Document], evidence: Evidence | None, report: Report
) -> None:
    """Report what documents name in vain, passages left out, and answers."""
    if evidence:
        findings, references = evidence
        consistency.check_citations(documents, findings, references, report)
        consistency.check_glance(documents, findings, report)
    consistency.check_answers(documents, report)
    consistency.check_asked(documents, report)


def _passages(
    articles: Sequence[Document],
    vocabulary: Vocabulary,
    memory: Memory,
    report: Report,
) -> dict[str, Passage]:
    """Return all passages by key, those of drafts too, with all that they require."""
    collected = memory.collector.collect(articles, vocabulary, report)
    passages = close_twins(cautions.close(collected, report), report)
    for key, passage in passages.items():
        if passage is not collected[key]:
            passages[key] = memory.values.take(key, passage)
    return passages


def _with_addresses(
    documents: Iterable[Document], memory: Memory, report: Report
) -> list[Document]:
    """Return the documents with the links to each other's files as addresses."""
    urls = {it.path: it.url for it in documents if it.is_published}
    resolved = []
    for document in documents:
        it = resolve_links(document, urls, report)
        resolved.append(memory.values.take(it.path, it))
    return resolved


def _of(kind: str, documents: Iterable[Document]) -> list[Document]:
    return [document for document in documents if document.kind == kind]


def _published(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(document for document in documents if document.is_published)


def _date(article: Document) -> date:
    return (
        article.fields.date if isinstance(article.fields, ArticleFields) else date.min
    )


def _menu_order(topic: Document) -> tuple[int, str]:
    order = topic.fields.order if isinstance(topic.fields, TopicFields) else 0
    return order, topic.slug
