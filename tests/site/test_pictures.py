"""Pictures are opened before they are published, and their size is put on them."""

from __future__ import annotations

from io import BytesIO

import pytest
from bread import bake
from PIL import Image
from projects import Project

WIDE = (40, 10)
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20">{}</svg>'


def picture(kind: str = "PNG", **options: object) -> bytes:
    """Return a picture of 40 by 10 pixels."""
    data = BytesIO()
    Image.new("RGB", WIDE, "red").save(data, kind, **options)
    return data.getvalue()


def turned() -> bytes:
    """Return a picture that its Exif turns by 90 degrees."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return picture("JPEG", exif=exif)


@pytest.fixture(scope="module")
def bread(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The site on bread, which the tests of this module share."""
    return bake(tmp_path_factory.mktemp("pictures") / "bread", SEARCH_INDEX=False)


def show(project: Project, name: str, data: bytes, text: str) -> list[str]:
    """Return the faults of a site whose page shows a picture."""
    page = "content/pages/shown.md"
    head = "title: P\nslug: shown\nstatus: published\nsummary: S.\n\n"
    project.write(f"content/images/{name}", data)
    project.write(page, f"{head}{text}\n")
    try:
        return project.faults()
    finally:
        (project.root / f"content/images/{name}").unlink()
        (project.root / page).unlink()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.png", b"", "the picture is empty"),
        ("a.png", b"<!DOCTYPE html>", "cannot be opened"),
        ("a.png", picture()[:60], "cannot be opened"),
        ("a.jpg", picture("JPEG")[:-200], "cannot be opened"),
        ("a.png", picture("JPEG"), "the picture is JPEG, and its name ends with .png"),
        ("a.JPG", picture("PNG"), "the picture is PNG, and its name ends with .jpg"),
        ("a.svg", b"<svg", "the drawing is not XML"),
        ("a.svg", b"<html/>", "the drawing is not SVG"),
        ("a.svg", b'<svg width="10" height="10"><rect/></svg>', "has no xmlns"),
        ("a.heic", b"x", "no browser shows HEIC files"),
        ("a.TIFF", picture("TIFF"), "no browser shows TIFF files"),
        ("a.svg", DRAWING.format("<script/>").encode(), "a script or an animation"),
        ("a.svg", DRAWING.format("<g onclick='x'/>").encode(), 'animation in "g"'),
        ("a.svg", DRAWING.format("<animate/>").encode(), 'animation in "animate"'),
    ],
)
def test_a_picture_that_is_none_is_a_fault(
    name: str, data: bytes, says: str, bread: Project
) -> None:
    """Empty, false and broken files are named, with what is wrong."""
    (fault,) = show(bread, name, data, "Words.")
    assert fault.startswith(f"content/images/{name}:1: ")
    assert says in fault


@pytest.mark.parametrize(
    ("name", "data", "text", "html"),
    [
        ("a.png", picture(), "![x](/images/a.png)", 'width="40" height="10">'),
        ("a.jpg", turned(), "![x](/images/a.jpg)", 'width="10" height="40">'),
        ("a.webp", picture("WEBP"), "![x](/images/a.webp)", 'width="40" height="10">'),
        ("a b.png", picture(), "![x](/images/a%20b.png)", 'width="40" height="10">'),
        ("a.png", picture(), "![x]({static}/images/a.png)", 'width="40" height="10">'),
        ("a.png", picture(), "![x]({attach}../images/a.png)", 'width="40" height="10"'),
        (
            "a.svg",
            DRAWING.format("").encode(),
            "![x](/images/a.svg)",
            'width="30" height="20">',
        ),
        (
            "a.png",
            picture(),
            "![x](/images/a.png){: width=4 height=1 }",
            'height="1" src="/images/a.png" width="4">',
        ),
    ],
)
def test_a_picture_has_its_size(
    name: str, data: bytes, text: str, html: str, bread: Project
) -> None:
    """Width and height are those of the file as it is shown, unless they are given."""
    assert show(bread, name, data, text) == []
    page = bread.page("/shown/")
    assert html in page


def test_a_picture_of_a_draft_is_checked_too(bread: Project) -> None:
    """What is wrong with a file is found before somebody shows it."""
    assert show(bread, "unused.png", b"x", "Words.") != []


def test_a_name_with_its_accents_apart_is_found(bread: Project) -> None:
    """MacOS writes a letter and its accent as two characters, and texts as one."""
    assert show(bread, "cafe\u0301.png", picture(), "![x](/images/caf\u00e9.png)") == []
    assert 'width="40" height="10"' in bread.page("/shown/")
    assert (bread.root / "output/images/caf\u00e9.png").is_file()


def test_what_a_camera_writes_is_not_published(bread: Project) -> None:
    """The place where a picture was taken is left out, and it is turned as it says."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Bea Baker"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    data = picture("JPEG", exif=exif)
    assert b"Bea Baker" in data
    assert show(bread, "a.jpg", data, "![x](/images/a.jpg)") == []
    public = (bread.root / "output/images/a.jpg").read_bytes()
    assert b"Bea Baker" not in public
    with Image.open(BytesIO(public)) as image:
        assert (image.size, dict(image.getexif())) == ((10, 40), {})


def test_a_picture_is_no_wider_than_pages_can_use(bread: Project) -> None:
    """A photograph of 4,000 pixels is made smaller, and its page has the new size."""
    data = BytesIO()
    Image.radial_gradient("L").resize((4000, 3000)).convert("RGB").save(data, "JPEG")
    assert show(bread, "a.jpg", data.getvalue(), "![x](/images/a.jpg)") == []
    assert 'width="1600" height="1200"' in bread.page("/shown/")
    with Image.open(bread.root / "output/images/a.jpg") as image:
        assert image.size == (1600, 1200)


def test_a_picture_that_needs_nothing_stays_as_it_is(bread: Project) -> None:
    """Byte for byte."""
    assert show(bread, "a.png", picture(), "![x](/images/a.png)") == []
    assert (bread.root / "output/images/a.png").read_bytes() == picture()
