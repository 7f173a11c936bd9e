"""What stands on each page, in order, as the sources have it; and its day.

A part is a heading, prose, a block, a passage with its cautions, or a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sitebuild.derive.cautions import Placed, place
from sitebuild.derive.site import Site, dates_of
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    PagePart,
    PageType,
    Prose,
    page_type,
)

Content = Heading | Prose | Block | Placed | Finding


def type_of(document: Document) -> PageType:
    """Return the type of the page that a document makes."""
    return page_type(document.fields.get("template") or document.kind)


def contents(document: Document, site: Site) -> tuple[Content, ...]:
    """Return the parts of the page of a document.

    An article has its text; a topic its blocks, the passages it derives, its questions;
    a page that lists the findings has them after its own text.
    """
    if document.kind == "topic":
        return _of_topic(document, site)
    passages = [
        site.passages[f"{document.slug}/{block.id}"]
        for block in document.blocks("passage")
    ]
    placed = iter(place(passages, site.passages))
    parts: list[Content] = []
    for part in document.parts:
        is_passage = isinstance(part, Block) and part.kind == "passage"
        parts.append(next(placed) if is_passage else part)
    if PagePart.FINDINGS in type_of(document).parts:
        for _, findings in site.by_topic():
            parts += findings
    return tuple(parts)


def _of_topic(topic: Document, site: Site) -> tuple[Content, ...]:
    questions = topic.blocks("question")
    others = [part for part in topic.parts if not _is_question(part)]
    return (*others, *place(site.tagged(topic), site.passages), *questions)


def _is_question(part: Content) -> bool:
    return isinstance(part, Block) and part.kind == "question"


def findings_beside(parts: tuple[Content, ...]) -> list[Finding]:
    """Return the findings beside a page's passages, cautions apart, with repeats."""
    found: list[Finding] = []
    for part in parts:
        if isinstance(part, Placed):
            found += part.passage.findings
    return found


def _dates_shown(part: Content) -> Iterator[date]:
    """Yield the days of the sources that one part of a page comes from."""
    if isinstance(part, Placed):
        for passage in (part.passage, *part.cautions):
            yield from dates_of(passage.article)
            yield from (finding.checked for finding in passage.findings)
    elif isinstance(part, Finding):
        yield part.checked


def changed(document: Document, parts: tuple[Content, ...], site: Site) -> date | None:
    """Return the newest day on which something on a page was changed or checked.

    None where no source says, or where the type of the page has no date.
    """
    kind = type_of(document)
    if not kind.is_dated:
        return None
    days = dates_of(document)
    for part in parts:
        days += _dates_shown(part)
    if kind.lists_others and site.newest:
        days.append(site.newest)
    return max(days, default=None)
