"""What a page weighs beside its text: the style sheet that each carries, and white space that none needs."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import rcssmin

_FIRST = ("tokens", "reset", "base", "layout")
_LAST = ("utilities", "print")
# White space in these is kept; next to a tag of these it shows nowhere (HTML Living Standard 15.3: they are blocks).
_KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
_BLOCKS = (
    "html|head|title|meta|link|body|header|main|article|section|aside|nav|footer|div|details|summary|figure|figcaption"
    "|h[1-6]|p|ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tr|th|td|blockquote|path"
)
_BEFORE, _AFTER = (
    re.compile(rf" (?=</?(?:{_BLOCKS})\b)"),
    re.compile(rf"(</?(?:{_BLOCKS})\b[^>]*>) "),
)


def paths(folder: Path) -> list[Path]:
    """The files of a style sheet in the order of its layers; those of blocks/ by name."""
    blocks = sorted((folder / "blocks").glob("*.css"))
    return [
        *(folder / f"{name}.css" for name in _FIRST),
        *blocks,
        *(folder / f"{name}.css" for name in _LAST),
    ]


def read_style(folder: Path) -> str:
    """Return the whole sheet, minified.

    Raises FileNotFoundError where a layer's file is missing.
    """
    return _minified("".join(path.read_text("utf-8-sig") for path in paths(folder)))


@lru_cache(maxsize=1)
def _minified(text: str) -> str:
    return str(rcssmin.cssmin(text))


def squeeze(page: str) -> str:
    """An HTML page without the white space that a browser would not show."""
    pieces = _KEPT.split(
        page
    )  # what is squeezed, what is kept, its tag, what is squeezed and so on
    pieces[::3] = [
        _BEFORE.sub("", _AFTER.sub(r"\1", _fold(piece))) for piece in pieces[::3]
    ]
    del pieces[2::3]
    return "".join(pieces).strip()


def _fold(text: str) -> str:
    """Each run of white space, as HTML counts it (a no-break space is none), as one space."""
    for space in "\n\t\r\f":
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text
