"""The values that the build is made of: frozen, and unaware of files and Pelican.

What a header or a block may set is said here once, by the types of fields, as which
`read/fields.py` reads them. The line of a source is no part of a value.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, ClassVar, Literal, get_args

from sitebuild.drawn import Count, Lasting, Scale, required

Names = tuple[str, ...]
Slug = Annotated[str, "slug"]
Address = Annotated[str, "address"]
Doi = Annotated[str, "doi"]
WebAddress = Annotated[str, "web"]
Year = Annotated[str, "year"]
Forms = Annotated[Names, "forms"]  # of words, with commas between them
Day = datetime.date | None
# The scale of a finding, from the surest to the one that studies speak against.
Verdict = Literal["supported", "limited", "mixed", "unsupported", "contradicted"]
VERDICTS: Names = get_args(Verdict)

# Each judgement of a finding as readers see it.
LABELS = {name: name.capitalize() for name in (*VERDICTS, "fact")}
LABELS["practice"] = "Good practice"
_NEGATIVE = ("unsupported", "contradicted")
_STOPS = (".", "?", "!")
_MOST_AUTHORS = 2


@dataclass(frozen=True, order=True, slots=True)
class SourceLine:
    """A line of a source, counted from 1; `file` is relative to the project."""

    file: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """What a header may say; HEADERS says which kinds of file have which.

    `name` is a short title for lists of links. `claims` names the claims of the source
    texts that the file carries; `lead` the passages that come first in a topic. Where
    no `address` is said, the settings and the slug make it. Of the first page, `glance`
    names the findings and `asked` the questions, as topic#question, that it shows, and
    `lasting` the findings whose effects it draws.
    """

    title: str = required("")
    slug: Slug = required("")
    name: str = ""
    summary: str = ""
    status: Literal["published", "draft"] = "published"
    checked: Day = None
    claims: Names = ()
    date: datetime.date = required(datetime.date.min)
    modified: Day = None
    order: int = required(0)
    lead: Names = ()
    template: Slug = ""
    address: Address = ""
    glance: Names = ()
    asked: Names = ()
    lasting: Names = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a block may set; BLOCKS says which kinds have which.

    Of a passage `requires` names cautions, and `same` passages that say the same. The
    `passages` bear on a question; `lasting` and `scales` are findings that it draws.
    `also` has the other forms of a glossary term.
    """

    evidence: Names = ()
    references: Names = ()
    title: str = ""
    topics: Names = ()
    claims: Names = ()
    requires: Names = ()
    same: Names = ()
    passages: Names = ()
    lasting: Names = ()
    scales: Names = ()
    urgency: Literal["emergency", "urgent", "soon", "ask"] = required("")
    also: Forms = ()


