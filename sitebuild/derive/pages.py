"""What each page shows, with nothing left to compute: one function a type of page.

Pelican's object of a page gets these values as attributes: a template that writes
`{{ page.description }}` shows `Page.description`, and `{{ page.minutes }}` what the
function of the type of page returns under that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sitebuild.derive import metadata
from sitebuild.derive.contents import (
    Contents,
    Placed,
    changed,
    contents,
)
from sitebuild.derive.metadata import Review, description
from sitebuild.derive.parts import (
    FindingView,
    Link,
    PartView,
    PartViews,
    name_link,
    title_link,
)
from sitebuild.derive.site import Site
from sitebuild.model import Block, Document, Heading, Prose, Reference

_MAIN_LEVEL = 2  # of headings that the contents of an article name
_MOST_ARTICLES = 10  # that the first page lists, the newest


class Page(NamedTuple):
    """What pages of every type show, and in `own` what those of its type do.

    `description` says in one sentence what the page is about; `standfirst` is empty
    where an answer opens the text. `questions` lead to the questions that it answers.
    `above` has the pages above it by address, home first, `glance` the findings that it
    names to be seen first. `opening`, `text`, `answers` and `rest` are those of its
    Contents. `canonical` (absolute), `card` and `linked_data` (JSON) are empty where
    the page has no address of its own.
    """

    address: str
    kind: str
    description: str
    standfirst: str
    questions: tuple[Link, ...]
    review: Review | None
    above: tuple[Link, ...]
    glance: tuple[FindingView, ...]
    opening: tuple[PartView, ...]
    text: tuple[PartView, ...]
    answers: tuple[PartView, ...]
    rest: tuple[PartView, ...]
    own: Mapping[str, Any]
    references: tuple[Reference, ...]
    changed: date | None
    canonical: str = ""
    card: str = ""
    linked_data: str = ""

    @property
    def parts(self) -> tuple[PartView, ...]:
        """All parts of the page in one row."""
        return (*self.opening, *self.text, *self.answers, *self.rest)

    def as_draft(self) -> Page:
        """Return it as machines see a draft: without address, card or linked data."""
        return self._replace(canonical="", card="", linked_data="")

    def attributes(self) -> dict[str, Any]:
        """Return all of it by name, as templates see it."""
        return {**self._asdict(), "parts": self.parts, **self.own}


class _Made(NamedTuple):
    """What the page of one document is made of."""

    document: Document
    site: Site
    stands: Contents
    views: PartViews


def show(document: Document, site: Site, settings: Mapping[str, Any]) -> Page:
    """Return what the page of a document shows."""
    fields = document.fields
    stands = contents(document, site)
    parts = stands.parts
    views = PartViews(document, site)
    page = Page(
        address=document.url,
        kind=document.kind,
        description=description(document),
        standfirst="" if metadata.answer_of(document) else fields.summary,
        questions=tuple(
            Link(f"#{it.id}", it.name) for it in document.blocks("question")
        ),
        review=metadata.review(document, parts, settings),
        above=tuple(map(name_link, site.above(document))),
        glance=views.lines(fields.glance),
        opening=views.views(stands.opening),
        text=views.views(stands.text),
        answers=views.views(stands.answers),
        rest=views.views(stands.rest),
        own=_own(_Made(document, site, stands, views)),
        references=views.references,
        changed=changed(document, parts, site),
    )
    canonical = metadata.canonical(document, settings)
    if not canonical:
        return page
    return page._replace(
        canonical=canonical,
        card=metadata.card(document, settings),
        linked_data=metadata.linked_data(
            document,
            page.changed,
            page.above,
            settings,
            is_about_subject=document.kind != "page" or bool(page.references),
        ),
    )


def _own(it: _Made) -> dict[str, Any]:
    """Return what pages of the type alone show; nothing for a plain page."""
    make = _OF_TEMPLATE.get(it.document.template)
    return make(it) if make else {}


def _article(it: _Made) -> dict[str, Any]:
    """Return how long it takes to read, its main headings, the articles beside it."""
    beside = it.site.beside(it.document)
    sections = []
    for part in it.document.parts:
        if isinstance(part, Heading) and part.level == _MAIN_LEVEL:
            sections.append(Link(f"#{part.id}", part.title))
    return {
        "minutes": metadata.minutes(_texts(it.stands)),
        "sections": tuple(sections),
        "neighbours": tuple(map(title_link, filter(None, beside))),
    }


def _texts(stands: Contents) -> list[str]:
    """Return what is read of a page: no notes in the margin, no foreign cautions."""
    texts = []
    for part in stands.parts:
        if isinstance(part, Placed) and not part.is_caution:
            texts.append(part.passage.html)
        elif isinstance(part, Prose | Block):
            texts.append(part.html)
    return texts


def _topic(it: _Made) -> dict[str, Any]:
    """Return its short name, the topics beside it in the menu, its feed."""
    before, after = it.site.beside(it.document)
    return {
        "name": it.document.label,
        "before": title_link(before) if before else None,
        "after": title_link(after) if after else None,
        "feed": f"{it.document.url}feed.xml",
    }


class Item(NamedTuple):
    """A page in a list: its address, its title and what it says in one sentence."""

    url: str
    title: str
    summary: str


def _items(documents: Iterable[Document]) -> tuple[Item, ...]:
    return tuple(Item(it.url, it.fields.title, description(it)) for it in documents)


def _home(it: _Made) -> dict[str, Any]:
    """Return questions, the newest articles, the topics.

    `earlier` is how many articles it does not list, `lasting` are the findings that it
    draws.
    """
    fields = it.document.fields
    questions = {}
    for document in (*it.site.topics, *it.site.pages):
        for block in document.blocks("question"):
            link = Link(f"{document.url}#{block.id}", block.name)
            questions[f"{document.slug}#{block.id}"] = link
    return {
        "asked": tuple(questions[name] for name in fields.asked),
        "articles": _items(it.site.articles[:_MOST_ARTICLES]),
        "earlier": len(it.site.articles[_MOST_ARTICLES:]),
        "topics": _items(it.site.topics),
        "lasting": tuple(it.site.findings[name] for name in fields.lasting),
    }


def _topics(it: _Made) -> dict[str, Any]:
    """Return all topics."""
    return {"topics": _items(it.site.topics)}


def _evidence(it: _Made) -> dict[str, Any]:
    """Return all findings by verdict, then facts and good practice."""
    groups = [
        (judgement, tuple(map(it.views.in_full, findings)))
        for judgement, findings in it.site.by_judgement
    ]
    return {"groups": tuple(groups)}


def _search(it: _Made) -> dict[str, Any]:
    """Return page by page the addresses and names of questions, then of terms."""
    entries = []
    pages = (*it.site.pages, *it.site.topics)
    for document in sorted(pages, key=lambda page: bool(page.blocks("term"))):
        blocks = document.blocks("question") + document.blocks("term")
        links = tuple(Link(f"{document.url}#{it.id}", it.name) for it in blocks)
        if links:
            entries.append((document.label, links))
    return {"entries": tuple(entries)}


# By the name of the template; any other shows a plain page.
_OF_TEMPLATE: Mapping[str, Callable[[_Made], dict[str, Any]]] = {
    "article": _article,
    "topic": _topic,
    "home": _home,
    "topics": _topics,
    "evidence": _evidence,
    "search": _search,
}
