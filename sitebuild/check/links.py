"""Finds what is broken in a built site: links, fragments, ids, images."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from lxml.etree import HTML, XPath
from lxml.html import HtmlElement

from sitebuild.memory import Memory

_ids = XPath("//@id", smart_strings=False)
_links = XPath("//@href | //@src | //@poster", smart_strings=False)
_shown = XPath(
    "//@src | //@poster | //@background | //*[local-name()='image' or "
    "local-name()='use']/@*[name()='href' or name()='xlink:href']",
    smart_strings=False,
)
_sets = XPath("//@srcset | //@imagesrcset", smart_strings=False)
_pictures = XPath("//img/@src", smart_strings=False)
# The mark in the head of a page stands beside the site's name: `alt=""` is right there.
_images_without_text = XPath(
    "//img[not(@alt)] | //img[not(normalize-space(@alt))][not(ancestor::header)]"
)
_links_without_text = XPath(
    "//a[not(normalize-space()) and not(.//img)]/@href", smart_strings=False
)
# A host as readers can reach it: it has a dot, and is not the machine of the editor.
_HOST = re.compile(r"(?!127\.)[\w-]+(\.[\w-]+)+(:\d+)?")
_ELSEWHERE = re.compile(r"[\w+.-]*:|//")
# An id that stands in an address as it is.
_PLAIN_ID = re.compile(r"[\w-]+", re.ASCII)
_WEB_SCHEMES = ("", "http", "https")
_OTHER_SCHEMES = ("mailto", "tel")


NO_ID = "the page has no such id"
NOTHING = "nothing stands at this address"


class Problem(NamedTuple):
    """Something broken on one page.

    `target` is what stands in the HTML, `what` says why it is wrong. `is_of_id`: the
    target is an id; `is_of_text`: a link or an image lacks its text.
    """

    page: str
    target: str
    what: str
    is_of_id: bool = False
    is_of_text: bool = False


class Link(NamedTuple):
    """A link as it is written, and the file and the fragment that it leads to.

    `file` is empty where the link leads out of the site, and `wrong` says why it
    cannot work whatever the site holds.
    """

    target: str
    file: str = ""
    fragment: str = ""
    wrong: str = ""


class Page(NamedTuple):
    """What one page offers to links, asks of them, and has wrong in itself.

    Links to its own ids are left out.
    """

    ids: frozenset[str]
    links: tuple[Link, ...]
    problems: tuple[Problem, ...]


def find_problems(
    files: Mapping[str, bytes],
    origin: str = "",
    others: Iterable[tuple[str, str]] = (),
    memory: Memory | None = None,
) -> Iterator[Problem]:
    """Check every page of a site, given as path → bytes.

    `others` are links that stand outside the pages, each after what holds it. Absolute
    links that begin with `origin` count as internal.
    """
    site = _Site(files)
    memory = memory or Memory()
    for name, data in files.items():
        if name.endswith(".html"):
            page = memory.take(
                ("links", name),
                (data, origin),
                partial(_read_page, name, data, origin),
            )
            yield from page.problems
            yield from site.take(name, page)
    for name, target in others:
        yield from site.problems(name, read_link(target, "", origin))
    yield from site.finish()


class _Site:
    """What links may lead to: files by path, and the ids of those that are pages.

    Links to an id of another page wait until all pages are there; no other link is
    kept, since those of a large site take more memory than its words.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._ids: dict[str, frozenset[str]] = {}
        self._waiting: list[tuple[str, Link]] = []

    def take(self, name: str, page: Page) -> Iterator[Problem]:
        """Take the ids of a page; yield what is wrong with its links."""
        self._ids[name] = page.ids
        for link in page.links:
            yield from self.problems(name, link)

    def problems(self, name: str, link: Link) -> Iterator[Problem]:
        """Yield what is wrong with a link that stands on a page, if that is known."""
        if link.file in self._files and link.fragment:
            self._waiting.append((name, link))
        elif link.wrong:
            yield Problem(name, link.target, link.wrong)
        elif link.file and link.file not in self._files:
            yield Problem(name, link.target, self._missing(link.file))

    def finish(self) -> Iterator[Problem]:
        """Yield what is wrong with the links that wait."""
        for name, link in self._waiting:
            ids = self._ids.get(link.file)
            if ids is not None and link.fragment not in ids:
                near = _spelling(ids).get(_folded(link.fragment), "")
                what = f'it is spelt "#{near}"' if near else NO_ID
                yield Problem(name, link.target, what)

    def _missing(self, file: str) -> str:
        near = self._spelt.get(_folded(file), "")
        if near:
            return f'it is spelt "/{near.removesuffix("index.html")}"'
        return NOTHING

    @cached_property
    def _spelt(self) -> Mapping[str, str]:
        return _spelling(self._files)


