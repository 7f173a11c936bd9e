"""The short answer that opens an article or a topic, and its first sentence. Pure.

That sentence stands for the document wherever one line says what it is about.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sitebuild.model import Block, Document
from sitebuild.read.markdown import text_of

_REMEMBERED = 2**12  # answers
# The end of an element that ends a sentence, whether it has a full stop or not.
_BLOCK_END = re.compile(r"</(?:p|li|dd|dt|td|th)>|(?=<(?:ul|ol|dl|table)\b)")
# White space between two sentences: the second begins with a capital letter, and what
# stands before is neither an initial nor a title before a name.
_BETWEEN = re.compile(
    r"(?<![\s.(][A-Z]\.)(?<!\bDr\.)(?<!\bMrs\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bSt\.)"
    r"(?:(?<=[.!?])|(?<=[.!?][\"'”’)]))\s+(?=[\"'“‘(]?[^\W\d_a-z])"
)


@lru_cache(maxsize=_REMEMBERED)
def sentences(html: str) -> tuple[str, ...]:
    """Return the sentences of some HTML as plain text, in order."""
    found: list[str] = []
    for block in _BLOCK_END.split(html):
        text = text_of(block)
        if text:
            found += _BETWEEN.split(text)
    return tuple(found)


def answer_of(document: Document) -> Block | None:
    """Return the short answer of a document; None where it has none."""
    answers = document.blocks("answer")
    return answers[0] if answers else None


def description(document: Document) -> str:
    """Return what a document says in one sentence, as plain text.

    That is the first sentence of its answer, else its summary.
    """
    answer = answer_of(document)
    found = sentences(answer.html) if answer else ()
    return found[0] if found else document.fields.summary


def standfirst(document: Document) -> str:
    """Return the summary that stands under the title; "" where the answer says it."""
    summary = document.fields.summary
    if answer_of(document) and summary == description(document):
        return ""
    return summary
