"""Each page as its template shows it: one small value, with nothing left to compute.

A template sees this value, what every page shows (`Frame`), and nothing else; so a page
whose values are equal need not be rendered again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sitebuild.derive.metadata import Metadata
from sitebuild.derive.outline import Section
from sitebuild.derive.parts import CitedFinding, Link, PartView
from sitebuild.model import Reference


@dataclass(frozen=True)
class Frame:
    """What every page shows: the page of the warning signs, and if there is a feed."""

    safety: Link | None
    has_feed: bool


@dataclass(frozen=True)
class Item:
    """A page in a list: its address, its title and what it is about."""

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
    """A page of any type; `above` has the pages above it by address, home first."""

    url: str
    kind: str
    title: str
    summary: str
    checked: date | None
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
    """A topic: the editor's blocks, the passages it derives, the editor's questions."""

    name: str
    blocks: tuple[PartView, ...]
    passages: tuple[PartView, ...]
    questions: tuple[PartView, ...]
    tally: tuple[tuple[str, int], ...]
    before: Link | None
    after: Link | None


@dataclass(frozen=True)
class HomePage(Page):
    """The first page: every article and every topic."""

    articles: tuple[Item, ...]
    topics: tuple[Item, ...]


@dataclass(frozen=True)
class Share:
    """How many passages an article lends to a topic."""

    count: int
    article: Link


@dataclass(frozen=True)
class MapRow(Section):
    """A row of the map: an article, or one of its sections that feeds a topic."""

    is_article: bool


@dataclass(frozen=True)
class TopicsPage(Page):
    """The list of topics, and where each comes from."""

    topics: tuple[Item, ...]
    menu: tuple[TopicLink, ...]
    rows: tuple[MapRow, ...]
    shares: tuple[tuple[str, tuple[Share, ...]], ...]


@dataclass(frozen=True)
class ListedFinding:
    """A finding in full, with the passages that it stands beside."""

    cited: CitedFinding
    passages: tuple[Link, ...]


@dataclass(frozen=True)
class EvidencePage(Page):
    """All findings by topic; those of no topic stand last, under an empty title."""

    groups: tuple[tuple[str, tuple[ListedFinding, ...]], ...]
    tally: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class SearchPage(Page):
    """The search page: page by page the addresses and names of questions and terms."""

    index: tuple[tuple[str, tuple[Link, ...]], ...]
