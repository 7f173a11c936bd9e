"""The style sheet that every page carries."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import rcssmin

_FIRST = ("tokens", "reset", "base", "layout")
_LAST = ("utilities", "print")


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


@lru_cache(maxsize=1)
def _minified(text: str) -> str:
    return str(rcssmin.cssmin(text))
