"""What stands on each page, in order, as the sources have it; and its day.

A part is a heading, prose, a block, a passage with its cautions, or a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, takewhile
from typing import NamedTuple

from sitebuild.derive import Site, dates_of, is_benefit
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    Passage,
    Prose,
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
    hidden: set[str] = set()
    for passage in passages:
        if passage.key not in hidden:  # of two that name each other the first stands
            hidden.update(passage.same)
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


Content = Heading | Prose | Block | Placed | Finding


# The template of the page that shows every finding, under its id.
FINDINGS = "evidence"
# Those of pages that show no other. What has any other template may show something of
# every page, and is as new as the newest.
ALONE = ("article", "topic", "page", "glossary", "404", FINDINGS)


class Contents(NamedTuple):
    """What stands on a page, in order.

    `opening` are boxes, the answer, and the caution of the site where the page needs it
    and no passage of it brings it. `text` is all else that its source says. Of a topic,
    `answers` are the questions, each with the passages that it names after it, and
    `rest` the other passages that carry the topic.
    """

    opening: tuple[Content, ...]
    text: tuple[Content, ...]
    answers: tuple[Content, ...] = ()
    rest: tuple[Content, ...] = ()

    @property
    def parts(self) -> tuple[Content, ...]:
        """All of it in one row."""
        return tuple(chain.from_iterable(self))


def contents(document: Document, site: Site) -> Contents:
    """Return what stands on the page of a document.

    A page that lists the findings has them after its own text.
    """
    if document.kind == "topic":
        return _of_topic(document, site)
    passages = []
    for block in document.blocks("passage"):
        passages.append(Placed(site.passages[f"{document.slug}/{block.id}"]))
    placed = iter(place(passages, site.passages))
    parts: list[Content] = []
    for part in document.parts:
        is_passage = isinstance(part, Block) and part.kind == "passage"
        parts.append(next(placed) if is_passage else part)
    if document.template == FINDINGS:
        for _, findings in site.by_judgement:
            parts += findings
    opening = tuple(takewhile(_comes_first, parts))
    caution = _missing_caution(document, parts, site)
    return Contents((*opening, *caution), tuple(parts[len(opening) :]))


def _comes_first(part: Content) -> bool:
    return isinstance(part, Block) and part.kind in ("box", "answer")


def _of_topic(topic: Document, site: Site) -> Contents:
    """Return what stands on the page of a topic; each passage stands there once.

    Boxes come before the answer. A passage that a question names stands under it, and
    so does one whose twin does. Of those under a question the first is open; where
    there are questions, all others are folded.
    """
    questions = topic.blocks("question")
    tagged = {passage.key: passage for passage in site.tagged(topic)}
    under: dict[str, int] = {}
    for number, question in enumerate(questions):
        for key in question.options.passages:
            if key in tagged:  # that of a draft is not
                under.setdefault(key, number)

    def group_of(placed: Placed) -> int:
        numbers = (under[it.key] for it in placed.own if it.key in under)
        return next(numbers, len(questions))

    in_order = [tagged[key] for key in dict.fromkeys([*under, *tagged])]
    groups: list[list[Content]] = [[it] for it in questions]
    groups.append([])
    for placed in place(sorted(fold(in_order), key=group_of), site.passages):
        number = group_of(placed)
        is_first = number < len(questions) and len(groups[number]) == 1
        is_folded = bool(questions) and not is_first
        groups[number].append(placed._replace(is_folded=is_folded))
    *answered, rest = groups
    answers = tuple(chain.from_iterable(answered))
    caution = _missing_caution(topic, (*topic.parts, *answers, *rest), site)
    first = (*topic.blocks("box"), *topic.blocks("answer"))
    text = tuple(it for it in topic.parts if it not in (*first, *questions))
    return Contents((*first, *caution), text, answers, tuple(rest))


def _missing_caution(
    document: Document, parts: Iterable[Content], site: Site
) -> tuple[Placed, ...]:
    """Return the caution of the site where a page needs it and its parts have it not.

    Every article needs it, and every page that shows a benefit.
    """
    caution = site.passages.get(site.caution)
    if not caution:
        return ()
    named = list(document.fields.glance)
    for part in parts:
        if isinstance(part, Placed) and site.caution in part.keys:
            return ()
        if isinstance(part, Block):
            named += part.options.evidence
    shown = (*findings_shown(parts), *(site.findings[name] for name in named))
    if document.kind != "article" and not any(map(is_benefit, shown)):
        return ()
    return (Placed(caution, is_caution=True),)


def findings_shown(parts: Iterable[Content]) -> Iterator[Finding]:
    """Yield every finding that the parts of a page show, with repeats.

    Those that blocks only name are not known here.
    """
    for part in parts:
        if isinstance(part, Finding):
            yield part
        for passage in _passages_of(part):
            yield from passage.findings


def _passages_of(part: Content) -> tuple[Passage, ...]:
    """Return a passage of a page, and the cautions that stand there for it."""
    return (part.passage, *part.cautions) if isinstance(part, Placed) else ()


def changed(document: Document, parts: Sequence[Content], site: Site) -> date | None:
    """Return the newest day on which something on a page was changed or checked.

    None where no source says.
    """
    days = set(dates_of(document))
    days.update(finding.checked for finding in findings_shown(parts))
    shown = chain.from_iterable(map(_passages_of, parts))
    for article in {it.article.path: it.article for it in shown}.values():
        days.update(dates_of(article))
    if document.template not in ALONE and site.newest:
        days.add(site.newest)
    return max(days, default=None)
