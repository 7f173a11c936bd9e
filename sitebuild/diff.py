"""What differs between two built sites, and why: page by page, section by section.

Builds are reproducible to the byte, so a page that is not listed has not changed. The
sections of a page are its passages, its other elements `<section>`, `<details>` and
`<dt>` with an id, the notes beside them (`<aside>`), and its references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from html import escape, unescape
from pathlib import Path

import lxml.html
from lxml.etree import Element, ParserError, strip_elements, tostring

from sitebuild import output
from sitebuild.faults import listed
from sitebuild.release import address_of

_MOST_FILES = 5  # that are named of one kind
_CONTEXT_WORDS = 3
_MAX_WORDS = 80
_GAP = "…"
# With other mark-up in more sections than these a page has another template.
_MOST_MARKED = 5
_STYLE = re.compile(rb"<style[^>]*>.*?</style>", re.DOTALL)
# Elements that do not separate words: phrasing content (HTML Living Standard
# 3.2.5.2.5).
_INLINE = re.compile(
    "</?(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|s|samp|small"
    r"|span|strong|sub|sup|time|u|var|wbr)\b[^>]*>"
)
_TAG = re.compile("<[^>]*>")
_SKIPPED = ("script", "style", "svg")  # their text is none of the page's
_SECTIONS = (
    "//body | //aside | //section[@id] | //details[@id] | //dt[@id]"
    "| //*[@id and contains(concat(' ', @class, ' '), ' passage ')]"
    "| //*[contains(concat(' ', @class, ' '), ' references ')]//li"
)


@dataclass(frozen=True)
class Reason:
    """Why a page changed; `id` is the element that shows it, "" for the whole page."""

    what: str
    id: str = ""
    text: str = ""

    def __str__(self) -> str:
        """Return it as an editor reads it."""
        return f"{self.what} {self.text}".strip()


@dataclass(frozen=True)
class Change:
    """One address that was added, changed or removed, and why."""

    address: str
    kind: str
    reasons: tuple[Reason, ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether the address is one that readers open."""
        return self.address.endswith(("/", ".html"))

    @property
    def id(self) -> str:
        """The element that shows the first reason; "" if that is the whole page."""
        return next((reason.id for reason in self.reasons if reason.id), "")

    def __str__(self) -> str:
        """Return `kind address: reason; reason`."""
        text = f"{self.kind} {self.address}"
        if self.reasons:
            text += f": {'; '.join(map(str, self.reasons))}"
        return text


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Change]:
    """Return all that differs between two sites (path → bytes), sorted by path."""
    changes = []
    for name in sorted({**old, **new}):
        if name not in old:
            changes.append(Change(address_of(name), "added"))
        elif name not in new:
            changes.append(Change(address_of(name), "removed"))
        elif old[name] != new[name]:
            why = [Reason("content")]
            if name.endswith(".html"):
                why = _reasons(old[name], new[name])
            changes.append(Change(address_of(name), "changed", tuple(why)))
    return changes


def describe(changes: Sequence[Change]) -> list[str]:
    """Return one line for each page and one for all other files together."""
    lines = [str(change) for change in changes if change.is_page]
    others = [change for change in changes if not change.is_page]
    if others:
        lines.append(f"other files: {_others(others)}")
    return lines or ["nothing changed"]


def _others(changes: Sequence[Change]) -> str:
    """Return the names of files by what became of them; of many the first."""
    texts = []
    for kind in sorted({it.kind for it in changes}):
        files = [it.address for it in changes if it.kind == kind]
        texts.append(f"{kind} {listed(files, _MOST_FILES)}")
    return "; ".join(texts)


def report(old: Path, new: Path) -> list[str]:
    """Return what differs between two built folders, one line a page."""
    return describe(compare(output.read(old), output.read(new)))


def difference(old: Sequence[str], new: Sequence[str]) -> str:
    """Return where two runs of words differ, with the words around each place.

    For example `… may [-rarely-] {+often+} help …`; "" if they are equal.
    """
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    parts: list[str] = []
    for group in matcher.get_grouped_opcodes(_CONTEXT_WORDS):
        if group[0][1] > 0 and parts[-1:] != [_GAP]:
            parts.append(_GAP)
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                parts += old[start:end]
                continue
            if end > start:
                parts.append(f"[-{' '.join(old[start:end])}-]")
            if new_end > new_start:
                parts.append(f"{{+{' '.join(new[new_start:new_end])}+}}")
        if group[-1][2] < len(old):
            parts.append(_GAP)
    return _clip(" ".join(parts).split())


def _clip(words: Sequence[str]) -> str:
    """Return the words as a text of at most 80 words."""
    if len(words) > _MAX_WORDS:
        words = [*words[:_MAX_WORDS], _GAP]
    return " ".join(words)


