"""What is broken in a built site, at the lines of the sources that say it.

Links, fragments, ids and pictures of finished pages are checked; `find_problems` finds
what is wrong, `report_problems` looks up where it was written.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from html import unescape
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from lxml.etree import HTML, XPath
from lxml.html import HtmlElement

from sitebuild.faults import Report
from sitebuild.memory import Memory
from sitebuild.model import Document, Finding, Heading, SourceLine
from sitebuild.read.document import lines_of

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
# An address in Markdown or HTML: [text](address), [name]: address, <address>, or an
# attribute. An address may hold pairs of round brackets, as those of some DOIs do.
_ADDRESS = r"<?(?P<{}>(?:[^\s()<>]|\([^\s()]*\))*)"
_LINK = re.compile(
    r"\[(?P<text>(?:[^][]|\[[^][]*\])*)\]\(\s*" + _ADDRESS.format("inline") + r"|"
    r"^\s{0,3}\[[^]^][^]]*\]:\s*" + _ADDRESS.format("defined") + r"|"
    r"<(?P<bare>https?:[^<>\s]+)>|"
    r"""(?:href|src|srcset|poster)\s*=\s*["']?(?P<attribute>[^"'\s>]*)"""
)
# Pelican's way to link to a source file.
_SOURCE = re.compile(r"[{|](?:filename|static|attach)[}|](?P<path>[^#]*)(?P<rest>.*)")
_ID = re.compile(r'\sid="([^"]+)"')


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
    memory = memory or Memory()
    pages = {}
    for name, data in files.items():
        if name.endswith(".html"):
            make = partial(_read_page, name, data, origin)
            pages[name] = memory.take(("links", name), (data, origin), make)
    spelt = cache(lambda: _spelling(files))
    for name, page in pages.items():
        yield from page.problems
        for link in page.links:
            what = _wrong(link, files, pages, spelt)
            if what:
                yield Problem(name, link.target, what)
    for name, target in others:
        what = _wrong(read_link(target, "", origin), files, pages, spelt)
        if what:
            yield Problem(name, target, what)


def _wrong(
    link: Link,
    files: Mapping[str, bytes],
    pages: Mapping[str, Page],
    spelt: Callable[[], Mapping[str, str]],
) -> str:
    """Return why a link leads to nothing of a site; "" if it leads to something."""
    if link.wrong or not link.file:
        return link.wrong
    if link.file not in files:
        near = spelt().get(_folded(link.file), "")
        if near:
            return f'it is spelt "/{near.removesuffix("index.html")}"'
        return "nothing stands at this address"
    page = pages.get(link.file)
    if link.fragment and page and link.fragment not in page.ids:
        near = _spelling(page.ids).get(_folded(link.fragment), "")
        return f'it is spelt "#{near}"' if near else "the page has no such id"
    return ""


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
    if parts.scheme in ("", "http", "https"):
        works = bool(_HOST.fullmatch(parts.netloc))
    else:
        works = parts.scheme in ("mailto", "tel") and bool(parts.path)
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


@dataclass(frozen=True)
class _Written:
    """A link as a source writes it, with the address that it stands for."""

    place: SourceLine
    text: str | None
    addresses: frozenset[str]


