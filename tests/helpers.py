"""Reading built pages: a parsed document, the text of an element, the whole tree as bytes."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html


def document(page: Path | str) -> lxml.html.HtmlElement:
    """A built page, given as its file or its HTML, parsed."""
    text = page.read_text("utf-8") if isinstance(page, Path) else page
    return lxml.html.document_fromstring(text)


def words(element: lxml.html.HtmlElement) -> str:
    """The text of an element, white space folded."""
    return " ".join(element.text_content().split())


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def school_grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text, syllables counted by groups of vowels, as ../shared/audit counts it."""
    sentences = (
        sum(bool(re.search(r"\w", part)) for part in re.split(r"[.!?]+(?=\s|$)", text))
        or 1
    )
    found = re.findall(r"[a-z\u2019']+", text.lower())
    syllables = 0
    for word in found:
        bare = re.sub(
            r"^y",
            "",
            re.sub(
                r"(?:[^laeiouy]es|ed|[^laeiouy]e)$", "", re.sub(r"[^a-z]", "", word)
            ),
        )
        syllables += max(1, len(re.findall(r"[aeiouy]{1,2}", bare)))
    return 0.39 * len(found) / sentences + 11.8 * syllables / len(found) - 15.59
