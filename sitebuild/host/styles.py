"""Which styles the policies in the rules of a server allow, by their hashes.

The build allows the style of its own release. A deploy allows the one before too: the
rules and the pages on a server never change in the same moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SOURCE = re.compile(r"'sha256-[A-Za-z0-9+/]{43}='")
_STYLES = re.compile(rf"(?<=style-src ){_SOURCE.pattern}(?: {_SOURCE.pattern})*")


def is_source(text: str) -> bool:
    """Return whether a text is a hash as policies have it (CSP 3, 2.3.1)."""
    return bool(_SOURCE.fullmatch(text))


def find_styles(rules: str) -> tuple[str, ...]:
    """Return the hashes of styles that rules allow, sorted."""
    found: set[str] = set()
    for sources in _STYLES.findall(rules):
        found |= set(sources.split())
    return tuple(sorted(found))


def allow_styles(rules: str, styles: Iterable[str]) -> str:
    """Return rules that allow these styles wherever they allow any.

    The order is always the same, so that equal sets give equal rules.
    """
    sources = " ".join(sorted(styles))
    return _STYLES.sub(sources, rules) if sources else rules
