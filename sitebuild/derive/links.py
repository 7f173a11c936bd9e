"""Links of documents to files: Pelican's `{filename}`, and images in texts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
from urllib.parse import quote

from sitebuild.faults import Report
from sitebuild.model import Document, Heading, Part, SourceLine
from sitebuild.read.document import lines_of
from sitebuild.read.markdown import resolve

# What stands between two quotation marks, each mark beginning and ending one.
_QUOTED = re.compile(r'(?<=")[^"]*(?=")')


def resolve_links(
    document: Document, urls: Mapping[str, str], report: Report
) -> Document:
    """Return the document with its `{filename}` links as addresses.

    `urls` has the address of each published source file; any other is a fault.
    """
    parts = []
    for part in document.parts:
        parts.append(_resolve_part(part, document, urls, report))
    if all(new is old for new, old in zip(parts, document.parts, strict=True)):
        return document
    return replace(document, parts=tuple(parts))


def _resolve_part(
    part: Part, document: Document, urls: Mapping[str, str], report: Report
) -> Part:
    if isinstance(part, Heading):
        return part
    html = resolve(part.html, lambda name: _address(name, document, urls, report))
    return part if html == part.html else replace(part, html=html)


def _address(
    name: str, document: Document, urls: Mapping[str, str], report: Report
) -> str:
    """Return the address of a file, named relative to the document or to content/."""
    root = document.path.split("/")[0]
    base = root if name.startswith("/") else posixpath.dirname(document.path)
    path = posixpath.normpath(posixpath.join(base, name.lstrip("/")))
    if path.endswith(".md") and path not in urls:
        report.unknown(
            _line_of(name, document), f'a link names the file "{name}"', path, urls
        )
    return urls.get(path, path.removeprefix(root))


def _line_of(text: str, document: Document) -> SourceLine:
    for number, line in lines_of(document):
        if text in line:
            return SourceLine(document.path, number)
    return SourceLine(document.path, 1)


def _quoted(html: str) -> frozenset[str]:
    return frozenset(_QUOTED.findall(html))


def shown_files(
    documents: Iterable[Document], addresses: Iterable[str]
) -> frozenset[str]:
    """Return those addresses of files that a published text shows.

    What only drafts show stays out of the output.
    """
    addresses = frozenset(addresses)
    if not addresses:
        return addresses
    quoted: set[str] = set()
    for document in documents:
        if document.is_published:
            for part in document.parts:
                if not isinstance(part, Heading):
                    quoted |= _quoted(part.html)
    shown = set()
    for address in addresses:
        if not quoted.isdisjoint((address, quote(address), escape(address))):
            shown.add(address)
    return frozenset(shown)
