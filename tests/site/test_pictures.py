"""Pictures are opened before they are published, and their size is put on them."""

from __future__ import annotations

from io import BytesIO

from helpers import document
from lxml.html import tostring
from PIL import Image
from projects import Project

WIDE = (40, 10)
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20">{}</svg>'


def picture(kind: str = "PNG", **options: object) -> bytes:
    """Return a picture of 40 by 10 pixels."""
    data = BytesIO()
    Image.new("RGB", WIDE, "red").save(data, kind, **options)
    return data.getvalue()


def of_camera() -> bytes:
    """Return a picture that is turned, and says who took it and where."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Bea Baker"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return picture("JPEG", exif=exif)


def photograph() -> bytes:
    """Return a picture of 4,000 pixels."""
    data = BytesIO()
    Image.radial_gradient("L").resize((4000, 3000)).convert("RGB").save(data, "JPEG")
    return data.getvalue()


def show(project: Project, pictures: dict[str, bytes], *texts: str) -> list[str]:
    """Return the faults of a site whose page shows pictures."""
    head = "title: P\nslug: shown\nstatus: published\nsummary: S.\n\n"
    project.write("content/pages/shown.md", head + "\n\n".join(texts) + "\n")
    for name, data in pictures.items():
        project.write(f"content/images/{name}", data)
    return project.faults()


BROKEN = {
    "empty.png": (b"", "the picture is empty"),
    "page.png": (b"<!DOCTYPE html>", "cannot be opened"),
    "half.png": (picture()[:60], "cannot be opened"),
    "half.jpg": (picture("JPEG")[:-200], "cannot be opened"),
    "a.png": (picture("JPEG"), "the picture is JPEG, and its name ends with .png"),
    "a.JPG": (picture("PNG"), "the picture is PNG, and its name ends with .jpg"),
    "a.svg": (b"<svg", "the drawing is not XML"),
    "page.svg": (b"<html/>", "the drawing is not SVG"),
    "bare.svg": (b'<svg width="10" height="10"><rect/></svg>', "has no xmlns"),
    "a.heic": (b"x", "no browser shows HEIC files"),
    "a.TIFF": (picture("TIFF"), "no browser shows TIFF files"),
    "script.svg": (DRAWING.format("<script/>").encode(), "a script or an animation"),
    "click.svg": (DRAWING.format("<g onclick='x'/>").encode(), 'animation in "g"'),
    "set.svg": (DRAWING.format("<animate/>").encode(), 'animation in "animate"'),
}


def test_a_picture_that_is_none_is_a_fault(bread: Project) -> None:
    """Empty, false and broken files are named, with what is wrong, though no page shows them yet."""
    faults = show(bread, {name: data for name, (data, _) in BROKEN.items()}, "Words.")
    assert len(faults) == len(BROKEN)
    for name, (_, says) in BROKEN.items():
        (fault,) = (it for it in faults if it.startswith(f"content/images/{name}:1: "))
        assert says in fault


SHOWN = {
    "![x](/images/a.png)": 'width="40" height="10">',
    "![x](/images/a.jpg)": 'width="10" height="40">',
    "![x](/images/a.webp)": 'width="40" height="10">',
    "![x](/images/a%20b.png)": 'width="40" height="10">',
    "![x]({static}/images/b.png)": 'width="40" height="10">',
    "![x]({attach}../images/c.png)": 'width="40" height="10">',
    "![x](/images/a.svg)": 'width="30" height="20">',
    "![x](/images/d.png){: width=4 height=1 }": 'height="1" src="/images/d.png" width="4">',
    # macOS writes a letter and its accent as two characters, and texts as one.
    "![x](/images/caf\u00e9.png)": 'width="40" height="10">',
    "![x](/images/wide.jpg)": 'width="1600" height="1200">',
}


def test_a_picture_is_published_with_its_size(bread: Project) -> None:
    """Width and height are those of the file as it is shown, unless they are given; what a camera writes is left out, and what needs no change is as it was."""
    names = ("a.png", "a b.png", "b.png", "c.png", "d.png", "cafe\u0301.png")
    pictures = dict.fromkeys(names, picture()) | {
        "a.jpg": of_camera(),
        "a.webp": picture("WEBP"),
        "a.svg": DRAWING.format("").encode(),
        "wide.jpg": photograph(),
    }
    assert show(bread, pictures, *SHOWN) == []
    images = document(bread.page("/shown/")).xpath("//main//img")
    for image, html in zip(images, SHOWN.values(), strict=True):
        assert html in tostring(image, encoding="unicode"), image.get("src")
    public = bread.root / "output/images"
    assert (public / "a.png").read_bytes() == picture()
    assert (public / "caf\u00e9.png").is_file()
    assert b"Bea Baker" in of_camera()
    assert b"Bea Baker" not in (public / "a.jpg").read_bytes()
    with Image.open(public / "a.jpg") as image:
        assert (image.size, dict(image.getexif())) == ((10, 40), {})
    with Image.open(public / "wide.jpg") as image:
        assert image.size == (1600, 1200)
