"""The pictures of a site: the card that a shared link shows, and icons.

Cards are drawn from the theme's template `card.svg`, icons from its mark.
"""

from __future__ import annotations

import struct
import textwrap
from importlib.resources import files
from typing import NamedTuple

# Sides of the pictures in an .ico, in pixels: a tab, one on a fine screen, a shortcut.
FAVICON_SIDES = (16, 32, 48)
_ICO_ENTRY = 16  # bytes
# Side of the icon that iOS puts on a home screen, whose corners it rounds.
TOUCH_SIDE = 180
# Titles: sizes in pixels, the room that lines have, and how wide a letter is at most.
_SIZES = range(84, 18, -6)
_ROOM = (1024, 330)
_LINE, _LETTER = 1.2, 0.54


class Title(NamedTuple):
    """The lines of a title and their size, as a template sets them."""

    size: int
    lines: tuple[str, ...]


def set_title(title: str) -> Title:
    """Return the lines of a title, as even as can be, at the largest size that fits."""
    for size in _SIZES:
        letters = int(_ROOM[0] / (size * _LETTER))
        lines = textwrap.wrap(title, letters, break_long_words=size == _SIZES[-1])
        is_narrow = max(map(len, lines), default=0) <= letters
        if is_narrow and len(lines) * size * _LINE <= _ROOM[1]:
            break
    for width in range(max(1, letters // 2), letters):
        even = textwrap.wrap(title, width, break_long_words=False)
        if len(even) == len(lines) and max(map(len, even)) <= letters:
            return Title(size, tuple(even))
    return Title(size, tuple(lines))


def draw(svg: str, side: int | None = None, style: str = "") -> bytes:
    """Return an SVG as a PNG, `side` pixels wide or as wide as it says.

    `style` is a sheet that goes before its own. Raises ValueError for what cannot be
    drawn.
    """
    import resvg_py  # noqa: PLC0415 - a build that draws nothing need not load it

    font = files("font_source_serif_pro") / "files" / "SourceSerifPro-Semibold.ttf"
    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=side,
        height=side,
        style_sheet=style or None,
        skip_system_fonts=True,
        font_files=[str(font)],
    )
    return bytes(png)


def favicon(mark: str, colour: str) -> bytes:
    """Return an .ico with the mark, an SVG of strokes, in a colour on nothing.

    Raises ValueError for a mark that cannot be drawn, or shows nothing.
    """
    style = f"svg{{stroke:{colour}}}"
    pictures = [draw(mark, side, style) for side in FAVICON_SIDES]
    if pictures[0] == draw("<svg/>", FAVICON_SIDES[0]):
        raise ValueError("the mark shows nothing")
    head = struct.pack("<HHH", 0, 1, len(pictures))
    place = len(head) + _ICO_ENTRY * len(pictures)
    for side, png in zip(FAVICON_SIDES, pictures, strict=True):
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(png), place)
        place += len(png)
    return head + b"".join(pictures)
