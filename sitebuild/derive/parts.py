"""The parts of a page as its template shows them: small values, all texts ready.

`kind` tells templates the parts apart. Headings, prose and terms are those of the
model. References are numbered from 1 in the order in which a page cites them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sitebuild.derive import Site
from sitebuild.derive.contents import Content, Placed
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
from sitebuild.read.references import number_citations

_QUESTION_LEVEL = 2
_COPY_LEVEL = 3  # of a passage on a topic page
_LOWEST_LEVEL = 4
_MOST_FINDINGS = 2  # beside a passage, those against a claim apart
# Where every finding stands in full.
EVIDENCE = "/evidence/"


class Link(NamedTuple):
    """An address, the words that lead there, and in lists what a page says in short."""

    url: str
    title: str
    summary: str = ""


def name_link(document: Document) -> Link:
    """Return a link to the page of a document, by its short name."""
    return Link(document.url, document.label)


def title_link(document: Document) -> Link:
    """Return a link to the page of a document, by its title."""
    return Link(document.url, document.fields.title)


class FindingView(NamedTuple):
    """A finding: in full with the numbers of its references, or a line to `url`.

    `is_explained`: its verdict leads to what the word means, as the first of its kind.
    """

    finding: Finding
    url: str
    numbers: tuple[int, ...] = ()
    is_explained: bool = False


Findings = tuple[FindingView, ...]


class Source(NamedTuple):
    """Where a passage comes from: its article by its short name, and its title.

    `id` is that of the passage on the page.
    """

    id: str
    url: str
    article: str
    title: str


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
    lines: Findings
    lasting: tuple[Finding, ...]
    scales: tuple[Finding, ...]


class PassageView(NamedTuple):
    """A passage as it stands on a page: as written in its own article, else a copy.

    Its heading is of a `level`. One that is folded shows its heading alone. `twins` are
    passages that it stands for. `findings` stand here in full; `lines` are those that
    readers must see and that stand in full elsewhere, `more` all the others, which a
    copy leaves to its article. `cautions` are those that the page shows for this
    passage. Its kind is "caution" where it stands for itself before all that the page
    says; `is_caution` is the caution of the site where it was written.
    """

    kind: str
    id: str
    title: str
    level: int
    html: str
    source: Source
    is_copy: bool
    is_folded: bool
    is_caution: bool
    topics: tuple[Link, ...]
    findings: Findings
    lines: Findings
    more: Findings
    twins: tuple[Source, ...] = ()
    cautions: tuple[PassageView, ...] = ()


PartView = Heading | Prose | Block | BlockView | PassageView


class PartViews:
    """Makes the views of the parts of one page, called in the order of the page."""

    def __init__(self, home: Document, site: Site) -> None:
        """Take the page's document, which is home to its own passages."""
        self._home = home
        self._site = site
        self._numbers: dict[str, int] = {}
        self._level = 1
        self._first: dict[str, str] = {}
        self._explained: set[str] = set()
        self._answered: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[Reference, ...]:
        """What was cited, in order."""
        return tuple(self._site.references[key] for key in self._numbers)

    def views(self, parts: Iterable[Content]) -> tuple[PartView, ...]:
        """Return the views of some parts; findings are shown by their page itself.

        A part that an earlier call showed counts as standing above.
        """
        return tuple(self._view(it) for it in parts if not isinstance(it, Finding))

    def in_full(self, finding: Finding) -> FindingView:
        """Return a finding with the numbers of its references."""
        numbers = self._cite(it.key for it in finding.references)
        return FindingView(finding, f"{EVIDENCE}#{finding.id}", numbers)

    def lines(self, names: Iterable[str]) -> Findings:
        """Return those of some findings that are effects, one line each."""
        findings = [self._site.findings[name] for name in names]
        return tuple(self._line(it) for it in findings if it.kind == "effect")

    def _cite(self, keys: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of some references, new ones counted on."""
        numbers = self._numbers
        return tuple([numbers.setdefault(key, len(numbers) + 1) for key in keys])

    def _link(self, keys: list[str]) -> str:
        """Return the numbers of some sources as one link, which leads to the first.

        A star marks a source only partly checked.
        """
        names = [
            f"{number}{'*' * (self._site.references[key].verified == 'partly')}"
            for number, key in sorted(zip(self._cite(keys), keys, strict=True))
        ]
        said, first = ", ".join(names), names[0].rstrip("*")
        label = f"Source{'s' * (len(names) > 1)} {said}"
        return f'<a href="#R{first}" aria-label="{label}">{said}</a>'

    def _view(self, part: Heading | Prose | Block | Placed) -> PartView:
        if isinstance(part, Placed):
            return self._placed(part)
        if isinstance(part, Block) and part.kind != "term":
            return self._block(part)
        if isinstance(part, Heading):
            self._level = part.level
        return part

    def _block(self, block: Block) -> BlockView:
        options = block.options
        return BlockView(
            block.kind,
            block.id,
            block.name,
            number_citations(block.html, self._link),
            _QUESTION_LEVEL if block.kind == "question" else self._level + 1,
            options.urgency,
            self._cite(options.references),
            self._lines_of(block),
            tuple(self._site.findings[name] for name in options.lasting),
            tuple(self._site.findings[name] for name in options.scales),
        )

    def _lines_of(self, block: Block) -> Findings:
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

    def _line(self, finding: Finding, *, is_open: bool = True) -> FindingView:
        """Return a finding in one line; it leads up the page if it is there in full."""
        url = self._first.get(finding.id, f"{EVIDENCE}#{finding.id}")
        explained = is_open and self._is_explained(finding)
        return FindingView(finding, url, is_explained=explained)

    def _is_explained(self, finding: Finding) -> bool:
        """Return whether a finding is the first to be seen with its judgement."""
        is_new = finding.judgement not in self._explained
        self._explained.add(finding.judgement)
        return is_new

    def _placed(self, placed: Placed) -> PassageView:
        level = min(self._level + 1, _LOWEST_LEVEL)
        if self._home.kind == "topic":
            level = _COPY_LEVEL
        if placed.is_caution:
            view = self._passage(placed.passage, _LOWEST_LEVEL, as_caution=True)
            return view._replace(kind="caution")
        view = self._passage(placed.passage, level, is_folded=placed.is_folded)
        cautions = [self._passage(it, level, as_caution=True) for it in placed.cautions]
        twins = tuple(map(self._source, placed.twins))
        return view._replace(twins=twins, cautions=tuple(cautions))

    def _passage(
        self,
        passage: Passage,
        level: int,
        *,
        is_folded: bool = False,
        as_caution: bool = False,
    ) -> PassageView:
        source = self._source(passage)
        is_copy = source.id != passage.id
        html, found = passage.html, passage.findings
        topics: tuple[Link, ...] = ()
        if is_copy:
            article = passage.article
            html = rebase(html, f"{article.slug}-", article.url)
        else:
            topics = tuple(map(name_link, self._site.topics_of(passage)))
        if as_caution:
            found = tuple(it for it in found if it.is_negative)
        full, lines, more = self._findings(found, "" if is_folded else source.id)
        return PassageView(
            "passage",
            source.id,
            passage.label,
            level,
            html,
            source,
            is_copy,
            is_folded,
            not is_copy and passage.key == self._site.caution,
            topics,
            full,
            lines,
            () if is_copy else more,
        )

    def _findings(
        self, findings: tuple[Finding, ...], here: str
    ) -> tuple[Findings, Findings, Findings]:
        """Return some findings of a passage: in full, in a line, and all others.

        Negative ones come first and are always seen: in full where no open passage
        above has them. Of other effects, those that lead the passage and are new to
        the page. `here` is its id, "" where it is folded: what stands there counts as
        seen there alone. What stands in the margin explains no word, as it folds.
        """
        full: list[FindingView] = []
        lines: list[FindingView] = []
        more: list[FindingView] = []
        is_open = bool(here)
        found = sorted(findings, key=lambda it: not it.is_negative)
        first = [it for it in found if it.kind == "effect"][:_MOST_FINDINGS]
        for it in found:
            is_new = it.id not in self._first and it.kind == "effect"
            if is_new and (it.is_negative or it in first):
                explained = is_open and it.is_negative and self._is_explained(it)
                full.append(self.in_full(it)._replace(is_explained=explained))
                if is_open:
                    self._first[it.id] = f"#{here}"
            elif it.is_negative:
                lines.append(self._line(it, is_open=is_open))
            else:
                more.append(self._line(it, is_open=False))
        return tuple(full), tuple(lines), tuple(more)

    def _source(self, passage: Passage) -> Source:
        """Return where a passage comes from; its id has a prefix where it is a copy."""
        article = passage.article
        is_copy = article.url != self._home.url
        ident = passage.copy_id if is_copy else passage.id
        return Source(ident, passage.url, article.label, passage.label)
