"""A built page, section by section: the words, links and markup that a comparison sees.

A section is known by the id of its passage, `<section>` or `<dt>`, since ids are
addresses and stay. A reference, whose number may change, is known by its link. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import lxml.html
from lxml.etree import ParserError

_LINKS = ("href", "src")
# Elements that do not separate words: phrasing content (HTML Living Standard
# 3.2.5.2.5).
_INLINE = (
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em"),
    *("i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub"),
    *("sup", "time", "u", "var", "wbr"),
)
# Elements whose text is none of the page's.
_SKIPPED = ("script", "style", "svg")
_TITLES = ("h2", "h3", "h4")
_NAMED_WORDS = 4


@dataclass
class PageSection:
    """One section of a page; `id` is that of its element.

    `title` is the text of its first heading below the page's own.
    """

    kind: str = "text"
    id: str = ""
    title: str = ""
    text: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)

    @cached_property
    def words(self) -> list[str]:
        """The words, each in one piece though a part of it is emphasised or linked."""
        return "".join(self.text).split()

    def add_text(self, text: str | None) -> None:
        """Append a piece of text."""
        self.text.append(text or "")
        self.markup.append(text or "")

    def add_tag(self, element: lxml.html.HtmlElement) -> None:
        """Append the start tag of an element; its links are kept apart."""
        shown = ""
        for key, value in element.items():
            if key in _LINKS:
                self.links.append(value)
            elif key != "id":
                shown += f' {key}="{value}"'
        self.markup.append(f"<{element.tag}{shown}>")


@dataclass
class PageSections:
    """The sections of a page by name, and the notes (`<aside>`) beside each.

    The section "" has what is in no other. `head` has the words of title and
    description.
    """

    sections: dict[str, PageSection] = field(
        default_factory=lambda: {"": PageSection()}
    )
    notes: dict[str, PageSection] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)

    def notes_beside(self, name: str) -> PageSection:
        """Return the notes beside a section, empty ones where there are none."""
        if name not in self.notes:
            self.notes[name] = PageSection("notes", self.sections[name].id)
        return self.notes[name]

    def open(self, element: lxml.html.HtmlElement, outer: str) -> str:
        """Begin a section if one begins with an element that stands in section `outer`.

        Return the name of the section that the element belongs to.
        """
        if element.tag == "li" and self.sections[outer].kind == "references":
            name = _reference_name(element)
            kind = "reference"
        elif _is_section(element):
            name = element.get("id")
            kind = _kind(element)
        else:
            return outer
        self.sections[name] = PageSection(kind, element.get("id", ""))
        return name


def _classes(element: lxml.html.HtmlElement) -> list[str]:
    return str(element.get("class", "")).split()


def _is_section(element: lxml.html.HtmlElement) -> bool:
    if not element.get("id"):
        return False
    return element.tag in ("section", "dt") or "passage" in _classes(element)


def _kind(element: lxml.html.HtmlElement) -> str:
    """Return what an editor calls a section."""
    if element.tag == "dt":
        return "term"
    classes = _classes(element)
    if not classes:
        return "section"
    return classes[0]


def _reference_name(element: lxml.html.HtmlElement) -> str:
    """Return the last link of a reference without its scheme, or its first words."""
    links = element.xpath(".//a/@href")
    if links:
        return str(links[-1].partition("://")[2])
    return " ".join(element.text_content().split()[:_NAMED_WORDS])


def _walk(
    page: PageSections, element: lxml.html.HtmlElement, outer: str, *, in_aside: bool
) -> None:
    """Add an element that stands in section `outer`, with all that is in it."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    name = page.open(element, outer)
    in_aside = in_aside or element.tag == "aside"
    section = page.notes_beside(name) if in_aside else page.sections[name]
    space = "" if element.tag in _INLINE else " "
    section.add_tag(element)
    section.add_text(space + (element.text or ""))
    if element.tag in _TITLES and not section.title:
        section.title = " ".join(element.text_content().split())
    current = name
    for child in element:
        # What follows a term, such as its <dd>, belongs to it.
        is_term = child.tag == "dt"
        _walk(page, child, name if is_term else current, in_aside=in_aside)
        if is_term:
            current = child.get("id", name)
        section.add_text(child.tail)
    section.markup.append(f"</{element.tag}>")
    section.add_text(space)


# What is new in one comparison is old in the next: a site twice over fits.
@lru_cache(maxsize=100)
def read(html: bytes) -> PageSections:
    """Return the sections of a page; an empty file has only the one without a name."""
    page = PageSections()
    try:
        root = lxml.html.document_fromstring(html)
    except ParserError:  # the file is empty
        return page
    titles = root.xpath("//title/text()")
    descriptions = root.xpath("//meta[@name='description']/@content")
    page.head = " ".join([*titles, *descriptions]).split()
    for body in root.xpath("//body"):
        _walk(page, body, "", in_aside=False)
    return page
