"""Sources cited in a text, in Pandoc's form: `[@key; @key]`.

Until a page numbers its references, a citation is an empty element that no reader and
no search sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_KEY = r"@[\w:.-]*\w"
WRITTEN = re.compile(rf"\s*\[({_KEY}(?:;\s*{_KEY})*)\]")
_MARKED = re.compile(r'<sup data-cites="([^"]*)"></sup>')


def mark(html: str) -> str:
    """Return HTML with an empty element in the place of each citation."""
    return WRITTEN.sub(lambda it: f'<sup data-cites="{_names(it[1])}"></sup>', html)


def _names(written: str) -> str:
    return " ".join(part.strip().removeprefix("@") for part in written.split(";"))


def keys(html: str) -> tuple[str, ...]:
    """Return the keys of all sources that some marked HTML cites."""
    return tuple(key for found in _MARKED.findall(html) for key in found.split())


def numbered(html: str, link: Callable[[str], str]) -> str:
    """Return marked HTML with `link(key)` for each source that it cites."""

    def links(found: re.Match[str]) -> str:
        return f"<sup>{', '.join(map(link, found[1].split()))}</sup>"

    return _MARKED.sub(links, html)
