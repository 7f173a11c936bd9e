"""The lists of the safety page: no sign or caution that was checked is lost from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import document, words
from lxml.html import HtmlElement
from projects import ROOT

EMERGENCY = "get-help-now"
URGENT = "see-someone-soon"
ASK = "ask-first-or-have-only-gentle-massage"
# One or two telling words of each point, in the box where it must stand.
POINTS = [
    (EMERGENCY, "numbness or tingling round your genitals"),
    (EMERGENCY, "passing urine"),
    (EMERGENCY, "bladder or bowels"),
    (EMERGENCY, "both legs"),
    (EMERGENCY, "chest"),
    (EMERGENCY, "accident"),
    (URGENT, "fever"),
    (URGENT, "weight loss"),
    (URGENT, "lump"),
    (URGENT, "shape"),
    (URGENT, "with rest"),
    (URGENT, "at night"),
    (URGENT, "cough or sneeze"),
    (URGENT, "shoulder blades"),
    (URGENT, "one leg"),
    (URGENT, "severe"),
    (URGENT, "week by week"),
    (URGENT, "a few weeks"),
    (ASK, "pregnant"),
    (ASK, "you take blood thinners"),
    (ASK, "or you have a bleeding disorder"),
    (ASK, "few platelets, the cells"),
    (ASK, "cancer"),
    (ASK, "broken, weak or infected"),
    (ASK, "blood clot"),
    (ASK, "bones are weak"),
    (ASK, "injury or an operation"),
    (ASK, "another illness"),
    (ASK, "do not have deep or forceful massage"),
]


@pytest.fixture(scope="module")
def page(built: Path) -> HtmlElement:
    """The safety page."""
    return document(built / "topics" / "contraindications" / "index.html")


@pytest.mark.parametrize(("box", "point"), POINTS)
def test_list_has_the_point(page: HtmlElement, box: str, point: str) -> None:
    """Each sign and each caution stands in the box that says how soon to act on it."""
    assert point in words(boxed(page, box)).lower()


def test_nothing_tells_readers_to_see_a_doctor_about_all_new_pain() -> None:
    """Most new pain settles, so what needs a doctor is told by more than that it is new."""
    for path in sorted((ROOT / "content").rglob("*.md")):
        assert "pain that is new" not in path.read_text("utf-8"), path.name


def boxed(page: HtmlElement, box: str) -> HtmlElement:
    """The box that has an id, or whose heading has it: the nearest that holds a list."""
    (found,) = page.xpath(f'//*[@id="{box}"]/ancestor-or-self::*[.//li][1]')
    return found
