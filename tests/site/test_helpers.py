"""What the tests themselves lean on."""

from __future__ import annotations

from pathlib import Path

import drawing
import resvg_py
from helpers import axe, school_grade
from playwright.sync_api import Browser


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
