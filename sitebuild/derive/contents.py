"""What stands on each page, in order, as the sources have it; and its day.

A part is a heading, prose, a block, a passage with its cautions, or a finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from sitebuild.derive.cautions import Placed, place
from sitebuild.derive.pagetypes import PagePart, PageType, page_type
from sitebuild.derive.passages import passages_of
from sitebuild.derive.site import Site, dates_of
from sitebuild.derive.twins import Folded, fold
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    Prose,
)

Content = Heading | Prose | Block | Placed | Finding


def type_of(document: Document) -> PageType:
    """Return the type of the page that a document makes."""
    return page_type(document.template)


def contents(document: Document, site: Site) -> tuple[Content, ...]:
    """Return the parts of the page of a document.

    An article has its text; a topic its passages; a page that lists the findings has
    them after its own text.
    """
    if document.kind == "topic":
        return of_topic(document, site).parts
    folded = []
    for block in document.blocks("passage"):
        folded.append(Folded(site.passages[f"{document.slug}/{block.id}"]))
    placed = iter(place(folded, site.passages))
    parts: list[Content] = []
    for part in document.parts:
        is_passage = isinstance(part, Block) and part.kind == "passage"
        parts.append(next(placed) if is_passage else part)
    if PagePart.FINDINGS in type_of(document).parts:
        for _, findings in site.by_topic():
            parts += findings
    return tuple(parts)


@dataclass(frozen=True)
class TopicContents:
    """What stands on the page of a topic, in order.

    `opening` are the editor's blocks, `asked` the questions, each with the passages
    that it names after it, and `rest` the other passages that carry the topic.
    """

    opening: tuple[Content, ...]
    asked: tuple[Content, ...]
    rest: tuple[Content, ...]

    @property
    def parts(self) -> tuple[Content, ...]:
        """Return all of it in one row."""
        return (*self.opening, *self.asked, *self.rest)


def of_topic(topic: Document, site: Site) -> TopicContents:
    """Return what stands on the page of a topic, each passage once.

    A passage that a question names stands under it; the others follow in the order of
    the topic, which has the newest article first.
    """
    questions = topic.blocks("question")
    tagged = {passage.key: passage for passage in site.tagged(topic)}
    under = _under_questions(questions, tagged)
    asked: dict[str, list[Folded]] = {it.id: [] for it in questions}
    rest: list[Folded] = []
    for it in fold([tagged[key] for key in dict.fromkeys([*under, *tagged])]):
        asked.get(_question_of(it, under), rest).append(it)
    listed = list(chain.from_iterable(asked.values()))
    placed = place([*listed, *rest], site.passages)
    shown: dict[str, list[Content]] = {it.id: [it] for it in questions}
    for part in placed[: len(listed)]:
        shown[_question_of(part, under)].append(part)
    opening = tuple(part for part in topic.parts if part not in questions)
    return TopicContents(
        opening,
        tuple(chain.from_iterable(shown.values())),
        tuple(placed[len(listed) :]),
    )


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


def _question_of(it: Placed | Folded, under: Mapping[str, str]) -> str:
    """Return the id of the question that a passage or a twin is under; "" if none."""
    for passage in (it.passage, *it.twins):
        if passage.key in under:
            return under[passage.key]
    return ""


def findings_shown(parts: Iterable[Content]) -> Iterator[Finding]:
    """Yield every finding that the parts of a page show, with repeats.

    Those that blocks only name are not known here.
    """
    for part in parts:
        if isinstance(part, Placed):
            for passage in (part.passage, *part.cautions):
                yield from passage.findings
        elif isinstance(part, Finding):
            yield part


def _dates_shown(part: Content) -> Iterator[date]:
    """Yield the days of the sources that one part of a page comes from."""
    if isinstance(part, Placed):
        for passage in (part.passage, *part.cautions):
            yield from dates_of(passage.article)


def changed(document: Document, parts: tuple[Content, ...], site: Site) -> date | None:
    """Return the newest day on which something on a page was changed or checked.

    None where no source says, or where the type of the page has no date.
    """
    kind = type_of(document)
    if not kind.is_dated:
        return None
    days = dates_of(document)
    days += [finding.checked for finding in findings_shown(parts)]
    for part in parts:
        days += _dates_shown(part)
    if kind.lists_others and site.newest:
        days.append(site.newest)
    return max(days, default=None)
