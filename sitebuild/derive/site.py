"""What is derived from documents and findings: passages by topic, provenance both ways, required cautions.

Pure: documents and findings in, one value out, faults to the report.
"""

from __future__ import annotations

import operator
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sitebuild.faults import Report, known
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    Part,
    Passage,
    Reference,
    SourceLine,
)
from sitebuild.read.markdown import link_terms, rebase, resolve


@dataclass(frozen=True)
class Site:
    """Everything that the sources say, published documents only, each kind in its order."""

    articles: tuple[Document, ...]
    topics: tuple[Document, ...]
    pages: tuple[Document, ...]
    passages: Mapping[str, Passage]
    findings: Mapping[str, Finding]
    references: Mapping[str, Reference]

    def outline(self) -> Site:
        """The site without its texts: what a page may show of the others."""
        return replace(
            self,
            articles=tuple(article.outline for article in self.articles),
            topics=tuple(topic.outline for topic in self.topics),
            pages=tuple(page.outline for page in self.pages),
            passages={
                key: replace(passage, html="") for key, passage in self.passages.items()
            },
        )

    def tagged(self, topic: Document) -> tuple[Passage, ...]:
        """A topic's passages: those that its file names first, then the others in reading order."""
        lead = [key for key in topic.fields["lead"] if key in self.passages]
        rest = [key for key in self.passages if key not in lead]
        return tuple(
            self.passages[key]
            for key in (*lead, *rest)
            if topic.slug in self.passages[key].topics
        )

    def topics_of(self, passage: Passage) -> tuple[Document, ...]:
        """The published topics of a passage, in menu order."""
        return tuple(topic for topic in self.topics if topic.slug in passage.topics)

    def counts(self, topic: Document) -> tuple[tuple[Document, int], ...]:
        """How many passages each article lends to a topic."""
        count = Counter(passage.article.slug for passage in self.tagged(topic))
        return tuple((article, count[article.slug]) for article in self.articles)

    def passages_of(self, finding: Finding) -> tuple[Passage, ...]:
        """The passages that a finding stands beside."""
        return self._beside.get(finding.id, ())

    @cached_property
    def _beside(self) -> dict[str, tuple[Passage, ...]]:
        beside: dict[str, tuple[Passage, ...]] = {}
        for passage in self.passages.values():
            for finding in passage.findings:
                beside[finding.id] = (*beside.get(finding.id, ()), passage)
        return beside

    def by_topic(self) -> tuple[tuple[Document | None, tuple[Finding, ...]], ...]:
        """All findings, each once, under the topic most of its passages carry; those without one last, under None."""
        groups: dict[str, list[Finding]] = {
            slug: [] for slug in (*(topic.slug for topic in self.topics), "")
        }
        for finding in self.findings.values():
            count = Counter(
                topic.slug
                for p in self.passages_of(finding)
                for topic in self.topics_of(p)
            )
            best = max(self.topics, key=lambda topic: count[topic.slug], default=None)
            groups[best.slug if best and count[best.slug] else ""].append(finding)
        titled = [
            *((topic, groups[topic.slug]) for topic in self.topics),
            (None, groups[""]),
        ]
        return tuple((topic, tuple(group)) for topic, group in titled if group)


def _addresses(documents: Iterable[Document], report: Report) -> None:
    taken: dict[str, Document] = {}
    for document in sorted(
        documents, key=lambda it: posixpath.basename(it.path) != f"{it.slug}.md"
    ):  # copies last
        first = taken.setdefault(document.url, document)
        if first is not document:
            found = (
                f"the file claims the address {document.url}, which {first.path} has"
            )
            report.add(
                document.place("slug"),
                found,
                "an address belongs to one file",
                "change one of the two slugs",
            )


def _passages(
    articles: Iterable[Document],
    topics: Mapping[str, Document],
    findings: Mapping[str, Finding] | None,
    terms: Mapping[str, str],
    aliases: Mapping[str, tuple[str, ...]],
    report: Report,
) -> Iterator[Passage]:
    for article in articles:
        section, left, home = "", tuple(terms.items()), replace(article, parts=())
        for part in article.parts:
            if isinstance(part, Heading):
                section = part.title
            if not isinstance(part, Block) or part.kind != "passage":
                continue
            of = f'passage "{part.id}"'
            tags = known(
                part.options["topics"],
                topics,
                of,
                "topic",
                part.place_of("topics"),
                report,
            )
            names = part.options["evidence"] if findings is not None else ()
            notes = known(
                names, findings or {}, of, "finding", part.place_of("evidence"), report
            )
            requires = tuple(
                f"{article.slug}/{name}" if "/" not in name else name
                for name in part.options["requires"]
            )
            html, linked = link_terms(rebase(part.html, f"{part.id}-", ""), left)
            left = tuple(term for term in left if term[1] not in linked)
            beside = tuple((findings or {})[name] for name in notes)
            former = aliases.get(f"{article.url}#{part.id}", ())
            yield Passage(
                home, part.id, html, tags, beside, requires, section, former, part
            )


def _requirements(
    passages: Mapping[str, Passage], report: Report
) -> dict[str, tuple[str, ...]]:
    """For each passage all cautions it requires, those that they require included; a circle is a fault."""
    places = {
        key: passage.block.place_of("requires") for key, passage in passages.items()
    }
    direct = {
        key: known(
            passage.requires,
            passages,
            f'passage "{passage.id}"',
            "required passage",
            places[key],
            report,
        )
        for key, passage in passages.items()
    }
    whole: dict[str, tuple[str, ...]] = {}
    for key in passages:
        found: dict[str, None] = {}
        todo = list(direct[key])
        while todo:
            name = todo.pop(0)
            if name not in found:
                found[name] = None
                todo += direct[name]
        if key in found:
            circle = f'passage "{passages[key].id}" requires itself by way of {", ".join(direct[key])}'
            report.add(
                places[key],
                circle,
                "a caution never leads back to what requires it",
                "remove one `requires`",
            )
        whole[key] = tuple(name for name in found if name != key)
    return whole


