"""Social cards: the picture that a link to a page brings along, drawn from its title and the line under it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageFont

# What the Open Graph tags of every page say of its card, in pixels.
SIZE = (1200, 630)
_MARGIN = 88
_FONT = files("font_source_serif_pro") / "files" / "SourceSerifPro-Semibold.ttf"
# One channel holds both colours: text is ink (0) or accent (255) on paper (127), edges lie between, a palette names them.
_INK, _PAPER, _ACCENT = 0, 127, 255


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    with _FONT.open("rb") as file:
        return ImageFont.truetype(BytesIO(file.read()), size)


def _palette(ink: str, paper: str, accent: str) -> list[int]:
    """256 colours from ink over paper to accent, as PNG wants them."""
    channels = zip(*(ImageColor.getrgb(colour)[:3] for colour in (ink, paper, accent)), strict=True)
    steps = [
        [round(one + (two - one) * n / _PAPER) for n in range(_PAPER)]
        + [round(two + (three - two) * n / (_ACCENT - _PAPER)) for n in range(_ACCENT - _PAPER + 1)]
        for one, two, three in channels
    ]
    return [value for colour in zip(*steps, strict=True) for value in colour]


def _wrap(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > SIZE[0] - 2 * _MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _set_title(title: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The lines of a title at the largest size at which they fit."""
    for size in range(84, 24, -6):
        font = _font(size)
        lines = _wrap(title, font)
        if len(lines) * size * 1.2 <= 330 and max(map(font.getlength, lines)) <= SIZE[0] - 2 * _MARGIN:
            break
    return lines, font


@cache
def draw(title: str, line: str, site: str, colours: tuple[str, str, str]) -> bytes:
    """A PNG with a title, a line under it and the site's name over it; `colours` are ink, paper and accent."""
    image = Image.new("L", SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 24, SIZE[1]), fill=_ACCENT)
    pen.text((_MARGIN, 112), site, _ACCENT, _font(38), "ls")
    lines, font = _set_title(title)
    for number, words in enumerate(lines):
        pen.text((_MARGIN, 172 + font.size + number * font.size * 1.2), words, _INK, font, "ls")
    pen.text((_MARGIN, SIZE[1] - 72), _wrap(line, _font(32))[0], _INK, _font(32), "ls")
    image.putpalette(_palette(*colours))
    png = BytesIO()
    image.save(png, "PNG", compress_level=9)
    return png.getvalue()
