"""The terms of the glossary, each linked at its first use in an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

import lxml.html

from sitebuild.read.markdown import fragment, inner

_REMEMBERED = 2**14  # passages
# Text inside these is never a place for a link.
_NO_LINK = {"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "script", "style"}


class _Text(NamedTuple):
    """A run of text: the element that bears it, as its `text` or its `tail`."""

    element: lxml.html.HtmlElement
    attribute: str


def _texts(element: lxml.html.HtmlElement) -> Iterator[_Text]:
    """Yield every run of text that may hold a link, in the order of the page."""
    if element.tag not in _NO_LINK:
        yield _Text(element, "text")
        for child in element:
            yield from _texts(child)
            yield _Text(child, "tail")


@lru_cache(maxsize=_REMEMBERED)
def _forms_of(terms: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """Return a pattern for the longest of some forms, with any white space in it."""
    patterns = []
    for form in sorted((unescape(form) for form, _ in terms), key=len, reverse=True):
        words = map(re.escape, form.split())
        patterns.append(re.sub("['\u2019]", "['\u2019]", r"\s+".join(words)))
    # No \b: a form may begin or end with another sign than a letter, as C++ does.
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def folded(form: str) -> str:
    """Return a form as forms are compared: without case, entities, curled marks."""
    return " ".join(unescape(form).lower().replace("\u2019", "'").split())


@lru_cache(maxsize=_REMEMBERED)
def link_terms(
    html: str,
    terms: tuple[tuple[str, str], ...],
    above: frozenset[str] = frozenset(),
) -> tuple[str, frozenset[str]]:
    """Link the first use of each term, given as its form and its address.

    The forms of one term share an address. What stands before links to the addresses
    `above`. Returns the HTML, and all addresses that are linked now. Text in links,
    headings and code stays as it is.
    """
    if not terms:
        return html, above
    forms = _forms_of(terms)
    urls = {folded(form): url for form, url in terms}
    if all(urls[folded(it[0])] in above for it in forms.finditer(unescape(html))):
        return html, above
    root = fragment(html)
    linked = set(above)
    for text in _texts(root):
        words = getattr(text.element, text.attribute) or ""
        for found in forms.finditer(words):
            url = urls[folded(found[0])]
            if url not in linked and not _is_in_address(found):
                linked.add(url)
                _insert_link(text, found, url)
                break
    return inner(root), frozenset(linked)


def _is_in_address(found: re.Match[str]) -> bool:
    """Return whether what was found is a part of an address that stands as text."""
    before = found.string[: found.start()].split(" ")[-1]
    after = found.string[found.end() :].split(" ")[0]
    return bool(re.search(r"://|www\.|@", before + found[0] + after))


def _insert_link(text: _Text, found: re.Match[str], url: str) -> None:
    """Put a link around what was found in a run of text."""
    element = text.element
    link = element.makeelement("a", {"href": url})
    link.text = found[0]
    link.tail = found.string[found.end() :]
    setattr(element, text.attribute, found.string[: found.start()])
    if text.attribute == "text":
        element.insert(0, link)
    else:
        parent = element.getparent()
        parent.insert(parent.index(element) + 1, link)
