"""The cautions that passages require: which, and where each stands on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sitebuild.derive.reach import reach
from sitebuild.derive.twins import Folded
from sitebuild.faults import Report, known
from sitebuild.model import Passage


@dataclass(frozen=True)
class Placed:
    """A passage on a page: the cautions beside it, and those elsewhere on the page.

    `twins` are passages that say the same and are only named here.
    """

    passage: Passage
    cautions: tuple[Passage, ...] = ()
    see: tuple[Passage, ...] = ()
    twins: tuple[Passage, ...] = ()


def close(passages: Mapping[str, Passage], report: Report) -> dict[str, Passage]:
    """Return the passages, each with what its cautions require in their turn.

    A caution that is not found, one that requires itself, and a published passage that
    requires one of a draft are faults.
    """
    direct = {}
    for key, passage in passages.items():
        if passage.requires:
            direct[key] = _named(passage, passages, report)
    closed = dict(passages)
    for key, named in direct.items():
        passage = passages[key]
        requires = reach(key, direct)
        if key in requires:
            _report_circle(passage, named, report)
        others = tuple(name for name in requires if name != key)
        _check_published(passage, others, passages, report)
        if others != passage.requires:
            closed[key] = replace(passage, requires=others)
    return closed


def _named(
    passage: Passage, passages: Mapping[str, Passage], report: Report
) -> tuple[str, ...]:
    return known(
        passage.requires,
        passages,
        f'passage "{passage.id}"',
        "required passage",
        passage.block.place_of("requires"),
        report,
    )


def _report_circle(passage: Passage, direct: Sequence[str], report: Report) -> None:
    report.add(
        passage.block.place_of("requires"),
        f'passage "{passage.id}" requires itself by way of {", ".join(direct)}',
        "a caution never leads back to what requires it",
        "remove one `requires`",
    )


def _check_published(
    passage: Passage,
    requires: Sequence[str],
    passages: Mapping[str, Passage],
    report: Report,
) -> None:
    hidden = [name for name in requires if not passages[name].article.is_published]
    if passage.article.is_published and hidden:
        report.add(
            passage.block.place_of("requires"),
            f'passage "{passage.id}" requires {", ".join(hidden)} of a draft',
            "a caution is published",
            "publish that article",
        )


def place(
    folded: Sequence[Folded], known_passages: Mapping[str, Passage]
) -> tuple[Placed, ...]:
    """Place cautions on a page that shows some passages, in order.

    A passage that stands for others needs what these require, too. A caution that the
    page lacks stands beside the first passage that requires it; a passage whose caution
    stands elsewhere on the page leads to it (`see`).
    """
    present: set[str] = set()
    for it in folded:
        present.update(_keys(it))
    placed = []
    for it in folded:
        requires = _required(it)
        missing = [key for key in requires if key not in present]
        present.update(missing)
        elsewhere = [key for key in requires if key not in missing]
        placed.append(
            Placed(
                it.passage,
                tuple(known_passages[key] for key in missing),
                tuple(known_passages[key] for key in elsewhere),
                it.twins,
            )
        )
    return tuple(placed)


def _keys(folded: Folded) -> list[str]:
    return [passage.key for passage in (folded.passage, *folded.twins)]


def _required(folded: Folded) -> tuple[str, ...]:
    """Return what a passage and its twins require, without themselves."""
    requires: dict[str, None] = {}
    for passage in (folded.passage, *folded.twins):
        requires.update(dict.fromkeys(passage.requires))
    own = _keys(folded)
    return tuple(key for key in requires if key not in own)
