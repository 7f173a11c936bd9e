"""The style sheet that every page carries."""

from __future__ import annotations

import re
from pathlib import Path

import rcssmin

_FIRST = ("tokens", "reset", "base", "layout")
_LAST = ("utilities", "print")
_ORDER = re.compile(r"@layer [\w,]+;")
# Where the minified sheet passes from one file to the first of blocks/ or the next.
_BLOCKS = "}@layer blocks{"


def paths(folder: Path) -> list[Path]:
    """Return the files of a style sheet in the order of its layers, blocks/ by name."""
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


def _minified(text: str) -> str:
    """Return a sheet without comments and white space, its blocks in one layer.

    Files stand in the order of the layers, so the sheet need not name it.
    """
    sheet = _ORDER.sub("", str(rcssmin.cssmin(text)), count=1)
    before, opening, after = sheet.partition(_BLOCKS)
    return before + opening + after.replace(_BLOCKS, "")
