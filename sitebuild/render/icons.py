"""Draw the icons that browsers ask for by name: favicon.ico, apple-touch-icon.png."""

from __future__ import annotations

from io import BytesIO

from PIL import (
    IcoImagePlugin,  # noqa: F401 - else Pillow imports all of its formats to find it
    Image,
    ImageColor,
)

from sitebuild.render import cards

# Sides of the pictures in an .ico, in pixels: a tab, one on a fine screen, a shortcut.
FAVICON_SIDES = (16, 32, 48)
# Side of the icon that iOS puts on a home screen, in pixels, and how much of it the
# mark takes.
TOUCH_SIDE = 180
_TOUCH_SHARE = 0.66


def favicon(mark: bytes, colours: tuple[str, str, str]) -> bytes:
    """Return an .ico with the strokes of an SVG in the accent colour on nothing.

    `colours` are ink, paper and accent. Raises what `cards.strokes` raises.
    """
    pictures = [_tab(mark, side, colours[2]) for side in FAVICON_SIDES]
    ico = BytesIO()
    pictures[-1].save(
        ico,
        "ICO",
        sizes=[(side, side) for side in FAVICON_SIDES],
        append_images=pictures[:-1],
    )
    return ico.getvalue()


def touch_icon(mark: bytes, colours: tuple[str, str, str]) -> bytes:
    """Return a PNG with the strokes of an SVG in the accent colour on paper.

    iOS rounds its corners.
    """
    _, paper, accent = colours
    icon = Image.new("RGB", (TOUCH_SIDE, TOUCH_SIDE), ImageColor.getrgb(paper))
    side = round(TOUCH_SIDE * _TOUCH_SHARE)
    corner = (TOUCH_SIDE - side) // 2
    icon.paste(ImageColor.getrgb(accent), (corner, corner), cards.strokes(mark, side))
    png = BytesIO()
    icon.quantize(16).save(png, "PNG")
    return png.getvalue()


def _tab(mark: bytes, side: int, colour: str) -> Image.Image:
    """Return the strokes alone, the rest clear."""
    picture = Image.new("RGBA", (side, side), (*ImageColor.getrgb(colour)[:3], 0))
    picture.putalpha(cards.strokes(mark, side))
    return picture
