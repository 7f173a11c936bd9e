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
