"""The passages of all articles: their names checked, their terms linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sitebuild.faults import Report, known
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    Passage,
    PassageOptions,
    QuestionOptions,
    TermOptions,
)
from sitebuild.read.markdown import rebase
from sitebuild.read.terms import link_terms

# The forms of the glossary's terms, each with the address of its term.
Terms = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Vocabulary:
    """What passages may name.

    `topics` are slugs. `findings` is None where they could not be read: their names are
    not checked then. `aliases` has the former ids of passages by address.
    """

    topics: tuple[str, ...]
    findings: Mapping[str, Finding] | None
    aliases: Mapping[str, tuple[str, ...]]
    terms: Terms


def terms_of(pages: Iterable[Document]) -> Terms:
    """Return every form of every glossary term with the address of the term."""
    forms: dict[str, str] = {}
    for page in pages:
        for term in page.blocks("term"):
            for form in (term.name, *_other_forms(term)):
                forms[form] = f"{page.url}#{term.id}"
    return tuple(forms.items())


def _other_forms(term: Block) -> tuple[str, ...]:
    return term.options.also if isinstance(term.options, TermOptions) else ()


def collect(
    articles: Iterable[Document], vocabulary: Vocabulary, report: Report
) -> dict[str, Passage]:
    """Return the passages of all articles by key; unknown names are faults."""
    passages = {}
    for article in articles:
        for passage in _of_article(article, vocabulary, report):
            passages[passage.key] = passage
    return passages


def _of_article(
    article: Document, vocabulary: Vocabulary, report: Report
) -> Iterator[Passage]:
    """Yield an article's passages; a term is linked at its first use in the article."""
    home = replace(article, parts=(), source=b"", lines={})
    section = ""
    terms = vocabulary.terms
    for part in article.parts:
        if isinstance(part, Heading):
            section = part.title
        if isinstance(part, Block) and part.kind == "passage":
            own_ids = rebase(part.html, f"{part.id}-", "")
            html, linked = link_terms(own_ids, terms)
            terms = tuple(term for term in terms if term[1] not in linked)
            options = options_of(part)
            yield Passage(
                home,
                part.id,
                html,
                _topics(part, vocabulary, report),
                _findings(part, vocabulary, report),
                _keys(options.requires, article),
                _keys(options.same, article),
                section,
                vocabulary.aliases.get(f"{article.url}#{part.id}", ()),
                part,
            )


def _topics(block: Block, vocabulary: Vocabulary, report: Report) -> tuple[str, ...]:
    return known(
        options_of(block).topics,
        vocabulary.topics,
        f'passage "{block.id}"',
        "topic",
        block.place_of("topics"),
        report,
    )


def _findings(
    block: Block, vocabulary: Vocabulary, report: Report
) -> tuple[Finding, ...]:
    findings = vocabulary.findings
    if findings is None:
        return ()
    names = known(
        block.options.evidence,
        findings,
        f'passage "{block.id}"',
        "finding",
        block.place_of("evidence"),
        report,
    )
    return tuple(findings[name] for name in names)


def options_of(block: Block) -> PassageOptions:
    """Return the options of a block that is a passage; TypeError for any other."""
    if not isinstance(block.options, PassageOptions):
        raise TypeError(f"{block.kind} is no passage")
    return block.options


def passages_of(question: Block) -> tuple[str, ...]:
    """Return the keys of the passages that a question names."""
    if isinstance(question.options, QuestionOptions):
        return question.options.passages
    return ()


def _keys(names: Iterable[str], article: Document) -> tuple[str, ...]:
    """Return the keys of passages that one names; a bare id is one of its article."""
    keys = []
    for name in names:
        keys.append(name if "/" in name else f"{article.slug}/{name}")
    return tuple(keys)
