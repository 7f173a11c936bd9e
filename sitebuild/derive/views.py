"""Each page as its template shows it: one small value, with nothing left to compute.

A template sees this value, what every page shows (`Frame`), and nothing else; so a page
whose values are equal need not be rendered again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sitebuild.derive.metadata import Metadata
from sitebuild.derive.numbering import CitedFinding
from sitebuild.derive.outline import Section
from sitebuild.derive.parts import Link, PartView
from sitebuild.derive.review import Review
from sitebuild.model import Finding, Reference


@dataclass(frozen=True)
class Frame:
    """What every page shows: the page of the warning signs, and if there is a feed."""

    safety: Link | None
    has_feed: bool


@dataclass(frozen=True)
class Item:
    """A page in a list: its address, its title and what it says in one sentence."""

    url: str
    title: str
    summary: str


@dataclass(frozen=True)
class TopicLink:
    """A topic in a menu or a picture."""

    slug: str
    url: str
    name: str


@dataclass(frozen=True)
class Page:
    """A page of any type; `above` has the pages above it by address, home first.

    `description` says in one sentence what it is about; `standfirst` is empty where the
    text below says the same.
    """

    url: str
    kind: str
    title: str
    description: str
    standfirst: str
    review: Review | None
    above: tuple[Link, ...]
    metadata: Metadata
    parts: tuple[PartView, ...]
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class ArticlePage(Page):
    """An article: `lead` stands before its contents, `body` after them."""

    published: date
    modified: date | None
    minutes: int
    sections: tuple[Section, ...]
    topics: tuple[TopicLink, ...]
    lead: tuple[PartView, ...]
    body: tuple[PartView, ...]
    neighbours: tuple[Link, ...]


@dataclass(frozen=True)
class TopicPage(Page):
    """A topic: its answer, the editor's other blocks, the questions, other passages.

    Each question is followed by the passages that bear on it. `feed` is the address of
    the feed of the topic.
    """

    name: str
    lead: tuple[PartView, ...]
    blocks: tuple[PartView, ...]
    asked: tuple[PartView, ...]
    rest: tuple[PartView, ...]
    before: Link | None
    after: Link | None
    feed: str


@dataclass(frozen=True)
class HomePage(Page):
    """The first page: headline findings, questions, the newest articles, the topics.

    `earlier` is how many articles it does not list.
    """

    glance: tuple[Finding, ...]
    asked: tuple[Link, ...]
    articles: tuple[Item, ...]
    earlier: int
    topics: tuple[Item, ...]


@dataclass(frozen=True)
class MapRow:
    """How many passages of each part of an article carry one topic, and of all."""

    topic: TopicLink
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class ArticleMap:
    """What an article lends to each topic, part by part."""

    article: Link
    parts: tuple[Link, ...]
    rows: tuple[MapRow, ...]


@dataclass(frozen=True)
class TopicsPage(Page):
    """The list of topics, and where each comes from: maps of the newest articles."""

    topics: tuple[Item, ...]
    maps: tuple[ArticleMap, ...]


@dataclass(frozen=True)
class ListedFinding:
    """A finding in full, with the passages that it stands beside.

    `others` is how many more of them there are.
    """

    cited: CitedFinding
    passages: tuple[Link, ...]
    others: int


@dataclass(frozen=True)
class EvidencePage(Page):
    """All findings by topic; those of no topic stand last, under an empty title.

    `unexplained` are the verdicts whose meaning its text does not give.
    """

    unexplained: tuple[str, ...]
    groups: tuple[tuple[str, tuple[ListedFinding, ...]], ...]
    tally: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class SearchPage(Page):
    """The search page: page by page the addresses and names of questions and terms."""

    index: tuple[tuple[str, tuple[Link, ...]], ...]
