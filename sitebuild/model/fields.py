"""What a file sets in its front matter and a block in its options, one type a kind.

`read/schema.py` says how each value is read from what an editor wrote, and what it is
where nothing was written.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

# How urgent an editor's box is, most urgent first.
URGENCIES = ("emergency", "urgent", "soon", "ask")

Names = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """The front matter that every kind of file has.

    `name` is a short title for lists of links. `claims` names the claims of the source
    texts that the file carries; `allow` the HTML that is otherwise refused.
    """

    title: str = ""
    slug: str = ""
    name: str = ""
    summary: str = ""
    status: str = "published"
    checked: datetime.date | None = None
    claims: Names = ()
    allow: Names = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleFields(Fields):
    """The front matter of an article."""

    date: datetime.date
    modified: datetime.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicFields(Fields):
    """The front matter of a topic: `lead` names the passages that come first."""

    order: int = 0
    lead: Names = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFields(Fields):
    """The front matter of a page: `address` is empty where the slug makes it.

    Of the first page, `glance` names the findings and `asked` the questions, as
    topic#question, that it shows.
    """

    template: str = "page"
    address: str = ""
    glance: Names = ()
    asked: Names = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The options of a block; each kind of block adds its own.

    `evidence` names findings and `references` sources, in kinds that may have them.
    """

    evidence: Names = ()
    references: Names = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerOptions(Options):
    """The options of an answer, which opens an article or a topic."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdviceOptions(Options):
    """The options of advice: what the reader can do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PassageOptions(Options):
    """The options of a passage.

    `requires` names cautions, `same` passages that say the same.
    """

    title: str = ""
    topics: Names = ()
    claims: Names = ()
    requires: Names = ()
    same: Names = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteOptions(Options):
    """The options of an editor's note."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionOptions(Options):
    """The options of a question: `passages` names those that bear on it."""

    passages: Names = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxOptions(Options):
    """The options of a box with a warning; `urgency` is one of URGENCIES."""

    urgency: str = "ask"


@dataclass(frozen=True, kw_only=True, slots=True)
class TermOptions(Options):
    """The options of a glossary term: `also` holds its other forms."""

    also: Names = ()
