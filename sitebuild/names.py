"""What has an id that editors write: topics, passages, findings, references, terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sitebuild.build import Build
from sitebuild.derive import Site
from sitebuild.model import SourceLine


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


def names(build: Build) -> list[Name]:
    """Return all names of a site, kind by kind; drafts too where the build has them."""
    drafts = {draft.path for draft in build.drafts}
    return [
        it._replace(is_draft=it.place.file in drafts) for it in _names(build.preview)
    ]


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


def advise(build: Build) -> list[str]:
    """Return which published articles have passages that no published topic shows."""
    drafts = {it.slug for it in build.preview.topics} - {
        it.slug for it in build.site.topics
    }
    hidden: Counter[tuple[str, str]] = Counter()
    for passage in build.site.passages.values():
        hidden.update(
            (passage.article.path, it) for it in passage.topics if it in drafts
        )
    return [
        f'{path} is published and its topic "{slug}" is a draft: in public that topic'
        f" does not show its {'1 passage' if count == 1 else f'{count} passages'}"
        for (path, slug), count in hidden.items()
    ]
