"""Finds what is broken in a built site: links, fragments, ids, images."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from lxml.etree import HTML, XPath

_ids = XPath("//@id", smart_strings=False)
_targets = XPath("//@href | //@src | //@poster", smart_strings=False)
_shown = XPath("//@src | //@poster", smart_strings=False)
_bare = XPath("//img[not(normalize-space(@alt))]")
_mute = XPath("//a[not(normalize-space()) and not(.//img)]/@href", smart_strings=False)
# A host as readers can reach it: it has a dot, and is not the machine of the editor.
_HOST = re.compile(r"(?!127\.)[\w-]+(\.[\w-]+)+(:\d+)?")


@dataclass(frozen=True)
class Problem:
    """Something broken on one page: `target` is what stands in the HTML, `what` says why it is wrong."""

    page: str
    target: str
    what: str
    is_of_id: bool = False


@dataclass(frozen=True)
class Anchors:
    """What one page offers to links and asks of them."""

    ids: tuple[str, ...]
    ids_once: frozenset[str]
    links: tuple[str, ...]
    bare_images: tuple[str, ...]
    shown: tuple[str, ...]
    mute: tuple[str, ...]
    is_empty: bool = False


@lru_cache(maxsize=4096)
def anchors(html: bytes) -> Anchors:
    """The ids, link targets and images without alternative text of one HTML page."""
    root = HTML(html or b" ")
    if root is None:
        return Anchors((), frozenset(), (), (), (), (), is_empty=True)
    ids = tuple(_ids(root))
    bare = tuple(image.get("src") or "" for image in _bare(root))
    return Anchors(
        ids,
        frozenset(ids),
        tuple(dict.fromkeys(_targets(root))),
        bare,
        tuple(_shown(root)),
        tuple(_mute(root)),
    )


@dataclass(frozen=True)
class Index:
    """What a built tree offers to links: its files, and the ids of each page."""

    files: frozenset[str]
    ids: Mapping[str, frozenset[str]] = field(hash=False)


def find_problems(
    files: Mapping[str, bytes], origin: str = "", others: Iterable[tuple[str, str]] = ()
) -> Iterator[Problem]:
    """Check every page of a site, given as path → bytes, and other links, each given with what holds it.

    Absolute links that begin with `origin` count as internal.
    """
    pages = {
        name: anchors(data) for name, data in files.items() if name.endswith(".html")
    }
    index = Index(
        frozenset(files), {name: page.ids_once for name, page in pages.items()}
    )
    for name, page in sorted(pages.items()):
        yield from _problems(name, page, index, origin)
    for name, link in others:
        if what := _problem(link, "", index, origin):
            yield Problem(name, link, what)


@lru_cache(maxsize=4096)
def _problems(
    name: str, page: Anchors, index: Index, origin: str
) -> tuple[Problem, ...]:
    """What is wrong with one page; remembered for as long as the page and what it may link to stay the same."""
    if page.is_empty:
        return (Problem(name, name, "the page is empty"),)
    twice = [
        Problem(name, ident, "the id stands twice", is_of_id=True)
        for ident in sorted(page.ids_once)
        if page.ids.count(ident) > 1
    ]
    bare = [
        Problem(name, source, "the image has no alternative text")
        for source in page.bare_images
    ]
    elsewhere = [
        Problem(
            name,
            source,
            "a page shows files of its own site alone, by its content policy",
        )
        for source in page.shown
        if re.match(r"[\w+.-]*:|//", source)
        and not (origin and source.startswith(origin))
    ]
    mute = [Problem(name, link, "the link has no text") for link in page.mute]
    broken = [
        Problem(name, link, what)
        for link in page.links
        if (what := _problem(link, name, index, origin))
    ]
    return (*twice, *bare, *elsewhere, *mute, *broken)


def _problem(link: str, name: str, index: Index, origin: str) -> str:
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return "it is not an address"
    if origin and link.startswith(origin):
        parts = urlsplit("/" + link[len(origin) :].lstrip("/"))
    if parts.scheme or parts.netloc:
        web = parts.scheme in ("", "http", "https")
        ok = (
            _HOST.fullmatch(parts.netloc)
            if web
            else parts.scheme in ("mailto", "tel") and parts.path
        )
        return "" if ok else f'"{parts.scheme}:{parts.netloc}" leads nowhere so'
    if not link:
        return "it is empty"
    path = posixpath.normpath(
        posixpath.join("/" + posixpath.dirname(name), unquote(parts.path))
    ).lstrip("/")
    target = (
        name
        if not parts.path
        else posixpath.join(path, "index.html")
        if parts.path.endswith("/")
        else path
    )
    if target not in index.files:
        return "nothing stands at this address"
    if parts.fragment and unquote(parts.fragment) not in index.ids.get(
        target, (unquote(parts.fragment),)
    ):
        return "the page has no such id"
    return ""
