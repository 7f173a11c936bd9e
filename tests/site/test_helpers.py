"""What the tests themselves lean on."""

from __future__ import annotations

from pathlib import Path

import drawing
import pytest
import resvg_py
from helpers import axe, document, school_grade, select, words
from playwright.sync_api import Browser

PAGE = "<main><p>One</p><p class='last'>Two</p></main>"


def test_select_returns_every_match() -> None:
    """All elements that match are returned, in the order of the page."""
    assert [words(found) for found in select(document(PAGE), "main p")] == [
        "One",
        "Two",
    ]


def test_select_fails_without_a_match() -> None:
    """A test that looks for what is not there fails and says what it looked for."""
    with pytest.raises(AssertionError, match=r"nothing matches 'section\.passage'"):
        select(document(PAGE), "section.passage")


def test_what_is_shared_is_made_once(once, tmp_path: Path) -> None:
    """The second who asks for a shared folder gets what the first made."""
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").touch()

    name = f"of-{tmp_path.name}"
    assert once(name, make) == once(name, make)
    assert len(made) == 1


def test_a_failure_to_share_is_not_kept(once, tmp_path: Path) -> None:
    """After a failure the next who asks makes the folder again, from nothing."""

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError

    def make(folder: Path) -> None:
        (folder / "whole").touch()

    name = f"of-{tmp_path.name}"
    with pytest.raises(OSError):  # noqa: PT011 - the one raised above
        once(name, fail)
    assert [path.name for path in once(name, make).iterdir()] == ["whole"]


def test_a_picture_is_drawn_once(tmp_path: Path, monkeypatch) -> None:
    """An equal order gives the bytes that it gives when it is drawn anew."""
    monkeypatch.setattr(resvg_py, "svg_to_bytes", None)
    orders = [
        {"svg_string": "<svg viewBox='0 0 2 1'><path d='M0 0h1v1z'/></svg>", "width": n}
        for n in (8, 9)
    ]
    for _ in range(2):
        drawing.remember(tmp_path, keeps=True)
        for order in orders:
            assert resvg_py.svg_to_bytes(**order) == bytes(drawing.draw(**order))
        assert len(list(tmp_path.iterdir())) == 2


def test_axe_sees_what_it_is_asked_for(chromium: Browser) -> None:
    """Contrast below that of AA and of AAA, and targets too small to touch, are found."""
    page = chromium.new_page()
    page.set_content(
        "<html lang=en><title>A</title><style>a {display: block; height: 9px}</style>"
        "<main><h1>A</h1><p style='color: #888'>AA</p><p style='color: #666'>AAA</p>"
        "<a href=/1>Small</a><a href=/2>Small</a></main>"
    )
    found = sorted(fault.partition(":")[0] for fault in axe(page))
    page.close()
    assert found == ["color-contrast", "color-contrast-enhanced", *["target-size"] * 2]


def test_school_grade() -> None:
    """Short words in short sentences are easy; long words in long ones are not."""
    easy = "The cat sat. The dog ran."
    hard = "Considerable deterioration of cardiovascular conditions necessitates care."
    assert school_grade(easy) < 1
    assert school_grade(hard) > 20
