"""The Markdown of one piece of a source, set as HTML, and what is wrong in that HTML.

HTML is parsed as browsers parse it (lxml 6 has the tokenizer of HTML 13.2.5), and what
is not known to be harmless is refused: it may run a script, set a style or break the
page that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import unescape

import lxml.html
from lxml.html import defs

from sitebuild.faults import Report
from sitebuild.read import slips
from sitebuild.read.markdown import Typesetter, named_file, resolve, text_of
from sitebuild.read.references import mark_citations
from sitebuild.read.source import Line, Piece

_CODE = re.compile(r"<(code|pre)\b.*?</\1>", re.DOTALL)
_MARKUP = re.compile(rf"{_CODE.pattern}|<[^>]*>", re.DOTALL)
# Tags other than images, and white space: what is left of an empty block.
_NO_CONTENT = re.compile(r"(?:<(?!img)[^>]*>|\s)*")
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL | re.IGNORECASE)

# Python-Markdown looks for the end of each mark, and for tables at each line, up to the
# end of the paragraph: 20,000 brackets take minutes.
_MOST = 500  # of one of them
_LONGEST = 30_000  # characters of a paragraph
_DEEPEST = 100  # quotations within another


class Text:
    """Sets and checks the texts of one file; what is wrong is a fault."""

    def __init__(self, setter: Typesetter, file: Report) -> None:
        """Take what sets texts, and where to report."""
        self.setter = setter
        self.file = file
        self.told: set[str] = set()  # tags that have a fault

    def html(self, piece: Piece) -> str | None:
        """Return the HTML of a piece; None, a fault, where it is too much to set."""
        if _is_too_much(piece, self.file):
            return None
        html = self.setter.block(piece.text)
        if piece.cites:
            html = mark_citations(html)
        slips.check(piece, _MARKUP.sub("", html), self.file)
        return resolve(html, self._address_of_file)

    def _address_of_file(self, name: str) -> str:
        """Return the address of a file that `{static}` or `{attach}` names.

        A source is left as `{filename}` for later: its address is in its header.
        """
        if name.endswith(".md"):
            return f"{{filename}}{name}"
        return "/" + named_file(name, self.file.path).partition("/")[2]

    def block(self, piece: Piece, of: str) -> str:
        """Return the HTML of a block, which is checked; `of` names it in messages."""
        html = self.html(piece)
        if html is None:
            return ""
        if _NO_CONTENT.fullmatch(html):
            remedy = "write it or remove the block"
            self.file.add(piece.line, f"{of} is empty", "a block holds text", remedy)
        self.check(html, piece.body, piece.line)
        headings = (text_of(it[2]) for it in _HEADING.finditer(html))
        heading = next(filter(None, headings), "")
        if heading:
            self.file.add(
                _line_with(heading.split()[0], piece.body, piece.line),
                f'{of} holds the heading "{heading}"',
                "headings stand between blocks",
                "move it out or make it bold text",
            )
        return html

    def check(self, html: str, lines: Sequence[Line], line: int) -> None:
        """Report Markdown that stayed text, and HTML that does harm.

        The fault is told at the first of some lines that has it, else at `line`.
        """
        for shown, *said in slips.find_in_html(_CODE.sub("", html)):
            self.file.add(_line_with(shown, lines, line), *said)
        tag = _find_half(html)
        # Of an element around a block or a heading both halves stand alone.
        if tag and tag.replace("</", "<") not in self.told:
            self.told.add(tag)
            self.file.add(
                _line_with(tag, lines, line),
                f'"{tag}" stands without its other half',
                "text may hold elements of HTML, each with its end",
                "add the other tag, or remove this one; write &lt; for the sign",
            )
        names = [it for it in _find_harmful(html) if it != tag.strip("</>")]
        if names:
            shown = '", "'.join(names)
            self.file.add(
                _line_with(names[0], lines, line),
                f'this text holds "{shown}", which may run a script, set a style or '
                "break the page",
                "Markdown is allowed, and HTML without scripts, styles, forms and what "
                "belongs to a page's head",
                "remove it, close its tag, or write &lt; for the sign",
            )


def _is_too_much(piece: Piece, file: Report) -> bool:
    """Return whether a text would take Markdown minutes, which is a fault."""
    for lines in piece.paragraphs():
        text = "\n".join(line.text for line in lines)
        most = max(map(text.count, "[<{"))
        depth = max(line.text.count("> ") for line in lines)
        if len(text) > _LONGEST or most > _MOST or depth > _DEEPEST:
            file.add(
                lines[0].number,
                f"a paragraph of {len(text)} characters, {most} of them brackets, is "
                "too much",
                f"{_LONGEST} characters, {_MOST} brackets of a kind and {_DEEPEST} "
                "quotations within another are allowed",
                "shorten it, or part it by a blank line",
            )
            return True
    return False


def _line_with(text: str, lines: Iterable[Line], default: int) -> int:
    """Return the first of some lines with some text of their HTML, outside code.

    Typography changes quotation marks, so of a link the address is looked for too.
    """
    address = re.split(r"[(\[]", text)[-1].strip(")]")
    for needle in (text.split("\n", maxsplit=1)[0].rstrip(">"), address):
        for line in lines:
            if needle and not line.is_code and _plain(needle) in _plain(line.text):
                return line.number
    return default


def _plain(text: str) -> str:
    """Return a text as a parser of HTML reads names and addresses."""
    return "".join(unescape(text).lower().split()).replace("<?", "<!")


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
_TAG = re.compile(
    r"""<!--.*?-->|<(?P<end>/?)(?P<name>[a-z][\w-]*)(?:"[^"]*"|'[^']*'|[^>"'])*>""",
    re.DOTALL | re.IGNORECASE,
)


