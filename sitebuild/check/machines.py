"""What is for machines is well formed: feeds, sitemap, JSON, style sheets, scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import etree

from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.active import find_active
from sitebuild.read.ignore import walk
from sitebuild.render.machines import SITEMAP_ADDRESSES

_ATOM = "{http://www.w3.org/2005/Atom}"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_SITEMAP_NAME = re.compile(r"sitemap(-\d+)?\.xml")
_SITEMAP_ROOTS = (f"{_SITEMAP}urlset", f"{_SITEMAP}sitemapindex")
_SITEMAP_BYTES = 52_428_800  # of one file (sitemaps.org, "Using Sitemap index files")
# RFC 4287, 4.1.1 and 4.1.2: what a feed and each of its entries have.
_OF_FEED = ("id", "title", "updated")
_CLOSES = {")": "(", "]": "[", "}": "{"}
# Comments, strings and brackets of CSS and JavaScript; a quotation mark by itself opens
# a string that does not end, and so does `/*` a comment.
_TOKENS = re.compile(
    r"""/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|/\*|["'(){}\[\]]""", re.DOTALL
)
_SCRIPT_TOKENS = re.compile(
    r"//[^\n]*|`(?:[^`\\]|\\.)*`|`"
    # a regular expression stands where a value may begin
    r"|(?:(?<=[=(,:;!&|?\[{}>\n])|(?<=return))[ \t]*/(?![*/])"
    r"(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/"
    r"|" + _TOKENS.pattern,
    re.DOTALL,
)
_KEPT = 2**6  # files of a theme that are remembered
_UNENDED = ('"', "'", "`", "/*")


@dataclass(frozen=True)
class _Broken:
    """What is wrong, and the line that it stands on."""

    line: int
    found: str


def check_files(
    files: Mapping[str, bytes],
    templates: str,
    allowed: Collection[str],
    report: Report,
) -> None:
    """Report built files for machines that no machine can read, at their template.

    `templates` is the name of the folder of templates. `allowed` names HTML that front
    matter allows.
    """
    for name, data in files.items():
        found = ""
        template = Path(name).name
        if _SITEMAP_NAME.fullmatch(name):
            found = _wrong_with_sitemap(data)
            template = "sitemap.xml"
        elif name.endswith(".xml"):
            found = _wrong_with_feed(data, allowed)
            template = "feed.xml"
        if found:
            report.add(
                SourceLine(f"{templates}/{template}", 1),
                f"it makes {name}, which {found}",
                "feeds are Atom, and a sitemap is XML of sitemaps.org",
                "correct the template",
            )


def _wrong_with_sitemap(data: bytes) -> str:
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError as error:
        return f"is not XML: {error.msg}"
    listed = len(root.findall(f".//{_SITEMAP}loc"))
    if root.tag not in _SITEMAP_ROOTS or not listed:
        return "lists no addresses"
    if listed > SITEMAP_ADDRESSES or len(data) > _SITEMAP_BYTES:
        return f"has {listed:,} addresses in {len(data):,} bytes, more than is allowed"
    return ""


def _wrong_with_feed(data: bytes, allowed: Collection[str]) -> str:
    """Return what is wrong with a feed; "" if nothing is."""
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError as error:
        return f"is not XML: {error.msg}"
    if root.tag != f"{_ATOM}feed":
        return "is not a feed"
    for element in [root, *root.findall(f"{_ATOM}entry")]:
        for name in _OF_FEED:
            if not element.findtext(f"{_ATOM}{name}"):
                return f"lacks an <{name}>"
    for content in root.iter(f"{_ATOM}content", f"{_ATOM}summary"):
        active = [it for it in find_active(content.text or "") if it not in allowed]
        if active:
            return f'holds "{active[0]}", which may run a script or set a style'
    return ""


def check_theme(theme: Path, name: Callable[[Path], str], report: Report) -> None:
    """Report style sheets and scripts in which a bracket, string or comment is open."""
    for found in sorted(walk(str(theme))):
        path = Path(found)
        if path.suffix not in (".css", ".js"):
            continue
        text = path.read_text("utf-8", "replace")
        broken = _broken(text, is_script=path.suffix == ".js")
        if broken:
            report.add(
                SourceLine(name(path), broken.line),
                broken.found,
                "each bracket, string and comment that is opened is closed",
                "correct it",
            )


@lru_cache(maxsize=_KEPT)
def _broken(text: str, *, is_script: bool) -> _Broken | None:
    """Return the first thing in a style sheet or script that is not closed."""
    tokens = _SCRIPT_TOKENS if is_script else _TOKENS
    opened: list[_Broken] = []
    for token in tokens.finditer(text):
        sign = token[0]
        line = text.count("\n", 0, token.start()) + 1
        if sign in _UNENDED:
            return _Broken(line, f"{sign} opens what does not end")
        if sign in _CLOSES.values():
            opened.append(_Broken(line, sign))
        if sign not in _CLOSES:
            continue
        if not opened or opened.pop().found != _CLOSES[sign]:
            return _Broken(line, f"{sign} closes what is not open")
    if opened:
        return _Broken(opened[-1].line, f"{opened[-1].found} is not closed")
    return None
