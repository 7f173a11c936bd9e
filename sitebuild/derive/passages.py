"""The passages of all articles: what they name, and where their cautions stand."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from sitebuild.faults import Report, known
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Passage,
)
from sitebuild.read.markdown import link_terms, rebase

# The forms of the glossary's terms, each with the address of its term.
Terms = tuple[tuple[str, str], ...]


class Vocabulary(NamedTuple):
    """What passages may name.

    `topics` are slugs. `findings` is None where they could not be read: their names are
    not checked then.
    """

    topics: tuple[str, ...]
    findings: Mapping[str, Finding] | None
    terms: Terms


def terms_of(pages: Iterable[Document]) -> Terms:
    """Return every form of every glossary term with the address of the term."""
    forms: dict[str, str] = {}
    for page in pages:
        for term in page.blocks("term"):
            for form in (term.name, *term.options.also):
                forms[form] = f"{page.url}#{term.id}"
    return tuple(forms.items())


def collect(
    articles: Iterable[Document], vocabulary: Vocabulary, report: Report
) -> dict[str, Passage]:
    """Return the passages of all articles by key, with all that they require.

    Names of nothing, circles, and cautions that only a draft has are faults.
    """
    passages = {}
    for article in articles:
        for passage in _of_article(article, vocabulary, report):
            passages[passage.key] = passage
    closed = _follow(passages, "requires", report)
    for passage in closed.values():
        _check_published(passage, closed, report)
    return _follow(closed, "same", report)


def _of_article(
    article: Document, vocabulary: Vocabulary, report: Report
) -> Iterator[Passage]:
    """Yield an article's passages; a term is linked at its first use in the article."""
    linked: frozenset[str] = frozenset()
    for part in article.parts:
        if not (isinstance(part, Block) and part.kind == "passage"):
            continue
        html = rebase(part.html, f"{part.id}-", "")
        html, linked = link_terms(html, vocabulary.terms, linked)
        options, of = part.options, f'passage "{part.id}"'
        place, topics = part.place_of("topics"), vocabulary.topics
        topics = known(options.topics, topics, of, "topic", place, report)
        place, findings = part.place_of("evidence"), vocabulary.findings or {}
        shown: tuple[str, ...] = ()
        if vocabulary.findings is not None:
            shown = known(options.evidence, findings, of, "finding", place, report)
        yield Passage(
            article,
            part.id,
            html,
            topics,
            tuple(findings[name] for name in shown),
            _keys(options.requires, article),
            _keys(options.same, article),
            part,
        )


def _keys(names: Iterable[str], article: Document) -> tuple[str, ...]:
    """Return the keys of passages that one names; a bare id is one of its article."""
    return tuple(name if "/" in name else f"{article.slug}/{name}" for name in names)


Option = Literal["requires", "same"]
# What each option names.
_NAMED: Mapping[Option, str] = {"requires": "required passage", "same": "passage"}


def _follow(
    passages: Mapping[str, Passage], option: Option, report: Report
) -> dict[str, Passage]:
    """Return the passages, each with what those that an option names name in turn.

    A passage that is not found and one that leads back to itself are faults.
    """
    direct = {}
    for key, passage in passages.items():
        names: tuple[str, ...] = getattr(passage, option)
        if names:
            of = f'passage "{passage.id}"'
            place = passage.block.place_of(option)
            direct[key] = known(names, passages, of, _NAMED[option], place, report)
    closed = dict(passages)
    for key, names in direct.items():
        passage = passages[key]
        reached = _reach(key, direct)
        if key in reached:
            report.add(
                passage.block.place_of(option),
                f'passage "{passage.id}" names itself by way of {", ".join(names)}',
                f"`{option}` never leads back to the passage that has it",
                f"remove one `{option}`",
            )
        others = tuple(name for name in reached if name != key)
        if option == "requires":
            closed[key] = replace(passage, requires=others)
        else:
            closed[key] = replace(passage, same=others)
    return closed


def _reach(key: str, direct: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return all that a passage names, and what that names in turn, nearest first."""
    found: dict[str, None] = {}
    waiting = deque(direct[key])
    while waiting:
        name = waiting.popleft()
        if name not in found:
            found[name] = None
            waiting.extend(direct.get(name, ()))
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


def is_benefit(finding: Finding) -> bool:
    """Return whether a finding says that something helps, or may."""
    return finding.kind == "effect" and not finding.is_negative


def check_benefits(passages: Iterable[Passage], caution: str, report: Report) -> None:
    """Report passages that show a benefit and do not require a caution, by its key."""
    for passage in passages:
        helps = [it.id for it in passage.findings if is_benefit(it)]
        if helps and caution not in (passage.key, *passage.requires):
            report.add(
                passage.block.place_of("evidence"),
                f'passage "{passage.id}" shows a benefit, {", ".join(helps)}, and does '
                f'not require the caution "{caution}"',
                "a benefit is never shown without its caution",
                f"add `requires: {caution}`",
            )


class Placed(NamedTuple):
    """A passage on a page.

    `twins` say the same and are only named here. `cautions` are those that the page
    shows for it. One that is folded shows its title until a reader opens it. With
    `is_caution` it is itself the caution of a page none of whose passages requires it.
    """

    passage: Passage
    twins: tuple[Passage, ...] = ()
    cautions: tuple[Passage, ...] = ()
    is_folded: bool = False
    is_caution: bool = False

    @property
    def own(self) -> tuple[Passage, ...]:
        """The passage and its twins."""
        return (self.passage, *self.twins)

    @property
    def keys(self) -> list[str]:
        """The keys of all that it shows."""
        return [it.key for it in (*self.own, *self.cautions)]


def fold(passages: Sequence[Passage]) -> list[Placed]:
    """Return the passages in order; where two say the same, one stands for both."""
    present = {passage.key: passage for passage in passages}
    hidden = {key for passage in passages for key in passage.same}
    listed: set[str] = set()
    folded = []
    for passage in passages:
        if passage.key in hidden:
            continue
        twins = [key for key in passage.same if key in present and key not in listed]
        listed.update(twins)
        folded.append(Placed(passage, tuple(present[key] for key in twins)))
    return folded


def place(
    folded: Sequence[Placed], passages: Mapping[str, Passage]
) -> tuple[Placed, ...]:
    """Place cautions on a page that shows some passages, in order.

    A passage that stands for others needs what these require, too. A caution that the
    page lacks is that of the first passage that requires it.
    """
    present = {passage.key for it in folded for passage in it.own}
    placed = []
    for it in folded:
        required = dict.fromkeys(key for one in it.own for key in one.requires)
        cautions = [key for key in required if key not in present]
        present.update(cautions)
        placed.append(it._replace(cautions=tuple(passages[key] for key in cautions)))
    return tuple(placed)
