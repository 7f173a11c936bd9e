"""What a built page shows: passages, cautions, questions and references, in order."""

from __future__ import annotations

from pathlib import Path

from helpers import document, words
from lxml.html import HtmlElement

# Blocks that have an id, and the heading above the passages that no question names.
_PARTS = "//main//section | //main//h2 | //main//div | //main//details"


def passages(page: Path | str) -> dict[str, HtmlElement]:
    """Return the passages of a page, given as its file or its HTML, by their ids."""
    found = {}
    for element in document(page).iter("div", "details"):
        names = (element.get("class") or "").split()
        if "passage" in names and element.get("id"):
            found[element.get("id")] = element
    return found


def text_of(passage: HtmlElement) -> list[str]:
    """Return the paragraphs of a passage without notes, its source and its topics."""
    found = []
    for paragraph in passage.iter("p"):
        if not paragraph.get("class") and not list(paragraph.iterancestors("aside")):
            found.append(words(paragraph))
    return found


def outline(page: str) -> list[str]:
    """Return ids of passages, and `!id` for cautions that a page shows for them."""
    found = []
    for element in document(page).iter("div", "details", "aside"):
        names = (element.get("class") or "").split()
        if "passage" in names or "caution" in names:
            mark = "!" if "caution" in names else ""
            found.append(f"{mark}{element.get('id')}")
    return found


def parts_of(page: str) -> list[str]:
    """Return the ids of a page's answer, questions and passages, and of "more"."""
    found = []
    for element in document(page).xpath(_PARTS):
        kind = (element.get("class") or "").split()[:1]
        is_block = kind in (["question"], ["passage"], ["answer"])
        if is_block or element.get("id") == "more":
            found.append(element.get("id"))
    return found


def references_of(page: HtmlElement) -> list[str]:
    """Return the ids of a page's list of references, in their order."""
    return list(page.xpath("//li[starts-with(@id, 'R')]/@id"))
