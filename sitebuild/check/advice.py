"""Help with writing: files to begin with, and what is no fault but worth saying."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from markdown.extensions.toc import slugify

from sitebuild.check import voice
from sitebuild.derive.site import Site
from sitebuild.faults import Fault, SiteFaults
from sitebuild.model import Block, Document, Heading, Prose, SourceLine
from sitebuild.read import schema as fields
from sitebuild.read.markdown import text_of

LONG_SENTENCE, LONG_PARAGRAPH = 28, 90  # words
THIN_TOPIC = 3  # passages
RARE_WORD = 14  # letters
LONG_NAME = 200  # characters of an address; file systems allow names of 255 bytes
LOOK_AGAIN = timedelta(days=365)

_ARTICLE = """\
title: {title}
slug: {slug}
date: {today}
status: draft
summary: One or two sentences that say what this article answers.

## A first heading

/// passage | {slug}-first
    topics:

Write the first passage here.
Its name after the bar is its address for ever.
Set the status to published when the article is ready to be shown.
///
"""
_TOPIC = """\
title: {title}
name: {title}
slug: {slug}
order: {order}
status: draft
summary: One or two sentences that say what this page gathers.

/// note | In short

Passages that name the topic {slug} will stand here.
Set the status to published once a passage names it.
///
"""


def _create(folder: Path, title: str, text: str, **values: object) -> Path:
    """Write a new file named after its title. Raises SiteFaults where no name can be made or the name is taken."""
    slug = re.sub("[-_]+", "-", slugify(title, "-")).strip("-")
    good = fields.SLUG.fullmatch(slug) and len(slug) <= LONG_NAME
    path = folder / f"{slug if good else 'untitled'}.md"
    place = SourceLine(f"{folder.parent.name}/{folder.name}/{path.name}", 1)
    if not good:
        allowed = (
            f"a title has letters or digits to make an address of, {LONG_NAME} at most"
        )
        raise SiteFaults(
            [
                Fault(
                    place,
                    f'"{title}" gives no address',
                    allowed,
                    "choose another title",
                )
            ]
        )
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text.format(title=" ".join(title.split()), slug=slug, **values))
    except FileExistsError:
        found = "the file is there already"
        raise SiteFaults(
            [
                Fault(
                    place,
                    found,
                    "a new file has a new name",
                    "edit it or choose another title",
                )
            ]
        ) from None
    return path


def new_article(content: Path, title: str, today: date) -> Path:
    """Make a draft article below a content folder; returns its path. Raises SiteFaults, see `_create`."""
    return _create(content / "articles", title, _ARTICLE, today=today)


def new_topic(content: Path, name: str, _: date) -> Path:
    """Make a draft topic that comes last in the menu; returns its path. Raises SiteFaults, see `_create`."""
    texts = [
        path.read_text("utf-8", "replace") for path in (content / "topics").glob("*.md")
    ]
    orders = [
        int(number)
        for text in texts
        for number in re.findall(r"^order:\s*(\d{1,3})\s*$", text, re.MULTILINE)
    ]
    return _create(content / "topics", name, _TOPIC, order=max(orders, default=0) + 1)


def advise(site: Site, today: date, hedges: voice.Hedges | None = None) -> list[str]:
    """What an editor may want to look at, sorted by file and line; `today` decides what is due for another look.

    `hedges` is the setting HEDGES; without it the voice of articles is not looked at.
    """
    found = [
        *_untagged(site),
        *_thin(site),
        *_due(site, today),
        *_long(site),
        *_terms(site),
        *voice.advise(site.articles, hedges or {}),
    ]
    return [f"{place.file}:{place.line}: {text}" for place, text in sorted(set(found))]


def _documents(site: Site) -> tuple[Document, ...]:
    return (*site.articles, *site.topics, *site.pages)


def _untagged(site: Site) -> Iterator[tuple[SourceLine, str]]:
    for passage in site.passages.values():
        if not passage.topics:
            yield (
                passage.block.place,
                f'passage "{passage.id}" has no topic, so it stands in its article alone',
            )


def _thin(site: Site) -> Iterator[tuple[SourceLine, str]]:
    for topic in site.topics:
        if (count := len(site.tagged(topic))) < THIN_TOPIC:
            yield (
                topic.place("slug"),
                f'topic "{topic.slug}" has {count} passage{"s" if count > 1 else ""}',
            )


def _due(site: Site, today: date) -> Iterator[tuple[SourceLine, str]]:
    dated = [
        (finding.place, f'finding "{finding.id}"', finding.checked)
        for finding in site.findings.values()
    ]
    dated += [
        (d.place("checked"), "the file", d.fields["checked"])
        for d in _documents(site)
        if d.fields.get("checked")
    ]
    for place, what, checked in dated:
        if today - checked > LOOK_AGAIN:
            yield place, f"{what} was last checked on {checked}: due for another look"


def _texts(document: Document) -> Iterator[tuple[SourceLine, str]]:
    """Each block of text of a document, with its place and its HTML."""
    return (
        (part.place, part.html)
        for part in document.parts
        if not isinstance(part, Heading)
    )


def _long(site: Site) -> Iterator[tuple[SourceLine, str]]:
    for document in _documents(site):
        for place, html in _texts(document):
            for paragraph in re.split(r"</(?:p|li|dd|td|th|h\d)>", html):
                text = text_of(paragraph)
                if (count := len(text.split())) > LONG_PARAGRAPH:
                    yield (
                        place,
                        f"a paragraph of {count} words begins “{_opening(text)} …”",
                    )
                for sentence in re.split(r"(?<=[.!?])\s+", text):
                    if (count := len(sentence.split())) > LONG_SENTENCE:
                        yield (
                            place,
                            f"a sentence of {count} words begins “{_opening(sentence)} …”",
                        )


def _opening(text: str) -> str:
    return " ".join(text.split()[:6])


def _terms(site: Site) -> Iterator[tuple[SourceLine, str]]:
    """Abbreviations and very long words that the glossary lacks, at their first use; terms that nothing uses."""
    terms = [term for page in site.pages for term in page.blocks("term")]
    known = " ".join(form for term in terms for form in _forms(term)).lower()
    texts = [
        (place, text_of(html))
        for document in (*site.articles, *site.topics)
        for place, html in _texts(document)
    ]
    seen: set[str] = set()
    for place, text in texts:
        for word in re.findall(rf"\b(?:[A-Z]{{2,}}|[A-Za-z]{{{RARE_WORD},}})\b", text):
            if word.lower() not in known and word.lower() not in seen:
                seen.add(word.lower())
                yield place, f'"{word}" is not in the glossary'
    everything = _everything(site)
    for term in terms:
        if not any(form.lower() in everything for form in _forms(term)):
            yield term.place, f'nothing uses the term "{text_of(term.name)}"'


def _everything(site: Site) -> str:
    """All that a reader meets outside the glossary, in lower case."""
    parts = [part for document in _documents(site) for part in document.parts]
    texts = [
        text_of(p.html)
        for p in parts
        if isinstance(p, Prose) or (isinstance(p, Block) and p.kind != "term")
    ]
    findings = [
        f"{finding.question} {finding.explanation}"
        for finding in site.findings.values()
    ]
    return " ".join([*texts, *findings]).lower()


def _forms(term: Block) -> Iterable[str]:
    return (text_of(term.name), *term.options["also"])