def _leads(
    topics: Iterable[Document], passages: Mapping[str, Passage], report: Report
) -> None:
    for topic in topics:
        tagged = [
            key for key, passage in passages.items() if topic.slug in passage.topics
        ]
        known(
            topic.fields["lead"],
            tagged,
            f'topic "{topic.slug}"',
            "passage",
            topic.place("lead"),
            report,
        )
        if not tagged and topic.is_published:
            found = f'no passage carries the topic "{topic.slug}"'
            report.add(
                topic.place("slug"),
                found,
                "a topic has a passage",
                "tag one, or set `status: draft`",
            )


def _cited(
    documents: Iterable[Document],
    findings: Mapping[str, Finding],
    references: Mapping[str, Reference],
    report: Report,
) -> None:
    """Check what blocks other than passages cite, and that every reference is cited by something."""
    used = {
        reference.key
        for finding in findings.values()
        for reference in finding.references
    }
    for document in documents:
        for block in (
            part
            for part in document.parts
            if isinstance(part, Block) and part.kind != "passage"
        ):
            place = block.place
            known(
                block.options.get("evidence", ()),
                findings,
                block.kind,
                "finding",
                place,
                report,
            )
            used |= set(
                known(
                    block.options.get("references", ()),
                    references,
                    block.kind,
                    "reference",
                    place,
                    report,
                )
            )
    for key in references.keys() - used:
        found = f'the reference "{key}" is not used'
        report.add(
            references[key].place,
            found,
            "every reference is cited by a finding or a block",
            "cite it or remove it",
        )


def _terms(pages: Iterable[Document]) -> dict[str, str]:
    """The address of every form of every glossary term."""
    return {
        form: f"{page.url}#{term.id}"
        for page in pages
        for term in page.blocks("term")
        for form in (term.name, *term.options["also"])
    }


def derive(
    documents: Sequence[Document],
    evidence: tuple[Mapping[str, Finding], Mapping[str, Reference]] | None,
    aliases: Mapping[str, tuple[str, ...]],
    report: Report,
) -> Site:
    """Check the sources against each other and bring them into one value; drafts are checked and left out.

    `evidence` is findings and references by id, None where they could not be read: what names them is not checked
    then. `aliases` are the former ids of passages by address.
    """
    findings, references = evidence or ({}, {})
    urls = {
        document.path: document.url for document in documents if document.is_published
    }
    documents = [_resolved(document, urls, report) for document in documents]
    _addresses(
        named := [document for document in documents if document.fields["slug"]], report
    )
    report = (
        report if len(named) == len(documents) else Report()
    )  # an unread file leaves gaps that are no slips
    kinds = {
        kind: [d for d in documents if d.kind == kind]
        for kind in ("article", "topic", "page")
    }
    topics = {
        topic.slug: topic
        for topic in sorted(kinds["topic"], key=lambda t: (t.fields["order"], t.slug))
    }
    articles = sorted(kinds["article"], key=lambda a: a.fields["date"], reverse=True)
    terms = _terms(page for page in kinds["page"] if page.is_published)
    passages = {
        p.key: p
        for p in _passages(
            articles, topics, findings if evidence else None, terms, aliases, report
        )
    }
    whole = _requirements(passages, report)
    _leads(topics.values(), passages, report)
    if evidence:
        _cited(documents, findings, references, report)
    for key, passage in passages.items():
        hidden = [
            name for name in whole[key] if not passages[name].article.is_published
        ]
        if passage.article.is_published and hidden:
            found = f'passage "{passage.id}" requires {", ".join(hidden)} of a draft'
            report.add(
                passage.block.place_of("requires"),
                found,
                "a caution is published",
                "publish that article",
            )
    return Site(
        tuple(article for article in articles if article.is_published),
        tuple(topic for topic in topics.values() if topic.is_published),
        tuple(page for page in kinds["page"] if page.is_published),
        {
            key: p if p.requires == whole[key] else replace(p, requires=whole[key])
            for key, p in passages.items()
            if p.article.is_published
        },
        findings,
        references,
    )


def _resolved(document: Document, urls: Mapping[str, str], report: Report) -> Document:
    """The document with Pelican's `{filename}` links replaced by addresses; an unknown file is a fault."""
    root = document.path.split("/")[0]

    def address(name: str) -> str:
        base = root if name.startswith("/") else posixpath.dirname(document.path)
        path = posixpath.normpath(posixpath.join(base, name.lstrip("/")))
        if path.endswith(".md") and path not in urls:
            line = next(
                (
                    n
                    for n, text in enumerate(document.text.split("\n"), 1)
                    if name in text
                ),
                1,
            )
            report.unknown(
                SourceLine(document.path, line),
                f'a link names the file "{name}"',
                path,
                urls,
            )
        return urls.get(path, path.removeprefix(root))

    def part(item: Part) -> Part:
        html = "" if isinstance(item, Heading) else resolve(item.html, address)
        return (
            item
            if isinstance(item, Heading) or html == item.html
            else replace(item, html=html)
        )

    parts = tuple(map(part, document.parts))
    return (
        document
        if all(map(operator.is_, parts, document.parts))
        else replace(document, parts=parts)
    )
