"""How today's two articles are built and worded: answer, headings, cautions."""

from __future__ import annotations

from pathlib import Path

from helpers import document

from sitebuild.derive import Site

BENEFITS = "benefits-of-massage"
WEEKLY = "weekly-massages"


def test_a_required_passage_is_a_caution(site: Site) -> None:
    """That massage helps some more than others protects nobody, so nothing requires it."""
    for key, passage in site.passages.items():
        assert f"{WEEKLY}/not-alike" not in passage.requires, key


def test_warning_signs_come_before_the_first_passage(built: Path) -> None:
    """An article leads to the signs of an emergency before it tells of massage."""
    for slug in (BENEFITS, WEEKLY):
        root = document(built / "articles" / slug / "index.html")
        signs = root.xpath("//main//a[contains(@href, '#get-help-now')]")
        texts = root.xpath("//main//*[@class='passage'][not(@id='before-you-book')]")
        order = list(root.iter())
        assert order.index(signs[0]) < order.index(texts[0]), slug


def test_what_says_the_same_is_named_once(site: Site) -> None:
    """One of two passages on blood flow stands for both, one of three on sitting for all."""
    same = {
        key: passage.block.options.same
        for key, passage in site.passages.items()
        if passage.block.options.same
    }
    assert same == {
        f"{WEEKLY}/blood-to-the-back": (f"{WEEKLY}/blood-and-healing",),
        f"{BENEFITS}/desk-hours": ("undoing-stiffness", "posture-and-repetition"),
    }
