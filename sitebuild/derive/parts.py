"""The parts of a page as its template shows them: small values, all texts ready.

`kind` tells templates the parts apart. References are numbered from 1 in the order in
which a page cites them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sitebuild.derive.cautions import Placed
from sitebuild.derive.contents import Content
from sitebuild.derive.numbering import CitedFinding, Numbering
from sitebuild.derive.site import Site
from sitebuild.model import (
    Block,
    BoxOptions,
    Document,
    Finding,
    Heading,
    Passage,
    Prose,
)
from sitebuild.read.markdown import rebase

_QUESTION_LEVEL = 2
_COPY_LEVEL = 3  # of a passage on a topic page
_LOWEST_LEVEL = 4
# Where every finding stands in full.
_EVIDENCE = "/evidence/"


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
class FindingLine:
    """A finding in one line that leads to where it stands in full."""

    finding: Finding
    url: str


@dataclass(frozen=True)
class Source:
    """Where a copy comes from: its article by its short name, and the heading there."""

    url: str
    article: str
    section: str


@dataclass(frozen=True)
class Twin:
    """A passage that says the same as another: its id here, and where it stands."""

    id: str
    source: Source


@dataclass(frozen=True)
class PassageView:
    """A passage as it stands on a page: as written in its own article, else a copy.

    A copy has a heading of a `level`; in its own article the level is 0. `former` has
    ids that it had once, `twins` passages that it stands for. `findings` stand here in
    full; `lines` are those that do so above. `see` leads to cautions elsewhere on the
    page, `cautions` stand beside it.
    """

    kind: ClassVar[str] = "passage"
    id: str
    title: str
    level: int
    html: str
    source: Source
    is_copy: bool
    former: tuple[str, ...]
    topics: tuple[Link, ...]
    findings: tuple[CitedFinding, ...]
    lines: tuple[FindingLine, ...]
    twins: tuple[Twin, ...] = ()
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
    lines: tuple[FindingLine, ...]


@dataclass(frozen=True)
class TermsView:
    """Terms of the glossary that stand together."""

    kind: ClassVar[str] = "terms"
    terms: tuple[Block, ...]


PartView = HeadingView | ProseView | PassageView | BlockView | TermsView


class PartViews:
    """Makes the views of the parts of one page, called in the order of the page."""

    def __init__(self, home: Document, site: Site, numbering: Numbering) -> None:
        """Take the page's document, which is home to its own passages."""
        self._home = home
        self._site = site
        self._numbering = numbering
        self._level = 1
        self._first: dict[str, str] = {}
        self._answered: frozenset[str] = frozenset()

    def views(self, parts: Sequence[Content]) -> tuple[PartView, ...]:
        """Return the views of some parts; findings are shown by their page itself.

        A part that an earlier call showed counts as standing above.
        """
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
            _urgency(block),
            self._numbering.cite(block.options.references),
            self._lines(block),
        )

    def _lines(self, block: Block) -> tuple[FindingLine, ...]:
        """Return the findings beside a block, one line each.

        Advice stands right under the answer and does not show its findings again; a
        question, which is read by itself, shows all of its own.
        """
        names = block.options.evidence
        if block.kind == "answer":
            self._answered = frozenset(names)
        elif block.kind != "question":
            names = tuple(name for name in names if name not in self._answered)
        return tuple(map(self._line, names))

    def _line(self, name: str) -> FindingLine:
        """Return a finding in one line; it leads up the page if it is there in full."""
        url = self._first.get(name, f"{_EVIDENCE}#{name}")
        return FindingLine(self._site.findings[name], url)

    def _placed(self, placed: Placed) -> PassageView:
        level = self._level
        if self._home.kind == "topic":
            level = _COPY_LEVEL
        view = self._passage(placed.passage, level)
        if not (placed.cautions or placed.see or placed.twins):
            return view
        cautions = []
        for caution in placed.cautions:
            below = min(level + 1, _LOWEST_LEVEL)
            cautions.append(self._passage(caution, below))
        see = [Link(f"#{self._id(it)}", it.label) for it in placed.see]
        twins = [Twin(self._id(it), _source(it)) for it in placed.twins]
        return replace(
            view, twins=tuple(twins), see=tuple(see), cautions=tuple(cautions)
        )

    def _passage(self, passage: Passage, level: int) -> PassageView:
        is_copy = self._is_copy(passage)
        html = passage.html
        if is_copy:
            prefix = f"{passage.article.slug}-"
            html = rebase(passage.html, prefix, passage.article.url)
        lines = [it.id for it in passage.findings if it.id in self._first]
        return PassageView(
            self._id(passage),
            passage.label,
            level if is_copy else 0,
            html,
            _source(passage),
            is_copy,
            () if is_copy else passage.aliases,
            () if is_copy else self._topics(passage),
            findings=self._in_full(passage),
            lines=tuple(map(self._line, lines)),
        )

    def _in_full(self, passage: Passage) -> tuple[CitedFinding, ...]:
        """Return the findings that stand in full for the first time on the page.

        Negative ones stand first, in the text; the others follow in the margin.
        """
        found = []
        for finding in sorted(passage.findings, key=_is_folded):
            if finding.id not in self._first:
                self._first[finding.id] = f"#{self._id(passage)}"
                found.append(self._numbering.cite_finding(finding))
        return tuple(found)

    def _is_copy(self, passage: Passage) -> bool:
        return passage.article.url != self._home.url

    def _id(self, passage: Passage) -> str:
        """Return the id of a passage on this page: prefixed where it is a copy."""
        if self._is_copy(passage):
            return passage.copy_id
        return passage.id

    def _topics(self, passage: Passage) -> tuple[Link, ...]:
        """Return links to the topics of a passage, each to the page that shows it."""
        links = []
        for topic in self._site.topics_of(passage):
            links.append(Link(topic.url, topic.label))
        return tuple(links)


def _is_folded(finding: Finding) -> bool:
    return not finding.is_negative


def _urgency(block: Block) -> str:
    return block.options.urgency if isinstance(block.options, BoxOptions) else ""


def _source(passage: Passage) -> Source:
    return Source(passage.url, passage.article.label, passage.section)


def _append_term(shown: list[PartView], term: Block) -> None:
    """Add a term to those before it, or begin with it where none stands before."""
    last = shown[-1] if shown else None
    if isinstance(last, TermsView):
        shown[-1] = TermsView((*last.terms, term))
    else:
        shown.append(TermsView((term,)))
