"""Measure the voice of articles: the share of sentences that hedge, attribute or deny.

What counts are the words and phrases of the setting HEDGES, which belong to the
language of the site. An article whose sentences mostly hedge reads as a list of doubts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sitebuild.model import Block, Document, Heading, SourceLine
from sitebuild.read.markdown import text_of

MAX_SHARE = 0.4  # of the sentences of an article
MAX_ATTRIBUTIONS = 1  # in one passage
ATTRIBUTE = "attribute"  # the kind of HEDGES that tells a claim as another's

Hedges = Mapping[str, Sequence[str]]
Advice = tuple[SourceLine, str]

_BLOCK_END = re.compile(r"</(?:p|li|dd|dt|td|th|h\d)>|(?=<(?:ul|ol|dl|table)\b)")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+")
_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Sentence:
    """A sentence, the line of its block, and the hedges found in it."""

    text: str
    place: SourceLine
    hedges: tuple[str, ...]


@dataclass(frozen=True)
class Voice:
    """The sentences of one article, in reading order."""

    article: Document
    sentences: tuple[Sentence, ...]

    @property
    def hedged(self) -> tuple[Sentence, ...]:
        """Return the sentences in which at least one hedge was found."""
        return tuple(sentence for sentence in self.sentences if sentence.hedges)

    @property
    def share(self) -> float:
        """Return the hedged part of all sentences, from 0 to 1; 0 without sentences."""
        if not self.sentences:
            return 0.0
        return len(self.hedged) / len(self.sentences)


def measure(articles: Iterable[Document], hedges: Hedges) -> tuple[Voice, ...]:
    """Return the voice of each article.

    `hedges` has words and phrases by kind. They are found as whole words, whatever
    their case and the form of their apostrophes. Headings are not counted.
    """
    forms = [form for kind in hedges.values() for form in kind]
    pattern = _pattern(forms)
    voices = []
    for article in articles:
        sentences: list[Sentence] = []
        for part in article.parts:
            if not isinstance(part, Heading):
                sentences += _sentences(part.html, part.place, pattern)
        voices.append(Voice(article, tuple(sentences)))
    return tuple(voices)


def advise(articles: Sequence[Document], hedges: Hedges) -> Iterator[Advice]:
    """Yield what an editor may want to reword: places and messages.

    An article above MAX_SHARE is named with each of its hedged sentences, and a passage
    with more than MAX_ATTRIBUTIONS forms of the kind "attribute" with those forms.
    """
    for voice in measure(articles, hedges):
        if voice.share > MAX_SHARE:
            yield from _too_many(voice)
    attributing = _pattern(hedges.get(ATTRIBUTE, ()))
    for article in articles:
        for passage in article.blocks("passage"):
            yield from _repeated(passage, attributing)


def _too_many(voice: Voice) -> Iterator[Advice]:
    """Yield the share of an article, then each of its hedged sentences."""
    yield (
        voice.article.place("slug"),
        f"{len(voice.hedged)} of {len(voice.sentences)} sentences "
        f"({voice.share:.0%}) hedge, attribute or deny; "
        f"at most {MAX_SHARE:.0%} read well; say plainly what is known",
    )
    for sentence in voice.hedged:
        forms = ", ".join(f'"{hedge}"' for hedge in sentence.hedges)
        yield sentence.place, f"a sentence with {forms}: “{sentence.text}”"


def _repeated(passage: Block, attributing: re.Pattern[str]) -> Iterator[Advice]:
    """Yield a passage that attributes more often than it should."""
    found = _find(text_of(passage.html), attributing)
    if len(found) > MAX_ATTRIBUTIONS:
        forms = ", ".join(f'"{form}"' for form in found)
        yield (
            passage.place,
            f'passage "{passage.id}" attributes {len(found)} times ({forms}); '
            "once is enough; join the claims or say plainly what is known",
        )


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern that finds any of the forms, the longest first."""
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    choices = "|".join(re.escape(form) for form in longest_first)
    # Without forms a pattern that matches nowhere.
    return re.compile(rf"\b(?:{choices})\b" if choices else r"(?!)", re.IGNORECASE)


def _find(text: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return the forms that stand in a text, in lower case and in order."""
    return tuple(pattern.findall(text.replace("’", "'").lower()))


def _sentences(
    html: str, place: SourceLine, pattern: re.Pattern[str]
) -> Iterator[Sentence]:
    """Yield the sentences of some HTML; a list item or table cell ends one."""
    for block in _BLOCK_END.split(html):
        for text in _SENTENCE_END.split(text_of(block)):
            if _WORD.search(text):
                yield Sentence(text, place, _find(text, pattern))
