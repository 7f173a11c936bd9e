"""What a file sets in its front matter and a block in its options, one type a kind.

`read/schema.py` says how each value is read from what an editor wrote, and what it is
where nothing was written.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

# How urgent an editor's box is, most urgent first.
URGENCIES = ("emergency", "urgent", "ask")

Names = tuple[str, ...]


class ByName:
    """Lets a value be read as a mapping is: `fields["title"]`, `fields.get("name")`.

    Only for callers that do not read attributes yet; to be removed with the last one.
    """

    def __getitem__(self, name: str) -> Any:
        """Return the field of a name; raises KeyError where there is none."""
        if name not in self:
            raise KeyError(name)
        return getattr(self, name)

    def __contains__(self, name: object) -> bool:
        """Return whether there is a field of a name."""
        return name in getattr(self, "__dataclass_fields__", {})

    def get(self, name: str, default: Any = None) -> Any:
        """Return the field of a name, or the default where there is none."""
        try:
            return self[name]
        except KeyError:
            return default


@dataclass(frozen=True, kw_only=True)
class Fields(ByName):
    """The front matter that every kind of file has.

    `claims` names the claims of the source texts that the file carries; `allow` the
    HTML that is otherwise refused.
    """

    title: str = ""
    slug: str = ""
    summary: str = ""
    status: str = "published"
    checked: datetime.date | None = None
    claims: Names = ()
    allow: Names = ()


@dataclass(frozen=True, kw_only=True)
class ArticleFields(Fields):
    """The front matter of an article."""

    date: datetime.date
    modified: datetime.date | None = None


@dataclass(frozen=True, kw_only=True)
class TopicFields(Fields):
    """The front matter of a topic: `lead` names the passages that come first."""

    name: str = ""
    order: int = 0
    lead: Names = ()


@dataclass(frozen=True, kw_only=True)
class PageFields(Fields):
    """The front matter of a page: `address` is empty where the slug makes it."""

    template: str = "page"
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Options(ByName):
    """The options of a block; each kind of block adds its own."""


@dataclass(frozen=True, kw_only=True)
class AnswerOptions(Options):
    """The options of an answer, which opens an article or a topic."""

    evidence: Names = ()


@dataclass(frozen=True, kw_only=True)
class AdviceOptions(Options):
    """The options of advice: what the reader can do."""

    evidence: Names = ()
    references: Names = ()


@dataclass(frozen=True, kw_only=True)
class PassageOptions(Options):
    """The options of a passage: `requires` names cautions, `evidence` findings."""

    title: str = ""
    topics: Names = ()
    claims: Names = ()
    evidence: Names = ()
    requires: Names = ()
    same: Names = ()


@dataclass(frozen=True, kw_only=True)
class NoteOptions(Options):
    """The options of an editor's note."""

    evidence: Names = ()
    references: Names = ()


@dataclass(frozen=True, kw_only=True)
class QuestionOptions(Options):
    """The options of a question: `passages` names those that bear on it."""

    passages: Names = ()
    evidence: Names = ()
    references: Names = ()


@dataclass(frozen=True, kw_only=True)
class BoxOptions(Options):
    """The options of a box with a warning; `urgency` is one of URGENCIES."""

    urgency: str = "ask"
    references: Names = ()


@dataclass(frozen=True, kw_only=True)
class TermOptions(Options):
    """The options of a glossary term: `also` holds its other forms."""

    also: Names = ()
