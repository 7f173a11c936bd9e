"""Documents and findings brought into one value, all names checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sitebuild.derive import cautions, consistency
from sitebuild.derive.links import resolve_links
from sitebuild.derive.passages import Vocabulary, collect, terms_of
from sitebuild.derive.site import Site
from sitebuild.derive.twins import close_twins
from sitebuild.faults import Report
from sitebuild.model import (
    ArticleFields,
    Document,
    Finding,
    Reference,
    TopicFields,
)

Evidence = tuple[Mapping[str, Finding], Mapping[str, Reference]]


def assemble(
    documents: Sequence[Document],
    evidence: Evidence | None,
    aliases: Mapping[str, tuple[str, ...]],
    report: Report,
) -> Site:
    """Return the site that documents and evidence make; faults go to the report.

    Drafts are checked and left out. `evidence` is findings and references by id, None
    where they could not be read: what names them is not checked then. `aliases` has the
    former ids of passages by address.
    """
    documents = _with_addresses(documents, report)
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
    collected = collect(articles, vocabulary, report)
    passages = close_twins(cautions.close(collected, report), report)
    consistency.check_topics(topics, passages, report)
    return Site(
        _published(articles),
        _published(topics),
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


def _with_addresses(documents: Iterable[Document], report: Report) -> list[Document]:
    """Return the documents with the links to each other's files as addresses."""
    urls = {it.path: it.url for it in documents if it.is_published}
    return [resolve_links(document, urls, report) for document in documents]


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
