"""The passages of all articles: what they name, and where their cautions stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from sitebuild.faults import Report
from sitebuild.model import (
    Document,
    Finding,
    Passage,
)
from sitebuild.read.markdown import link_terms, rebase

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

    Names of nothing are left out. Circles, and cautions that only a draft has, are
    faults.
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
    closed = _follow(passages, "requires", report)
    for passage in closed.values():
        _check_published(passage, closed, report)
    return _follow(closed, "same", report)


def keys(names: Iterable[str], article: Document) -> tuple[str, ...]:
    """Return the keys of passages that one names; a bare id is one of its article."""
    return tuple(name if "/" in name else f"{article.slug}/{name}" for name in names)


def _follow(
    passages: Mapping[str, Passage], option: Literal["requires", "same"], report: Report
) -> dict[str, Passage]:
    """Return the passages, each with what those that an option names name in turn.

    A passage that leads back to itself is a fault.
    """
    direct = {}
    for key, passage in passages.items():
        names: tuple[str, ...] = getattr(passage, option)
        direct[key] = tuple(dict.fromkeys(it for it in names if it in passages))
    closed = {}
    for key, passage in passages.items():
        reached = _reach(key, direct)
        if key in reached:
            report.add(
                passage.block.place_of(option),
                f'passage "{passage.id}" names itself by way of '
                f"{', '.join(direct[key])}",
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
