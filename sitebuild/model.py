"""The values that the build is made of: frozen, and without any knowledge of files or Pelican.

Where something stands in its source is no part of its value: two builds may compare what a page shows, and a page whose
values are equal need not be made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

# The scale of a finding, from the surest to the one that tests speak against.
VERDICTS = ("supported", "limited", "mixed", "unsupported", "contradicted")
# How urgent an editor's box is, most urgent first.
URGENCIES = ("emergency", "urgent", "ask")


@dataclass(frozen=True, order=True)
class SourceLine:
    """A line of a source file; `file` is relative to the project, lines count from 1."""

    file: str
    line: int


@dataclass(frozen=True)
class Raw:
    """What an editor wrote for one field, before it is checked."""

    value: Any
    line: int


@dataclass(frozen=True)
class Reference:
    """One published source. `verified` is "yes" or "partly"; anything else may not be cited."""

    key: str
    authors: tuple[str, ...]
    title: str
    source: str
    year: str
    doi: str
    verified: str
    place: SourceLine = field(compare=False)

    @property
    def byline(self) -> str:
        """Its authors as a list shows them: three at the most, then "et al."."""
        some = self.authors if len(self.authors) < 5 else (*self.authors[:3], "et al.")
        return f"{', '.join(some).removesuffix('.')}." if some else "Authors not known."


@dataclass(frozen=True)
class Finding:
    """What research says about one question."""

    id: str
    statement: str
    question: str
    verdict: str
    explanation: str
    references: tuple[Reference, ...]
    checked: date
    place: SourceLine = field(compare=False)

    @property
    def is_negative(self) -> bool:
        """True where a claim may never be shown without this finding in full."""
        return self.verdict in VERDICTS[3:]


@dataclass(frozen=True)
class Heading:
    """A heading between the blocks of an article."""

    level: int
    title: str
    id: str
    place: SourceLine = field(compare=False)


@dataclass(frozen=True)
class Prose:
    """Text outside any block, with headings of its own."""

    html: str
    place: SourceLine = field(compare=False)


@dataclass(frozen=True)
class Block:
    """A marked block: `kind` is passage, note, question, box or term; `name` is what stands after the bar."""

    kind: str
    name: str
    id: str
    html: str
    options: Mapping[str, Any]
    place: SourceLine = field(compare=False)
    lines: Mapping[str, int] = field(compare=False)

    def place_of(self, option: str) -> SourceLine:
        """Where one of its options stands; the block itself where it is not set."""
        return SourceLine(self.place.file, self.lines.get(option, self.place.line))


Part = Heading | Prose | Block


@dataclass(frozen=True)
class Document:
    """One source file: its checked front matter and its parts in order."""

    path: str
    kind: str
    fields: Mapping[str, Any]
    lines: Mapping[str, int] = field(compare=False)
    parts: tuple[Part, ...]
    text: str = field(compare=False)

    @cached_property
    def slug(self) -> str:
        """The last part of its address, also its name for others."""
        return str(self.fields.get("slug", ""))

    @cached_property
    def url(self) -> str:
        """Its root-relative address."""
        address = self.fields.get("address")
        folder = {"article": "/articles/", "topic": "/topics/", "page": "/"}[self.kind]
        return str(address) if address else f"{folder}{self.slug}/"

    @property
    def is_published(self) -> bool:
        """False for a draft, which leaves no trace in the output."""
        return self.fields.get("status") == "published"

    @cached_property
    def outline(self) -> Document:
        """The document without its texts: its fields and the names of its parts."""
        return replace(
            self,
            parts=tuple(
                p if isinstance(p, Heading) else replace(p, html="") for p in self.parts
            ),
        )

    def blocks(self, kind: str) -> tuple[Block, ...]:
        """Its blocks of one kind, in order."""
        return tuple(
            part for part in self.parts if isinstance(part, Block) and part.kind == kind
        )

    def place(self, name: str = "") -> SourceLine:
        """Where a front matter field stands; the first line where it is not set."""
        return SourceLine(self.path, self.lines.get(name, 1))


@dataclass(frozen=True)
class Passage:
    """A passage of an article, written once; `html` has ids that are unique within the article.

    `article` comes without its parts: an edit of one passage leaves the others equal.
    """

    article: Document
    id: str
    html: str
    topics: tuple[str, ...]
    findings: tuple[Finding, ...]
    requires: tuple[str, ...]
    section: str
    aliases: tuple[str, ...]
    block: Block = field(compare=False)

    @cached_property
    def key(self) -> str:
        """Its name across the site."""
        return f"{self.article.slug}/{self.id}"

    @cached_property
    def url(self) -> str:
        """The address of the original."""
        return f"{self.article.url}#{self.id}"

    @property
    def label(self) -> str:
        """Its id as words, for links to it."""
        return self.id.replace("-", " ").capitalize()


@dataclass(frozen=True)
class Shown:
    """A passage as it stands on one page, with the cautions that this page owes it."""

    passage: Passage
    id: str
    html: str
    cautions: tuple[Shown, ...] = ()
    see: tuple[Shown, ...] = ()
