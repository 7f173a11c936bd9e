"""What is read off texts: answers, sentences, minutes of reading, days of review."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sitebuild.model import Block, Document
from sitebuild.read.markdown import in_sentences, text_of

# Words read in a minute: below the mean of 238 in Brysbaert's review of 2019, as health
# is slow to read.
_WORDS_A_MINUTE = 220
_MONTHS_A_YEAR = 12
_REGION = 2  # letters
_TAG = re.compile(r"<[^>]*>")
# The end of an element that ends a sentence, whether it has a full stop or not.
_BLOCK_END = re.compile(r"</(?:p|li|dd|dt|td|th)>|(?=<(?:ul|ol|dl|table)\b)")


class Review(NamedTuple):
    """The day of the last look at sources, and that by which the next is due."""

    last: date
    due: date | None


def sentences(html: str) -> tuple[str, ...]:
    """Return the sentences of some HTML as plain text, in order."""
    found: list[str] = []
    for block in _BLOCK_END.split(html):
        text = text_of(block)
        if text:
            found += in_sentences(text)
    return tuple(found)


def answer_of(document: Document) -> Block | None:
    """Return the short answer that opens a document; None where it has none."""
    answers = document.blocks("answer")
    return answers[0] if answers else None


def description(document: Document) -> str:
    """Return what a document says in one sentence, as plain text.

    That is the first sentence of its answer, else its summary. It stands for the
    document wherever one line says what it is about.
    """
    answer = answer_of(document)
    found = sentences(answer.html) if answer else ()
    return found[0] if found else document.fields.summary


def standfirst(document: Document) -> str:
    """Return the summary, which stands under the title; "" where an answer does."""
    return "" if answer_of(document) else document.fields.summary


def minutes(texts: Iterable[str]) -> int:
    """Return how long some HTML takes to read, in whole minutes, at least one."""
    words = sum(len(_TAG.sub(" ", html).split()) for html in texts)
    return max(1, round(words / _WORDS_A_MINUTE))


def due_day(last: date, months: int) -> date:
    """Return the day some months after another, its month's last if it is shorter."""
    count = last.year * _MONTHS_A_YEAR + last.month - 1 + months
    year = count // _MONTHS_A_YEAR
    month = count % _MONTHS_A_YEAR + 1
    longest = calendar.monthrange(year, month)[1]
    return date(year, month, min(last.day, longest))


def review(days: Iterable[date], months: int) -> Review | None:
    """Return the review of what was looked up on some days; None for no day.

    The oldest of them counts. `months` is the setting REVIEW_MONTHS; for 0 no next look
    is due.
    """
    last = min(days, default=None)
    if last is None:
        return None
    return Review(last, due_day(last, months) if months else None)


def contact_link(contact: str) -> str:
    """Return an e-mail address as mailto: (RFC 6068), and any address as it is."""
    is_bare = "@" in contact and "/" not in contact and ":" not in contact
    return f"mailto:{contact}" if is_bare else contact


def language_tag(tag: str) -> str:
    """Return a language tag as RFC 5646, 2.1.1, writes it: en-GB, not en-gb."""
    first, *rest = tag.split("-")
    parts = [first.lower()]
    for part in rest:
        parts.append(part.upper() if len(part) == _REGION else part)
    return "-".join(parts)
