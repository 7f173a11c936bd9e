"""Rules for whatever stands in content/: corrections, cautions, terms, sources."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from helpers import document, select, words
from lxml.html import HtmlElement

from sitebuild.check import advice
from sitebuild.derive import Site
from sitebuild.model import Passage


def letters(text: str) -> str:
    """Return a text without what typography changes."""
    return re.sub(r"[^a-z]", "", text.lower())


def pages_with_passages(built: Path) -> dict[str, dict[str, HtmlElement]]:
    """Return the elements with an id of every article and topic page, by address."""
    found: dict[str, dict[str, HtmlElement]] = {}
    for kind in ("articles", "topics"):
        for path in (built / kind).glob("*/index.html"):
            root = document(path)
            shown = {e.get("id"): e for e in select(root, "main[id], main [id]")}
            found[f"{kind}/{path.parent.name}"] = shown
    return found


def shown_as(passage: Passage, page: str) -> str:
    """Return the id of a passage on a page (its own article's, or another)."""
    if page == f"articles/{passage.article.slug}":
        return passage.id
    return f"{passage.article.slug}-{passage.id}"


def open_text(element: HtmlElement) -> str:
    """Return the letters of all paragraphs that are not folded within an element."""
    texts = []
    outside = len(list(element.iterancestors("details"))) + (element.tag == "details")
    for paragraph in element.iterdescendants("p"):
        if len(list(paragraph.iterancestors("details"))) == outside:
            texts.append(letters(words(paragraph)))
    return " ".join(texts)


def test_negative_finding_is_never_missing_or_folded(built: Path, site: Site) -> None:
    """Contradicted and unsupported findings stand beside each passage: in full once among what is open, or with it."""
    pages = pages_with_passages(built)
    seen = 0
    for page, elements in pages.items():
        whole = open_text(elements["main"])
        for passage in site.passages.values():
            section = elements.get(shown_as(passage, page))
            if section is None:
                continue
            if section.tag == "p":
                continue  # another passage stands for it
            text = open_text(section)
            for finding in passage.findings:
                if finding.is_negative:
                    seen += 1
                    where = (page, passage.key, finding.id)
                    judged = letters(f"{finding.verdict} {finding.statement}")
                    assert judged in text, where
                    explained = letters(finding.explanation)
                    assert whole.count(explained) <= 1, where
                    assert explained in whole + text, where
    assert seen


def test_required_caution_is_on_every_page_of_its_passage(
    built: Path, site: Site
) -> None:
    """Wherever a passage is shown, so is every caution that it requires."""
    seen = 0
    for page, elements in pages_with_passages(built).items():
        for key, passage in site.passages.items():
            if shown_as(passage, page) not in elements:
                continue
            for caution in passage.requires:
                seen += 1
                wanted = shown_as(site.passages[caution], page)
                assert wanted in elements, (page, key, caution)
    assert seen


def test_glossary_terms_are_linked_once_in_an_article(built: Path) -> None:
    """A glossary term is linked from its first use in an article, from no later one."""
    for path in (built / "articles").glob("*/index.html"):
        links = document(path).cssselect('main a[href*="/glossary/#"]')
        addresses = [link.get("href") for link in links]
        assert len(addresses) == len(set(addresses)), path


def test_sources_are_named_where_there_are_some(built: Path) -> None:
    """The word "Sources" never ends a paragraph: a number follows that leads to one."""
    for path in built.rglob("*.html"):
        html = path.read_text("utf-8")
        assert not re.search(r"Sources\s*</p>", html), path


def test_findings_and_verdicts_have_words_of_their_own(site: Site) -> None:
    """Each finding has a statement, and the page of the findings explains each verdict."""
    assert site.findings
    said = "\n".join(advice.advise(site, date(2026, 1, 1), 0))
    assert "nothing uses the finding" not in said
    for finding in site.findings.values():
        assert finding.statement != finding.question
