"""What differs between two built trees, page by page, and why: the passage, the finding, the style, the template.

Pure. Exact, because builds are reproducible to the byte: a page that is not listed has not changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

from sitebuild import output
from sitebuild.diff import sections as places
from sitebuild.diff.sections import Page, PageSection

# The page that shows every finding once, each under its id.
EVIDENCE = "evidence/index.html"
_STYLE = re.compile(rb"<style[^>]*>.*?</style>", re.DOTALL)
_CONTEXT, _MOST_WORDS, _FEW_FILES = 3, 80, 5


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


def _clip(words: Sequence[str]) -> str:
    return (
        " ".join(words)
        if len(words) <= _MOST_WORDS
        else " ".join(words[:_MOST_WORDS]) + " …"
    )


def difference(old: Sequence[str], new: Sequence[str]) -> str:
    """What two runs of words have not in common, with the words around: `… may [-rarely-] {+often+} help …`."""
    parts: list[str] = []
    for block in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(
        _CONTEXT
    ):
        parts += ["…"] * bool(block[0][1])
        for kind, i1, i2, j1, j2 in block:
            if kind == "equal":
                parts += old[i1:i2]
                continue
            parts += [f"[-{' '.join(old[i1:i2])}-]"] * (i2 > i1) + [
                f"{{+{' '.join(new[j1:j2])}+}}"
            ] * (j2 > j1)
        parts += ["…"] * (block[-1][2] < len(old))
    return _clip(" ".join(parts).replace("… …", "…").split())


def _readdressed(old: Sequence[str], new: Sequence[str]) -> str:
    """The addresses that one of two runs of links has alone, without their fragments where these are not all."""
    whole = [
        [link for link in dict.fromkeys(one) if link not in other]
        for one, other in ((old, new), (new, old))
    ]
    short = [
        list(dict.fromkeys(link.partition("#")[0] or link for link in links))
        for links in whole
    ]
    return difference(*(whole if short[0] == short[1] else short)) or "in another order"


class _Comparison:
    """Two trees while they are compared."""

    def __init__(self, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
        self.old, self.new = old, new

    @cached_property
    def findings(self) -> tuple[Mapping[str, PageSection], Mapping[str, PageSection]]:
        """The findings before and after, by id."""
        before, after = (
            places.read(tree.get(EVIDENCE, b"")).places for tree in (self.old, self.new)
        )
        return {k: p for k, p in before.items() if p.title}, {
            k: p for k, p in after.items() if p.title
        }

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
        before, after = places.read(old), places.read(new)
        all_found = [
            *_moved(before, after),
            *self._reworded(before, after),
            *_marked_up(before, after),
        ]
        found = {str(reason): reason for reason in reversed(all_found)}
        yield from [*found.values()][::-1] or [Reason("template", "", "")]

    def _reworded(self, before: Page, after: Page) -> Iterator[Reason]:
        if before.head != after.head:
            yield Reason(
                "title or description", "", difference(before.head, after.head)
            )
        for ident in [i for i in after.places if i in before.places]:
            old, new = before.places[ident], after.places[ident]
            if old.words != new.words:
                yield Reason(
                    new.kind,
                    new.id,
                    f"{ident}: {difference(old.words, new.words)}".removeprefix(": "),
                )
            notes = [
                page.asides.get(ident, PageSection()).words for page in (before, after)
            ]
            if notes[0] != notes[1]:
                yield from self._beside(ident, new.id, *notes)

    def _beside(
        self, name: str, ident: str, old: list[str], new: list[str]
    ) -> Iterator[Reason]:
        """Which findings make the notes beside one passage differ."""
        before, after = self.findings
        count = 0
        for key in {**before, **after}:
            was = key in before and before[key].title in " ".join(old)
            now = key in after and after[key].title in " ".join(new)
            if was != now:
                text = (
                    f"{key} {'now stands' if now else 'no longer stands'} beside {name}"
                )
            elif was and before[key].words != after[key].words:
                text = f"{key}: {difference(before[key].words, after[key].words)}"
            else:
                continue
            count += 1
            yield Reason("finding", ident, text)
        if not count:
            same = [w for w in old if not w.strip(",").isdigit()] == [
                w for w in new if not w.strip(",").isdigit()
            ]
            text = (
                "are numbered otherwise"
                if same
                else f"beside {name}: {difference(old, new)}"
            )
            yield Reason("references" if same else "notes", ident, text)


def _moved(before: Page, after: Page) -> Iterator[Reason]:
    for name, place in after.places.items():
        if name not in before.places:
            yield Reason(place.kind, place.id, f"{name} added: {_clip(place.words)}")
    for name, place in before.places.items():
        if name not in after.places:
            yield Reason(place.kind, "", f"{name} removed: {_clip(place.words)}")
    kept = [
        name
        for name, place in after.places.items()
        if name in before.places and place.kind != "reference"
    ]
    if [name for name in before.places if name in set(kept)] != kept:
        yield Reason("order", "", "of the passages")


def _marked_up(before: Page, after: Page) -> Iterator[Reason]:
    """Where words are the same: other links, told once where places share them; other mark-up, or the template's."""
    pairs = [
        (name, before.places[name], place)
        for name, place in after.places.items()
        if name in before.places
    ]
    pairs += [
        (f"beside {name}", before.asides[name], place)
        for name, place in after.asides.items()
        if name in before.asides
    ]
    same = [(name, old, new) for name, old, new in pairs if old.words == new.words]
    links: dict[str, list[tuple[str, PageSection]]] = {}
    marked: list[tuple[str, PageSection]] = []
    for name, old, new in same:
        if old.links != new.links:
            links.setdefault(_readdressed(old.links, new.links), []).append((name, new))
        elif old.markup != new.markup:
            marked.append((name, new))
    for text, [(name, place), *others] in links.items():
        alone = name and not others
        yield (
            Reason(place.kind, place.id, f"{name}: links {text}")
            if alone
            else Reason("links", place.id, text)
        )
    kinds, changed = (
        Counter(new.kind for _, _, new in same),
        Counter(place.kind for _, place in marked),
    )
    for name, place in marked:
        if not name or kinds[place.kind] == changed[place.kind] > 1:
            yield Reason("template", "", "")
        else:
            yield Reason(place.kind, place.id, f"{name}: mark-up, no words")


