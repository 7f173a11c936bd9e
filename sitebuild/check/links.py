"""What is broken on built pages: links, fragments, ids, pictures; and who says it.

A problem is found in the HTML of a page, and reported at the lines of the sources that
it comes from.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from lxml.etree import HTML, XPath
from lxml.html import HtmlElement

from sitebuild.faults import Report, nearest
from sitebuild.memory import Memory
from sitebuild.model import Document, Finding, SourceLine
from sitebuild.read.document import lines_of
from sitebuild.read.markdown import named_file
from sitebuild.release import address_of, file_at

_ids = XPath("//@id", smart_strings=False)
_links = XPath("//@href | //@src | //@poster", smart_strings=False)
_shown = XPath(
    "//@src | //@poster | //@background | "
    "(//image | //use)/@*[name()='href' or name()='xlink:href']",
    smart_strings=False,
)
_sets = XPath("//@srcset | //@imagesrcset", smart_strings=False)
# The mark in the head of a page stands beside the site's name: `alt=""` is right there.
_without_text = XPath(
    "//img[not(@alt)] | //img[not(normalize-space(@alt))][not(ancestor::header)]"
    "| //a[@href][not(normalize-space()) and not(.//img)]"
)
# A host as readers can reach it: it has a dot, and is not the machine of the editor.
_HOST = re.compile(r"(?!127\.)[\w-]+(\.[\w-]+)+(:\d+)?")
_ELSEWHERE = re.compile(r"[\w+.-]*:|//")
_WEB_SCHEMES = ("", "http", "https")
_OTHER_SCHEMES = ("mailto", "tel")
_NO_ID = "the page has no such id"
_NOTHING = "nothing stands at this address"

# An address in Markdown or HTML: [text](address), [name]: address, <address>, or an
# attribute. An address may hold pairs of round brackets, as those of some DOIs do.
_WRITTEN = re.compile(
    r"(?:(?P<text>[^[\s]\s*)?\]\(|^\s{0,3}\[[^]^][^]]*\]:|<(?=https?:)|"
    r"(?:href|src|srcset|poster)\s*=)\s*[\"'<]?"
    r"(?P<address>(?:[^\s()<>\"']|\([^\s()]*\))*)"
)
# Pelican's way to link to a source file.
_SOURCE = re.compile(r"[{|](?:filename|static|attach)[}|](?P<path>[^#]*)(?P<rest>.*)")
_WEB = re.compile(r"/?(?:https?[:/]*)?(www\.\S+\.\S+)")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg")
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


class _Link(NamedTuple):
    """A link as it is written, and the file and the fragment that it leads to.

    `file` is empty where the link leads out of the site, and `wrong` says why it
    cannot work whatever the site holds.
    """

    target: str
    file: str = ""
    fragment: str = ""
    wrong: str = ""


class _Page(NamedTuple):
    """What one page offers to links, asks of them, and has wrong in itself."""

    ids: frozenset[str]
    links: tuple[_Link, ...]
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
            yield from pages[name].problems
    links = [(name, link) for name, page in pages.items() for link in page.links]
    links += [(name, _read_link(target, "", origin)) for name, target in others]
    for name, link in links:
        wrong = link.wrong
        if link.file and link.file not in files:
            wrong = _NOTHING
        elif link.fragment and link.file in pages:
            wrong = "" if link.fragment in pages[link.file].ids else _NO_ID
        if wrong:
            yield Problem(name, link.target, wrong)


def _read_page(name: str, html: bytes, origin: str) -> _Page:
    root = HTML(html or b" ")
    if root is None:
        return _Page(frozenset(), (), (Problem(name, name, "the page is empty"),))
    ids = _ids(root)
    problems = []
    for ident, count in sorted(Counter(ids).items()):
        if count > 1:
            problems.append(Problem(name, ident, "the id stands twice", is_of_id=True))
    for element in _without_text(root):
        what, target = "the link has no text", element.get("href")
        if element.tag == "img":
            what, target = "the image has no alternative text", element.get("src", "")
        problems.append(Problem(name, target, what, is_of_text=True))
    for source in [*_shown(root), *_candidates(root)]:
        what, own = "", not source.startswith("#") and _read_link(source, name, origin)
        if _ELSEWHERE.match(source) and not _is_own(source, origin):
            what = "a page shows files of its own site only, by its content policy"
        elif own and own.file.endswith(".html"):
            what = "a picture is a file in images, and this is a page"
        if what:
            problems.append(Problem(name, source, what))
    targets = dict.fromkeys([*_links(root), *_candidates(root)])
    links = tuple(_read_link(it, name, origin) for it in targets)
    return _Page(frozenset(ids), links, tuple(problems))


def _candidates(root: HtmlElement) -> Iterator[str]:
    """Yield the addresses that srcset offers (HTML 4.8.4.2.1)."""
    for offered in _sets(root):
        for candidate in offered.split(","):
            yield from candidate.split()[:1]


def _is_own(address: str, origin: str) -> bool:
    """Return whether an absolute address is one of the site (RFC 6454, 4).

    example.org.evil.com and example.org@evil.com are not example.org.
    """
    if not origin or not address.startswith(origin):
        return False
    return address[len(origin.rstrip("/")) :][:1] in ("", "/", "?", "#")


def _read_link(target: str, name: str, origin: str) -> _Link:
    """Return where a link on the page `name` leads."""
    try:
        parts = urlsplit(target.strip())
    except ValueError:
        return _Link(target, wrong="it is not an address")
    if _is_own(target, origin):
        parts = urlsplit("/" + target[len(origin) :].lstrip("/"))
    if parts.scheme or parts.netloc:
        return _Link(target, wrong=_wrong_outside(parts))
    if not target:
        return _Link(target, wrong="it is empty")
    file = name
    if parts.path:  # RFC 3986, 5.2
        folder = f"/{posixpath.dirname(name)}"
        path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        end = "/" if parts.path.endswith("/") else ""
        file = file_at(path.lstrip("/") + end)
    return _Link(target, file, unquote(parts.fragment))


def _wrong_outside(parts: SplitResult) -> str:
    """Return what is wrong with a link that leads out of the site; "" if nothing is."""
    if parts.scheme in _WEB_SCHEMES:
        works = bool(_HOST.fullmatch(parts.netloc))
    else:
        works = parts.scheme in _OTHER_SCHEMES and bool(parts.path)
    found = f'"{parts.scheme}:{parts.netloc}" is nothing that a reader can open'
    return "" if works else found


@dataclass(frozen=True)
class Sources:
    """What pages are made of; `texts` are templates and data files by name.

    `files` is the site that was made, by path; `drafts` are not published.
    """

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    texts: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)
    drafts: tuple[Document, ...] = ()


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
    for problem in sorted(problems, key=lambda it: (len(it.target), it)):
        places = _places(problem, sources)
        if not places and everywhere:
            places = [SourceLine(problem.page, 1)]
        # An id is reported once, whichever page the link to it leads over.
        target = problem.target
        target = target if problem.what == _NOTHING else target.rpartition("#")[2]
        for place in places:
            key = (place, problem.what, target)
            if key not in reported:
                reported.add(key)
                others = [f"{it.file}:{it.line}" for it in places if it != place]
                report.add(place, *_said(problem, others, sources))


def _said(
    problem: Problem, others: list[str], sources: Sources
) -> tuple[str, str, str]:
    """Return what was found, what is allowed and what to do."""
    found = f'"{problem.target}": {problem.what}'
    if problem.is_of_id:
        where = " and ".join(others) or "the page's own parts"
        return (
            f"{found} on {address_of(problem.page)}, here and in {where}",
            "an id is unique on each page; on a topic page the name of the article "
            "comes before it",
            "give one of the two another name",
        )
    return (
        found,
        "pages hold HTML; links, fragments and images lead to something that the "
        "build made",
        _remedy(problem, sources) or "correct it, or write what it leads to",
    )


def _remedy(problem: Problem, sources: Sources) -> str:
    """Return what to write for a broken link or picture; "" where nobody knows."""
    target = problem.target
    address, _, fragment = unquote(target).partition("#")
    if problem.is_of_text and target.endswith(_PICTURES):
        return f"write what the picture shows: `![What it shows]({target})`"
    if web := _WEB.match(target):
        return f"did you mean https://{web[1]}?"
    for draft in sources.drafts:
        if address == draft.url:
            return f"{draft.path} is a draft: publish it too, or remove the link"
    for document in sources.documents:
        name = posixpath.basename(address)
        if name.endswith(".md") and document.path.endswith(name):
            return f"write {document.url}"
    near = ""
    if problem.what == _NO_ID:
        page = file_at(address) if address else problem.page
        html = sources.files.get(page, b"").decode()
        near = nearest(fragment, _ID.findall(html))
        near = near and f"{address}#{near}"
    elif problem.what == _NOTHING:
        known = list(map(address_of, sources.files))
        name = posixpath.basename(address)
        same = [it for it in known if name and posixpath.basename(it) == name]
        near = same[0] if same else nearest(address, known)
    return f"did you mean {near}?" if near else ""


def _places(problem: Problem, sources: Sources) -> list[SourceLine]:
    """Return the lines that a problem comes from, if any is known."""
    if problem.is_of_id:
        found = list(_lines_of_id(problem, sources))
    else:
        found = list(_lines_of_link(problem, sources))
        page = address_of(problem.page)
        own = {it.path for it in sources.documents if it.url == page}
        found = [it for it in found if it.file in own] or found
    return sorted(set(found or _lines_of_text(problem, sources.texts)))


def _lines_of_link(problem: Problem, sources: Sources) -> Iterator[SourceLine]:
    """Yield the lines that write a broken link or image."""
    urls = {it.path: it.url for it in (*sources.documents, *sources.drafts)}
    target = unquote(problem.target)
    for document in sources.documents:
        for number, line in lines_of(document):
            for found in _WRITTEN.finditer(line):
                if problem.is_of_text and found["text"]:
                    continue
                if target in _addresses(unescape(found["address"]), document, urls):
                    yield SourceLine(document.path, number)


def _addresses(
    written: str, document: Document, urls: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the addresses that pages show for one that a document writes.

    A fragment leads to the document's own page from wherever its text is shown.
    """
    address = unquote(written)
    source = _SOURCE.match(address)
    if source:
        path = named_file(source["path"], document.path)
        address = urls.get(path, "/" + path.partition("/")[2]) + source["rest"]
    if address.startswith("#"):
        return address, document.url + address
    return (address,)


def _lines_of_id(problem: Problem, sources: Sources) -> Iterator[SourceLine]:
    """Yield the lines that give an id to something of a page.

    Another page than a document's own has the document's name before its ids.
    """
    for document in sources.documents:
        is_own = file_at(document.url) == problem.page
        start = "" if is_own else f"{document.slug}-"
        for part in document.parts:
            name = getattr(part, "id", "")
            inner = _ID.findall(getattr(part, "html", ""))
            for ident in (name, *inner, *(f"{name}-{it}" for it in inner)):
                if problem.target == start + ident:
                    yield part.place
        if is_own and document.template == "evidence":
            yield from (it.place for it in sources.findings if it.id == problem.target)


def _lines_of_text(problem: Problem, texts: Mapping[str, str]) -> Iterator[SourceLine]:
    """Yield the lines of templates and data files with the text of a target."""
    needle = f'id="{problem.target}"' if problem.is_of_id else problem.target
    for name in [problem.page] if problem.page in texts else texts:
        for number, line in enumerate(texts[name].split("\n"), 1):
            if needle and needle in line:
                yield SourceLine(name, number)
