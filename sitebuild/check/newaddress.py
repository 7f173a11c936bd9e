"""What took the place of an address that is gone: the best guess, for a message."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from difflib import get_close_matches


def find_new(old: str, page: str, known: Collection[str], live: Collection[str]) -> str:
    """Return the live address that most likely took the place of another; "" if none.

    `page` is where the page of `old` stands now, `known` holds all that was published.
    """
    new = sorted(set(live) - set(known))
    if "#" in old:
        return _new_passage(old, page, new, live)
    return _new_page(old, new, known, live)


def _new_passage(
    old: str, page: str, new: Collection[str], live: Collection[str]
) -> str:
    """Return the same id elsewhere, a new one like it on the page, or else the page."""
    ident = old.partition("#")[2]
    for address in new:
        if address.endswith(f"#{ident}"):
            return address
    beside = [it.partition("#")[2] for it in new if it.startswith(f"{page}#")]
    nearest = get_close_matches(ident, beside, 1)
    if nearest:
        return f"{page}#{nearest[0]}"
    return page if page in live else ""


def _new_page(
    old: str, new: Collection[str], known: Collection[str], live: Collection[str]
) -> str:
    """Return the new page of the same kind that holds most of what the old one held."""
    pages = [address for address in new if _folder(address) == _folder(old)]
    held = _ids_on(old, known)
    best = ""
    most = 0
    for page in pages:
        count = len(held & _ids_on(page, live))
        if count > most:
            best = page
            most = count
    if best:
        return best
    nearest = get_close_matches(old, pages, 1, cutoff=0)
    return nearest[0] if nearest else ""


def _folder(address: str) -> str:
    """Return the folder that a page stands in; "" for the address of a passage."""
    if "#" in address:
        return ""
    return posixpath.dirname(address.rstrip("/"))


def _ids_on(page: str, addresses: Collection[str]) -> set[str]:
    start = f"{page}#"
    return {it.removeprefix(start) for it in addresses if it.startswith(start)}
