"""From documents to the values that templates show: one maker for each type of page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sitebuild.derive import outline
from sitebuild.derive.contents import Content, changed, contents, findings_beside
from sitebuild.derive.metadata import Facts, describe
from sitebuild.derive.parts import Link, Numbering, PartView, PartViews
from sitebuild.derive.site import Site, label
from sitebuild.derive.views import (
    ArticlePage,
    EvidencePage,
    Frame,
    HomePage,
    Item,
    ListedFinding,
    MapRow,
    Page,
    SearchPage,
    Share,
    TopicLink,
    TopicPage,
    TopicsPage,
)
from sitebuild.model import Document, Finding


def frame(site: Site, safety_topic: str) -> Frame:
    """Return what every page shows; `safety_topic` is the slug of the warning signs."""
    for topic in site.topics:
        if topic.slug == safety_topic:
            return Frame(_title_link(topic), bool(site.articles))
    return Frame(None, bool(site.articles))


def show(document: Document, site: Site, settings: Mapping[str, Any]) -> Page:
    """Return the page of a document as its template shows it."""
    parts = contents(document, site)
    maker = _Maker(document, site, parts)
    page_class, make = _maker_for(document)
    shown = make(maker)
    references = maker.numbering.references
    day = changed(document, parts, site)
    above = [Link(page.url, label(page)) for page in site.above(document)]
    trail = (*above, Link(document.url, label(document)))
    return page_class(
        url=document.url,
        kind=document.kind,
        title=document.fields["title"],
        summary=document.fields["summary"],
        checked=document.fields.get("checked"),
        above=tuple(above),
        metadata=describe(Facts(document, day, trail, references), settings),
        references=references,
        **shown,
    )


def _title_link(document: Document) -> Link:
    return Link(document.url, document.fields["title"])


def _items(documents: Sequence[Document]) -> tuple[Item, ...]:
    items = []
    for document in documents:
        fields = document.fields
        items.append(Item(document.url, fields["title"], fields["summary"]))
    return tuple(items)


def _menu(site: Site) -> tuple[TopicLink, ...]:
    links = []
    for topic in site.topics:
        links.append(TopicLink(topic.slug, topic.url, topic.fields["name"]))
    return tuple(links)


def _of_kind(views: Sequence[PartView], *kinds: str) -> tuple[PartView, ...]:
    return tuple(view for view in views if view.kind in kinds)


class _Maker:
    """Makes what only the pages of one type have, as keyword arguments."""

    def __init__(
        self, document: Document, site: Site, parts: tuple[Content, ...]
    ) -> None:
        self.document = document
        self.site = site
        self.parts = parts
        self.numbering = Numbering(site.references)
        self.part_views = PartViews(document, site, self.numbering)

    def plain(self) -> dict[str, Any]:
        return {"parts": self.part_views.views(self.parts)}

    def article(self) -> dict[str, Any]:
        before, after = outline.split_lead(self.parts)
        lead = self.part_views.views(before)
        body = self.part_views.views(after)
        article = self.document
        sections = outline.sections(article, self.site)
        return {
            "parts": lead + body,
            "lead": lead,
            "body": body,
            "published": article.fields["date"],
            "modified": article.fields.get("modified"),
            "minutes": outline.minutes(self.parts),
            "sections": tuple(section for section in sections if section.title),
            "topics": _menu(self.site),
            "neighbours": tuple(map(_title_link, self.site.neighbours(article))),
        }

    def topic(self) -> dict[str, Any]:
        views = self.part_views.views(self.parts)
        passages = _of_kind(views, "passage")
        questions = _of_kind(views, "question")
        blocks = [view for view in views if view.kind not in ("passage", "question")]
        before, after = self._beside()
        return {
            "parts": views,
            "name": self.document.fields["name"],
            "blocks": tuple(blocks),
            "passages": passages,
            "questions": questions,
            "tally": outline.tally(findings_beside(self.parts)),
            "before": before,
            "after": after,
        }

    def _beside(self) -> tuple[Link | None, Link | None]:
        """Return the topics before and after this one in the menu."""
        links = [_title_link(topic) for topic in self.site.topics]
        place = [link.url for link in links].index(self.document.url)
        before = links[place - 1] if place else None
        after = links[place + 1] if place + 1 < len(links) else None
        return before, after

    def home(self) -> dict[str, Any]:
        return {
            **self.plain(),
            "articles": _items(self.site.articles),
            "topics": _items(self.site.topics),
        }

    def topics(self) -> dict[str, Any]:
        return {
            **self.plain(),
            "topics": _items(self.site.topics),
            "menu": _menu(self.site),
            "rows": _map_rows(self.site),
            "shares": tuple(self._shares(topic) for topic in self.site.topics),
        }

    def _shares(self, topic: Document) -> tuple[str, tuple[Share, ...]]:
        shares = []
        for article, count in self.site.counts(topic):
            shares.append(Share(count, _title_link(article)))
        return topic.fields["name"], tuple(shares)

    def evidence(self) -> dict[str, Any]:
        parts = self.part_views.views(self.parts)
        groups = []
        for topic, findings in self.site.by_topic():
            title = topic.fields["title"] if topic else ""
            groups.append((title, tuple(map(self._listed, findings))))
        tally = outline.tally(self.site.findings.values())
        return {"parts": parts, "groups": tuple(groups), "tally": tally}

    def _listed(self, finding: Finding) -> ListedFinding:
        passages = self.site.passages_of(finding)
        links = [Link(passage.url, passage.label) for passage in passages]
        return ListedFinding(self.numbering.cite_finding(finding), tuple(links))

    def search(self) -> dict[str, Any]:
        index = []
        for document in (*self.site.topics, *self.site.pages):
            blocks = document.blocks("question") + document.blocks("term")
            links = [Link(f"{document.url}#{it.id}", it.name) for it in blocks]
            if links:
                index.append((label(document), tuple(links)))
        return {**self.plain(), "index": tuple(index)}


def _map_rows(site: Site) -> tuple[MapRow, ...]:
    """Return each article, then those of its sections that feed a topic."""
    rows = []
    for article in site.articles:
        title = article.fields["title"]
        rows.append(MapRow(title, article.url, {}, is_article=True))
        for it in outline.sections(article, site):
            if it.topics:
                rows.append(MapRow(it.title, it.url, it.topics, is_article=False))
    return tuple(rows)


_Making = tuple[type[Page], Callable[[_Maker], dict[str, Any]]]
# The class of the pages of a kind of document, and what makes it.
_OF_KIND: Mapping[str, _Making] = {
    "article": (ArticlePage, _Maker.article),
    "topic": (TopicPage, _Maker.topic),
}
# The same for pages, by the template that they name; any other is a plain page.
_OF_TEMPLATE: Mapping[str, _Making] = {
    "home": (HomePage, _Maker.home),
    "topics": (TopicsPage, _Maker.topics),
    "evidence": (EvidencePage, _Maker.evidence),
    "search": (SearchPage, _Maker.search),
}


def _maker_for(document: Document) -> _Making:
    if document.kind in _OF_KIND:
        return _OF_KIND[document.kind]
    return _OF_TEMPLATE.get(document.fields["template"], (Page, _Maker.plain))
