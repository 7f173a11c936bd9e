"""What HTML a text may hold, and what is wrong with the HTML that its Markdown makes.

HTML is parsed as browsers parse it (lxml 6 has the tokenizer of HTML 13.2.5), and what
is not known to be harmless is refused: it may run a script, set a style or break the
page that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import lxml.html

from sitebuild.read.markdown import text_of

# A link in Markdown that stayed text: its address is not defined, or it stands on the
# wrong side or too far away.
_UNRESOLVED = re.compile(
    r"\[[^][<>]*\][\[(][^][()<>]*[\])]"
    r"|\[[^][<>]*\]\([^\s()<>]*"
    r"|\[\^[\w-]+\]"
    r"|\[[^][<>]*\]\s\((?:/|https?:)[^()<>]*\)"
    r"|\([^()<>]*\)\[(?:/|https?:)[^][<>]*\]"
)
_CODE = re.compile(r"<(code|pre)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(
    r"""<!--.*?-->|<(?P<end>/?)(?P<name>[a-z][\w-]*)"""
    r"""(?P<attributes>(?:"[^"]*"|'[^']*'|[^>"'])*)>""",
    re.DOTALL | re.IGNORECASE,
)
# Elements without an end tag (HTML Living Standard 13.1.2) that Markdown may hold.
_VOID = {"area", "br", "col", "hr", "img", "source", "track", "wbr"}
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL | re.IGNORECASE)


def without_code(html: str) -> str:
    """Return HTML without what is set as code."""
    return _CODE.sub("", html)


def find_unresolved(html: str) -> str:
    """Return the first Markdown link that stayed text; "" if there is none."""
    found = _UNRESOLVED.search(without_code(html))
    return found[0] if found else ""


def find_unbalanced(html: str) -> str:
    """Return the first tag that has no other half; "" if there is none."""
    opened: list[str] = []
    for tag in _TAG.finditer(html):
        if not tag["name"]:
            continue
        name = tag["name"].lower()
        # Outside SVG the slash of <div/> means nothing (HTML Living Standard 13.1.2.1).
        closes_itself = tag["attributes"].endswith("/") and "svg" in opened
        if name in _VOID or closes_itself:
            continue
        if not tag["end"]:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return f"</{name}>"
    return f"<{opened[0]}>" if opened else ""


def find_unknown(html: str) -> str:
    """Return the first tag that HTML does not know, such as `<your name>`; else ""."""
    for tag in _TAG.finditer(without_code(html)):
        name = (tag["name"] or "").lower()
        if name and "-" not in name and name not in _KNOWN:
            return tag[0]
    return ""


def find_heading(html: str) -> str:
    """Return the text of the first heading that has one; "" if there is none."""
    for found in _HEADING.finditer(html):
        text = text_of(found[2])
        if text:
            return text
    return ""


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Elements of text (HTML 4.3 to 4.9 without what runs, embeds or styles).
_ELEMENTS = _words(
    "a abbr address article aside audio b bdi bdo blockquote br caption cite code col "
    "colgroup data dd del details dfn div dl dt em figcaption figure footer h2 h3 h4 "
    "h5 h6 header hr i img ins kbd li mark nav ol p picture pre q rp rt ruby s samp "
    "section small source span strong sub summary sup table tbody td tfoot th thead "
    "time tr track u ul var video wbr"
)
# Elements of SVG 2 that draw and do nothing else. `title` is none of them: parsers
# disagree on what stands in it.
_DRAWING = _words(
    "svg g defs symbol use path circle ellipse line polyline polygon rect text tspan "
    "textpath image desc lineargradient radialgradient stop clippath mask pattern "
    "marker"
)
# Every other element of HTML and SVG, each a fault by its own name.
_OTHERS = _words(
    "html head title base link meta style body h1 hgroup search main form label input "
    "button select datalist optgroup option textarea output progress meter fieldset "
    "legend dialog script noscript template slot canvas iframe embed object param map "
    "area math menu data applet center font big strike tt marquee blink frame frameset "
    "noframes acronym dir basefont animate set foreignobject animatetransform filter "
    "animatemotion switch view script handler"
)
_KNOWN = _ELEMENTS | _DRAWING | _OTHERS
_ATTRIBUTES = _words(
    "abbr align alt border cellpadding cellspacing cite class colspan controls "
    "datetime decoding default dir download headers height hidden href hreflang id "
    "itemprop kind label lang loading loop media muted name open playsinline poster "
    "preload rel reversed role rowspan scope sizes span src srclang srcset start "
    "tabindex target title translate type valign value width xlink:href"
)
_FAMILIES = ("aria-", "data-")
# How attributes begin that run, style or send something, whatever has them; `xml:base`
# changes where addresses lead.
_HARMFUL = ("on", "style", "xml:base", "srcdoc", "action", "formaction")
_ADDRESSES = ("href", "src", "xlink:href", "poster", "cite", "srcset")
_SCRIPT_SCHEMES = ("javascript:", "vbscript:", "data:", "blob:")
# URL Standard 4.4: these are removed from an address before it is read.
_REMOVED = re.compile(r"[\0-\x20]")
_ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!['\"#\s])", re.IGNORECASE)
# Tags that a parser drops or adds to the elements that every page has.
_OF_THE_PAGE = re.compile(r"<(?:!?doctype|html|head|body)(?=[\s/>])", re.IGNORECASE)
_END = "<wbr data-end-of-text>"


def find_active(html: str) -> Iterator[str]:
    """Yield, once each, elements, attributes and schemes that are not harmless."""
    yield from dict.fromkeys(_names(html))


def _names(html: str) -> Iterator[str]:
    if "<" not in html:
        return
    for tag in _OF_THE_PAGE.findall(html):
        yield tag[1:].lower()
    root = lxml.html.fragment_fromstring(html + _END, create_parent="div")
    has_end = False
    has_found = False
    for element in root.iterdescendants():
        if not isinstance(element.tag, str):  # a comment or a processing instruction
            has_found = True
            yield "<!"
        elif "data-end-of-text" in element.attrib:
            has_end = True
        else:
            for name in _names_in(element):
                has_found = True
                yield name
    if not has_end and not has_found:
        yield "<"  # a tag or an attribute that is not closed takes in what follows


def _names_in(element: lxml.html.HtmlElement) -> Iterator[str]:
    """Yield what is not harmless in one element, its children aside."""
    is_text = element.tag in _ELEMENTS
    if element.tag not in _KNOWN and "-" not in element.tag:
        return  # `find_unknown` says what it is
    if not is_text and element.tag not in _DRAWING:
        yield element.tag
    for name, value in element.attrib.items():
        is_known = name in _ATTRIBUTES or name.startswith(_FAMILIES)
        if name.startswith(_HARMFUL) or (is_text and not is_known):
            yield name
        if name in _ADDRESSES:
            yield from _schemes(value)
        elif not is_text and _ELSEWHERE.search(value):
            yield "url("


def _schemes(address: str) -> Iterator[str]:
    """Yield the scheme of an address if opening it may run a script."""
    read = _REMOVED.sub("", address).lower()
    for scheme in _SCRIPT_SCHEMES:
        if read.startswith(scheme):
            yield scheme
