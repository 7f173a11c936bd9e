"""What each page shows, with nothing left to compute: one function a type of page.

Pelican's object of a page gets these values as attributes: a template that writes
`{{ page.minutes }}` shows `ArticleView.minutes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sitebuild.derive.contents import (
    Content,
    changed,
    contents,
    findings_shown,
    of_topic,
)
from sitebuild.derive.metadata import Facts, describe
from sitebuild.derive.parts import Numbering, PartViews
from sitebuild.derive.passages import Placed
from sitebuild.derive.site import Site
from sitebuild.derive.text import Review, description, minutes, review, standfirst
from sitebuild.derive.views import (
    ArticleView,
    EvidenceView,
    HomeView,
    Item,
    Link,
    OwnView,
    PageView,
    PartView,
    PlainView,
    SearchView,
    Shown,
    TopicsView,
    TopicView,
)
from sitebuild.model import Block, Document, Heading, PageFields, Prose

_MAIN_LEVEL = 2  # of headings that the contents of an article name
_MOST_ARTICLES = 10  # that the first page lists, the newest


class _Maker(NamedTuple):
    """What the page of one document is made of.

    `parts` stand on it, `views` makes what templates see of them.
    """

    document: Document
    site: Site
    parts: tuple[Content, ...]
    numbering: Numbering
    views: PartViews


# What a type of page shows, and all of its parts.
_Made = tuple[tuple[PartView, ...], OwnView]


def show(document: Document, site: Site, settings: Mapping[str, Any]) -> Shown:
    """Return what the page of a document shows."""
    parts = contents(document, site)
    numbering = Numbering(site.references)
    views = PartViews(document, site, numbering)
    make = _OF_TEMPLATE.get(document.template, _plain)
    views_of_parts, own = make(_Maker(document, site, parts, numbering, views))
    references = numbering.references
    day = changed(document, parts, site)
    above = tuple(Link(page.url, page.label) for page in site.above(document))
    trail = (*above, Link(document.url, document.label))
    page = PageView(
        document.url,
        document.kind,
        description(document),
        standfirst(document),
        tuple(Link(f"#{it.id}", it.name) for it in document.blocks("question")),
        _review(document, parts, settings),
        above,
        views_of_parts,
        references,
        *describe(Facts(document, day, trail, references), settings),
    )
    return Shown(page, own)


def newest_day(pages: Iterable[Shown]) -> date | None:
    """Return the newest day on which anything on a site was changed or checked."""
    days = [shown.page.changed for shown in pages]
    return max(filter(None, days), default=None)


def title_link(document: Document) -> Link:
    """Return a link to the page of a document, named by its title."""
    return Link(document.url, document.fields.title)


def _review(
    document: Document, parts: Iterable[Content], settings: Mapping[str, Any]
) -> Review | None:
    """Return when what a page rests on was last looked up, and when it is due."""
    days = [finding.checked for finding in findings_shown(parts)]
    if document.fields.checked:
        days.append(document.fields.checked)
    return review(days, settings.get("REVIEW_MONTHS", 0))


def _plain(it: _Maker) -> _Made:
    return it.views.views(it.parts), PlainView()


def _article(it: _Maker) -> _Made:
    before, after = split_lead(it.parts)
    lead = it.views.views(before)
    body = it.views.views(after)
    own = ArticleView(
        minutes(_texts(it.parts)),
        _sections(it.document),
        lead,
        body,
        tuple(map(title_link, it.site.neighbours(it.document))),
    )
    return lead + body, own


def _texts(parts: Iterable[Content]) -> list[str]:
    """Return what is read of a page: no notes in the margin, no foreign cautions."""
    texts = []
    for part in parts:
        if isinstance(part, Placed) and not part.is_caution:
            texts.append(part.passage.html)
        elif isinstance(part, Prose | Block):
            texts.append(part.html)
    return texts


def split_lead(
    parts: Sequence[Content],
) -> tuple[Sequence[Content], Sequence[Content]]:
    """Return the short answer that opens a page, if any, and the other parts."""
    for number, part in enumerate(parts):
        if not (isinstance(part, Block) and part.kind == "answer"):
            return parts[:number], parts[number:]
    return parts, parts[:0]


def _sections(article: Document) -> tuple[Link, ...]:
    """Return links to the main headings of an article."""
    found = []
    for part in article.parts:
        if isinstance(part, Heading) and part.level == _MAIN_LEVEL:
            found.append(Link(f"#{part.id}", part.title))
    return tuple(found)


def _topic(it: _Maker) -> _Made:
    stands = of_topic(it.document, it.site)
    boxes = it.views.views(list(filter(_is_box, stands.opening)))
    opening = [part for part in stands.opening if not _is_box(part)]
    before_rest, others = split_lead(opening)
    lead = it.views.views(before_rest)
    blocks = it.views.views(others)
    asked = it.views.views(stands.asked)
    rest = it.views.views(stands.rest)
    before, after = it.site.beside(it.document)
    own = TopicView(
        it.document.label,
        boxes,
        lead,
        blocks,
        asked,
        rest,
        title_link(before) if before else None,
        title_link(after) if after else None,
        f"{it.document.url}feed.xml",
    )
    return boxes + lead + blocks + asked + rest, own


def _is_box(part: Content) -> bool:
    return isinstance(part, Block) and part.kind == "box"


def _items(documents: Iterable[Document]) -> tuple[Item, ...]:
    return tuple(Item(it.url, it.fields.title, description(it)) for it in documents)


def _home(it: _Maker) -> _Made:
    questions = {}
    for document in (*it.site.topics, *it.site.pages):
        for block in document.blocks("question"):
            link = Link(f"{document.url}#{block.id}", block.name)
            questions[f"{document.slug}#{block.id}"] = link
    fields = it.document.fields
    if not isinstance(fields, PageFields):
        raise TypeError(f"{it.document.path} is no page")
    own = HomeView(
        it.views.lines(fields.glance),
        tuple(questions[name] for name in fields.asked),
        _items(it.site.articles[:_MOST_ARTICLES]),
        len(it.site.articles[_MOST_ARTICLES:]),
        _items(it.site.topics),
        tuple(it.site.findings[name] for name in fields.lasting),
    )
    return it.views.views(it.parts), own


def _topics(it: _Maker) -> _Made:
    return it.views.views(it.parts), TopicsView(_items(it.site.topics))


def _evidence(it: _Maker) -> _Made:
    parts = it.views.views(it.parts)
    groups = []
    for judgement, findings in it.site.by_judgement:
        groups.append((judgement, tuple(map(it.numbering.cite_finding, findings))))
    return parts, EvidenceView(tuple(groups))


def _search(it: _Maker) -> _Made:
    entries = []
    for document in (*it.site.topics, *it.site.pages):
        blocks = document.blocks("question") + document.blocks("term")
        links = tuple(Link(f"{document.url}#{it.id}", it.name) for it in blocks)
        if links:
            entries.append((document.label, links))
    return it.views.views(it.parts), SearchView(tuple(entries))


# By the name of the template; any other shows a plain page.
_OF_TEMPLATE: Mapping[str, Callable[[_Maker], _Made]] = {
    "article": _article,
    "topic": _topic,
    "home": _home,
    "topics": _topics,
    "evidence": _evidence,
    "search": _search,
}
