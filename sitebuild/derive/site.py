"""The site as one value: what all sources say, and the questions that pages ask of it.

Every question that looks at all passages keeps its answer for the life of the value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sitebuild.model import (
    LABELS,
    Document,
    Finding,
    Passage,
    Reference,
)


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

    def neighbours(self, article: Document) -> tuple[Document, ...]:
        """Return the next newer and the next older article, where there are such."""
        place = self._article_places[article.url]
        newer = self.articles[max(0, place - 1) : place]
        return (*newer, *self.articles[place + 1 : place + 2])

    def beside(self, topic: Document) -> tuple[Document | None, Document | None]:
        """Return the topics before and after one in the menu."""
        place = self.topics.index(topic)
        before = self.topics[place - 1] if place else None
        after = self.topics[place + 1] if place + 1 < len(self.topics) else None
        return before, after

    @cached_property
    def newest(self) -> date | None:
        """The newest day on which anything was published, modified or checked."""
        days = [finding.checked for finding in self.findings.values()]
        for document in self.documents:
            days += dates_of(document)
        return max(days, default=None)

    @cached_property
    def _article_places(self) -> dict[str, int]:
        return {article.url: place for place, article in enumerate(self.articles)}

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
