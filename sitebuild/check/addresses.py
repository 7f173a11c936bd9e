"""Addresses are promises: what was published stays reachable or is redirected.

Compares the site with content/redirects.txt and content/addresses.txt.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sitebuild.derive.contents import FINDINGS
from sitebuild.derive.site import Site
from sitebuild.faults import Report, nearest
from sitebuild.model import SourceLine
from sitebuild.read.redirects import RECORD, REDIRECTS, Moves, Redirect, was_recorded

_HEAD = (
    "# Every address that was ever published, kept by `invoke publish`; "
    "do not remove lines.\n"
)
_WORD = re.compile(r"[^\W_]{4,}")  # shorter ones say little
# The pages that every site has, and the sources that usually make them.
_NEEDED = {"/": "pages/home.md", "/404.html": "pages/404.md"}
_ALL_NEEDED = f"every site has the pages {' and '.join(_NEEDED)}"


def published(site: Site) -> frozenset[str]:
    """Return every address that the site promises.

    Those of its pages, and in them those of passages, findings and questions.
    """
    promised = [document.url for document in site.documents]
    promised += [passage.url for passage in site.passages.values()]
    for page in site.pages:
        if page.template == FINDINGS:
            promised += [f"{page.url}#{ident}" for ident in site.findings]
    for page in (*site.topics, *site.pages):
        promised += [f"{page.url}#{block.id}" for block in page.blocks("question")]
    return frozenset(promised)


def check_record(content: Path, report: Report, *, is_published: bool) -> None:
    """Report a record that was lost: what it promised could be lost unseen.

    There was one where git knows it, or where a site `is_published` already. Without
    either it is a new site, whose record `invoke publish` begins.
    """
    if (content / RECORD).exists():
        return
    if not (is_published or was_recorded(content)):
        return
    shown = f"{content.name}/{RECORD}"
    report.add(
        SourceLine(shown, 1),
        "the record of every address that was published is missing",
        "a site that was published keeps its record",
        f"bring it back (`git checkout {shown}`); write an empty file only if nothing "
        "was ever published",
    )


def _wrong(
    redirect: Redirect, moves: Moves, live: Collection[str]
) -> tuple[str, str, str] | None:
    """Return what is wrong with a line, what is allowed and what to do, if anything."""
    old = redirect.old
    if old in _NEEDED:
        remedy = "remove the line, and bring the page back if it is gone"
        return f"{old} is redirected", _ALL_NEEDED, remedy
    if old in live:
        found = f"{old} is redirected and still exists"
        remedy = "remove the line or the page"
        return found, "a redirect stands for what is gone", remedy
    end = moves.end(old)
    found = ""
    if end in moves:
        found = f"{old} leads in a circle by way of {end}"
    elif end not in live and _page(end) not in live:
        found = f"{old} leads to {end}, which does not exist"
    if found:
        allowed = "a redirect leads to a page or passage of the site"
        return found, allowed, "correct its end"
    for arrival in moves.arrivals():
        opened = f"{arrival.page}#{arrival.ident}"
        if arrival.old == old and opened in live and opened != arrival.end:
            return (
                f"{old} opens {opened}, which is another passage",
                "an id that was published leads to its passage for ever",
                f"give the passage {opened} another id",
            )
    return None


def _page(address: str) -> str:
    return address.partition("#")[0]


@dataclass(frozen=True)
class Promises:
    """What was `recorded` as published and what was moved, beside a site.

    `content` is the name of the folder that has both lists.
    """

    content: str
    site: Site
    moves: Moves
    recorded: Mapping[str, SourceLine]

    @cached_property
    def live(self) -> frozenset[str]:
        """The addresses that the site has."""
        return published(self.site)

    @cached_property
    def _new(self) -> list[str]:
        return sorted(self.live - self.recorded.keys())

    def check(self, report: Report) -> None:
        """Report redirects that end nowhere, and addresses that are gone.

        Each of these has the line to write. Only where every source was read as it was
        meant can anybody say what is gone.
        """
        for redirect in self.moves.lines.values():
            wrong = _wrong(redirect, self.moves, self.live)
            if wrong:
                report.add(redirect.place, *wrong)
        for address, source in _NEEDED.items():
            if address not in self.live:
                report.add(
                    SourceLine(f"{self.content}/{source}", 1),
                    f"the site has no page {address}",
                    f"{_ALL_NEEDED}, published",
                    f"bring the file back; its front matter says `address: {address}`",
                )
        file = f"{self.content}/{REDIRECTS}"
        for old, place in self.recorded.items():
            if not self._is_gone(old) or self._is_said_elsewhere(old):
                continue
            heir = self._heir(old)
            remedy = f"add the line `{old} {heir}` to {file}"
            if not heir:
                remedy = (
                    f"add a line to {file}: {old}, a space and the address of the page "
                    "that takes its place"
                )
            allowed = "what was published stays reachable"
            report.add(place, f"{old} was published and is gone", allowed, remedy)

    def _is_gone(self, old: str) -> bool:
        """Return whether a reader who kept an address finds nothing there.

        What a line of redirects.txt says wrongly is reported at that line. A passage of
        a page that moved to an article is looked for in that article; of one that moved
        elsewhere, its page is enough.
        """
        if old in self.live or old in self.moves or old in _NEEDED:
            return False
        end = self.moves.end(old)
        if end in self.live:
            return False
        articles = [article.url for article in self.site.articles]
        return end == old or _page(end) in articles

    def _is_said_elsewhere(self, old: str) -> bool:
        """Return whether another address that is gone stands for this one.

        That of a page stands for all that it held, the newest address of a passage for
        its former ones.
        """
        page, end = _page(old), self.moves.end(old)
        is_of_lost_page = page != old and page in self.recorded
        if is_of_lost_page and page not in self.live and page not in self.moves:
            return True
        return end != old and end in self.recorded

    def _heir(self, old: str) -> str:
        """Return the live address that most likely took the place of another, or "".

        Of a passage: the same id elsewhere, a new one like it on the page, the page. Of
        a page: a new one of its kind that holds most of what it held, or is named like
        it.
        """
        page, mark, ident = old.partition("#")
        if mark:
            page = self.moves.end(page)
            same = [it for it in self._new if it.endswith(f"#{ident}")]
            near = _nearest(ident, _ids_on(page, self._new))
            if same or near:
                return same[0] if same else f"{page}#{near}"
            return page if page in self.live else ""
        folder, name = posixpath.split(page.rstrip("/"))
        beside = {}
        for new in self._new:
            if "#" not in new and posixpath.dirname(new.rstrip("/")) == folder:
                beside[posixpath.basename(new.rstrip("/"))] = new
        held = _ids_on(page, self.recorded)
        for new in beside.values():
            if len(held & _ids_on(new, self.live)) * 2 > len(held):
                return new
        return beside.get(_nearest(name, beside), "")


def _ids_on(page: str, addresses: Iterable[str]) -> set[str]:
    start = f"{page}#"
    return {it.removeprefix(start) for it in addresses if it.startswith(start)}


def _nearest(name: str, others: Iterable[str]) -> str:
    """Return the name that is like another or has a word of it; "" if none is."""
    words = set(_WORD.findall(name))
    others = sorted(others)
    akin = [other for other in others if words & set(_WORD.findall(other))]
    return nearest(name, akin, 0) or nearest(name, others)


def record_with(recorded: Iterable[str], new: Iterable[str]) -> str:
    """Return the text of the record with some addresses added."""
    return _HEAD + "".join(f"{address}\n" for address in sorted({*recorded, *new}))
