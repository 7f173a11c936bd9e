"""A built page as what a comparison looks at: its words, links and mark-up, by the place that they stand in.

A place is told by the id of the passage, `<section>` or `<dt>` around it, since ids are addresses and stay; a
reference, whose number may change, by its link. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import lxml.html
from lxml.etree import ParserError

_LINKS = ("href", "src")
# Elements that do not part words (phrasing content, HTML Living Standard 3.2.5.2.5); what is no text of its own.
_INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "i",
    "ins",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "u",
    "var",
    "wbr",
}
_SKIPPED = ("script", "style", "svg")


@dataclass
class PageSection:
    """One place of a page: of which kind, the id of its element, its text, and the links and the mark-up in it."""

    kind: str = "text"
    id: str = ""
    title: str = ""
    text: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)

    @cached_property
    def words(self) -> list[str]:
        """The words, each in one piece though a part of it be emphasised or linked."""
        return "".join(self.text).split()

    def add(self, text: str | None) -> None:
        """Append a piece of text."""
        self.text.append(text or "")
        self.markup.append(text or "")


@dataclass
class Page:
    """The places of a page by name, "" for what is outside any; the `<aside>` of each; the words of the head."""

    places: dict[str, PageSection] = field(default_factory=lambda: {"": PageSection()})
    asides: dict[str, PageSection] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)


def _enter(page: Page, element: lxml.html.HtmlElement, name: str) -> str:
    """The name of the place that begins with an element, or of the one it stands in."""
    classes, tag, ident = (
        element.get("class", "").split(),
        element.tag,
        element.get("id", ""),
    )
    kind = "term" if tag == "dt" else classes[0] if classes else "section"
    if tag == "li" and page.places[name].kind == "references":
        links = element.xpath(".//a/@href")
        name = (
            links[-1].partition("://")[2]
            if links
            else " ".join(element.text_content().split()[:4])
        )
        kind = "reference"
    elif ident and (tag in ("section", "dt") or "passage" in classes):
        name = ident
    else:
        return name
    page.places[name] = PageSection(kind, ident)
    return name


def _add(page: Page, element: lxml.html.HtmlElement, name: str, *, aside: bool) -> None:
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    name, aside = _enter(page, element, name), aside or element.tag == "aside"
    place = (
        page.asides.setdefault(name, PageSection("notes", page.places[name].id))
        if aside
        else page.places[name]
    )
    place.links += [value for key, value in element.items() if key in _LINKS]
    shown = [
        f' {key}="{value}"'
        for key, value in element.items()
        if key not in (*_LINKS, "id")
    ]
    place.markup.append(f"<{element.tag}{''.join(shown)}>")
    apart = "" if element.tag in _INLINE else " "
    place.add(apart + (element.text or ""))
    if element.tag in ("h2", "h3", "h4") and not place.title:
        place.title = " ".join(element.text_content().split())
    within = name
    for child in element:
        if child.tag == "dt":
            within = name
        _add(page, child, within, aside=aside)
        within = child.get("id", name) if child.tag == "dt" else within
        place.add(child.tail)
    place.markup.append(f"</{element.tag}>")
    place.add(apart)


@lru_cache(maxsize=100)  # what is new in one comparison is old in the next
def read(html: bytes) -> Page:
    """The places of a page; an empty file has but the one without a name."""
    page = Page()
    try:
        root = lxml.html.document_fromstring(html)
    except ParserError:  # an empty file
        return page
    page.head = " ".join(
        [
            *root.xpath("//title/text()"),
            *root.xpath("//meta[@name='description']/@content"),
        ]
    ).split()
    for body in root.xpath("//body"):
        _add(page, body, "", aside=False)
    return page
