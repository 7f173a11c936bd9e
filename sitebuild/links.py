"""Reads a built tree and finds what is broken in it: links, fragments, ids, images."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html


@dataclass(frozen=True)
class Problem:
    """Something broken on one page: `target` is what stands in the HTML, `what` says why it is wrong."""

    page: str
    target: str
    what: str


@dataclass(frozen=True)
class Anchors:
    """What one page offers to links and asks of them."""

    ids: tuple[str, ...]
    links: tuple[str, ...]
    bare_images: tuple[str, ...]


@cache
def anchors(html: bytes) -> Anchors:
    """The ids, link targets and images without alternative text of one HTML page."""
    root = lxml.html.document_fromstring(html)
    links, bare = [], []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        links += [element.get(name) for name in ("href", "src", "poster") if element.get(name) is not None]
        if element.tag == "img" and not (element.get("alt") or "").strip():
            bare.append(element.get("src") or "")
    return Anchors(tuple(root.xpath("//@id")), tuple(dict.fromkeys(links)), tuple(bare))


def find_problems(tree: Path, origin: str = "") -> Iterator[Problem]:
    """Check every page below `tree`. Absolute links that begin with `origin` count as internal."""
    files = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    pages = {name: anchors(path.read_bytes()) for name, path in files.items() if name.endswith(".html")}
    for name, page in sorted(pages.items()):
        for ident in sorted({i for i in page.ids if page.ids.count(i) > 1}):
            yield Problem(name, ident, "the id stands twice")
        for source in page.bare_images:
            yield Problem(name, source, "the image has no alternative text")
        for link in page.links:
            if what := _problem(link, name, files, pages, origin):
                yield Problem(name, link, what)


def _problem(
    link: str, name: str, files: Mapping[str, Path], pages: Mapping[str, Anchors], origin: str
) -> str:
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return "it is not an address"
    if origin and link.startswith(origin):
        parts = urlsplit("/" + link[len(origin) :].lstrip("/"))
    if parts.scheme or parts.netloc:
        ok = parts.scheme in ("http", "https", "mailto", "tel", "data") or (not parts.scheme and parts.netloc)
        return "" if ok else f'the scheme "{parts.scheme}" leads nowhere'
    if not link:
        return "it is empty"
    path = posixpath.normpath(posixpath.join("/" + posixpath.dirname(name), unquote(parts.path))).lstrip("/.")
    target = name if not parts.path else f"{path}/index.html".lstrip("/") if parts.path.endswith("/") else path
    if target not in files:
        return "nothing stands at this address"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
        return "the page has no such id"
    return ""