@dataclass(frozen=True)
class Sources:
    """What pages are made of; `texts` are templates and data files by name."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    texts: Mapping[str, str]


def report_problems(
    problems: Iterable[Problem],
    sources: Sources,
    report: Report,
    *,
    everywhere: bool = True,
) -> None:
    """Report what is broken in built pages at the lines of the sources that say it.

    A passage is shown on several pages: what is broken in it is reported once. Unless
    `everywhere`, what no source says is left out.
    """
    reported = set()
    for problem in sorted(problems, key=lambda it: len(it.target)):
        places = _places(problem, sources)
        if not (places or everywhere):
            continue
        for place in places or [SourceLine(problem.page, 1)]:
            fragment = problem.target.rpartition("#")[2]
            if (place, problem.what, fragment) in reported:
                continue
            reported.add((place, problem.what, fragment))
            _add(problem, place, [it for it in places if it != place], report)


def _add(
    problem: Problem, place: SourceLine, others: list[SourceLine], report: Report
) -> None:
    found = f'"{problem.target}": {problem.what}'
    if problem.is_of_id:
        named = " and ".join(f"{it.file}:{it.line}" for it in others)
        where = named or "the page's own parts"
        address = "/" + problem.page.removesuffix("index.html")
        report.add(
            place,
            f"{found} on {address}, here and in {where}",
            "an id is unique on each page; on a topic page the name of the article "
            "comes before it",
            "give one of the two another name",
        )
        return
    report.add(
        place,
        found,
        "pages hold HTML; links, fragments and images lead to something that the "
        "build made",
        "correct it, or write what it leads to",
    )


def _places(problem: Problem, sources: Sources) -> list[SourceLine]:
    """Return the lines that a problem comes from, if any is known."""
    own = [it for it in sources.documents if page_of(it) == problem.page]
    others = [it for it in sources.documents if page_of(it) != problem.page]
    if problem.is_of_id:
        found = _of_id(problem.target, own, others, sources.findings)
    else:
        urls = {it.path: it.url for it in sources.documents}
        found = _of_link(problem, own, urls) or _of_link(problem, others, urls)
    if not found:
        found = _in_texts(problem, sources.texts)
    return sorted(set(found))


def page_of(document: Document) -> str:
    """Return the file of a document's page."""
    url = document.url.removeprefix("/")
    return f"{url}index.html" if not url or url.endswith("/") else url


def _of_link(
    problem: Problem, documents: Iterable[Document], urls: Mapping[str, str]
) -> list[SourceLine]:
    """Return the lines of some documents that hold a broken link or image."""
    target = unquote(problem.target)
    places = []
    in_html = []
    for document in documents:
        for link in _written(document, urls):
            if target not in link.addresses:
                continue
            if link.text is None:
                in_html.append(link.place)
            elif not problem.is_of_text or not link.text.strip():
                places.append(link.place)
    if problem.is_of_text and places:
        return places
    return places + in_html


def _written(document: Document, urls: Mapping[str, str]) -> Iterator[_Written]:
    for number, line in lines_of(document):
        for found in _LINK.finditer(line):
            for name in ("inline", "defined", "bare", "attribute"):
                if found[name] is not None:
                    addresses = _addresses(unescape(found[name]), document, urls)
                    place = SourceLine(document.path, number)
                    yield _Written(place, found["text"], addresses)


def _addresses(
    written: str, document: Document, urls: Mapping[str, str]
) -> frozenset[str]:
    """Return the addresses that pages show for one that a document writes.

    A fragment leads to the document's own page from wherever its text is shown.
    """
    address = unquote(written)
    source = _SOURCE.match(address)
    if source:
        name = source["path"]
        root = document.path.split("/")[0]
        base = root if name.startswith("/") else posixpath.dirname(document.path)
        path = posixpath.normpath(posixpath.join(base, name.lstrip("/")))
        address = urls.get(path, path.removeprefix(root)) + source["rest"]
    if address.startswith("#"):
        return frozenset((address, document.url + address))
    return frozenset((address,))


def _of_id(
    ident: str,
    own: Iterable[Document],
    others: Iterable[Document],
    findings: Iterable[Finding],
) -> list[SourceLine]:
    """Return the lines that give an id to something of a page.

    A topic page puts the article's name before the id of a passage.
    """
    places = []
    for document in own:
        for name, place in _ids_of(document):
            if name == ident:
                places.append(place)
        if document.template == "evidence":
            places += [it.place for it in findings if it.id == ident]
    for document in others:
        for name, place in _ids_of(document):
            if f"{document.slug}-{name}" == ident:
                places.append(place)
    return places


def _ids_of(document: Document) -> Iterator[tuple[str, SourceLine]]:
    """Yield the ids that a document's own page has, each with its line."""
    for part in document.parts:
        if isinstance(part, Heading):
            yield part.id, part.place
            continue
        name = getattr(part, "id", "")
        if name:
            yield name, part.place
        for inner in _ID.findall(part.html):
            yield inner, part.place
            yield f"{name}-{inner}", part.place


def _in_texts(problem: Problem, texts: Mapping[str, str]) -> list[SourceLine]:
    """Return the lines of templates and data files with the text of a target."""
    needle = f'id="{problem.target}"' if problem.is_of_id else problem.target
    names = [problem.page] if problem.page in texts else list(texts)
    places = []
    for name in names:
        for number, line in enumerate(texts[name].split("\n"), 1):
            if needle and needle in line:
                places.append(SourceLine(name, number))
    return places
