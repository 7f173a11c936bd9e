"""From what is broken on a built page back to the lines of the sources that say it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from html import unescape
from urllib.parse import unquote

from sitebuild.check.links import NO_ID, NOTHING, Problem
from sitebuild.faults import Report
from sitebuild.model import Document, Finding, Heading, SourceLine
from sitebuild.read.document import lines_of
from sitebuild.read.markdown import named_file

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
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg")
_ALIKE = 0.7
_ID = re.compile(r'\sid="([^"]+)"')


@dataclass(frozen=True)
class _Link:
    """A link as a source writes it, with the address that it stands for."""

    place: SourceLine
    text: str | None
    addresses: frozenset[str]


@dataclass(frozen=True)
class Sources:
    """What pages are made of; `texts` are templates and data files by name.

    `files` is the site that was made, by path; `drafts` are not in it.
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
    for problem in sorted(problems, key=lambda it: len(it.target)):
        places = _places(problem, sources)
        if not (places or everywhere):
            continue
        for place in places or [SourceLine(problem.page, 1)]:
            fragment = problem.target.rpartition("#")[2]
            if (place, problem.what, fragment) in reported:
                continue
            reported.add((place, problem.what, fragment))
            others = [it for it in places if it != place]
            _add(problem, place, others, sources, report)


def _add(
    problem: Problem,
    place: SourceLine,
    others: list[SourceLine],
    sources: Sources,
    report: Report,
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
        _remedy(problem, sources) or "correct it, or write what it leads to",
    )


def _remedy(problem: Problem, sources: Sources) -> str:
    """Return what to write for a broken link or picture; "" where nobody knows."""
    target = problem.target
    address, _, fragment = target.partition("#")
    if problem.is_of_text and target.endswith(_PICTURES):
        return f"write what the picture shows: `![What it shows]({target})`"
    if web := re.match(r"/?(?:https?[:/]*)?(www\.\S+\.\S+)", target):
        return f"did you mean https://{web[1]}?"
    for draft in sources.drafts:
        if address == draft.url:
            return f"{draft.path} is a draft: publish it too, or remove the link"
    for document in sources.documents:
        if address.endswith(".md") and document.path.endswith(
            posixpath.basename(address)
        ):
            return f"write {document.url}"
    return _nearest(problem, address, fragment, sources)


def _nearest(problem: Problem, address: str, fragment: str, sources: Sources) -> str:
    """Return the address or the id that is nearest to a broken one; "" if none is."""
    if problem.what == NO_ID:
        page = address.removeprefix("/") or problem.page
        html = sources.files.get(page) or sources.files.get(f"{page}index.html") or b""
        near = get_close_matches(fragment, _ID.findall(html.decode()), 1, _ALIKE)
        return f"did you mean {address}#{near[0]}?" if near else ""
    if problem.what != NOTHING:
        return ""
    known = [f"/{path.removesuffix('index.html')}" for path in sources.files]
    same = posixpath.basename(address)
    near = [it for it in known if same and posixpath.basename(it) == same]
    near = near or get_close_matches(address, known, 1, _ALIKE)
    return f"did you mean {near[0]}?" if near else ""


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
        for link in _links(document, urls):
            if target not in link.addresses:
                continue
            if link.text is None:
                in_html.append(link.place)
            elif not problem.is_of_text or not link.text.strip():
                places.append(link.place)
    if problem.is_of_text and places:
        return places
    return places + in_html


def _links(document: Document, urls: Mapping[str, str]) -> Iterator[_Link]:
    for number, line in lines_of(document):
        for found in _LINK.finditer(line):
            for name in ("inline", "defined", "bare", "attribute"):
                if found[name] is not None:
                    addresses = _addresses(unescape(found[name]), document, urls)
                    place = SourceLine(document.path, number)
                    yield _Link(place, found["text"], addresses)


def _addresses(
    written: str, document: Document, urls: Mapping[str, str]
) -> frozenset[str]:
    """Return the addresses that pages show for one that a document writes.

    A fragment leads to the document's own page from wherever its text is shown.
    """
    address = unquote(written)
    source = _SOURCE.match(address)
    if source:
        path = named_file(source["path"], document.path)
        address = urls.get(path, "/" + path.partition("/")[2]) + source["rest"]
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
        for name, place in _ids(document):
            if name == ident:
                places.append(place)
        if document.template == "evidence":
            places += [it.place for it in findings if it.id == ident]
    for document in others:
        for name, place in _ids(document):
            if f"{document.slug}-{name}" == ident:
                places.append(place)
    return places


def _ids(document: Document) -> Iterator[tuple[str, SourceLine]]:
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