def _find_half(html: str) -> str:
    """Return the first tag that has no other half; "" if there is none."""
    opened: list[str] = []
    for tag in _TAG.finditer(html):
        name = (tag["name"] or "").lower()
        # Outside SVG the slash of <div/> means nothing (HTML Living Standard 13.1.2.1).
        closes_itself = "svg" in opened and tag[0].endswith("/>")
        if not name or closes_itself or name in defs.empty_tags:
            continue
        if not tag["end"]:
            opened.append(name)
        elif name not in opened:
            return f"</{name}>"
        elif opened[-1] == name:
            opened.pop()
        else:
            break
    return f"<{opened[-1]}>" if opened else ""


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
_SCHEMES = ("javascript:", "vbscript:", "data:", "blob:")  # that may run a script
# URL Standard 4.4: these are removed from an address before it is read.
_REMOVED = re.compile(r"[\0-\x20]")
_ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!['\"#\s])", re.IGNORECASE)
# Tags that a parser drops or adds to the elements that every page has.
_OF_THE_PAGE = re.compile(r"<(?:!?doctype|html|head|body)(?=[\s/>])", re.IGNORECASE)
_END = "<wbr data-end-of-text>"


@lru_cache(maxsize=2**14)
def _find_harmful(html: str) -> tuple[str, ...]:
    """Return, once each, elements, attributes and schemes that are not harmless.

    A tag or an attribute that is not closed takes in what follows: it is `<`, and a
    comment or an instruction `<!`.
    """
    if "<" not in html:
        return ()
    names = [tag[1:].lower() for tag in _OF_THE_PAGE.findall(html)]
    root = lxml.html.fragment_fromstring(html + _END, create_parent="div")
    has_end = False
    found: list[str] = []
    for element in root.iterdescendants():
        has_end = has_end or "data-end-of-text" in element.attrib
        found += _harmful_in(element)
    if not has_end and not found:
        found = ["<"]
    return tuple(dict.fromkeys(names + found))


def _harmful_in(element: lxml.html.HtmlElement) -> Iterator[str]:
    """Yield what is not harmless in one element, its children aside."""
    if not isinstance(element.tag, str):
        yield "<!"
        return
    is_text = element.tag in _ELEMENTS
    if not is_text and element.tag not in _DRAWING:
        yield element.tag
    for name, value in element.attrib.items():
        is_known = name in _ATTRIBUTES or name.startswith(_FAMILIES)
        if name.startswith(_HARMFUL) or (is_text and not is_known):
            yield name
        if name in _ADDRESSES:
            address = _REMOVED.sub("", value).lower()
            yield from (it for it in _SCHEMES if address.startswith(it))
        elif not is_text and _ELSEWHERE.search(value):
            yield "url("