# The fields of the header of each kind of file.
_EVERY = ("title", "slug", "name", "summary", "status", "checked", "claims")
HEADERS: Mapping[str, Names] = {
    "article": (*_EVERY, "date", "modified"),
    "topic": (*_EVERY, "order", "lead"),
    "page": (*_EVERY, "template", "address", "glance", "asked", "lasting"),
}
# The options of each kind of block.
BLOCKS: Mapping[str, Names] = {
    "answer": ("evidence", "references"),
    "advice": ("evidence", "references"),
    "passage": ("topics", "title", "claims", "evidence", "requires", "same"),
    "note": ("evidence", "references"),
    "question": ("passages", "evidence", "references", "lasting", "scales"),
    "box": ("urgency", "references"),
    "term": ("also",),
}
# The kinds of block that each kind of file may hold.
BLOCKS_OF: Mapping[str, Names] = {
    "article": ("answer", "passage", "note"),
    "topic": ("answer", "advice", "box", "note", "question"),
    "page": ("box", "question", "term"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """One published source.

    A source that is neither verified nor partly may not be cited. `url` is where it can
    be read, for a source without a DOI above all; `language` is the tag of its language
    where that is not the site's (BCP 47).
    """

    key: str
    title: str = required("")
    authors: Names = ()
    source: str = ""
    year: Year = ""
    doi: Doi = ""
    url: WebAddress = ""
    language: str = ""
    verified: Literal["yes", "partly"] = "yes"
    place: SourceLine = field(compare=False)

    @property
    def address(self) -> str:
        """Return where it can be read: by its DOI, else its own address, else ""."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def byline(self) -> str:
        """Return its authors as a list shows them; of three or more the first."""
        if not self.authors:
            return "Authors not known."
        names = self.authors
        if len(names) > _MOST_AUTHORS:
            names = (names[0], "et al.")
        return f"{', '.join(names).removesuffix('.')}."


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What research says about one question.

    Its statement is what is judged; without one of its own, that is the question.
    Readers see the verdict of an effect; of any other finding they see its kind.
    `lasting`, `scales` and `studied` are what pictures draw of it.
    """

    id: Slug = required("")
    question: str = required("")
    statement: str = ""
    verdict: Verdict = required("mixed")
    kind: Literal["effect", "fact", "practice"] = "effect"
    explanation: str = required("")
    references: tuple[Reference, ...] = required(())
    checked: datetime.date = required(datetime.date.min)
    lasting: tuple[Lasting, ...] = ()
    scales: tuple[Scale, ...] = ()
    studied: tuple[Count, ...] = ()
    place: SourceLine = field(compare=False)

    @property
    def people(self) -> int:
        """Return on how many people it was studied; 0 where nobody counted them."""
        return sum(it.number for it in self.studied if it.unit == "people")

    @property
    def judgement(self) -> str:
        """Return the verdict on an effect; of any other finding its kind."""
        return self.verdict if self.kind == "effect" else self.kind

    @property
    def label(self) -> str:
        """Return its judgement as readers see it, before its statement."""
        return LABELS[self.judgement]

    @property
    def is_negative(self) -> bool:
        """Return whether a claim is never shown without this finding in full."""
        return self.verdict in _NEGATIVE

    @property
    def stop(self) -> str:
        """Return what ends a sentence that its statement stands in: "" after "?"."""
        return "" if self.statement.endswith(_STOPS) else "."


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading between the blocks of an article."""

    kind: ClassVar[str] = "heading"
    level: int
    title: str
    id: str
    place: SourceLine = field(compare=False)


@dataclass(frozen=True, slots=True)
class Prose:
    """Text outside any block, with headings of its own."""

    kind: ClassVar[str] = "prose"
    html: str
    place: SourceLine = field(compare=False)


@dataclass(frozen=True, slots=True)
class Block:
    """A marked block: `kind` follows its slashes, `name` the bar after that."""

    kind: str
    name: str
    id: str
    html: str
    options: Options
    place: SourceLine = field(compare=False)
    lines: Mapping[str, int] = field(compare=False)

    def place_of(self, option: str) -> SourceLine:
        """Return the line of one of its options; of the block where it is not set."""
        return SourceLine(self.place.file, self.lines.get(option, self.place.line))


Part = Heading | Prose | Block


@dataclass(frozen=True)
class Document:
    """One source file: its header, read, and its parts in order.

    `metadata` is the header as it was written, with the writer's own fields. `source`
    is the file's bytes, for the lines of what is found wrong later.
    """

    path: str
    kind: str
    fields: Fields
    lines: Mapping[str, int] = field(compare=False)
    parts: tuple[Part, ...]
    source: bytes = field(default=b"", compare=False, repr=False)
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """Return the last part of its address, also its name for others."""
        return self.fields.slug

    @property
    def url(self) -> str:
        """Return its root-relative address."""
        return self.fields.address

    @property
    def template(self) -> str:
        """Return the name of its template, which is its type of page."""
        return self.fields.template or self.kind

    @property
    def is_published(self) -> bool:
        """Return False for a draft, which leaves no trace in the output."""
        return self.fields.status == "published"

    @property
    def label(self) -> str:
        """Return its name in a line of names: a short one, else its title."""
        return self.fields.name or self.fields.title

    def blocks(self, kind: str) -> tuple[Block, ...]:
        """Return its blocks of one kind, in order."""
        return tuple(
            part for part in self.parts if isinstance(part, Block) and part.kind == kind
        )

    def place(self, name: str = "") -> SourceLine:
        """Return the line of a header field; line 1 where it is not set."""
        return SourceLine(self.path, self.lines.get(name, 1))


@dataclass(frozen=True)
class Passage:
    """A passage of an article; `requires` and `same` have the keys of passages.

    `html` has ids that are unique within the article.
    """

    article: Document
    id: str
    html: str
    topics: Names
    findings: tuple[Finding, ...]
    requires: Names
    same: Names
    block: Block = field(compare=False)

    @cached_property
    def key(self) -> str:
        """Return its name across the site."""
        return f"{self.article.slug}/{self.id}"

    @cached_property
    def url(self) -> str:
        """Return the address of the original."""
        return f"{self.article.url}#{self.id}"

    @property
    def copy_id(self) -> str:
        """Return its id on any page but its article's."""
        return f"{self.article.slug}-{self.id}"

    @property
    def label(self) -> str:
        """Return its title, else its id as words, for headings and links to it."""
        return self.block.options.title or self.id.replace("-", " ").capitalize()
