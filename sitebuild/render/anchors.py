"""Old ids in pages: a fragment reaches no server, so the page itself keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from sitebuild.read.redirects import Arrival, Moves

_MAIN_END = b"</main>"


def put_old_ids(
    files: dict[str, bytes],
    moves: Moves,
    promised: Iterable[str],
    titles: Mapping[str, str],
) -> None:
    """Put every id that moved into the page that a browser opens for it.

    Where the text now stands on that page, the old id stands beside the new one; where
    it went to another page, a line at the end leads there. `promised` holds every
    address that was published: copies of passages on other pages keep their old ids
    too. `titles` has the title of each page by its address.
    """
    for arrival in moves.arrivals():
        path = _path(arrival.page)
        if path in files:
            files[path] = _with_old_id(files[path], arrival, titles)
    copies = _copies(moves, promised)
    for path in [path for path in files if path.endswith(".html")]:
        for old, new in copies.items():
            files[path] = _beside(files[path], old, new)


def _path(address: str) -> str:
    path = address.removeprefix("/")
    return f"{path}index.html" if not path or path.endswith("/") else path


def _with_old_id(page: bytes, arrival: Arrival, titles: Mapping[str, str]) -> bytes:
    target, _, ident = arrival.end.partition("#")
    if not arrival.is_same_page:
        return _leading_on(page, arrival, titles.get(target, target))
    return _beside(page, arrival.ident, ident)


def _has(page: bytes, ident: str) -> bool:
    return f'id="{ident}"'.encode() in page


def _beside(page: bytes, old: str, new: str) -> bytes:
    """Return a page with an old id in the element that has the new one."""
    if not new or not _has(page, new) or _has(page, old):
        return page
    tag = re.compile(rb'<\w[^<>]*\sid="' + re.escape(new.encode()) + rb'"[^<>]*>')
    anchor = f'<span id="{old}"></span>'.encode()
    return tag.sub(lambda found: found[0] + anchor, page, count=1)


def _leading_on(page: bytes, arrival: Arrival, title: str) -> bytes:
    """Return a page with a line at its end that leads to where a passage went."""
    if _has(page, arrival.ident):
        return page
    link = f'<a href="{escape(arrival.end)}">{escape(title)}</a>'
    line = f'<p id="{arrival.ident}">This part now stands in {link}.</p>\n'
    before, end, after = page.rpartition(_MAIN_END)
    return before + line.encode() + end + after if end else page


def _copies(moves: Moves, promised: Iterable[str]) -> dict[str, str]:
    """Return old → new id of the copies of passages that moved."""
    copies = {}
    for old in sorted({*promised, *moves.ends()}):
        new = moves.end(old).address
        if new != old and "#" in old and "#" in new:
            copies[_copy_id(old)] = _copy_id(new)
    return copies


def _copy_id(address: str) -> str:
    """Return the id that a passage has on other pages than its own."""
    page, _, ident = address.partition("#")
    slug = page.strip("/").rpartition("/")[2]
    return f"{slug}-{ident}"
