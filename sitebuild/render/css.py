"""The style sheet that every page carries."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from string import ascii_letters

import rcssmin

_FIRST = ("tokens", "reset", "base", "layout")
_LAST = ("utilities", "print")


def paths(folder: Path) -> list[Path]:
    """The files of a style sheet in the order of its layers; those of blocks/ by name."""
    blocks = sorted((folder / "blocks").glob("*.css"))
    return [
        *(folder / f"{name}.css" for name in _FIRST),
        *blocks,
        *(folder / f"{name}.css" for name in _LAST),
    ]


def read_style(folder: Path) -> str:
    """All of it, minified, custom properties renamed to one letter.

    Raises FileNotFoundError where a layer's file is missing.
    """
    return _minified("".join(path.read_text("utf-8-sig") for path in paths(folder)))


@lru_cache(maxsize=1)
def _minified(text: str) -> str:
    short: dict[str, str] = {}
    text = re.sub(
        r"--[a-z-]+",
        lambda name: short.setdefault(name[0], f"--{ascii_letters[len(short)]}"),
        text,
    )
    first, *blocks = (
        str(rcssmin.cssmin(text)).replace(";}", "}").split("}@layer blocks{")
    )
    return "}@layer blocks{".join((first, "".join(blocks)))