def address(name: str) -> str:
    """The address of a built file."""
    return (
        "/" + name.removesuffix("index.html")
        if name.rpartition("/")[2] == "index.html"
        else f"/{name}"
    )


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Change]:
    """All that differs between two trees, given as path → bytes; sorted by address."""
    differing = [
        name for name in sorted({**old, **new}) if old.get(name) != new.get(name)
    ]
    work = _Comparison(old, new)
    changes = []
    for name in differing:
        kind = (
            "added" if name not in old else "removed" if name not in new else "changed"
        )
        reasons = tuple(work.reasons(name)) if kind == "changed" else ()
        changes.append(Change(address(name), kind, reasons))
    return changes


def is_page(change: Change) -> bool:
    """Whether an address is one that readers open."""
    return change.address.endswith(("/", ".html"))


def describe(changes: Sequence[Change]) -> list[str]:
    """One line for each page, one for all other files, named where they are few, or one that nothing changed."""
    others: dict[str, list[str]] = {}
    for change in changes:
        if not is_page(change):
            others.setdefault(change.kind, []).append(change.address)
    few = sum(map(len, others.values())) <= _FEW_FILES
    told = [
        f"{kind} {', '.join(names)}" if few else f"{len(names)} {kind}"
        for kind, names in sorted(others.items())
    ]
    lines = [str(change) for change in changes if is_page(change)] + [
        f"other files: {'; '.join(told)}"
    ] * bool(told)
    return lines or ["nothing changed"]


def report(old: Path, new: Path) -> list[str]:
    """What differs between two built trees, one line a page."""
    return describe(compare(output.read(old), output.read(new)))
