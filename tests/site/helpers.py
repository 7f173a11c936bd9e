"""What many tests do: parse pages, look for elements, read trees, repeat at length."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What a build leaves in its folder, to know it again.
RECORD = ".site-build"
AXE = Axe().axe_script
# WCAG 2.2 A and AA with best practices, and of AAA the contrast.
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": [
        *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
        "best-practice",
    ],
    "rules": {
        "color-contrast-enhanced": {"enabled": True},  # finds none below that of AA
        "target-size": {"enabled": True},
    },
}


def document(page: Path | str) -> lxml.html.HtmlElement:
    """Return a built page, given as its file or its HTML, parsed."""
    text = page.read_text("utf-8") if isinstance(page, Path) else page
    return lxml.html.document_fromstring(text)


def select(root: lxml.html.HtmlElement, css: str) -> list[lxml.html.HtmlElement]:
    """Return the elements below `root` that a CSS selector matches.

    Fail when there is none: a loop over nothing checks nothing.
    """
    found = root.cssselect(css)
    assert found, f"nothing matches {css!r} in <{root.tag}>"
    return list(found)


def words(element: lxml.html.HtmlElement) -> str:
    """Return the text of an element, white space folded."""
    return " ".join(element.text_content().split())


def axe(
    page: Page, options: dict[str, Any] = AXE_OPTIONS, of: str = "document"
) -> list[str]:
    """Return what axe finds wrong on a page of a browser: a rule and an element each.

    `of` is JavaScript for the elements to look at.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    # What it finds right would be megabytes.
    run = f"options => axe.run({of}, options).then(({{violations}}) => violations)"
    violations = page.evaluate(run, options)
    return [f"{it['id']}: {node['html']}" for it in violations for node in it["nodes"]]


def tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder by its relative path.

    The record that a build leaves in its folder is no file of a site.
    """
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECORD
    }


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, as somebody whom it knows; return what it prints."""
    who = ["user.name=A", "user.email=a@example.org", "commit.gpgsign=false"]
    command = ["git", *(it for pair in who for it in ("-c", pair)), *words]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def rounds(few: int, many: int) -> pytest.MarkDecorator:
    """Return the marker that gives a test its argument `rounds`.

    The default run repeats `few` times; `invoke test --long` repeats `many` times.
    """
    long = pytest.param(many, marks=pytest.mark.long, id=f"{many} times")
    return pytest.mark.parametrize("rounds", [pytest.param(few, id="few"), long])


def _syllables(word: str) -> int:
    """Count groups of vowels, silent endings left out; at least one."""
    bare = re.sub(r"[^a-z]", "", word)
    bare = re.sub(r"(?:[^laeiouy]es|ed|[^laeiouy]e)$", "", bare)
    bare = re.sub(r"^y", "", bare)
    return max(1, len(re.findall(r"[aeiouy]{1,2}", bare)))


def school_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text (Kincaid and others, 1975)."""
    parts = re.split(r"[.!?]+(?=\s|$)", text)
    sentences = sum(bool(re.search(r"\w", part)) for part in parts)
    found = re.findall(r"[a-z\u2019']+", text.lower())
    syllables = sum(_syllables(word) for word in found)
    return 0.39 * len(found) / max(1, sentences) + 11.8 * syllables / len(found) - 15.59
