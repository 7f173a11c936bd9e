"""Why a page differs: a passage, a finding beside it, a link, the style, the template.

Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sitebuild.diff import sections
from sitebuild.diff.sections import PageSection, PageSections
from sitebuild.diff.words import clip, difference

# The page that shows every finding once, each under its id.
EVIDENCE = "evidence/index.html"
_STYLE = re.compile(rb"<style[^>]*>.*?</style>", re.DOTALL)


@dataclass(frozen=True)
class Reason:
    """Why a page changed; `id` is the element that shows it, "" for the whole page."""

    what: str
    id: str
    text: str

    def __str__(self) -> str:
        """Return it as an editor reads it."""
        return f"{self.what} {self.text}".strip()


_TEMPLATE = Reason("template", "", "")


@dataclass(frozen=True)
class Findings:
    """The findings before and after, by id."""

    before: Mapping[str, PageSection]
    after: Mapping[str, PageSection]

    @classmethod
    def of(cls, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Findings:
        """Return those of two trees."""
        return cls(_findings(old), _findings(new))


def _findings(tree: Mapping[str, bytes]) -> Mapping[str, PageSection]:
    page = sections.read(tree.get(EVIDENCE, b""))
    return {name: section for name, section in page.sections.items() if section.title}


@dataclass(frozen=True)
class _Pair:
    """A section that both versions of a page have, under one name."""

    name: str
    old: PageSection
    new: PageSection

    @property
    def has_same_words(self) -> bool:
        return self.old.words == self.new.words


def of_page(old: bytes, new: bytes, findings: Findings) -> list[Reason]:
    """Return why a page that both trees have differs; at least one reason."""
    reasons = []
    if _STYLE.findall(old) != _STYLE.findall(new):
        reasons.append(Reason("style", "", ""))
    if _STYLE.sub(b"", old) == _STYLE.sub(b"", new):
        return reasons
    before = sections.read(old)
    after = sections.read(new)
    found = _without_repeats(
        [
            *_moved(before, after),
            *_reworded(before, after, findings),
            *_marked_up(before, after),
        ]
    )
    return reasons + (found or [_TEMPLATE])


def _without_repeats(reasons: Iterable[Reason]) -> list[Reason]:
    """Return each reason once, with the id of the place where it was met first.

    It stands where it was met last, so that what is true of one section comes before
    what is true of many.
    """
    kept: dict[str, Reason] = {}
    for reason in reasons:
        first = kept.pop(str(reason), reason)
        kept[str(reason)] = first
    return list(kept.values())


def _moved(before: PageSections, after: PageSections) -> Iterator[Reason]:
    """Yield the sections that were added, removed or put in another order."""
    for name, section in after.sections.items():
        if name not in before.sections:
            text = f"{name} added: {clip(section.words)}"
            yield Reason(section.kind, section.id, text)
    for name, section in before.sections.items():
        if name not in after.sections:
            yield Reason(section.kind, "", f"{name} removed: {clip(section.words)}")
    # References are in the order in which they are cited.
    kept = [
        pair.name
        for pair in _pairs(before.sections, after.sections)
        if pair.new.kind != "reference"
    ]
    if [name for name in before.sections if name in set(kept)] != kept:
        yield Reason("order", "", "of the passages")


def _pairs(
    before: Mapping[str, PageSection], after: Mapping[str, PageSection]
) -> Iterator[_Pair]:
    """Yield the sections that both have, in the new order."""
    for name, section in after.items():
        if name in before:
            yield _Pair(name, before[name], section)


def _reworded(
    before: PageSections, after: PageSections, findings: Findings
) -> Iterator[Reason]:
    """Yield the sections with other words, and what changed in the notes beside."""
    if before.head != after.head:
        text = difference(before.head, after.head)
        yield Reason("title or description", "", text)
    nothing = PageSection()
    for pair in _pairs(before.sections, after.sections):
        if not pair.has_same_words:
            text = difference(pair.old.words, pair.new.words)
            if pair.name:
                text = f"{pair.name}: {text}"
            yield Reason(pair.new.kind, pair.new.id, text)
        notes = _Pair(
            pair.name,
            before.notes.get(pair.name, nothing),
            after.notes.get(pair.name, nothing),
        )
        if not notes.has_same_words:
            yield from _beside(notes, pair.new.id, findings)


def _beside(notes: _Pair, ident: str, findings: Findings) -> Iterator[Reason]:
    """Yield what makes the notes beside one section differ; `ident` is its id."""
    is_explained = False
    for key in {**findings.before, **findings.after}:
        text = _finding_text(key, notes, findings)
        if text:
            is_explained = True
            yield Reason("finding", ident, text)
    if is_explained:
        return
    if _without_numbers(notes.old.words) == _without_numbers(notes.new.words):
        yield Reason("references", ident, "are numbered otherwise")
    else:
        text = difference(notes.old.words, notes.new.words)
        yield Reason("notes", ident, f"beside {notes.name}: {text}")


def _finding_text(key: str, notes: _Pair, findings: Findings) -> str:
    """Return what one finding has to do with a difference of notes; "" if nothing."""
    before = findings.before.get(key)
    after = findings.after.get(key)
    was_there = before is not None and before.title in " ".join(notes.old.words)
    is_there = after is not None and after.title in " ".join(notes.new.words)
    if is_there and not was_there:
        return f"{key} now stands beside {notes.name}"
    if was_there and not is_there:
        return f"{key} no longer stands beside {notes.name}"
    if before is None or after is None or not is_there or before.words == after.words:
        return ""
    return f"{key}: {difference(before.words, after.words)}"


def _without_numbers(words: Sequence[str]) -> list[str]:
    return [word for word in words if not word.strip(",").isdigit()]


def _marked_up(before: PageSections, after: PageSections) -> Iterator[Reason]:
    """Yield what differs where words are the same: links, or markup.

    Links that differ alike in several sections are one reason. Markup that differs in
    every section of a kind is the template's.
    """
    pairs = list(_pairs(before.sections, after.sections))
    pairs.extend(
        _Pair(f"beside {notes.name}", notes.old, notes.new)
        for notes in _pairs(before.notes, after.notes)
    )
    same = [pair for pair in pairs if pair.has_same_words]
    relinked = [pair for pair in same if pair.old.links != pair.new.links]
    yield from _relinked(relinked)
    marked = [
        pair
        for pair in same
        if pair.old.links == pair.new.links and pair.old.markup != pair.new.markup
    ]
    all_of_kind = Counter(pair.new.kind for pair in same)
    marked_of_kind = Counter(pair.new.kind for pair in marked)
    for pair in marked:
        kind = pair.new.kind
        is_whole_kind = all_of_kind[kind] == marked_of_kind[kind] > 1
        if is_whole_kind or not pair.name:
            yield _TEMPLATE
        else:
            yield Reason(kind, pair.new.id, f"{pair.name}: mark-up, no words")


def _relinked(pairs: Iterable[_Pair]) -> Iterator[Reason]:
    """Yield the sections whose links differ, those that differ alike together."""
    by_text: dict[str, list[_Pair]] = {}
    for pair in pairs:
        text = _changed_links(pair.old.links, pair.new.links)
        by_text.setdefault(text, []).append(pair)
    for text, alike in by_text.items():
        first = alike[0]
        if first.name and len(alike) == 1:
            yield Reason(first.new.kind, first.new.id, f"{first.name}: links {text}")
        else:
            yield Reason("links", first.new.id, text)


def _changed_links(old: Sequence[str], new: Sequence[str]) -> str:
    """Return the addresses that only one of two runs of links has.

    They are shown without their fragments unless only fragments differ.
    """
    removed = [link for link in dict.fromkeys(old) if link not in new]
    added = [link for link in dict.fromkeys(new) if link not in old]
    short_removed = _without_fragments(removed)
    short_added = _without_fragments(added)
    if short_removed == short_added:
        text = difference(removed, added)
    else:
        text = difference(short_removed, short_added)
    return text or "in another order"


def _without_fragments(links: Iterable[str]) -> list[str]:
    """Return each page once; a fragment of the page itself stays as it is."""
    return list(dict.fromkeys(link.partition("#")[0] or link for link in links))
