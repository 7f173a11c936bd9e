"""Recognises an ordinary Pelican article, whose text has no passages yet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sitebuild.faults import Fault
from sitebuild.model import SourceLine

_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*:")
# What Pelican's own front matter has and that of this site has not.
_PELICANS = frozenset({"author", "authors", "category", "lang", "tags", "translation"})
_BLOCK = re.compile(r"\s*//")


def is_ordinary(lines: Sequence[str]) -> bool:
    """Return whether the lines of a file are a Pelican article without any block."""
    if any(_BLOCK.match(line) for line in lines):
        return False
    names = []
    for line in lines:
        found = _FIELD.match(line)
        if not found:
            break
        names.append(found[1])
    known = any(name.lower() in _PELICANS for name in names)
    return known or any(name[0].isupper() for name in names)


def fault(path: str) -> Fault:
    """Return the one fault of such a file, which says what to write."""
    return Fault(
        SourceLine(path, 1),
        "this is an ordinary Pelican article: its text has no passages",
        "an article opens with title, slug, date, status and summary, and each part of "
        "its text stands between `/// passage | its-id` and `///`",
        "wrap the paragraphs that belong to a topic in these lines",
    )
