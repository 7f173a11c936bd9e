"""The site as one value: passages, with what they name, and what pages ask of it.

Every question that looks at all passages keeps its answer for the life of the value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from sitebuild.faults import Report
from sitebuild.model import (
    LABELS,
    Document,
    Finding,
    Passage,
    Reference,
)
from sitebuild.read.markdown import link_terms, rebase


def is_benefit(finding: Finding) -> bool:
    """Return whether a finding says that something helps, or may."""
    return finding.kind == "effect" and not finding.is_negative


def dates_of(document: Document) -> list[date]:
    """Return the days on which a source was published, modified and checked."""
    fields = document.fields
    days = [fields.checked]
    if document.kind == "article":
        days += [fields.date, fields.modified]
    return [day for day in days if day]


@dataclass(frozen=True)
class Site:
    """All that the sources say: published documents, each kind in its order.

    `caution` is the key of the passage that every article shows; "" for none.
    """

    articles: tuple[Document, ...]
    topics: tuple[Document, ...]
    pages: tuple[Document, ...]
    passages: Mapping[str, Passage]
    findings: Mapping[str, Finding]
    references: Mapping[str, Reference]
    caution: str = ""

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every published document: articles, topics, pages."""
        return (*self.articles, *self.topics, *self.pages)

    def tagged(self, topic: Document) -> tuple[Passage, ...]:
        """Return a topic's passages: its lead, then the others in reading order."""
        tagged = self._by_topic.get(topic.slug, {})
        lead = [key for key in topic.fields.lead if key in tagged]
        return tuple(self.passages[key] for key in dict.fromkeys([*lead, *tagged]))

    def topics_of(self, passage: Passage) -> tuple[Document, ...]:
        """Return the published topics of a passage, in menu order."""
        return tuple(it for it in self.topics if it.slug in passage.topics)

    def topics_within(self, article: Document) -> tuple[Document, ...]:
        """Return the topics that the passages of an article carry, in menu order."""
        slugs: set[str] = set()
        for passage in article.blocks("passage"):
            slugs.update(passage.options.topics)
        return tuple(topic for topic in self.topics if topic.slug in slugs)

    @cached_property
    def by_judgement(self) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
        """All findings by verdict, the surest first, then facts and good practice.

        Of one verdict the one that was studied on most people stands first.
        """
        findings = sorted(self.findings.values(), key=lambda it: -it.people)
        groups = [
            (name, tuple(it for it in findings if it.judgement == name))
            for name in LABELS
        ]
        return tuple(group for group in groups if group[1])

    def above(self, document: Document) -> tuple[Document, ...]:
        """Return the pages whose addresses a page's address continues, home first."""
        found = []
        for end, letter in enumerate(document.url, 1):
            other = self._by_url.get(document.url[:end]) if letter == "/" else None
            if other and other.url != document.url:
                found.append(other)
        return tuple(found)

    def beside(self, document: Document) -> tuple[Document | None, Document | None]:
        """Return the newer and the older article, or the topics beside one in menus."""
        row = self.articles if document.kind == "article" else self.topics
        place = self._places[document.url]
        return (
            row[place - 1] if place else None,
            row[place + 1] if place + 1 < len(row) else None,
        )

    def around(self, article: Document) -> Site:
        """Return as much of the site as the page of an article shows."""
        shown = [f"{article.slug}/{it.id}" for it in article.blocks("passage")]
        for key in tuple(shown):
            shown += self.passages[key].requires
        passages = {key: self.passages[key] for key in shown}
        if self.caution in self.passages:
            passages[self.caution] = self.passages[self.caution]
        articles, topics, pages = self._heads
        place = self._places[article.url]
        before = articles[place - 1 : place] if place else ()
        beside = (*before, article, *articles[place + 1 : place + 2])
        return replace(
            self, articles=beside, topics=topics, pages=pages, passages=passages
        )

    @cached_property
    def _heads(self) -> list[tuple[Document, ...]]:
        """Articles, topics and pages without their texts."""
        kinds = (self.articles, self.topics, self.pages)
        return [tuple(replace(it, parts=()) for it in kind) for kind in kinds]

    @cached_property
    def newest(self) -> date | None:
        """The newest day on which anything was published, modified or checked."""
        days = [finding.checked for finding in self.findings.values()]
        for document in self.documents:
            days += dates_of(document)
        return max(days, default=None)

    @cached_property
    def _places(self) -> dict[str, int]:
        """The places of articles and topics, each among its like, by address."""
        rows = (self.articles, self.topics)
        return {it.url: place for row in rows for place, it in enumerate(row)}

    @cached_property
    def _by_url(self) -> dict[str, Document]:
        return {page.url: page for page in (*self.topics, *self.pages)}

    @cached_property
    def _by_topic(self) -> dict[str, dict[str, None]]:
        """The keys of the passages of each topic, in reading order."""
        tagged: dict[str, dict[str, None]] = defaultdict(dict)
        for key, passage in self.passages.items():
            for slug in passage.topics:
                tagged[slug][key] = None
        return tagged


