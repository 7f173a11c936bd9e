"""How the passages of a topic are spread over its pages: the first, and numbered ones.

Pure. A passage that a question of the topic names stands under it, on the first page,
however many there are; the others follow in the order of the topic, which has the
newest article first. Numbers count from the end, so a new article moves passages only
between the first page and the one with the highest number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sitebuild.derive.cautions import Placed
from sitebuild.derive.passages import passages_of
from sitebuild.derive.twins import Folded, fold
from sitebuild.model import Block, Document, Passage

FIRST = 0


@dataclass(frozen=True)
class Spread:
    """What each page of a topic lists, in order: the first page, then those by number.

    `under` has the id of the question that names a passage, by its key.
    """

    under: Mapping[str, str]
    pages: tuple[tuple[Folded, ...], ...]


def spread(topic: Document, tagged: Sequence[Passage], most: int) -> Spread:
    """Return which of its passages each page of a topic lists.

    A page has at most `most` of them, or all of them if that is 0. Cautions that are
    shown beside a passage are not counted.
    """
    questions = topic.blocks("question")
    by_key = {passage.key: passage for passage in tagged}
    under = _under_questions(questions, by_key)
    order = dict.fromkeys([*under, *by_key])
    asked: dict[str, list[Folded]] = {it.id: [] for it in questions}
    rest: list[Folded] = []
    for it in fold([by_key[key] for key in order]):
        question = question_of(it, under)
        if question is None:
            rest.append(it)
        else:
            asked[question].append(it)
    listed = [it for several in asked.values() for it in several]
    return Spread(under, tuple(_pages(listed, rest, most)))


def question_of(it: Placed | Folded, under: Mapping[str, str]) -> str | None:
    """Return the id of the question that a passage stands under, or one of its twins.

    `under` is that of the spread of the topic.
    """
    for passage in (it.passage, *it.twins):
        if passage.key in under:
            return under[passage.key]
    return None


def _pages(
    asked: Sequence[Folded], rest: Sequence[Folded], most: int
) -> list[tuple[Folded, ...]]:
    if not most:
        return [(*asked, *rest)]
    room = max(0, most - len(asked))
    pages = [(*asked, *rest[:room])]
    end = len(rest)
    while end > room:
        start = max(room, end - most)
        pages.append(tuple(rest[start:end]))
        end = start
    return pages


def _under_questions(
    questions: Iterable[Block], tagged: Collection[str]
) -> dict[str, str]:
    """Return the id of the question that each named passage stands under, in order."""
    under = {}
    for question in questions:
        for key in passages_of(question):
            if key in tagged:  # that of a draft is not
                under[key] = question.id
    return under


def numbered_url(topic: Document, number: int) -> str:
    """Return the address of a page of a topic; the first has none but the topic's."""
    return topic.url if number == FIRST else f"{topic.url}{number}/"
