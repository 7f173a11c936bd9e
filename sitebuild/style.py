"""What a page weighs beside its text: the style sheet that each carries, and white space that none needs."""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_letters

import rcssmin

_FIRST = ("tokens", "reset", "base", "layout")
_LAST = ("utilities", "print")
# White space in these is kept; next to a tag of these it shows nowhere (HTML Living Standard 15.3: they are blocks).
_KEPT = r"<(pre|textarea|script|style)\b.*?</\1>"
_BLOCKS = (
    "html|head|title|meta|link|body|header|main|article|section|aside|nav|footer|div|details|summary|figure|figcaption"
    "|h[1-6]|p|ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tr|th|td|blockquote|path"
)
_SPACE = re.compile(rf"{_KEPT}|\s*(</?(?:{_BLOCKS})\b[^>]*>)\s*|\s{{2,}}|[^\S ]", re.DOTALL)


def paths(folder: Path) -> list[Path]:
    """The files of a style sheet in the order of its layers; those of blocks/ by name."""
    blocks = sorted((folder / "blocks").glob("*.css"))
    return [*(folder / f"{name}.css" for name in _FIRST), *blocks, *(folder / f"{name}.css" for name in _LAST)]


def read_style(folder: Path) -> str:
    """All of it, minified, custom properties renamed to one letter.

    Raises FileNotFoundError where a layer's file is missing.
    """
    text = "".join(path.read_text("utf-8") for path in paths(folder))
    short: dict[str, str] = {}
    text = re.sub(r"--[a-z-]+", lambda name: short.setdefault(name[0], f"--{ascii_letters[len(short)]}"), text)
    first, *blocks = str(rcssmin.cssmin(text)).replace(";}", "}").split("}@layer blocks{")
    return "}@layer blocks{".join((first, "".join(blocks)))


def squeeze(page: str) -> str:
    """An HTML page without the white space that a browser would not show."""
    return _SPACE.sub(lambda found: found[0] if found[1] else found[2] or " ", page).strip()
