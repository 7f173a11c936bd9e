"""What a reader looks at stays in its place while an open page takes new text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from scripted import Scripted


def paragraphs(*numbers: int) -> str:
    """Return paragraphs of one line; some twenty fill a window."""
    return "".join(f"<p>Number {number}.</p>" for number in numbers)


def top_of(tab: Page, text: str) -> float:
    """Return where a paragraph begins in the window, in CSS pixels."""
    box = tab.get_by_text(text, exact=True).bounding_box()
    assert box
    return box["y"]


OTHER_PAGES = [
    pytest.param(
        paragraphs(100, 101, 102) + "<h2>More</h2>" + paragraphs(*range(80)),
        id="added at the start",
    ),
    pytest.param(
        paragraphs(0, 100, *range(1, 10), 101, *range(10, 80), 102),
        id="added in three places",
    ),
    pytest.param(paragraphs(*range(5, 80)), id="removed at the start"),
    pytest.param(
        paragraphs(*range(100, 110), *range(15, 80)), id="other text before it"
    ),
    pytest.param(
        paragraphs(100, *range(25), *range(26, 80)),
        id="a paragraph in the window removed",
    ),
]


@pytest.mark.parametrize("after", OTHER_PAGES)
def test_text_added_above_moves_nothing(
    scripted: Scripted, tab: Page, after: str
) -> None:
    """What a reader looks at stays where it is, whatever is added or removed above."""
    scripted.show(home=paragraphs(*range(80)))
    tab.goto(scripted.url)
    tab.evaluate("scrollTo(0, 700)")
    before = top_of(tab, "Number 22.")
    scripted.show(home=after)
    expect(tab.locator("body > p")).to_have_count(after.count("<p>"))
    assert abs(top_of(tab, "Number 22.") - before) < 1


def test_text_added_to_a_paragraph_that_begins_above_moves_nothing(
    scripted: Scripted, tab: Page
) -> None:
    """A paragraph that is half in the window may grow; what follows it stays."""
    long = "<p id=long>{}" + "word " * 800 + "</p>"
    scripted.show(home=long.format("") + paragraphs(*range(80)))
    tab.goto(scripted.url)
    tab.evaluate("scrollTo(0, document.getElementById('long').offsetHeight - 50)")
    before = top_of(tab, "Number 5.")
    scripted.show(home=long.format("more " * 400) + paragraphs(*range(80)))
    expect(tab.locator("#long")).to_contain_text("more")
    assert abs(top_of(tab, "Number 5.") - before) < 1


def test_a_page_at_its_start_stays_there(scripted: Scripted, tab: Page) -> None:
    """A reader at the start of a page sees what is added there."""
    scripted.show(home=paragraphs(*range(80)))
    tab.goto(scripted.url)
    scripted.show(home=paragraphs(100, *range(80)))
    expect(tab.get_by_text("Number 100.", exact=True)).to_be_in_viewport()
    assert tab.evaluate("scrollY") == 0


def test_elements_with_ids_stay_the_same_elements(
    scripted: Scripted, tab: Page
) -> None:
    """A passage keeps its element, and so focus and selection, where others come."""
    section = "<section id={0}><p>{0} {1}</p><input></section>"
    before = [section.format(name, "old") for name in "abc"]
    after = [section.format(name, "new") for name in "xabyc"]
    scripted.show(home="".join(before))
    tab.goto(scripted.url)
    tab.locator("#b input").fill("typed")
    tab.locator("#b input").focus()
    scripted.show(home="".join(after))
    expect(tab.locator("#b p")).to_have_text("b new")
    assert tab.locator("section").evaluate_all("all => all.map(one => one.id)") == [
        *"xabyc"
    ]
    expect(tab.locator("#b input")).to_have_value("typed")
    expect(tab.locator("#b input")).to_be_focused()
