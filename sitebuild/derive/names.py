"""Documents and findings brought together: each name in them is checked, or listed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from sitebuild.derive import Site, check_benefits, collect, keys, terms_of
from sitebuild.derive.contents import FINDINGS
from sitebuild.faults import Report, known
from sitebuild.model import (
    VERDICTS,
    Block,
    Document,
    Fields,
    Heading,
    Options,
    Prose,
    SourceLine,
)
from sitebuild.read.document import lines_of
from sitebuild.read.markdown import named_file, resolve
from sitebuild.read.references import cited_keys

# What stands between two quotation marks, each mark beginning and ending one.
_QUOTED = re.compile(r'(?<=")[^"]*(?=")')

# By option or field: what kind of thing it names, and those that there are.
Known = Mapping[str, tuple[str, Collection[str]]]


def assemble(
    said: Site, report: Report, *, with_drafts: bool = False, is_checked: bool = True
) -> Site:
    """Return the site that sources make, with drafts or without; report faults.

    `said` has all documents, drafts too, each kind in its order, findings, references
    and no passages yet. Where findings or references could not be read, what names them
    is not to be checked.
    """

    def shown(documents: Iterable[Document]) -> tuple[Document, ...]:
        return tuple(it for it in documents if it.is_published or with_drafts)

    urls = {it.path: it.url for it in said.documents}
    said = replace(
        said,
        articles=tuple(_with_addresses(it, urls, report) for it in said.articles),
        topics=tuple(_with_addresses(it, urls, report) for it in said.topics),
        pages=tuple(_with_addresses(it, urls, report) for it in said.pages),
    )
    _check_addresses(said.documents, report)
    if not have_addresses(said.documents):
        # What is named by them is missing: no fault of the others.
        report = Report()
    terms = terms_of(shown(said.pages))
    passages = collect(said.articles, said.topics, said.findings, terms, report)
    said = replace(said, passages=passages)
    _check_names(said, report, is_checked=is_checked)
    _check_places(said, report)
    if said.caution in passages:
        check_benefits(passages.values(), said.caution, report)
    articles = shown(said.articles)
    paths = {article.path for article in articles}
    return replace(
        said,
        articles=articles,
        topics=shown(said.topics),
        pages=shown(said.pages),
        passages={it.key: it for it in passages.values() if it.article.path in paths},
    )


def _with_addresses(
    document: Document, urls: Mapping[str, str], report: Report
) -> Document:
    """Return a document with its links to sources (`{filename}`) as addresses.

    `urls` has the address of each source file, drafts too; any other is a fault.
    """

    def address(name: str) -> str:
        path = named_file(name, document.path)
        own = "/" + path.partition("/")[2]
        if path.endswith(".md") and path not in urls:
            found = f'a link names the file "{name}"'
            known_files = ["/" + it.partition("/")[2] for it in urls]
            report.unknown(_line_of(name, document), found, own, known_files)
        return urls.get(path, own)

    parts = []
    for part in document.parts:
        new = part
        if not isinstance(part, Heading):
            html = resolve(part.html, address)
            new = part if html == part.html else replace(part, html=html)
        parts.append(new)
    if parts == list(document.parts):
        return document
    return replace(document, parts=tuple(parts))


def _line_of(text: str, document: Document) -> SourceLine:
    for number, line in lines_of(document):
        if text in line:
            return SourceLine(document.path, number)
    return SourceLine(document.path, 1)


def shown_files(
    documents: Iterable[Document], addresses: Iterable[str]
) -> frozenset[str]:
    """Return those addresses of files that a published text shows.

    What only drafts show stays out of the output.
    """
    addresses = frozenset(addresses)
    quoted: set[str] = set()
    for document in documents if addresses else ():
        for part in document.parts:
            if not isinstance(part, Heading):
                quoted.update(_QUOTED.findall(part.html))
    return frozenset(it for it in addresses if quoted & {it, quote(it), escape(it)})


def have_addresses(documents: Collection[Document]) -> bool:
    """Return whether each document could be read so far, and has its own address."""
    urls = {document.url for document in documents if document.slug}
    return len(urls) == len(documents)


def _check_addresses(documents: Iterable[Document], report: Report) -> None:
    """Report every file that claims the address of another.

    One that says its address, or is not named after its slug, is likely in the wrong:
    it is the one reported.
    """
    taken: dict[str, Document] = {}

    def order(it: Document) -> tuple[bool, bool, str]:
        is_named = it.path.endswith(f"/{it.slug}.md")
        return "address" in it.lines, not is_named, it.path

    for document in sorted((it for it in documents if it.slug), key=order):
        first = taken.setdefault(document.url, document)
        if first is not document:
            field = "address" if "address" in document.lines else "slug"
            report.add(
                document.place(field),
                f"the file claims the address {document.url}, which {first.path} has",
                "an address belongs to one file",
                f"change the {field}, there or here",
            )


def _check_names(site: Site, report: Report, *, is_checked: bool) -> None:
    """Report names of nothing in headers and blocks, and topics without a passage.

    A topic and its questions name passages that carry it. One of which a topic is a
    name of nothing, or whose file could not be read as it was meant, may carry any.
    """
    everywhere = _known(site, is_checked=is_checked)
    misread = report.files
    by_topic: dict[str, list[str]] = defaultdict(list)
    unsure = []
    for key, passage in site.passages.items():
        for slug in passage.topics:
            by_topic[slug].append(key)
        is_lost = passage.topics != passage.block.options.topics
        if is_lost or passage.article.path in misread:
            unsure.append(key)
    for document in site.documents:
        here, tagged = dict(everywhere), {*by_topic[document.slug], *unsure}
        if document.kind == "topic":
            here["lead"] = here["passages"] = ("passage", tagged)
        _check(document, document, here, report)
        for part in document.parts:
            if isinstance(part, Block):
                _check(part, document, here, report)
        if document.kind == "topic" and document.is_published and not tagged:
            report.add(
                document.place("slug"),
                f'no passage carries the topic "{document.slug}"',
                "a topic has a passage",
                "tag one, or set `status: draft`",
            )


def _known(site: Site, *, is_checked: bool) -> Known:
    """Return what options and fields may name on every page.

    Those that name findings or references are left out where these were not read.
    """
    questions = []
    for document in (*site.topics, *site.pages):
        if document.is_published:
            blocks = document.blocks("question")
            questions += [f"{document.slug}#{it.id}" for it in blocks]
    known_names = {
        "topics": ("topic", [topic.slug for topic in site.topics]),
        "requires": ("required passage", site.passages),
        "same": ("passage", site.passages),
        "asked": ("question", questions),
    }
    if not is_checked:
        return known_names
    findings = site.findings
    timed = [it.id for it in findings.values() if it.lasting]
    measured = [it.id for it in findings.values() if it.scales]
    return {
        **known_names,
        "evidence": ("finding", findings),
        "glance": ("finding", findings),
        "lasting": ("finding with times", timed),
        "scales": ("finding with scales", measured),
        "references": ("reference", site.references),
    }


def _check(
    named: Document | Block, document: Document, here: Known, report: Report
) -> None:
    """Report what the header or a block of a document names and there is not."""
    said: Fields | Options
    place: Callable[[str], SourceLine]
    if isinstance(named, Block):
        said, place, ident = named.options, named.place_of, named.id
    else:
        said, place, ident = named.fields, named.place, named.slug
    of = f'{named.kind} "{ident}"'
    for option, (what, there) in here.items():
        names, those = getattr(said, option, ()), there
        if option in ("requires", "same"):
            names, own = keys(names, document), f"{document.slug}/{ident}"
            if own in names:  # no passage is a caution or a twin of its own
                those = {*those} - {own}
        if option == "references" and isinstance(named, Block):
            names = (*names, *cited_keys(named.html))
        if names:
            known(names, those, of, what, place(option), report)


def _check_places(site: Site, report: Report) -> None:
    """Report what is named, and would not be shown where it stands."""
    for page in site.pages:
        for name in ("glance", "asked", "lasting"):
            if name in page.lines and page.template != "home":
                report.add(
                    page.place(name),
                    f'page "{page.slug}" has the field "{name}"',
                    f"{name} is a field of the page whose template is home",
                    "write `template: home`, or remove it",
                )
        for question in page.blocks("question"):
            if question.options.passages:
                report.add(
                    question.place_of("passages"),
                    f'question "{question.id}" names passages',
                    "passages stand under the questions of a topic",
                    "link to them, or move the question to a topic",
                )
        _check_meanings(page, report)


def _check_meanings(page: Document, report: Report) -> None:
    """Report a list of findings that does not say, under its id, what a verdict means.

    Every verdict on the site leads there.
    """
    html = "".join(part.html for part in page.parts if isinstance(part, Prose))
    for verdict in VERDICTS if page.template == FINDINGS else ():
        if f'id="{verdict}"' not in html:
            report.add(
                page.place("template"),
                f'the page of the findings does not say what "{verdict}" means',
                "each verdict is explained there under its id",
                f"write `**{verdict.capitalize()}**{{#{verdict}}}: …`",
            )


class Name(NamedTuple):
    """One thing with an id, where it is written, and where pages show it.

    `name` is what an option names it by. `addresses` begins with the one to link to;
    the others are those of its copies. A reference has none.
    """

    kind: str
    name: str
    title: str
    place: SourceLine
    addresses: tuple[str, ...] = ()
    is_draft: bool = False

    def __str__(self) -> str:
        """Return it as a line: the kind, the name, the title, the place."""
        draft = " (draft)" if self.is_draft else ""
        place = f"{self.place.file}:{self.place.line}"
        return f"{self.kind:9} {self.name}{draft}  {self.title}  {place}"


def names(site: Site) -> list[Name]:
    """Return all names of a site, kind by kind."""
    drafts = {it.path for it in site.documents if not it.is_published}
    return [it._replace(is_draft=it.place.file in drafts) for it in _names(site)]


def _names(site: Site) -> Iterator[Name]:
    for topic in site.topics:
        title, place = topic.fields.title, topic.place("slug")
        yield Name("topic", topic.slug, title, place, (topic.url,))
    for passage in site.passages.values():
        copies = [f"{it.url}#{passage.copy_id}" for it in site.topics_of(passage)]
        addresses = (passage.url, *copies)
        place = passage.block.place
        yield Name("passage", passage.key, passage.label, place, addresses)
    pages = {page.template: page.url for page in site.pages}
    for finding in site.findings.values():
        addresses = (f"{pages.get('evidence', '/evidence/')}#{finding.id}",)
        yield Name("finding", finding.id, finding.statement, finding.place, addresses)
    for reference in site.references.values():
        yield Name("reference", reference.key, reference.title, reference.place)
    for page in site.pages:
        for term in page.blocks("term"):
            addresses = (f"{page.url}#{term.id}",)
            yield Name("term", term.id, term.name, term.place, addresses)
