"""What differs between two built trees, page by page, and why: the passage, the finding, the style, the template.

Pure. Exact, because builds are reproducible to the byte: a page that is not listed has not changed. A place on a page
is told by the id of the passage, `<section>` or `<dt>` around it, since ids are addresses and stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from pathlib import Path

import lxml.html
from lxml.etree import ParserError

from sitebuild import output

# The page that shows every finding once, each under its id.
EVIDENCE = "evidence/index.html"
_PLACES = ("section", "article", "div", "dt")
_STYLE = re.compile(rb"<style[^>]*>.*?</style>", re.DOTALL)
_CONTEXT, _MOST_WORDS = 3, 80


@dataclass(frozen=True)
class Reason:
    """Why a page changed; `id` is the element of the page that shows it, empty for the whole page."""

    what: str
    id: str
    text: str

    def __str__(self) -> str:
        """As a line for the editor shows it."""
        return f"{self.what} {self.text}".strip()


@dataclass(frozen=True)
class Change:
    """One address that was added, changed or removed."""

    address: str
    kind: str
    reasons: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        """`kind address: reason; reason`."""
        reasons = "; ".join(map(str, self.reasons))
        return f"{self.kind} {self.address}" + (f": {reasons}" if reasons else "")


@dataclass
class _Page:
    """The words of a page by the id of their place ("" outside any), those in an `<aside>` apart, and its elements."""

    words: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)


def _add(page: _Page, element: lxml.html.HtmlElement, place: str, *, aside: bool) -> None:
    if not isinstance(element.tag, str) or element.tag in ("script", "style"):
        return
    if element.get("id") and (element.tag in ("section", "dt") or "passage" in element.get("class", "").split()):
        place = element.get("id")
        page.places.append(place)
        page.words[place] = []
    aside = aside or element.tag == "aside"
    words = (page.notes if aside else page.words).setdefault(place, [])
    words += (element.text or "").split()
    if element.tag in ("h2", "h3", "h4"):
        page.titles.setdefault(place, " ".join(element.text_content().split()))
    within = place
    for child in element:
        if child.tag == "dt":
            within = place
        _add(page, child, within, aside=aside)
        within = child.get("id", place) if child.tag == "dt" else within
        words += (child.tail or "").split()


def _parse(html: bytes) -> lxml.html.HtmlElement | None:
    try:
        return lxml.html.document_fromstring(html)
    except ParserError:  # an empty file
        return None


@lru_cache(maxsize=100)  # what is new in one comparison is old in the next
def _read(html: bytes) -> _Page:
    page, root = _Page(), _parse(html)
    if root is None:
        return page
    page.head = " ".join([*root.xpath("//title/text()"), *root.xpath("//meta[@name='description']/@content")]).split()
    for body in root.xpath("//body"):
        _add(page, body, "", aside=False)
    return page


def _html_of(html: bytes, places: list[str]) -> dict[str, bytes]:
    root = _parse(html)
    elements = {} if root is None else {element.get("id"): element for element in root.xpath("//*[@id]")}
    return {place: lxml.html.tostring(elements[place], with_tail=False) for place in places}


def _clip(words: Sequence[str]) -> str:
    return " ".join(words) if len(words) <= _MOST_WORDS else " ".join(words[:_MOST_WORDS]) + " …"


def difference(old: Sequence[str], new: Sequence[str]) -> str:
    """What two runs of words have not in common, with the words around: `… may [-rarely-] {+often+} help …`."""
    parts: list[str] = []
    for block in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT):
        parts += ["…"] * bool(block[0][1])
        for kind, i1, i2, j1, j2 in block:
            if kind == "equal":
                parts += old[i1:i2]
                continue
            parts += [f"[-{' '.join(old[i1:i2])}-]"] * (i2 > i1) + [f"{{+{' '.join(new[j1:j2])}+}}"] * (j2 > j1)
        parts += ["…"] * (block[-1][2] < len(old))
    return _clip(" ".join(parts).replace("… …", "…").split())


class _Comparison:
    """Two trees while they are compared."""

    def __init__(self, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
        self.old, self.new = old, new
        names = re.findall(r"^articles/([^/]+)/index\.html$", "\n".join({**old, **new}), re.MULTILINE)
        self.prefixes = tuple(f"{slug}-" for slug in names)

    @cached_property
    def findings(self) -> tuple[_Page, _Page]:
        """The evidence page before and after."""
        return _read(self.old.get(EVIDENCE, b"")), _read(self.new.get(EVIDENCE, b""))

    def reasons(self, name: str) -> Iterator[Reason]:
        """Why a file that is in both trees differs."""
        if not name.endswith(".html"):
            yield Reason("content", "", "")
            return
        old, new = self.old[name], self.new[name]
        if _STYLE.findall(old) != _STYLE.findall(new):
            yield Reason("style", "", "")
        if _STYLE.sub(b"", old) == _STYLE.sub(b"", new):
            return
        before, after = _read(old), _read(new)
        found = {str(r): r for r in reversed([*self._moved(name, before, after), *self._reworded(name, before, after)])}
        yield from [*found.values()][::-1] or self._marked_up(name, before, after)

    def _kind(self, name: str, ident: str) -> str:
        if name == EVIDENCE:
            return "finding"
        return "passage" if name.startswith("articles/") or ident.startswith(self.prefixes) else "section"

    def _moved(self, name: str, before: _Page, after: _Page) -> Iterator[Reason]:
        for ident in after.places:
            if ident not in before.places:
                yield Reason(self._kind(name, ident), ident, f"{ident} added: {_clip(after.words[ident])}")
        for ident in before.places:
            if ident not in after.places:
                yield Reason(self._kind(name, ident), "", f"{ident} removed: {_clip(before.words[ident])}")
        if [i for i in before.places if i in after.places] != [i for i in after.places if i in before.places]:
            yield Reason("order", "", "of the passages")

    def _reworded(self, name: str, before: _Page, after: _Page) -> Iterator[Reason]:
        if before.head != after.head:
            yield Reason("title or description", "", difference(before.head, after.head))
        for ident in [i for i in after.words if i in before.words]:
            old, new = before.words[ident], after.words[ident]
            if old != new:
                what = self._kind(name, ident) if ident else "text"
                yield Reason(what, ident, f"{ident}: {difference(old, new)}".removeprefix(": "))
            old, new = before.notes.get(ident, []), after.notes.get(ident, [])
            if old != new:
                yield from self._beside(ident, old, new)

    def _beside(self, ident: str, old: list[str], new: list[str]) -> Iterator[Reason]:
        """Which findings make the notes beside one passage differ."""
        before, after = self.findings
        count = 0
        for key in {**before.titles, **after.titles}:
            was = key in before.titles and before.titles[key] in " ".join(old)
            now = key in after.titles and after.titles[key] in " ".join(new)
            if was != now:
                text = f"{key} {'now stands' if now else 'no longer stands'} beside {ident}"
            elif was and before.words.get(key) != after.words.get(key):
                text = f"{key}: {difference(before.words[key], after.words[key])}"
            else:
                continue
            count += 1
            yield Reason("finding", ident, text)
        if not count:
            same = [w for w in old if not w.strip(",").isdigit()] == [w for w in new if not w.strip(",").isdigit()]
            text = "are numbered otherwise" if same else f"beside {ident}: {difference(old, new)}"
            yield Reason("references" if same else "notes", ident, text)

    def _marked_up(self, name: str, before: _Page, after: _Page) -> Iterator[Reason]:
        """The words are the same: links or emphasis of some passages, or the template."""
        old, new = _html_of(self.old[name], before.places), _html_of(self.new[name], after.places)
        ids = [ident for ident in new if new[ident] != old.get(ident)]
        if not ids or len(ids) == len(after.places) > 1:
            yield Reason("template", "", "")
            return
        for ident in ids:
            yield Reason(self._kind(name, ident), ident, f"{ident}: links or mark-up, no words")


def address(name: str) -> str:
    """The address of a built file."""
    return "/" + name.removesuffix("index.html") if name.rpartition("/")[2] == "index.html" else f"/{name}"


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Change]:
    """All that differs between two trees, given as path → bytes; sorted by address."""
    differing = [name for name in sorted({**old, **new}) if old.get(name) != new.get(name)]
    work = _Comparison(old, new)
    changes = []
    for name in differing:
        kind = "added" if name not in old else "removed" if name not in new else "changed"
        reasons = tuple(work.reasons(name)) if kind == "changed" else ()
        changes.append(Change(address(name), kind, reasons))
    return changes


def is_page(change: Change) -> bool:
    """Whether an address is one that readers open."""
    return change.address.endswith(("/", ".html"))


def describe(changes: Sequence[Change]) -> list[str]:
    """One line for each page, one for all other files together, or one that says that nothing changed."""
    count = Counter(change.kind for change in changes if not is_page(change))
    others = ", ".join(f"{number} {kind}" for kind, number in sorted(count.items()))
    lines = [str(change) for change in changes if is_page(change)] + [f"other files: {others}"] * bool(others)
    return lines or ["nothing changed"]


def report(old: Path, new: Path) -> list[str]:
    """What differs between two built trees, one line a page."""
    return describe(compare(output.read(old), output.read(new)))
