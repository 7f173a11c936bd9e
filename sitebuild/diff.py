"""What differs between two built sites, and why: page by page, section by section.

Builds are reproducible to the byte, so a page that is not listed has not changed. The
sections of a page are its passages, its other elements `<section>`, `<details>` and
`<dt>` with an id, and its references.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

import lxml.html
from lxml.etree import ParserError

from sitebuild import output
from sitebuild.check.links import address_of
from sitebuild.faults import listed

_MOST_FILES = 5  # that are named of one kind
_CONTEXT_WORDS = 3
_MAX_WORDS = 80
_GAP = "…"
# The page that shows every finding once, each under its id.
_EVIDENCE = "evidence/index.html"
_STYLE = re.compile(rb"<style[^>]*>.*?</style>", re.DOTALL)
# Elements that do not separate words: phrasing content (HTML Living Standard
# 3.2.5.2.5).
_INLINE = (
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em"),
    *("i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub"),
    *("sup", "time", "u", "var", "wbr"),
)
_SKIPPED = ("script", "style", "svg")  # their text is none of the page's
_TITLES = ("h2", "h3", "h4")
_PARTS = ("section", "details", "dt")


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
    findings = [_findings(site.get(_EVIDENCE, b"")) for site in (old, new)]
    changes = []
    for name in sorted({**old, **new}):
        if name not in old:
            changes.append(Change(address_of(name), "added"))
        elif name not in new:
            changes.append(Change(address_of(name), "removed"))
        elif old[name] != new[name]:
            why = [Reason("content")]
            if name.endswith(".html"):
                why = _reasons(old[name], new[name], *findings)
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


@dataclass
class _Section:
    """One section of a page; `title` is the text of its first heading, if any."""

    kind: str = "text"
    id: str = ""
    title: str = ""
    text: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """The words, each in one piece though a part of it is emphasised or linked."""
        return "".join(self.text).split()

    def add_text(self, text: str | None) -> None:
        self.text.append(text or "")
        self.markup.append(text or "")

    def add_tag(self, element: lxml.html.HtmlElement) -> None:
        """Append the start tag of an element; its links are kept apart."""
        shown = ""
        for key, value in element.items():
            if key in ("href", "src"):
                self.links.append(value)
            elif key != "id":
                shown += f' {key}="{value}"'
        self.markup.append(f"<{element.tag}{shown}>")


class _Page:
    """The sections of a page by name, and the notes (`<aside>`) beside each.

    The section "" has what is in no other. `head` has the words of title and
    description. A reference is named by its link, since its number may change.
    """

    def __init__(self, html: bytes) -> None:
        self.head: list[str] = []
        self.sections = {"": _Section()}
        self.notes: dict[str, _Section] = {}
        try:
            root = lxml.html.document_fromstring(html)
        except ParserError:  # the file is empty
            return
        titles = root.xpath("//title/text() | //meta[@name='description']/@content")
        self.head = " ".join(titles).split()
        for body in root.xpath("//body"):
            self._add(body, "", in_aside=False)

    def _add(
        self, element: lxml.html.HtmlElement, outer: str, *, in_aside: bool
    ) -> None:
        """Add an element that stands in section `outer`, with all that is in it."""
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            return
        name = self._open(element, outer)
        in_aside = in_aside or element.tag == "aside"
        section = self.sections[name]
        if in_aside:
            section = self.notes.setdefault(name, _Section("notes", section.id))
        space = "" if element.tag in _INLINE else " "
        section.add_tag(element)
        section.add_text(space + (element.text or ""))
        if element.tag in _TITLES and not section.title:
            section.title = " ".join(element.text_content().split())
        current = name
        for child in element:
            # What follows a term, such as its <dd>, belongs to it.
            is_term = child.tag == "dt"
            self._add(child, name if is_term else current, in_aside=in_aside)
            if is_term:
                current = child.get("id", name)
            section.add_text(child.tail)
        section.markup.append(f"</{element.tag}>")
        section.add_text(space)

    def _open(self, element: lxml.html.HtmlElement, outer: str) -> str:
        """Begin a section if one begins here; return the name of the one that is open.

        An editor calls a section what its first class says: passage, note, finding.
        """
        classes = element.get("class", "").split()
        ident = element.get("id", "")
        if element.tag == "li" and self.sections[outer].kind == "references":
            links = element.xpath(".//a/@href")
            name = links[-1].partition("://")[2] if links else element.text_content()
            kind = "reference"
        elif ident and (element.tag in _PARTS or "passage" in classes):
            name = ident
            kind = "term" if element.tag == "dt" else [*classes, "section"][0]
        else:
            return outer
        self.sections[name] = _Section(kind, ident)
        return str(name)


@lru_cache(maxsize=2)  # what was new is old when a preview compares again
def _findings(page: bytes) -> Mapping[str, _Section]:
    """Return the findings by id that the page of all of them shows."""
    sections = _Page(page).sections
    return {name: section for name, section in sections.items() if section.title}


_Sections = Mapping[str, _Section]


def _reasons(
    old: bytes, new: bytes, findings_before: _Sections, findings: _Sections
) -> list[Reason]:
    """Return why a page differs; at least one reason."""
    reasons = []
    if _STYLE.findall(old) != _STYLE.findall(new):
        reasons.append(Reason("style"))
    if _STYLE.sub(b"", old) == _STYLE.sub(b"", new):
        return reasons
    before, after = _Page(old), _Page(new)
    found: dict[str, Reason] = {}
    for reason in (
        *_moved(before.sections, after.sections),
        *_reworded(before, after),
        *_beside(before, after, findings_before, findings),
        *_marked_up(before, after),
    ):
        found.setdefault(str(reason), reason)
    return [*reasons, *found.values()] or [Reason("template")]


def _moved(before: _Sections, after: _Sections) -> Iterator[Reason]:
    """Yield the sections that were added, removed or put in another order."""
    for name, section in after.items():
        if name not in before:
            text = f"{name} added: {_clip(section.words)}"
            yield Reason(section.kind, section.id, text)
    for name, section in before.items():
        if name not in after:
            yield Reason(section.kind, "", f"{name} removed: {_clip(section.words)}")
    # References are in the order in which they are cited.
    both = [name for name, it in after.items() if it.kind != "reference"]
    both = [name for name in both if name in before]
    if [name for name in before if name in set(both)] != both:
        yield Reason("order", "", "of the passages")


def _reworded(before: _Page, after: _Page) -> Iterator[Reason]:
    """Yield other words of the head and of the sections that both pages have."""
    if before.head != after.head:
        text = difference(before.head, after.head)
        yield Reason("title or description", "", text)
    for name, old, new in _pairs(before.sections, after.sections):
        if old.words != new.words:
            text = difference(old.words, new.words)
            yield Reason(new.kind, new.id, f"{name}: {text}" if name else text)


def _pairs(
    before: _Sections, after: _Sections
) -> Iterator[tuple[str, _Section, _Section]]:
    """Yield the sections that both have, in the new order."""
    for name, section in after.items():
        if name in before:
            yield name, before[name], section


def _beside(
    before: _Page, after: _Page, findings_before: _Sections, findings: _Sections
) -> Iterator[Reason]:
    """Yield what makes the notes beside the sections of both pages differ."""
    nothing = _Section()
    for name, _, section in _pairs(before.sections, after.sections):
        old = before.notes.get(name, nothing).words
        new = after.notes.get(name, nothing).words
        if old == new:
            continue
        texts = []
        for key in {**findings_before, **findings}:
            was, now = findings_before.get(key), findings.get(key)
            was_there = was is not None and was.title in " ".join(old)
            is_there = now is not None and now.title in " ".join(new)
            if is_there and not was_there:
                texts.append(f"{key} now stands beside {name}")
            elif was_there and not is_there:
                texts.append(f"{key} no longer stands beside {name}")
            elif was and now and is_there and was.words != now.words:
                texts.append(f"{key}: {difference(was.words, now.words)}")
        for text in texts:
            yield Reason("finding", section.id, text)
        if not texts and _without_numbers(old) == _without_numbers(new):
            yield Reason("references", section.id, "are numbered otherwise")
        elif not texts:
            yield Reason("notes", section.id, f"beside {name}: {difference(old, new)}")


def _without_numbers(words: Sequence[str]) -> list[str]:
    return [word for word in words if not word.strip(",").isdigit()]


def _marked_up(before: _Page, after: _Page) -> Iterator[Reason]:
    """Yield what differs where words are the same: links, or markup.

    Markup that differs in every section of a kind is the template's.
    """
    pairs = [*_pairs(before.sections, after.sections)]
    pairs += [
        (f"beside {name}", old, new)
        for name, old, new in _pairs(before.notes, after.notes)
    ]
    same = [it for it in pairs if it[1].words == it[2].words]
    marked = []
    for name, old, new in same:
        if old.links != new.links:
            yield Reason("links", new.id, _changed_links(old.links, new.links))
        elif old.markup != new.markup:
            marked.append((name, new))
    all_of_kind = Counter(new.kind for _, _, new in same)
    marked_of_kind = Counter(new.kind for _, new in marked)
    for name, new in marked:
        is_whole_kind = all_of_kind[new.kind] == marked_of_kind[new.kind] > 1
        if is_whole_kind or not name:
            yield Reason("template")
        else:
            yield Reason(new.kind, new.id, f"{name}: mark-up, no words")


def _changed_links(old: Sequence[str], new: Sequence[str]) -> str:
    """Return the addresses that only one of two runs of links has.

    They are shown without their fragments unless only fragments differ.
    """
    removed = [link for link in dict.fromkeys(old) if link not in new]
    added = [link for link in dict.fromkeys(new) if link not in old]
    short = difference(_without_fragments(removed), _without_fragments(added))
    return short or difference(removed, added) or "in another order"


def _without_fragments(links: Iterable[str]) -> list[str]:
    """Return each page once; a fragment of the page itself stays as it is."""
    return list(dict.fromkeys(link.partition("#")[0] or link for link in links))
