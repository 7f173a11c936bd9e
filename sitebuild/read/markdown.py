"""From Markdown to the HTML of one block, and what may be done to that HTML: ids, links, terms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from html import escape
from typing import Any

import lxml.html
import smartypants
from lxml.etree import XPath
from markdown import Markdown
from typogrify.filters import typogrify

_KEPT = 2**15  # results remembered: more than a large site has passages
# Text inside these is never a place for a link.
_NO_LINK = {"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "script", "style"}
# A link in Markdown that stayed text: its address is not known, or it stands on the wrong side or too far away.
_UNRESOLVED = re.compile(
    r"\[[^][<>]*\][\[(][^][()<>]*[\])]|\[\^[\w-]+\]"
    r"|\[[^][<>]*\] \((?:/|https?:)[^()<>]*\)|\([^()<>]*\)\[(?:/|https?:)[^][<>]*\]"
)
_with_id = XPath("//*[@id]")
_with_href = XPath("//*[@href]")
# What runs a script: elements, event handlers and addresses (HTML Living Standard 8.1.8). What a page has one of, and
# what swallows all that follows it.
_ACTIVE = re.compile(
    r"<(script|iframe|frame|object|embed|style|base|meta|link|title|h1|form|input|select|textarea|button|plaintext)\b"
    r"|<[^>]*\s(on\w+|style)\s*=|<[^>]*(javascript:)",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"""<!--.*?-->|<(/?)([a-z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>""",
    re.DOTALL | re.IGNORECASE,
)
_VOID = {"area", "br", "col", "hr", "img", "source", "track", "wbr"}


class Typesetter:
    """Markdown, then Typogrify, each block by itself; remembers what it has set."""

    def __init__(
        self, markdown: Mapping[str, Any], filters_off: tuple[str, ...], *, curl: bool
    ) -> None:
        """Take Pelican's MARKDOWN, TYPOGRIFY_OMIT_FILTERS and TYPOGRIFY settings."""
        self._markdown = Markdown(**markdown)
        self._filters = dict.fromkeys(filters_off, False)
        self._curl = curl
        self.block = lru_cache(maxsize=_KEPT)(self._block)
        self.line = lru_cache(maxsize=_KEPT)(self._line)

    def _block(self, text: str) -> str:
        """The HTML of some Markdown."""
        return self._curled(self._markdown.reset().convert(text))

    def _line(self, text: str) -> str:
        """The HTML of a line of plain text, such as a title."""
        return self._curled(escape(text, quote=False))

    def _curled(self, html: str) -> str:
        if not self._curl:
            return html
        smartypants.Attr.default = smartypants.Attr.set1
        return str(typogrify(html, None, **self._filters))


@cache
def typesetter(markdown: str, filters_off: tuple[str, ...], curl: bool) -> Typesetter:
    """The typesetter for some settings (MARKDOWN as JSON), the same one every time, with what it remembers."""
    return Typesetter(json.loads(markdown), filters_off, curl=curl)


def _fragment(html: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(html, create_parent="div")


def _inner(root: lxml.html.HtmlElement) -> str:
    return (root.text or "") + "".join(
        lxml.html.tostring(child, encoding="unicode") for child in root
    )


def text_of(html: str) -> str:
    """The words of some HTML, white space folded."""
    return " ".join(_fragment(html).text_content().split()) if html.strip() else ""


def find_active(html: str) -> str:
    """The first element, attribute or scheme that could run a script or carry a style; empty if there is none."""
    found = _ACTIVE.search(html)
    return next(filter(None, found.groups())).lower() if found else ""


def find_unresolved(html: str) -> str:
    """The first Markdown link that became text because nothing defines it; empty if there is none."""
    found = _UNRESOLVED.search(
        re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.DOTALL)
    )
    return found[0] if found else ""


def find_unbalanced(html: str) -> str:
    """The first tag in some HTML that has no other half; empty if there is none."""
    opened = []
    for tag in _TAG.finditer(html):
        name = (tag[2] or "br").lower()
        if name in _VOID or (
            tag[3].endswith("/") and "svg" in opened
        ):  # elsewhere the slash does nothing
            continue
        if not tag[1]:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return f"</{name}>"
    return f"<{opened[0]}>" if opened else ""


def find_heading(html: str) -> str:
    """The text of the first heading in some HTML; empty if there is none."""
    found = re.search(r"<h([1-6])\b[^>]*>(.*?)</h\1>", html, re.DOTALL | re.IGNORECASE)
    return text_of(found[2]) if found else ""


@lru_cache(maxsize=_KEPT)
def rebase(html: str, prefix: str, home: str) -> str:
    """Give every id a prefix, so that the HTML can stand beside others; links to those ids follow.

    Any other bare fragment is led to `home`, the address of the page that it was written for.
    """
    if 'id="' not in html and 'href="#' not in html:
        return html
    root = _fragment(html)
    own = {element.get("id") for element in _with_id(root)}
    for element in _with_id(root):
        element.set("id", prefix + element.get("id"))
    for element in _with_href(root):
        href = element.get("href")
        if href.startswith("#"):
            element.set(
                "href", f"#{prefix}{href[1:]}" if href[1:] in own else home + href
            )
    return _inner(root)


def resolve(html: str, address: Callable[[str], str]) -> str:
    """Replace Pelican's `{filename}path` in links by the address that `address(path)` gives."""
    return re.sub(
        r'="(?:\{|%7B)(?:filename|static)(?:\}|%7D)([^"#]*)',
        lambda m: f'="{address(m[1])}',
        html,
    )


def _texts(
    element: lxml.html.HtmlElement,
) -> Iterator[tuple[lxml.html.HtmlElement, str]]:
    """Every run of text that may hold a link, as its element and the attribute (text or tail) it stands in."""
    if element.tag not in _NO_LINK:
        yield element, "text"
        for child in element:
            yield from _texts(child)
            yield child, "tail"


@cache
def _any_of(forms: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for the longest of some forms, whatever white space parts their words."""
    words = [
        r"\s+".join(map(re.escape, form.split()))
        for form in sorted(forms, key=len, reverse=True)
    ]
    return re.compile(rf"\b(?:{'|'.join(words) or '(?!)'})\b", re.IGNORECASE)


@lru_cache(maxsize=_KEPT)
def link_terms(
    html: str, terms: tuple[tuple[str, str], ...]
) -> tuple[str, frozenset[str]]:
    """Link the first use of each term, given as its form and its address; forms of one term share an address.

    Returns the HTML and the addresses that it now leads to. Text in links, headings and code stays as it is.
    """
    pattern = _any_of(tuple(form for form, _ in terms))
    if not pattern.search(html):
        return html, frozenset()
    urls = {" ".join(form.lower().split()): url for form, url in terms}
    root, linked = _fragment(html), set[str]()
    for element, where in _texts(root):
        for found in pattern.finditer(getattr(element, where) or ""):
            url = urls[" ".join(found[0].lower().split())]
            if url not in linked:
                linked.add(url)
                _insert_link(element, where, found, url)
                break
    return _inner(root), frozenset(linked)


def _insert_link(
    element: lxml.html.HtmlElement, where: str, found: re.Match[str], url: str
) -> None:
    """Put a link around what was found in an element's text or tail."""
    link = element.makeelement("a", {"href": url})
    link.text, link.tail = found[0], found.string[found.end() :]
    setattr(element, where, found.string[: found.start()])
    if where == "text":
        element.insert(0, link)
    else:
        parent = element.getparent()
        parent.insert(parent.index(element) + 1, link)
