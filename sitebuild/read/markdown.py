"""From Markdown to the HTML of one block, and changes to it: ids, links, terms."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from html import escape, unescape
from string import punctuation
from typing import Any

import lxml.html
import smartypants
from lxml.etree import XPath
from markdown import Markdown
from typogrify.filters import typogrify

from sitebuild.memory import Memory

# Blocks, lines and passages that are remembered by their text: an edit sets one again.
_REMEMBERED = 2**14
# Pelican's ways to link to a source file, percent-encoded or not.
_SOURCE_LINK = re.compile(
    r'="(?:\{|%7B|\|)(?:filename|static|attach)(?:\}|%7D|\|)([^"#]*)'
)
_TAG = re.compile("<[^>]*>")
# Typogrify's filters but the one for quotation marks, dashes and dots, and its signs.
_OTHER_FILTERS = {"amp", "caps", "initial_quotes", "widont"}
_SIGN = re.compile(r"""["'`\\]|--|\. ?\.|&quot;""")
# White space between two sentences: the second begins with a capital letter, and what
# stands before is neither an initial nor a title before a name.
_BETWEEN = re.compile(
    r"(?<![\s.(][A-Z]\.)(?<!\bDr\.)(?<!\bMrs\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bSt\.)"
    r"(?:(?<=[.!?])|(?<=[.!?][\"'”’)]))\s+(?=[\"'“‘(]?[^\W\d_a-z])"
)
_with_id = XPath("//*[@id]")
_with_href = XPath("//*[@href]")
# Text that may hold a link to a term.
_NO_LINK = "a code pre h1 h2 h3 h4 h5 h6 script style"
_linkable = XPath(
    f"//text()[not({' or '.join(f'ancestor::{tag}' for tag in _NO_LINK.split())})]"
)


class Typesetter:
    """Markdown, then Typogrify, for each text by itself; equal texts are set once."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Take Pelican's MARKDOWN, TYPOGRIFY and TYPOGRIFY_OMIT_FILTERS."""
        self._markdown = Markdown(**settings["MARKDOWN"])
        # As in CommonMark 2.4: `Topics\: …` is text.
        self._markdown.ESCAPED_CHARS = list(punctuation)
        self._is_curled = bool(settings["TYPOGRIFY"])
        self._filters = dict.fromkeys(settings["TYPOGRIFY_OMIT_FILTERS"], False)
        self.block = lru_cache(maxsize=_REMEMBERED)(self._block)
        self.line = lru_cache(maxsize=_REMEMBERED)(self._line)

    def _block(self, text: str) -> str:
        """Return the HTML of some Markdown."""
        return self._curled(self._markdown.reset().convert(text))

    def _line(self, text: str) -> str:
        """Return the HTML of a line of plain text, such as a title."""
        return self._curled(escape(text, quote=False))

    def _curled(self, html: str) -> str:
        if not self._is_curled or (
            self._filters.keys() >= _OTHER_FILTERS
            and not _SIGN.search(_TAG.sub("", html))
        ):
            return html
        smartypants.Attr.default = smartypants.Attr.set1
        return str(typogrify(html, None, **self._filters))


def typesetter(settings: Mapping[str, Any], memory: Memory) -> Typesetter:
    """Return the typesetter for Pelican's settings."""
    names = ("MARKDOWN", "TYPOGRIFY", "TYPOGRIFY_OMIT_FILTERS")
    # copies: a later build may have the same list with something else in it
    wanted = deepcopy({name: settings[name] for name in names})
    # 4 and 4.0 are equal, and Markdown fails on one of them: so how it is written, too.
    made_of = (wanted, repr(wanted))
    return memory.take("typesetter", made_of, lambda: Typesetter(wanted))


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
    return " ".join(fragment(html.replace("<br", " <br")).text_content().split())


def in_sentences(text: str) -> list[str]:
    """Return the sentences of a plain text, in order."""
    return _BETWEEN.split(text)


def rebase(html: str, prefix: str, home: str) -> str:
    """Return HTML whose ids have a prefix, so that it can stand beside other HTML.

    Links to those ids follow. Any other bare fragment leads to `home`, the address of
    the page that the HTML was written for.
    """
    if 'id="' not in html and 'href="#' not in html:
        return html
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


def named_file(name: str, source: str) -> str:
    """Return the path of the file that a link names, the content folder's name first.

    `name` counts from the folder of `source`, the file that holds the link, or, with a
    `/` before it, from the content folder.
    """
    folder, _, rest = source.partition("/")
    base = "" if name.startswith("/") else posixpath.dirname(rest)
    return posixpath.normpath(posixpath.join(folder, base, name.lstrip("/")))


def resolve(html: str, address: Callable[[str], str]) -> str:
    """Replace `{filename}path` in links by what `address(path)` returns.

    So are Pelican's `{static}` and `{attach}`.
    """
    return _SOURCE_LINK.sub(lambda found: f'="{address(found[1])}', html)


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
    for text in _linkable(root):
        links = []
        for found in forms.finditer(text):
            url = urls[folded(found[0])]
            if url not in linked and not _is_in_address(found):
                linked.add(url)
                links.append((found, url))
        if links:
            _insert_links(text, links)
    return inner(root), frozenset(linked)


def _is_in_address(found: re.Match[str]) -> bool:
    """Return whether what was found is a part of an address that stands as text."""
    before = found.string[: found.start()].split(" ")[-1]
    after = found.string[found.end() :].split(" ")[0]
    return bool(re.search(r"://|www\.|@", before + found[0] + after))


def _insert_links(text: Any, links: Sequence[tuple[re.Match[str], str]]) -> None:
    """Put links around what was found in a text, as XPath returns one."""
    element = text.getparent()
    parent, at = element, 0
    if text.is_tail:
        parent = element.getparent()
        at = parent.index(element) + 1
    end = len(text)
    for found, url in reversed(links):
        link = element.makeelement("a", {"href": url})
        link.text, link.tail = found[0], text[found.end() : end]
        parent.insert(at, link)
        end = found.start()
    setattr(element, "tail" if text.is_tail else "text", text[:end])
