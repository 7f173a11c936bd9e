"""Addresses are promises: what was published stays reachable or is redirected.

Compares the site with content/redirects.txt and content/addresses.txt. A fragment
reaches no server, so a page itself keeps the ids that it had once: see `put_old_ids`.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from pathlib import Path

from sitebuild.derive import Site
from sitebuild.derive.contents import FINDINGS
from sitebuild.faults import Report, nearest
from sitebuild.memory import Memory
from sitebuild.model import SourceLine
from sitebuild.read.redirects import (
    RECORD,
    REDIRECTS,
    Arrival,
    Moves,
    Redirect,
    was_recorded,
)
from sitebuild.release import address_of

_HEAD = (
    "# Every address that was ever published, kept by `invoke publish`; "
    "do not remove lines.\n"
)
_MAIN_END = "</main>"
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
            if not self._is_lost(old):
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

    def _is_lost(self, old: str) -> bool:
        """Return whether who kept an address finds nothing, and no other fault says so.

        What a line of redirects.txt says wrongly is reported there. That of a page that
        is gone stands for all that it held, the newest address of a passage for its
        former ones. A passage of a page that moved to an article is looked for in that
        article; of one that moved elsewhere, its page is enough.
        """
        page, end = _page(old), self.moves.end(old)
        if {old, end} & self.live or old in self.moves or old in _NEEDED:
            return False
        if end != old:
            articles = [article.url for article in self.site.articles]
            return _page(end) in articles and end not in self.recorded
        return page == old or page in self.live or page not in self.recorded

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
            near = nearest(ident, _ids_on(page, self._new))
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
        return beside.get(nearest(name, beside), "")


def _ids_on(page: str, addresses: Iterable[str]) -> set[str]:
    start = f"{page}#"
    return {it.removeprefix(start) for it in addresses if it.startswith(start)}


def record_with(recorded: Iterable[str], new: Iterable[str]) -> str:
    """Return the text of the record with some addresses added."""
    return _HEAD + "".join(f"{address}\n" for address in sorted({*recorded, *new}))


def put_old_ids(
    files: MutableMapping[str, bytes],
    moves: Moves,
    promised: Mapping[str, SourceLine],
    titles: Mapping[str, str],
    memory: Memory,
) -> None:
    """Give each page of a site the ids that it had once; see `put_old_ids`."""
    made_of = (moves.lines, promised, titles)
    make = partial(_OldIds, moves, promised, titles)
    old = memory.take("old ids", made_of, make)
    for path, data in files.items():
        if path.endswith(".html"):
            put = partial(old.put_into, data, address_of(path))
            files[path] = memory.take(("old ids", path), (old, data), put)


class _OldIds:
    """The ids that moved, and the page that a browser opens for each.

    Where the text now stands on that page, the old id stands beside the new one; where
    it went to another page, a line at the end has the id and leads there.
    """

    def __init__(
        self, moves: Moves, promised: Iterable[str], titles: Mapping[str, str]
    ) -> None:
        """Take where addresses moved to, and the title of each page by its address.

        `promised` holds every address that was published: copies of passages on other
        pages keep their old ids too.
        """
        self._titles = titles
        self._arrivals: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in moves.arrivals():
            self._arrivals[arrival.page].append(arrival)
        self._copies: dict[str, str] = {}
        for old in sorted({*promised, *moves.ends()}):
            new = moves.end(old)
            if new != old and "#" in old and "#" in new:
                self._copies[_copy_id(old)] = _copy_id(new)

    def put_into(self, data: bytes, address: str) -> bytes:
        """Return the HTML of the page at an address with its old ids."""
        page = data.decode("utf-8", "surrogateescape")
        for arrival in self._arrivals.get(address, ()):
            if arrival.is_same_page:
                page = _beside(page, arrival.ident, arrival.end.partition("#")[2])
            elif not _has(page, arrival.ident):
                target = arrival.end.partition("#")[0]
                title = self._titles.get(target, target)
                page = _leading_on(page, arrival.ident, arrival.end, title)
        for old, new in self._copies.items():
            page = _beside(page, old, new)
        return page.encode("utf-8", "surrogateescape")


def _has(page: str, ident: str) -> bool:
    return f'id="{ident}"' in page


def _beside(page: str, old: str, new: str) -> str:
    """Return a page with an old id in the element that has the new one."""
    if not new or not _has(page, new) or _has(page, old):
        return page
    tag = re.compile(rf'<\w[^<>]*\sid="{re.escape(new)}"[^<>]*>(?:\s*<summary>)?')
    return tag.sub(lambda found: f'{found[0]}<span id="{old}"></span>', page, count=1)


def _leading_on(page: str, ident: str, end: str, title: str) -> str:
    """Return a page with a line at its end that leads to where a passage went.

    The style sheet shows it to whoever looks for its id.
    """
    link = f'<a href="{escape(end)}">{escape(title)}</a>'
    line = f'<p class="label" id="{ident}" hidden>This part now stands in {link}.</p>'
    before, main_end, after = page.rpartition(_MAIN_END)
    return f"{before}{line}{main_end}{after}" if main_end else page


def _copy_id(address: str) -> str:
    """Return the id that a passage has on other pages than its own."""
    page, _, ident = address.partition("#")
    slug = page.strip("/").rpartition("/")[2]
    return f"{slug}-{ident}"
