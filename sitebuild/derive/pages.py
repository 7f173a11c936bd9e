"""From documents to the values that templates show: one maker for each type of page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sitebuild.derive import outline
from sitebuild.derive.answers import description, standfirst
from sitebuild.derive.contents import (
    Content,
    changed,
    contents,
    findings_shown,
    of_topic,
)
from sitebuild.derive.maps import maps, menu, title_link
from sitebuild.derive.metadata import Facts, describe
from sitebuild.derive.numbering import Numbering
from sitebuild.derive.parts import Link, PartViews
from sitebuild.derive.review import Review, review
from sitebuild.derive.site import Site
from sitebuild.derive.views import (
    ArticlePage,
    EvidencePage,
    Frame,
    HomePage,
    Item,
    ListedFinding,
    Page,
    SearchPage,
    TopicPage,
    TopicsPage,
)
from sitebuild.model import ArticleFields, Document, Finding, PageFields

_MOST_BESIDE = 20  # passages that the list of findings names of each
_MOST_ARTICLES = 10  # that the first page lists, the newest


def frame(site: Site, safety_topic: str) -> Frame:
    """Return what every page shows; `safety_topic` is the slug of the warning signs."""
    for topic in site.topics:
        if topic.slug == safety_topic:
            return Frame(title_link(topic), bool(site.articles))
    return Frame(None, bool(site.articles))


def show(document: Document, site: Site, settings: Mapping[str, Any]) -> Page:
    """Return the page of a document as its template shows it."""
    maker = _Maker(document, site, contents(document, site))
    page_class, make = _maker_for(document)
    return maker.page(page_class, make(maker), settings)


def newest_day(pages: Iterable[Page]) -> date | None:
    """Return the newest day on which anything on a site was changed or checked."""
    days = [page.metadata.changed for page in pages]
    return max(filter(None, days), default=None)


def _review(
    document: Document, parts: Sequence[Content], settings: Mapping[str, Any]
) -> Review | None:
    """Return when what a page rests on was last looked up, and when it is due."""
    days = [finding.checked for finding in findings_shown(parts)]
    if document.fields.checked:
        days.append(document.fields.checked)
    return review(days, settings.get("REVIEW_MONTHS", 0))


def _items(documents: Sequence[Document]) -> tuple[Item, ...]:
    items = []
    for document in documents:
        title = document.fields.title
        items.append(Item(document.url, title, description(document)))
    return tuple(items)


class _Maker:
    """Makes what only the pages of one type have, as keyword arguments."""

    def __init__(
        self,
        document: Document,
        site: Site,
        parts: tuple[Content, ...],
    ) -> None:
        self.document = document
        self.site = site
        self.parts = parts
        self.numbering = Numbering(site.references)
        self.part_views = PartViews(document, site, self.numbering)

    def page(
        self,
        page_class: type[Page],
        shown: Mapping[str, Any],
        settings: Mapping[str, Any],
    ) -> Page:
        """Return the page: what pages of its type have (`shown`), and what all have."""
        document = self.document
        references = self.numbering.references
        day = changed(document, self.parts, self.site)
        above = [Link(page.url, page.label) for page in self.site.above(document)]
        trail = (*above, Link(document.url, document.label))
        facts = Facts(document, day, trail, references)
        return page_class(
            url=document.url,
            kind=document.kind,
            title=document.fields.title,
            description=description(document),
            standfirst=standfirst(document),
            review=_review(document, self.parts, settings),
            above=tuple(above),
            metadata=describe(facts, settings),
            references=references,
            **shown,
        )

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
            **_dates(article),
            "minutes": outline.minutes(self.parts),
            "sections": tuple(section for section in sections if section.title),
            "topics": menu(self.site),
            "neighbours": tuple(map(title_link, self.site.neighbours(article))),
        }

    def topic(self) -> dict[str, Any]:
        it = of_topic(self.document, self.site)
        before_rest, other = outline.split_lead(it.opening)
        lead = self.part_views.views(before_rest)
        blocks = self.part_views.views(other)
        asked = self.part_views.views(it.asked)
        rest = self.part_views.views(it.rest)
        before, after = self._beside()
        return {
            "parts": lead + blocks + asked + rest,
            "name": self.document.label,
            "lead": lead,
            "blocks": blocks,
            "asked": asked,
            "rest": rest,
            "before": before,
            "after": after,
            "feed": f"{self.document.url}feed.xml",
        }

    def _beside(self) -> tuple[Link | None, Link | None]:
        """Return the topics before and after this one in the menu."""
        links = [title_link(topic) for topic in self.site.topics]
        place = [link.url for link in links].index(self.document.url)
        before = links[place - 1] if place else None
        after = links[place + 1] if place + 1 < len(links) else None
        return before, after

    def home(self) -> dict[str, Any]:
        return {
            **self.plain(),
            "glance": self._glance(),
            "asked": self._asked(),
            "articles": _items(self.site.articles[:_MOST_ARTICLES]),
            "earlier": len(self.site.articles[_MOST_ARTICLES:]),
            "topics": _items(self.site.topics),
        }

    def _glance(self) -> tuple[Finding, ...]:
        fields = self.document.fields
        names = fields.glance if isinstance(fields, PageFields) else ()
        return tuple(self.site.findings[name] for name in names)

    def _asked(self) -> tuple[Link, ...]:
        """Return links to the questions that the first page names."""
        questions = {}
        for topic in self.site.topics:
            for it in topic.blocks("question"):
                link = Link(f"{topic.url}#{it.id}", it.name)
                questions[f"{topic.slug}#{it.id}"] = link
        fields = self.document.fields
        names = fields.asked if isinstance(fields, PageFields) else ()
        return tuple(questions[name] for name in names)

    def topics(self) -> dict[str, Any]:
        return {
            **self.plain(),
            "topics": _items(self.site.topics),
            "maps": maps(self.site),
        }

    def evidence(self) -> dict[str, Any]:
        parts = self.part_views.views(self.parts)
        groups = []
        for topic, findings in self.site.by_topic():
            title = topic.fields.title if topic else ""
            groups.append((title, tuple(map(self._listed, findings))))
        tally = outline.tally(self.site.findings.values())
        return {
            "parts": parts,
            "unexplained": outline.unexplained(self.document),
            "groups": tuple(groups),
            "tally": tally,
        }

    def _listed(self, finding: Finding) -> ListedFinding:
        passages = self.site.passages_of(finding)
        links = []
        for passage in passages[:_MOST_BESIDE]:
            links.append(Link(passage.url, passage.label))
        others = len(passages) - len(links)
        return ListedFinding(self.numbering.cite_finding(finding), tuple(links), others)

    def search(self) -> dict[str, Any]:
        index = []
        for document in (*self.site.topics, *self.site.pages):
            blocks = document.blocks("question") + document.blocks("term")
            links = [Link(f"{document.url}#{it.id}", it.name) for it in blocks]
            if links:
                index.append((document.label, tuple(links)))
        return {**self.plain(), "index": tuple(index)}


def _dates(article: Document) -> dict[str, Any]:
    fields = article.fields
    if not isinstance(fields, ArticleFields):
        raise TypeError(f"{article.path} is no article")
    return {"published": fields.date, "modified": fields.modified}


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
    return _OF_TEMPLATE.get(document.template, (Page, _Maker.plain))
