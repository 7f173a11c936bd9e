"""Passages that say the same: where both would be shown, one stands for the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sitebuild.derive.reach import reach
from sitebuild.faults import Report, known
from sitebuild.model import Passage


@dataclass(frozen=True)
class Folded:
    """A passage that a page shows, and those that it stands for there."""

    passage: Passage
    twins: tuple[Passage, ...] = ()


def close_twins(passages: Mapping[str, Passage], report: Report) -> dict[str, Passage]:
    """Return the passages, each with the twins of its twins.

    A twin that is not found and one that leads back to the passage are faults.
    """
    direct = {}
    for key, passage in passages.items():
        if passage.same:
            direct[key] = _named(passage, passages, report)
    closed = dict(passages)
    for key, named in direct.items():
        passage = passages[key]
        twins = reach(key, direct)
        if key in twins:
            _report_circle(passage, named, report)
        same = tuple(name for name in twins if name != key)
        if same != passage.same:
            closed[key] = replace(passage, same=same)
    return closed


def _named(
    passage: Passage, passages: Mapping[str, Passage], report: Report
) -> tuple[str, ...]:
    return known(
        passage.same,
        passages,
        f'passage "{passage.id}"',
        "passage",
        passage.block.place_of("same"),
        report,
    )


def _report_circle(passage: Passage, named: Sequence[str], report: Report) -> None:
    report.add(
        passage.block.place_of("same"),
        f'passage "{passage.id}" stands for itself by way of {", ".join(named)}',
        "of two passages that say the same, one names the other",
        "remove one `same`",
    )


def fold(passages: Sequence[Passage]) -> tuple[Folded, ...]:
    """Return the passages in order, each that another stands for put with the first."""
    present = {passage.key: passage for passage in passages}
    hidden = _hidden(passages)
    listed: set[str] = set()
    folded = []
    for passage in passages:
        if passage.key in hidden:
            continue
        twins = []
        for key in passage.same:
            if key in present and key not in listed:
                listed.add(key)
                twins.append(present[key])
        folded.append(Folded(passage, tuple(twins)))
    return tuple(folded)


def _hidden(passages: Iterable[Passage]) -> set[str]:
    """Return the keys of the passages that another one of the page stands for."""
    hidden: set[str] = set()
    for passage in passages:
        hidden.update(passage.same)
    return hidden