@dataclass(frozen=True)
class _Section:
    """One section of a page, without those in it; `id` is the element that shows it.

    `markup` has neither links nor ids.
    """

    kind: str
    name: str
    id: str
    markup: str
    links: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """The words, each in one piece though a part of it is emphasised or linked."""
        return unescape(_TAG.sub(" ", _INLINE.sub("", self.markup))).split()

    def why(self, what: str) -> Reason:
        """Return what happened to it as a reason."""
        return Reason(self.kind, self.id, f"{self.name}{what}".removeprefix(": "))


# By kind and name, in order.
_Sections = Mapping[tuple[str, str], _Section]


def _sections(page: bytes) -> _Sections:
    """Return the sections of a page; what is in no other is a text without a name."""
    try:
        root = lxml.html.document_fromstring(page)
    except ParserError:  # the file is empty
        return {}
    strip_elements(root, *_SKIPPED, with_tail=False)
    for meaning in root.iter("dd"):  # what follows a term belongs to it
        term = meaning.getprevious()
        if term is not None and term.tag == "dt":
            term.append(meaning)
    titles = root.xpath("//title/text() | //meta[@name='description']/@content")
    found: dict[tuple[str, str], _Section] = {}
    for element in reversed(root.xpath(_SECTIONS)):  # inner ones come first
        section = _taken(element)
        key = section.kind, section.name
        if later := found.pop(key, None):  # as of several notes beside one section
            section = replace(
                section,
                markup=section.markup + later.markup,
                links=section.links + later.links,
            )
        found[key] = section
    head = _Section("title or description", "", "", escape(" ".join(titles)))
    return {(head.kind, ""): head, **dict(reversed(found.items()))}


def _taken(element: lxml.html.HtmlElement) -> _Section:
    """Take a section out of its page.

    An editor calls it what its first class says: passage, note, finding. Notes are
    named by what they stand beside, a reference by its link, as its number may change.
    """
    name = ident = element.get("id", "")
    kind = [*element.get("class", "").split(), "section"][0]
    if element.tag == "body":
        kind, name = "text", ""
    elif element.tag == "dt":
        kind = "term"
    elif element.tag == "aside":
        ident = next(iter(element.xpath("ancestor::*[@id][1]/@id")), "")
        kind, name = "notes", f"beside {ident}"
    elif element.tag == "li":
        links = element.xpath(".//a/@href")
        name = links[-1].partition("://")[2] if links else element.text_content()
        kind = "reference"
    links = []
    for it in element.iter(Element):
        it.attrib.pop("id", None)
        links += [it.attrib.pop(key) for key in ("href", "src") if key in it.attrib]
    markup = tostring(element, encoding="unicode", with_tail=False)
    if element.getparent() is not None:
        element.drop_tree()
    return _Section(kind, name, ident, markup, tuple(links))


def _reasons(old: bytes, new: bytes) -> list[Reason]:
    """Return why a page differs; at least one reason."""
    reasons = []
    if _STYLE.findall(old) != _STYLE.findall(new):
        reasons.append(Reason("style"))
    if _STYLE.sub(b"", old) == _STYLE.sub(b"", new):
        return reasons
    before, after = _sections(old), _sections(new)
    found: dict[str, Reason] = {}
    for compared in (_moved, _reworded, _marked_up):
        for reason in compared(before, after):
            found.setdefault(str(reason), reason)
    return [*reasons, *found.values()] or [Reason("template")]


def _moved(before: _Sections, after: _Sections) -> Iterator[Reason]:
    """Yield the sections that were added, removed or put in another order."""
    for key, section in after.items():
        if key not in before:
            yield section.why(f" added: {_clip(section.words)}")
    for key, section in before.items():
        if key not in after:
            yield replace(section, id="").why(f" removed: {_clip(section.words)}")
    # References are in the order in which they are cited.
    both = [key for key in after if key in before and key[0] != "reference"]
    if [key for key in before if key in set(both)] != both:
        yield Reason("order", "", "of the passages")


def _reworded(before: _Sections, after: _Sections) -> Iterator[Reason]:
    """Yield other words of the sections that both pages have."""
    for key, section in after.items():
        if key in before and before[key].words != section.words:
            yield section.why(f": {difference(before[key].words, section.words)}")


def _marked_up(before: _Sections, after: _Sections) -> Iterator[Reason]:
    """Yield what differs where words are the same: links, or mark-up.

    Mark-up that differs outside all sections, or in many, is the template's.
    """
    marked = []
    for key, section in after.items():
        old = before.get(key)
        if not old or old.words != section.words:
            continue
        if old.links != section.links:
            yield Reason("links", section.id, _changed(old.links, section.links))
        elif old.markup != section.markup:
            marked.append(section)
    if len(marked) > _MOST_MARKED or any(it.kind == "text" for it in marked):
        yield Reason("template")
        return
    for section in marked:
        yield section.why(": mark-up, no words")


def _changed(old: Sequence[str], new: Sequence[str]) -> str:
    """Return the addresses that only one of two runs of links has."""
    removed = [link for link in dict.fromkeys(old) if link not in new]
    added = [link for link in dict.fromkeys(new) if link not in old]
    return difference(removed, added) or "in another order"