# The forms of the glossary's terms, each with the address of its term.
Terms = tuple[tuple[str, str], ...]


def terms_of(pages: Iterable[Document]) -> Terms:
    """Return every form of every glossary term with the address of the term."""
    forms: dict[str, str] = {}
    for page in pages:
        for term in page.blocks("term"):
            for form in (term.name, *term.options.also):
                forms[form] = f"{page.url}#{term.id}"
    return tuple(forms.items())


def collect(
    articles: Iterable[Document],
    topics: Iterable[Document],
    findings: Mapping[str, Finding],
    terms: Terms,
    report: Report,
) -> dict[str, Passage]:
    """Return the passages of all articles by key, with all that they require.

    Names of nothing are left out. Cautions that only a draft has are faults.
    """
    slugs = {topic.slug for topic in topics}
    passages = {}
    for article in articles:
        linked: frozenset[str] = frozenset()  # a term is linked at its first use
        for block in article.blocks("passage"):
            said = block.options
            html = rebase(block.html, f"{block.id}-", "")
            html, linked = link_terms(html, terms, linked)
            passage = Passage(
                article,
                block.id,
                html,
                tuple(name for name in said.topics if name in slugs),
                tuple(findings[it] for it in said.evidence if it in findings),
                keys(said.requires, article),
                keys(said.same, article),
                block,
            )
            passages[passage.key] = passage
    closed = _follow(passages, "requires")
    for passage in closed.values():
        _check_published(passage, closed, report)
    return _follow(closed, "same")


def keys(names: Iterable[str], article: Document) -> tuple[str, ...]:
    """Return the keys of passages that one names; a bare id is one of its article."""
    return tuple(name if "/" in name else f"{article.slug}/{name}" for name in names)


def _follow(
    passages: Mapping[str, Passage], option: Literal["requires", "same"]
) -> dict[str, Passage]:
    """Return the passages, each with what those that an option names name in turn."""
    direct = {}
    for key, passage in passages.items():
        names: tuple[str, ...] = getattr(passage, option)
        direct[key] = tuple(dict.fromkeys(it for it in names if it in passages))
    closed = {}
    for key, passage in passages.items():
        others = tuple(name for name in _reach(key, direct) if name != key)
        closed[key] = passage
        if others != getattr(passage, option):
            said: dict[str, Any] = {option: others}
            closed[key] = replace(passage, **said)
    return closed


def _reach(key: str, direct: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return all that a passage names, and what that names in turn, nearest first."""
    found = list(direct[key])
    for name in found:  # which grows meanwhile
        found += [it for it in direct[name] if it not in found]
    return tuple(found)


def _check_published(
    passage: Passage, passages: Mapping[str, Passage], report: Report
) -> None:
    hidden = [it for it in passage.requires if not passages[it].article.is_published]
    if hidden and passage.article.is_published:
        report.add(
            passage.block.place_of("requires"),
            f'passage "{passage.id}" requires {", ".join(hidden)} of a draft',
            "a caution is published",
            "publish that article",
        )


def check_benefits(passages: Iterable[Passage], caution: str, report: Report) -> None:
    """Report passages that show a benefit and do not require a caution, by its key.

    In a file with another fault that may be the name of the caution.
    """
    files = report.files
    for passage in passages:
        helps = [it.id for it in passage.findings if is_benefit(it)]
        is_sound = passage.article.path not in files
        if helps and is_sound and caution not in (passage.key, *passage.requires):
            report.add(
                passage.block.place_of("evidence"),
                f'passage "{passage.id}" shows a benefit, {", ".join(helps)}, and does '
                f'not require the caution "{caution}"',
                "a benefit is never shown without its caution",
                f"add `requires: {caution}`",
            )
