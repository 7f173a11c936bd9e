"""What stands on each page, in order, as the sources have it; and its day.

A part is a heading, prose, a block, a passage with its cautions, or a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, takewhile
from typing import NamedTuple

from sitebuild.derive.passages import Placed, fold, is_benefit, place
from sitebuild.derive.site import Site, dates_of
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    Passage,
    Prose,
)

Content = Heading | Prose | Block | Placed | Finding


class PageType(NamedTuple):
    """What a type of page does beyond its template.

    `is_indexed`: the text outside its blocks is in the search index under the page's
    title (blocks and findings are there in any case, each by itself).
    `lists_others`: it shows something of every page, so it is as new as the newest.
    `has_findings`: it shows every finding, under its id.
    """

    is_indexed: bool = True
    lists_others: bool = False
    has_findings: bool = False


# By the name of the template.
PAGE_TYPES: Mapping[str, PageType] = {
    "article": PageType(),
    "topic": PageType(),
    "page": PageType(),
    "home": PageType(is_indexed=False, lists_others=True),
    "topics": PageType(is_indexed=False, lists_others=True),
    "search": PageType(is_indexed=False, lists_others=True),
    "evidence": PageType(is_indexed=False, has_findings=True),
    "glossary": PageType(is_indexed=False),
    "404": PageType(is_indexed=False),
}
# A template that the table lacks may show anything.
_ANY = PageType(lists_others=True)


def type_of(document: Document) -> PageType:
    """Return the type of the page that a document makes."""
    return PAGE_TYPES.get(document.template, _ANY)


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
    if type_of(document).has_findings:
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
    under = {}
    for question in questions:
        for key in question.options.passages:
            if key in tagged:  # that of a draft is not
                under[key] = question.id
    asked: dict[str, list[Content]] = {it.id: [it] for it in questions}
    rest: list[Content] = []
    for placed in _in_order(tagged, under, list(asked), site):
        others = asked.get(_question(placed, under), rest)
        is_first = others is not rest and len(others) == 1  # after its question
        others.append(placed._replace(is_folded=bool(asked) and not is_first))
    under_questions = tuple(chain.from_iterable(asked.values()))
    caution = _missing_caution(topic, (*topic.parts, *under_questions, *rest), site)
    boxes, answers = topic.blocks("box"), topic.blocks("answer")
    apart = (*boxes, *answers, *questions)
    text = tuple(part for part in topic.parts if part not in apart)
    return Contents((*boxes, *answers, *caution), text, under_questions, tuple(rest))


def _in_order(
    tagged: Mapping[str, Passage],
    under: Mapping[str, str],
    questions: Sequence[str],
    site: Site,
) -> tuple[Placed, ...]:
    """Return the passages of a topic as its page has them, with their cautions."""
    order = dict.fromkeys([*under, *tagged])
    folded = fold([tagged[key] for key in order])

    def place_on_page(it: Placed) -> int:
        question = _question(it, under)
        return questions.index(question) if question else len(questions)

    return place(sorted(folded, key=place_on_page), site.passages)


def _question(placed: Placed, under: Mapping[str, str]) -> str:
    """Return the id of the question that a passage stands under; "" if none."""
    return next((under[it.key] for it in placed.own if it.key in under), "")


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
        if isinstance(part, Placed):
            for passage in (part.passage, *part.cautions):
                yield from passage.findings
        elif isinstance(part, Finding):
            yield part


def changed(document: Document, parts: Sequence[Content], site: Site) -> date | None:
    """Return the newest day on which something on a page was changed or checked.

    None where no source says.
    """
    days = set(dates_of(document))
    days.update(finding.checked for finding in findings_shown(parts))
    articles = {}
    for part in parts:
        if isinstance(part, Placed):
            for passage in (part.passage, *part.cautions):
                articles[passage.article.path] = passage.article
    for article in articles.values():
        days.update(dates_of(article))
    if type_of(document).lists_others and site.newest:
        days.add(site.newest)
    return max(days, default=None)
