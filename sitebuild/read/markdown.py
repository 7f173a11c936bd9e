"""From Markdown to the HTML of one block, and changes to it: ids and links."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

import lxml.html
import smartypants
from lxml.etree import XPath
from markdown import Markdown
from typogrify.filters import typogrify

from sitebuild.disk import NOTHING

# Results that each function remembers: more than the blocks of ten thousand articles,
# so that an edit sets again only what it changed.
_KEPT = 2**17
# The filters of typogrify that are off where SmartyPants alone is on.
_ONLY_SMARTYPANTS = dict.fromkeys(("amp", "caps", "initial_quotes", "widont"), False)
# What SmartyPants takes for a tag, comments apart, and what it changes outside tags.
_TAG = re.compile("(<[^>]*>)")
_CURLED = re.compile(r"""["'`\\]|--|\.\.\.|\. \. \.""")
# Where it looks beyond one text between tags: at comments, at elements that it leaves
# alone, and at a mark that stands by itself, which what is before it curls.
_BEYOND = re.compile(f"<!|</?(?:{'|'.join(smartypants.tags_to_skip)})", re.IGNORECASE)
_ALONE = ("'", '"')
# Pelican's way to link to a source file, percent-encoded or not.
_SOURCE_LINK = re.compile(r'="(?:\{|%7B)(?:filename|static|attach)(?:\}|%7D)([^"#]*)')
_MORE_ESCAPED = (":", "/", "=", "<", "|")
_with_id = XPath("//*[@id]")
_with_href = XPath("//*[@href]")


@dataclass(frozen=True)
class Typesetting:
    """The settings of Pelican that Markdown and typography depend on.

    `markdown` may hold callables, as `extension_configs` of toc does with `slugify`.
    """

    markdown: Mapping[str, Any]
    is_curled: bool
    filters_off: Sequence[str]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Typesetting:
        """Take copies of MARKDOWN, TYPOGRIFY and TYPOGRIFY_OMIT_FILTERS.

        A later build may have the same list or mapping with something else in it.
        """
        return cls(
            deepcopy(settings["MARKDOWN"]),
            settings["TYPOGRIFY"],
            deepcopy(settings["TYPOGRIFY_OMIT_FILTERS"]),
        )


class Typesetter:
    """Markdown, then Typogrify, for each block by itself.

    It remembers the last 2**17 blocks and as many lines that it has set. Where
    settings and installed packages alone say what it sets (`is_known`), `made_of` is
    equal for typesetters that set alike, and readings are kept in `disk`.
    """

    def __init__(self, settings: Typesetting) -> None:
        """Take the settings, which stay those of this typesetter."""
        self.settings = settings
        self.disk = NOTHING
        self._markdown = Markdown(**settings.markdown)
        # CommonMark 2.4 lets a backslash stand before these too: `Topics\: …` is text.
        self._markdown.ESCAPED_CHARS.extend(_MORE_ESCAPED)
        self._filters = dict.fromkeys(settings.filters_off, False)
        self.is_known = _is_known(settings, self._markdown)
        self.made_of = secrets.token_bytes()  # as no other is
        if self.is_known:
            self.made_of = _plain(settings).encode()
        self.block = lru_cache(maxsize=_KEPT)(self._block)
        self.line = lru_cache(maxsize=_KEPT)(self._line)

    def _block(self, text: str) -> str:
        """Return the HTML of some Markdown."""
        return self._curled(self._markdown.reset().convert(text))

    def _line(self, text: str) -> str:
        """Return the HTML of a line of plain text, such as a title."""
        return self._curled(escape(text, quote=False))

    def _curled(self, html: str) -> str:
        if not self.settings.is_curled:
            return html
        if self._filters != _ONLY_SMARTYPANTS or _BEYOND.search(html):
            return self._typogrified(html)
        pieces = _TAG.split(html)
        if any(mark in pieces for mark in _ALONE):
            return self._typogrified(html)
        for number in range(0, len(pieces), 2):  # every second one is a tag
            if _CURLED.search(pieces[number]):
                pieces[number] = self._typogrified(pieces[number])
        return "".join(pieces)

    def _typogrified(self, html: str) -> str:
        smartypants.Attr.default = smartypants.Attr.set1
        return str(typogrify(html, None, **self._filters))


def _plain(settings: Typesetting) -> str:
    """Return settings as JSON; raise TypeError for more than plain values."""
    parts = [settings.markdown, settings.is_curled, list(settings.filters_off)]
    return json.dumps(parts, sort_keys=True)


def _is_known(settings: Typesetting, markdown: Markdown) -> bool:
    """Return whether settings and installed packages alone say what HTML is made."""
    try:
        _plain(settings)
    except (TypeError, ValueError):
        return False
    for extension in settings.markdown.get("extensions", ()):
        made = markdown.build_extension(extension, {})
        if not type(made).__module__.startswith("markdown."):
            return False
    for registry in (
        markdown.preprocessors,
        markdown.parser.blockprocessors,
        markdown.treeprocessors,
        markdown.inlinePatterns,
        markdown.postprocessors,
    ):
        for processor in registry:
            if not type(processor).__module__.startswith("markdown."):
                return False
    return True


def fragment(html: str) -> lxml.html.HtmlElement:
    """Return some HTML as the content of an element; `inner` writes it again."""
    return lxml.html.fragment_fromstring(html, create_parent="div")


def inner(root: lxml.html.HtmlElement) -> str:
    """Return what an element holds, as HTML."""
    children = [lxml.html.tostring(child, encoding="unicode") for child in root]
    return (root.text or "") + "".join(children)


def text_of(html: str) -> str:
    """Return the words of some HTML, white space folded."""
    if not html.strip():
        return ""
    return " ".join(fragment(html).text_content().split())


def rebase(html: str, prefix: str, home: str) -> str:
    """Return HTML whose ids have a prefix, so that it can stand beside other HTML.

    Links to those ids follow. Any other bare fragment leads to `home`, the address of
    the page that the HTML was written for.
    """
    if 'id="' not in html and 'href="#' not in html:
        return html
    return _rebase(html, prefix, home)


@lru_cache(maxsize=_KEPT)
def _rebase(html: str, prefix: str, home: str) -> str:
    root = fragment(html)
    own = set()
    for element in _with_id(root):
        own.add(element.get("id"))
        element.set("id", prefix + element.get("id"))
    for element in _with_href(root):
        href = element.get("href")
        if not href.startswith("#"):
            continue
        if href[1:] in own:
            element.set("href", f"#{prefix}{href[1:]}")
        else:
            element.set("href", home + href)
    return inner(root)


def resolve(html: str, address: Callable[[str], str]) -> str:
    """Replace `{filename}path` in links by what `address(path)` returns.

    So are Pelican's `{static}` and `{attach}`.
    """
    return _SOURCE_LINK.sub(lambda found: f'="{address(found[1])}', html)