def _spelling(names: Iterable[str]) -> Mapping[str, str]:
    """Return how names are spelt, by what is left without case, accents' form, end."""
    return {_folded(name): name for name in sorted(names, reverse=True)}


def _folded(name: str) -> str:
    """Return a path or id as it is compared with others, without case."""
    bare = name.removesuffix("/index.html").removesuffix("/index.htm").strip("/")
    return unicodedata.normalize("NFC", bare).casefold().replace("_", "-")


def _read_page(name: str, html: bytes, origin: str) -> Page:
    root = HTML(html or b" ")
    if root is None:
        return Page(frozenset(), (), (Problem(name, name, "the page is empty"),))
    ids = _ids(root)
    problems = [
        Problem(name, ident, "the id stands twice", is_of_id=True)
        for ident, count in sorted(Counter(ids).items())
        if count > 1
    ]
    for image in _images_without_text(root):
        source = image.get("src") or ""
        what = "the image has no alternative text"
        problems.append(Problem(name, source, what, is_of_text=True))
    for source in _pictures(root):
        if read_link(source, name, origin).file.endswith(".html"):
            what = "a picture is a file in images, and this is a page"
            problems.append(Problem(name, source, what))
    for source in [*_shown(root), *_candidates(root)]:
        if _is_elsewhere(source, origin):
            what = "a page shows files of its own site only, by its content policy"
            problems.append(Problem(name, source, what))
    problems += [
        Problem(name, target, "the link has no text", is_of_text=True)
        for target in _links_without_text(root)
    ]
    own = {f"#{ident}" for ident in ids if _PLAIN_ID.fullmatch(ident)}
    targets = dict.fromkeys([*_links(root), *_candidates(root)])
    links = tuple(read_link(it, name, origin) for it in targets if it not in own)
    return Page(frozenset(ids), links, tuple(problems))


def _candidates(root: HtmlElement) -> Iterator[str]:
    """Yield the addresses that srcset offers (HTML 4.8.4.2.1)."""
    for offered in _sets(root):
        for candidate in offered.split(","):
            words = candidate.split()
            if words:
                yield words[0]


def _is_elsewhere(source: str, origin: str) -> bool:
    if _is_own(source, origin):
        return False
    return bool(_ELSEWHERE.match(source))


def _is_own(address: str, origin: str) -> bool:
    """Return whether an absolute address is one of the site (RFC 6454, 4).

    example.org.evil.com and example.org@evil.com are not example.org.
    """
    if not origin or not address.startswith(origin):
        return False
    return address[len(origin.rstrip("/")) :][:1] in ("", "/", "?", "#")


def read_link(target: str, name: str, origin: str) -> Link:
    """Return where a link on the page `name` leads."""
    try:
        parts = urlsplit(target.strip())
    except ValueError:
        return Link(target, wrong="it is not an address")
    if _is_own(target, origin):
        parts = urlsplit("/" + target[len(origin) :].lstrip("/"))
    if parts.scheme or parts.netloc:
        return Link(target, wrong=_wrong_outside(parts))
    if not target:
        return Link(target, wrong="it is empty")
    return Link(target, _file(parts.path, name), unquote(parts.fragment))


def _wrong_outside(parts: SplitResult) -> str:
    """Return what is wrong with a link that leads out of the site; "" if nothing is."""
    if parts.scheme in _WEB_SCHEMES:
        works = bool(_HOST.fullmatch(parts.netloc))
    else:
        works = parts.scheme in _OTHER_SCHEMES and bool(parts.path)
    if works:
        return ""
    return f'"{parts.scheme}:{parts.netloc}" is nothing that a reader can open'


def _file(path: str, name: str) -> str:
    """Return the file that a path on the page `name` stands for (RFC 3986, 5.2)."""
    if not path:
        return name
    folder = "/" + posixpath.dirname(name)
    file = posixpath.normpath(posixpath.join(folder, unquote(path))).lstrip("/")
    if path.endswith("/"):
        return posixpath.join(file, "index.html")
    return file
