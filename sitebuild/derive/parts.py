"""The parts of a page as its template shows them: small values, all texts ready.

`kind` tells templates the parts apart. References are numbered from 1 in the order in
which a page cites them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sitebuild.derive.cautions import Placed
from sitebuild.derive.contents import Content
from sitebuild.derive.site import Site, label
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    Passage,
    Prose,
    Reference,
)
from sitebuild.read.markdown import rebase

_QUESTION_LEVEL = 3  # questions stand under a heading of their own


@dataclass(frozen=True)
class Link:
    """An address and the words that lead there."""

    url: str
    title: str


@dataclass(frozen=True)
class HeadingView:
    """A heading between other parts."""

    kind: ClassVar[str] = "heading"
    level: int
    title: str
    id: str


@dataclass(frozen=True)
class ProseView:
    """Text outside any block."""

    kind: ClassVar[str] = "prose"
    html: str


@dataclass(frozen=True)
class CitedFinding:
    """A finding with the numbers that its references have on the page."""

    finding: Finding
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class PassageView:
    """A passage as it stands on a page: as written in its own article, else a copy.

    `url` is the address of the original, `article` the title of its article, `section`
    the heading there that it stands under. `former` has ids that it had once. `see`
    leads to cautions elsewhere on the page, `cautions` stand beside it.
    """

    kind: ClassVar[str] = "passage"
    id: str
    html: str
    url: str
    article: str
    section: str
    is_copy: bool
    former: tuple[str, ...]
    topics: tuple[Link, ...]
    findings: tuple[CitedFinding, ...]
    see: tuple[Link, ...] = ()
    cautions: tuple[PassageView, ...] = ()


@dataclass(frozen=True)
class BlockView:
    """A block of the editor's own words; `level` is that of its heading."""

    kind: str
    id: str
    name: str
    html: str
    level: int
    urgency: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class TermsView:
    """Terms of the glossary that stand together."""

    kind: ClassVar[str] = "terms"
    terms: tuple[Block, ...]


PartView = HeadingView | ProseView | PassageView | BlockView | TermsView


class Numbering:
    """The references of one page, numbered as they are cited."""

    def __init__(self, references: Mapping[str, Reference]) -> None:
        """Take all references of the site by key."""
        self._all = references
        self._numbers: dict[str, int] = {}

    def cite(self, keys: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of some references, new ones counted on."""
        return tuple(
            self._numbers.setdefault(key, len(self._numbers) + 1) for key in keys
        )

    def cite_finding(self, finding: Finding) -> CitedFinding:
        """Return a finding with the numbers of its references."""
        keys = [reference.key for reference in finding.references]
        return CitedFinding(finding, self.cite(keys))

    @property
    def references(self) -> tuple[Reference, ...]:
        """What was cited, in order."""
        return tuple(self._all[key] for key in self._numbers)


class PartViews:
    """Makes the views of the parts of one page, called in the order of the page."""

    def __init__(self, home: Document, site: Site, numbering: Numbering) -> None:
        """Take the page's document, which is home to its own passages."""
        self._home = home
        self._site = site
        self._numbering = numbering
        self._level = 1

    def views(self, parts: Sequence[Content]) -> tuple[PartView, ...]:
        """Return the views of some parts; findings are shown by their page itself.

        The parts stand together: levels of headings begin again with each call.
        """
        self._level = 1
        shown: list[PartView] = []
        for part in parts:
            if isinstance(part, Block) and part.kind == "term":
                _append_term(shown, part)
            elif not isinstance(part, Finding):
                shown.append(self._view(part))
        return tuple(shown)

    def _view(self, part: Heading | Prose | Block | Placed) -> PartView:
        if isinstance(part, Heading):
            self._level = part.level
            return HeadingView(part.level, part.title, part.id)
        if isinstance(part, Prose):
            return ProseView(part.html)
        if isinstance(part, Block):
            return self._block(part)
        return self._placed(part)

    def _block(self, block: Block) -> BlockView:
        is_question = block.kind == "question"
        return BlockView(
            block.kind,
            block.id,
            block.name,
            block.html,
            _QUESTION_LEVEL if is_question else self._level + 1,
            block.options.get("urgency", ""),
            self._numbering.cite(block.options.get("references", ())),
        )

    def _placed(self, placed: Placed) -> PassageView:
        findings = self._findings(placed.passage)
        cautions = []
        for caution in placed.cautions:
            cautions.append(self._passage(caution, self._findings(caution)))
        see = [Link(f"#{self._id(it)}", it.label) for it in placed.see]
        return self._passage(placed.passage, findings, tuple(see), tuple(cautions))

    def _findings(self, passage: Passage) -> tuple[CitedFinding, ...]:
        return tuple(map(self._numbering.cite_finding, passage.findings))

    def _passage(
        self,
        passage: Passage,
        findings: tuple[CitedFinding, ...],
        see: tuple[Link, ...] = (),
        cautions: tuple[PassageView, ...] = (),
    ) -> PassageView:
        is_copy = self._is_copy(passage)
        html = passage.html
        if is_copy:
            prefix = f"{passage.article.slug}-"
            html = rebase(passage.html, prefix, passage.article.url)
        return PassageView(
            self._id(passage),
            html,
            passage.url,
            passage.article.fields["title"],
            passage.section,
            is_copy,
            () if is_copy else passage.aliases,
            () if is_copy else self._topics(passage),
            findings,
            see,
            cautions,
        )

    def _is_copy(self, passage: Passage) -> bool:
        return passage.article.url != self._home.url

    def _id(self, passage: Passage) -> str:
        """Return the id of a passage on this page: prefixed where it is a copy."""
        if self._is_copy(passage):
            return f"{passage.article.slug}-{passage.id}"
        return passage.id

    def _topics(self, passage: Passage) -> tuple[Link, ...]:
        """Return links to the copies of a passage on the pages of its topics."""
        links = []
        for topic in self._site.topics_of(passage):
            copy = f"{topic.url}#{passage.article.slug}-{passage.id}"
            links.append(Link(copy, label(topic)))
        return tuple(links)


def _append_term(shown: list[PartView], term: Block) -> None:
    """Add a term to those before it, or begin with it where none stands before."""
    last = shown[-1] if shown else None
    if isinstance(last, TermsView):
        shown[-1] = TermsView((*last.terms, term))
    else:
        shown.append(TermsView((term,)))
