"""Old ids in pages: a fragment reaches no server, so the page itself keeps them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape

from sitebuild.read.redirects import Arrival, Moves

_MAIN_END = "</main>"


class OldIds:
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

    def put_into(self, page: str, address: str) -> str:
        """Return the HTML of the page at an address with its old ids."""
        for arrival in self._arrivals.get(address, ()):
            if arrival.is_same_page:
                page = _beside(page, arrival.ident, arrival.end.partition("#")[2])
            elif not _has(page, arrival.ident):
                target = arrival.end.partition("#")[0]
                title = self._titles.get(target, target)
                page = _leading_on(page, arrival.ident, arrival.end, title)
        for old, new in self._copies.items():
            page = _beside(page, old, new)
        return page


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
