"""The parts of a page as its template shows them: small values, all texts ready.

`kind` tells templates the parts apart. References are numbered from 1 in the order in
which a page cites them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sitebuild.derive.contents import Content
from sitebuild.derive.passages import Placed, drawn_by
from sitebuild.derive.site import Site
from sitebuild.derive.views import (
    BlockView,
    CitedFinding,
    FindingLine,
    HeadingView,
    Link,
    PartView,
    PassageView,
    ProseView,
    Source,
    TermsView,
    Twin,
)
from sitebuild.model import (
    Block,
    BoxOptions,
    Document,
    Finding,
    Heading,
    Passage,
    Prose,
    Reference,
)
from sitebuild.read.markdown import rebase
from sitebuild.read.references import number_citations

_QUESTION_LEVEL = 2
_COPY_LEVEL = 3  # of a passage on a topic page
_LOWEST_LEVEL = 4
_MOST_FINDINGS = 2  # beside a passage, those against a claim apart
# The findings of a passage: those in full, those in a line, and all others.
_Findings = tuple[
    tuple[CitedFinding, ...], tuple[FindingLine, ...], tuple[FindingLine, ...]
]
# Where every finding stands in full.
EVIDENCE = "/evidence/"


class Numbering:
    """The references of one page, numbered from 1 as they are cited."""

    def __init__(self, references: Mapping[str, Reference]) -> None:
        """Take all references of the site by key."""
        self._all = references
        self._numbers: dict[str, int] = {}

    def cite(self, keys: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of some references, new ones counted on."""
        return tuple(
            self._numbers.setdefault(key, len(self._numbers) + 1) for key in keys
        )

    def cite_in(self, html: str) -> str:
        """Return HTML whose citations are numbers that lead to the references.

        A star marks a source whose details were only partly checked.
        """
        return number_citations(html, self._link)

    def _link(self, key: str) -> str:
        (number,) = self.cite((key,))
        star = "*" if self._all[key].verified == "partly" else ""
        name = f"{number}{star}"
        return f'<a href="#R{number}" aria-label="Source {name}">{name}</a>'

    def cite_finding(self, finding: Finding) -> CitedFinding:
        """Return a finding with the numbers of its references."""
        return CitedFinding(finding, self.cite(it.key for it in finding.references))

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
        self._first: dict[str, str] = {}
        self._explained: set[str] = set()
        self._answered: tuple[str, ...] = ()

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
            return HeadingView("heading", part.level, part.title, part.id)
        if isinstance(part, Prose):
            return ProseView("prose", part.html)
        if isinstance(part, Block):
            return self._block(part)
        return self._placed(part)

    def _block(self, block: Block) -> BlockView:
        options = block.options
        lasting, scales = drawn_by(block)
        return BlockView(
            block.kind,
            block.id,
            block.name,
            self._numbering.cite_in(block.html),
            _QUESTION_LEVEL if block.kind == "question" else self._level + 1,
            options.urgency if isinstance(options, BoxOptions) else "",
            self._numbering.cite(options.references),
            self._lines(block),
            tuple(self._site.findings[name] for name in lasting),
            tuple(self._site.findings[name] for name in scales),
        )

    def _lines(self, block: Block) -> tuple[FindingLine, ...]:
        """Return the effects beside a block: facts and practice it says itself.

        Advice stands right under the answer and does not show its findings again; a
        question, which is read by itself, shows all of its own.
        """
        names = block.options.evidence
        if block.kind == "answer":
            self._answered = names
        elif block.kind != "question":
            names = tuple(name for name in names if name not in self._answered)
        return self.lines(names)

    def lines(self, names: Iterable[str]) -> tuple[FindingLine, ...]:
        """Return those of some findings that are effects, one line each."""
        findings = [self._site.findings[name] for name in names]
        return tuple(self._line(it) for it in findings if it.kind == "effect")

    def _line(self, finding: Finding, *, is_open: bool = True) -> FindingLine:
        """Return a finding in one line; it leads up the page if it is there in full."""
        url = self._first.get(finding.id, f"{EVIDENCE}#{finding.id}")
        return FindingLine(finding, url, is_open and self._is_explained(finding))

    def _is_explained(self, finding: Finding) -> bool:
        """Return whether a finding is the first to be seen with its judgement."""
        is_new = finding.judgement not in self._explained
        self._explained.add(finding.judgement)
        return is_new

    def _placed(self, placed: Placed) -> PassageView:
        if placed.is_caution:
            view = self._passage(placed.passage, _LOWEST_LEVEL, as_caution=True)
            return view._replace(kind="caution")
        level = _COPY_LEVEL if self._home.kind == "topic" else self._level
        view = self._passage(placed.passage, level, is_folded=placed.is_folded)
        below = min(level + 1, _LOWEST_LEVEL)
        return view._replace(
            twins=tuple(Twin(self._id(it), _source(it)) for it in placed.twins),
            cautions=tuple(
                self._passage(it, below, as_caution=True) for it in placed.cautions
            ),
        )

    def _passage(
        self,
        passage: Passage,
        level: int,
        *,
        is_folded: bool = False,
        as_caution: bool = False,
    ) -> PassageView:
        is_copy = self._is_copy(passage)
        here = self._id(passage)
        html = passage.html
        topics: tuple[Link, ...] = ()
        if is_copy:
            html = rebase(html, f"{passage.article.slug}-", passage.article.url)
        else:
            shown = self._site.topics_of(passage)
            topics = tuple(Link(topic.url, topic.label) for topic in shown)
        found = passage.findings
        if as_caution:
            found = tuple(it for it in found if it.is_negative)
        findings, lines, more = self._findings(found, "" if is_folded else here)
        return PassageView(
            "passage",
            here,
            passage.label,
            level if is_copy else 0,
            html,
            _source(passage),
            is_copy,
            is_folded,
            topics,
            findings,
            lines,
            () if is_copy else more,
        )

    def _findings(self, findings: Iterable[Finding], here: str) -> _Findings:
        """Return some findings of a passage: in full, in a line, and all others.

        Negative ones come first and are always seen: in full where no open passage
        above has them. Other effects are where they are new to the page and there is
        room. `here` is the id of the passage, "" of one that is folded: what stands
        there counts as seen there alone.
        """
        full: list[CitedFinding] = []
        lines: list[FindingLine] = []
        more: list[FindingLine] = []
        for it in sorted(findings, key=lambda it: not it.is_negative):
            is_new = it.id not in self._first and it.kind == "effect"
            has_room = len(full) + len(lines) < _MOST_FINDINGS
            if is_new and (it.is_negative or has_room):
                full.append(self._cited(it, is_open=bool(here)))
                if here:
                    self._first[it.id] = f"#{here}"
            elif it.is_negative:
                lines.append(self._line(it, is_open=bool(here)))
            else:
                more.append(self._line(it, is_open=False))
        return tuple(full), tuple(lines), tuple(more)

    def _cited(self, finding: Finding, *, is_open: bool) -> CitedFinding:
        """Return a finding in full; one in the margin explains no word, as it folds."""
        cited = self._numbering.cite_finding(finding)
        is_shown = is_open and finding.is_negative
        return cited._replace(is_explained=is_shown and self._is_explained(finding))

    def _is_copy(self, passage: Passage) -> bool:
        return passage.article.url != self._home.url

    def _id(self, passage: Passage) -> str:
        """Return the id of a passage on this page: prefixed where it is a copy."""
        return passage.copy_id if self._is_copy(passage) else passage.id


def _source(passage: Passage) -> Source:
    return Source(passage.url, passage.article.label, passage.section)


def _append_term(shown: list[PartView], term: Block) -> None:
    """Add a term to those before it, or begin with it where none stands before."""
    last = shown[-1] if shown else None
    if isinstance(last, TermsView):
        shown[-1] = TermsView("terms", (*last.terms, term))
    else:
        shown.append(TermsView("terms", (term,)))
