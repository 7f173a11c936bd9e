"""What an editor may want to look at, though it is no fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sitebuild.check import findings
from sitebuild.derive.site import Site
from sitebuild.derive.text import answer_of, due_day, sentences
from sitebuild.model import (
    Block,
    Document,
    Heading,
    Prose,
    SourceLine,
    TermOptions,
)
from sitebuild.read.document import lines_of
from sitebuild.read.markdown import text_of

LONG_SENTENCE_WORDS = 28
LONG_PARAGRAPH_WORDS = 90
THIN_TOPIC = 3  # passages
RARE_WORD = 14  # letters
ANSWER_SENTENCES = (2, 5)  # at least and at most
ANSWER_WORDS = 70

_PARAGRAPH_END = re.compile(r"</(?:p|li|dd|td|th|h\d)>")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_RARE = re.compile(rf"\b(?:[A-Z]{{2,}}|[A-Za-z]{{{RARE_WORD},}})\b")
_OPENING_WORDS = 6
_TWO_SENTENCES = re.compile(r"[a-z)][.?] [A-Z]")
# How the files that `invoke new` makes begin a summary, an answer and a passage.
BEGUN = (
    "One or two sentences that say what this article answers.",
    "Say here what is known, in two to five sentences.",
    "Write the first passage here.",
    "Answer it here; the option passages names",
)
_MARKS = ("///", "#", "    ")  # not sentences: blocks, headings, options and code


@dataclass(frozen=True, order=True)
class Advice:
    """Something worth a look, and the line that it is about."""

    place: SourceLine
    text: str

    def __str__(self) -> str:
        """Return `file:line: text`."""
        return f"{self.place.file}:{self.place.line}: {self.text}"


def advise(site: Site, today: date, review_months: int = 12) -> list[str]:
    """Return what an editor may want to look at, sorted by file and line.

    `today` and the setting REVIEW_MONTHS decide what is due to be checked again, 0 for
    nothing.
    """
    found = {
        *_hidden_passages(site),
        *_thin_topics(site),
        *_due(site, today, review_months),
        *_answers(site),
        *_long_texts(site),
        *_rare_words(site),
        *_unused_terms(site),
        *_crowded_lines(site),
        *_findings(site),
        *_future(site, today),
        *_begun(site),
    }
    return [str(advice) for advice in sorted(found)]


def _findings(site: Site) -> Iterator[Advice]:
    for place, text in findings.advise(site):
        yield Advice(place, text)


def _hidden_passages(site: Site) -> Iterator[Advice]:
    """Yield passages that no topic page shows, as their topics are drafts."""
    for passage in site.passages.values():
        if passage.topics and not site.topics_of(passage):
            yield Advice(
                passage.block.place_of("topics"),
                f'passage "{passage.id}" is on no topic page: '
                f"{', '.join(passage.topics)} is a draft",
            )


def _thin_topics(site: Site) -> Iterator[Advice]:
    for topic in site.topics:
        count = len(site.tagged(topic))
        if count < THIN_TOPIC:
            plural = "" if count == 1 else "s"
            yield Advice(
                topic.place("slug"),
                f'topic "{topic.slug}" has {count} passage{plural}',
            )


def _answers(site: Site) -> Iterator[Advice]:
    """Yield articles and topics without a short answer, and answers of bad length."""
    least, most = ANSWER_SENTENCES
    for document in (*site.articles, *site.topics):
        if not any(isinstance(part, Block) for part in document.parts):
            continue  # an ordinary article
        answer = answer_of(document)
        if answer is None:
            yield Advice(
                document.place("title"),
                "no short answer opens the page: write `/// answer | In short`, "
                f"{least} to {most} sentences, at most {ANSWER_WORDS} words",
            )
            continue
        count = len(sentences(answer.html))
        length = len(text_of(answer.html).split())
        if not least <= count <= most or length > ANSWER_WORDS:
            yield Advice(
                answer.place,
                f"the answer has {count} sentences and {length} words; short are "
                f"{least} to {most} sentences and at most {ANSWER_WORDS} words",
            )


def _due(site: Site, today: date, months: int) -> Iterator[Advice]:
    """Yield findings and files that were last checked too long ago."""
    if not months:
        return
    for finding in site.findings.values():
        if today > due_day(finding.checked, months):
            yield _due_again(finding.place, f'finding "{finding.id}"', finding.checked)
    for document in site.documents:
        checked = document.fields.checked
        if checked and today > due_day(checked, months):
            yield _due_again(document.place("checked"), "the file", checked)


def _due_again(place: SourceLine, what: str, checked: date) -> Advice:
    text = f"{what} was last checked on {checked}: due for another look"
    return Advice(place, text)


@dataclass(frozen=True)
class _Text:
    """The HTML of one part of a document, with its line."""

    place: SourceLine
    html: str


def _texts(document: Document) -> Iterator[_Text]:
    for part in document.parts:
        if not isinstance(part, Heading):
            yield _Text(part.place, part.html)


def _long_texts(site: Site) -> Iterator[Advice]:
    for document in site.documents:
        for text in _texts(document):
            for html in _PARAGRAPH_END.split(text.html):
                yield from _long_paragraph(text_of(html), text.place)


def _long_paragraph(paragraph: str, place: SourceLine) -> Iterator[Advice]:
    """Yield a paragraph that is too long, and each of its sentences that is."""
    count = len(paragraph.split())
    if count > LONG_PARAGRAPH_WORDS:
        yield Advice(
            place, f"a paragraph of {count} words begins “{_opening(paragraph)} …”"
        )
    for sentence in _SENTENCE_END.split(paragraph):
        count = len(sentence.split())
        if count > LONG_SENTENCE_WORDS:
            yield Advice(
                place, f"a sentence of {count} words begins “{_opening(sentence)} …”"
            )


def _opening(text: str) -> str:
    return " ".join(text.split()[:_OPENING_WORDS])


def _crowded_lines(site: Site) -> Iterator[Advice]:
    """Yield lines with two sentences: a change of one is not seen as one line then."""
    for document in site.documents:
        body = False
        for number, line in lines_of(document):
            body = body or not line.strip()
            if body and not line.startswith(_MARKS) and _TWO_SENTENCES.search(line):
                place = SourceLine(document.path, number)
                yield Advice(place, "two sentences on a line; give each its own")


def _begun(site: Site) -> Iterator[Advice]:
    """Yield lines that `invoke new` wrote and that are published as they stand."""
    for document in (*site.articles, *site.topics):
        for number, line in lines_of(document):
            if line.removeprefix("summary: ").startswith(BEGUN):
                place = SourceLine(document.path, number)
                yield Advice(
                    place, "this is still what a new file says; write your own"
                )


def _terms(site: Site) -> Iterator[Block]:
    for page in site.pages:
        yield from page.blocks("term")


def _rare_words(site: Site) -> Iterator[Advice]:
    """Yield the first use of each abbreviation or long word that no term explains."""
    forms = [form for term in _terms(site) for form in _forms(term)]
    glossary = " ".join(forms).lower()
    seen: set[str] = set()
    for document in (*site.articles, *site.topics):
        for text in _texts(document):
            for word in _RARE.findall(text_of(text.html)):
                if word.lower() not in glossary and word.lower() not in seen:
                    seen.add(word.lower())
                    yield Advice(text.place, f'"{word}" is not in the glossary')


def _unused_terms(site: Site) -> Iterator[Advice]:
    words = _words_outside_the_glossary(site)
    for term in _terms(site):
        if not any(form.lower() in words for form in _forms(term)):
            yield Advice(term.place, f'nothing uses the term "{text_of(term.name)}"')


def _words_outside_the_glossary(site: Site) -> str:
    """Return all that a reader meets outside the glossary, in lower case."""
    texts = []
    for document in site.documents:
        for part in document.parts:
            is_term = isinstance(part, Block) and part.kind == "term"
            if isinstance(part, Prose | Block) and not is_term:
                texts.append(text_of(part.html))
    for finding in site.findings.values():
        texts += [finding.question, finding.explanation]
    return " ".join(texts).lower()


def _forms(term: Block) -> tuple[str, ...]:
    """Return a glossary term with its other forms."""
    others: tuple[str, ...] = ()
    if isinstance(term.options, TermOptions):
        others = term.options.also
    return (text_of(term.name), *others)


def _future(site: Site, today: date) -> Iterator[Advice]:
    """Yield days that have not come yet."""
    for document in site.documents:
        for name in ("date", "modified", "checked"):
            day = getattr(document.fields, name, None)
            if day and day > today:
                text = f"the {name} {day} is in the future"
                yield Advice(document.place(name), text)
    for finding in site.findings.values():
        if finding.checked > today:
            text = (
                f'finding "{finding.id}" was checked in the future: {finding.checked}'
            )
            yield Advice(finding.place, text)
