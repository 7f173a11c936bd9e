"""What templates see: small values, with nothing left to compute.

Pelican's object of a page has them as attributes: a template that writes
`{{ page.minutes }}` shows `ArticleView.minutes`. `kind` tells parts of a page apart.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sitebuild.derive.text import Review
from sitebuild.model import Block, Finding, Reference


class Link(NamedTuple):
    """An address and the words that lead there."""

    url: str
    title: str


class CitedFinding(NamedTuple):
    """A finding with the numbers that its references have on the page.

    `is_explained`: its verdict leads to what the word means, as the first of its kind.
    """

    finding: Finding
    numbers: tuple[int, ...]
    is_explained: bool = False


class FindingLine(NamedTuple):
    """A finding in one line that leads to where it stands in full.

    `is_explained`: its verdict leads to what the word means, as the first of its kind.
    """

    finding: Finding
    url: str
    is_explained: bool = False


class Source(NamedTuple):
    """Where a copy comes from: its article by its short name, and the heading there."""

    url: str
    article: str
    section: str


class Twin(NamedTuple):
    """A passage that says the same as another: its id here, and where it stands."""

    id: str
    source: Source


class HeadingView(NamedTuple):
    """A heading between other parts."""

    kind: str
    level: int
    title: str
    id: str


class ProseView(NamedTuple):
    """Text outside any block."""

    kind: str
    html: str


class TermsView(NamedTuple):
    """Terms of the glossary that stand together."""

    kind: str
    terms: tuple[Block, ...]


class BlockView(NamedTuple):
    """A block of the editor's own words; `level` is that of its heading.

    `lasting` and `scales` are the findings that a question draws.
    """

    kind: str
    id: str
    name: str
    html: str
    level: int
    urgency: str
    numbers: tuple[int, ...]
    lines: tuple[FindingLine, ...]
    lasting: tuple[Finding, ...] = ()
    scales: tuple[Finding, ...] = ()


class PassageView(NamedTuple):
    """A passage as it stands on a page: as written in its own article, else a copy.

    A copy has a heading of a `level`; in its own article the level is 0. One that is
    folded shows its heading alone. `former` has ids that it had once, `twins` passages
    that it stands for. `findings` stand here in full; `lines` are those that readers
    must see and that stand in full elsewhere, `more` all the others, which a copy
    leaves to its article. `cautions` are those that the page shows for this passage.
    Its kind is "caution" where it stands for itself before all that the page says.
    """

    kind: str
    id: str
    title: str
    level: int
    html: str
    source: Source
    is_copy: bool
    is_folded: bool
    former: tuple[str, ...]
    topics: tuple[Link, ...]
    findings: tuple[CitedFinding, ...]
    lines: tuple[FindingLine, ...]
    more: tuple[FindingLine, ...]
    twins: tuple[Twin, ...] = ()
    cautions: tuple[PassageView, ...] = ()


PartView = HeadingView | ProseView | PassageView | BlockView | TermsView


class PageView(NamedTuple):
    """What pages of every type have.

    `description` says in one sentence what the page is about; `standfirst` is empty
    where an answer opens the text. `questions` lead to the questions that it answers.
    `above` has the pages above it by address, home first.
    """

    address: str
    kind: str
    description: str
    standfirst: str
    questions: tuple[Link, ...]
    review: Review | None
    above: tuple[Link, ...]
    parts: tuple[PartView, ...]
    references: tuple[Reference, ...]
    changed: date | None
    canonical: str
    card: str
    linked_data: str


class Item(NamedTuple):
    """A page in a list: its address, its title and what it says in one sentence."""

    url: str
    title: str
    summary: str


class ArticleView(NamedTuple):
    """An article: `lead` stands before its contents, `body` after them.

    `sections` lead to its main headings.
    """

    minutes: int
    sections: tuple[Link, ...]
    lead: tuple[PartView, ...]
    body: tuple[PartView, ...]
    neighbours: tuple[Link, ...]


class TopicView(NamedTuple):
    """A topic: boxes, its answer, the editor's other blocks, questions, other passages.

    Each question is followed by the passages that bear on it. `feed` is the address of
    the feed of the topic.
    """

    name: str
    boxes: tuple[PartView, ...]
    lead: tuple[PartView, ...]
    blocks: tuple[PartView, ...]
    asked: tuple[PartView, ...]
    rest: tuple[PartView, ...]
    before: Link | None
    after: Link | None
    feed: str


class HomeView(NamedTuple):
    """The first page: headline findings, questions, the newest articles, the topics.

    `earlier` is how many articles it does not list, `lasting` are the findings that it
    draws.
    """

    glance: tuple[FindingLine, ...]
    asked: tuple[Link, ...]
    articles: tuple[Item, ...]
    earlier: int
    topics: tuple[Item, ...]
    lasting: tuple[Finding, ...]


class TopicsView(NamedTuple):
    """The list of topics."""

    topics: tuple[Item, ...]


class EvidenceView(NamedTuple):
    """All findings by verdict, the surest first, then facts and good practice."""

    groups: tuple[tuple[str, tuple[CitedFinding, ...]], ...]


class SearchView(NamedTuple):
    """The search page: page by page the addresses and names of questions and terms."""

    entries: tuple[tuple[str, tuple[Link, ...]], ...]


class PlainView(NamedTuple):
    """A page that shows its own text and nothing else."""


OwnView = (
    ArticleView
    | TopicView
    | HomeView
    | TopicsView
    | EvidenceView
    | SearchView
    | PlainView
)


class Shown(NamedTuple):
    """What one page shows: what all pages have, and what those of its type have."""

    page: PageView
    own: OwnView

    def as_draft(self) -> Shown:
        """Return it as machines see a draft: without address, card or linked data."""
        page = self.page._replace(canonical="", card="", linked_data="")
        return self._replace(page=page)

    def attributes(self) -> dict[str, Any]:
        """Return all of it by name, as templates see it."""
        return {**self.page._asdict(), **self.own._asdict()}
