"""Pictures: opened to see that they are whole, and their size put on their elements.

With width and height a browser keeps a picture's place free (HTML 4.8.17).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import unquote

from lxml import etree
from PIL import Image, ImageOps

from sitebuild.faults import Report
from sitebuild.memory import Memory
from sitebuild.model import Document, Heading, SourceLine
from sitebuild.read.markdown import named_file
from sitebuild.read.tree import walk

FOLDER = "images"
_FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".gif": "GIF",
    ".webp": "WEBP",
    ".avif": "AVIF",
}
# Pictures that browsers do not show.
_NOT_SHOWN = ".heic .heif .tif .tiff .bmp .psd .raw .dng .cr2 .nef .jp2 .eps .ai .xcf"
_ALLOWED = "a picture is a whole file of the kind that its name ends with"
# The most pixels that a page can use: its column, on a screen of twice the density.
_WIDEST = 1600
# What cameras and programs write beside the picture, such as the place.
_NOTES = ("exif", "xmp", "photoshop", "comment", "Software", "Artist", "Description")
_QUALITY = 85
_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SIZED = re.compile(r"\s(?:width|height)\s*=", re.IGNORECASE)
_SRC = re.compile(r"""\ssrc\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_SVG = "http://www.w3.org/2000/svg"
# What runs in a drawing that is opened by itself.
_ACTIVE = ("script", "foreignobject", "iframe", "handler", "set", "animate")


class Size(NamedTuple):
    """The width and height of a picture in CSS pixels; 0 where it has none."""

    width: int
    height: int


def read_pictures(content: Path, report: Report, memory: Memory) -> dict[str, Size]:
    """Return the size of each picture by its path below the content folder.

    One that is empty, broken or of another kind than its name says is a fault.
    """
    sizes = {}
    for found in sorted(walk(str(content / FOLDER))):
        path = Path(found)
        name = normalize("NFC", path.relative_to(content).as_posix())
        try:
            given = (path.suffix.lower(), path.read_bytes())
            sizes[name] = memory.take(("picture", name), given, partial(_size, *given))
        except ValueError as error:
            report.add(
                SourceLine(f"{content.name}/{name}", 1),
                str(error),
                _ALLOWED,
                "export it again, or correct its name",
            )
    return sizes


def _size(suffix: str, data: bytes) -> Size:
    """Return the size of a picture; raises ValueError with what is wrong with it."""
    if not data:
        raise ValueError("the picture is empty")
    if suffix == ".svg":
        return _size_of_drawing(data)
    if suffix in _NOT_SHOWN.split():
        raise ValueError(
            f"no browser shows {suffix[1:].upper()} files: they show PNG, JPEG, WebP, "
            "AVIF, GIF and SVG"
        )
    if suffix not in _FORMATS:
        return Size(0, 0)
    try:
        with Image.open(BytesIO(data)) as image:
            image.load()
            found = str(image.format)
            width, height = (ImageOps.exif_transpose(image) or image).size
    except Exception:  # what Pillow raises depends on the kind of file
        raise ValueError("the picture cannot be opened: it is broken") from None
    if found not in (_FORMATS[suffix], "MPO"):
        raise ValueError(f"the picture is {found}, and its name ends with {suffix}")
    return Size(width, height) if found == "GIF" else _scaled(width, height)


def _scaled(width: int, height: int) -> Size:
    """Return the size of a picture as it is published."""
    if width <= _WIDEST:
        return Size(width, height)
    return Size(_WIDEST, max(1, round(height * _WIDEST / width)))


def published(data: bytes) -> bytes:
    """Return a picture as it is published, given as its bytes.

    It is turned as its camera says, has no notes of camera or program (the place where
    it was taken is one), and is no wider than pages can use. What needs no change, and
    what is no picture, stays as it is.
    """
    try:
        image = Image.open(BytesIO(data))
    except OSError:
        return data
    with image:
        kind = "JPEG" if image.format == "MPO" else str(image.format)
        is_noted = bool(image.getexif()) or any(it in image.info for it in _NOTES)
        if kind == "GIF" or not (is_noted or image.width > _WIDEST):
            return data
        colours = image.info.get("icc_profile")
        turned = ImageOps.exif_transpose(image) or image
        size = _scaled(*turned.size)
        if size != turned.size:
            turned = turned.resize(size, Image.Resampling.LANCZOS)
        plain = Image.new(turned.mode, turned.size)
        if turned.mode == "P" and turned.palette:
            plain.putpalette(turned.palette)
        plain.paste(turned)
        out = BytesIO()
        plain.save(out, kind, quality=_QUALITY, icc_profile=colours, optimize=True)
        return out.getvalue()


def _size_of_drawing(data: bytes) -> Size:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the drawing is not XML: {error.msg}") from None
    if etree.QName(root).localname != "svg":
        raise ValueError("the drawing is not SVG")
    if etree.QName(root).namespace != _SVG:
        raise ValueError(f'the drawing has no xmlns="{_SVG}", so no browser shows it')
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname.lower()
        handlers = [key for key in element.attrib if key.lower().startswith("on")]
        links = [value for value in element.attrib.values() if "script:" in value]
        if name.startswith(_ACTIVE) or handlers or links:
            raise ValueError(f'the drawing holds a script or an animation in "{name}"')
    box = (root.get("viewBox") or "").replace(",", " ").split()
    if len(box) != 4:
        return Size(0, 0)
    return Size(round(float(box[2])), round(float(box[3])))


def with_sizes(
    documents: Iterable[Document], sizes: Mapping[str, Size]
) -> list[Document]:
    """Return documents whose pictures have a width and a height.

    A picture that has either of them already keeps what it has.
    """
    found = []
    for document in documents:
        sized = partial(_sized, source=document.path, sizes=sizes)
        parts = tuple(
            part
            if isinstance(part, Heading) or "<img" not in part.html
            else replace(part, html=_IMAGE.sub(sized, part.html))
            for part in document.parts
        )
        found.append(replace(document, parts=parts))
    return found


def _sized(image: re.Match[str], source: str, sizes: Mapping[str, Size]) -> str:
    """Return an <img> with its size; as it is where the size is not known."""
    address = _SRC.search(image[0])
    if not address or _SIZED.search(image[0]):
        return image[0]
    _, _, name = named_file(unquote(address[1]), source).partition("/")
    size = sizes.get(normalize("NFC", name))
    if not size or not size.width:
        return image[0]
    end = "/>" if image[0].endswith("/>") else ">"
    rest = image[0].removesuffix(end).rstrip()
    return f'{rest} width="{size.width}" height="{size.height}"{end}'
