"""What a reader looks at stays in its place while an open page takes new text.

At every width: where notes stand in the margin a passage holds only what floats, and
its own box has no height.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from previews import ADDRESS, ARTICLE, NEW, OLD, Live
from test_preview_page import open_page

WIDTHS = (390, 700, 1100, 1280)
TEMPLATE = "theme/templates/article.html"
START = "{% block main %}\n"
HEAD = """title: Sourdough for beginners
slug: sour
date: 2026-01-02
status: published
summary: How a starter raises a loaf.

"""

# Keeps a frame from fading, so that no test has to look before it has.
HOLD = """
const animate = Element.prototype.animate;
Element.prototype.animate = function (...given) { animate.apply(this, given).pause(); };
"""


@pytest.fixture(scope="module", autouse=True)
def _frames_that_stay(window: BrowserContext) -> None:
    window.add_init_script(HOLD)


def article(numbers: Sequence[int], *, extra: str = "") -> str:
    """Return the article with a passage of one line for each number.

    One of them, number 22 if it is there, has the extra text, notes and a topic.
    """
    chosen = 22 if 22 in numbers else numbers[0]
    blocks = []
    for number in numbers:
        options = text = ""
        if number == chosen:
            options, text = "    topics: rising\n    evidence: starter-rises\n", extra
        block = f"/// passage | part-{number}\n{options}\nNumber {number}.{text}\n///\n"
        blocks.append(block)
    return HEAD + "\n".join(blocks)


def show_paragraphs(preview: Live, numbers: Sequence[int]) -> None:
    """Let the template of articles begin with a paragraph for each number."""
    before, start, after = preview.project.read(TEMPLATE).partition(START)
    after = re.sub("^<div>.*?</div>", "", after)
    text = "".join(f"<p>Number {number}.</p>" for number in numbers)
    preview.project.write(TEMPLATE, f"{before}{start}<div>{text}</div>{after}")


def box_of(tab: Page, text: str) -> dict[str, float]:
    """Return where a paragraph stands in the window, in CSS pixels."""
    box = tab.locator("main").get_by_text(text).first.bounding_box()
    assert box
    return box


def marks_of(tab: Page) -> list[dict[str, float]]:
    """Return where the frames stand that fade around what changed."""
    return tab.evaluate("""() => {
        const framed = document.getAnimations().map(({ effect }) => effect.target);
        return Array.from(new Set(framed), element => {
            const { x, y, width, height } = element.getBoundingClientRect();
            const { outlineOffset, outlineWidth } = getComputedStyle(element);
            const around = parseInt(outlineOffset) + parseInt(outlineWidth);
            return { x: x - around, y: y - around,
                width: width + 2 * around, height: height + 2 * around };
        });
    }""")


def scroll_to(tab: Page, text: str, top: int) -> None:
    """Scroll so that a paragraph begins so far below the top of the window."""
    y = box_of(tab, text)["y"]
    tab.evaluate("y => scrollBy({ top: y, behavior: 'instant' })", y - top)


OTHER_PAGES = (
    [100, 101, 102, *range(50)],  # added at the start
    [0, 100, *range(1, 10), 101, *range(10, 50), 102],  # added in three places
    [*range(5, 50)],  # removed at the start
    [*range(100, 110), *range(15, 50)],  # other text before it
    [100, *range(23), *range(24, 50)],  # a paragraph in the window removed
)


# The long runs have the other widths of each kind, with and without notes in the margin.
@pytest.mark.parametrize(
    "width",
    [390, 1100, *(pytest.param(it, marks=pytest.mark.long) for it in (700, 1280))],
)
def test_text_added_above_moves_nothing(preview: Live, tab: Page, width: int) -> None:
    """What a reader looks at stays where it is, whatever is added or removed above.

    Here by a template: to an edit of a passage the page is led.
    """
    tab.set_viewport_size({"width": width, "height": 700})
    show_paragraphs(preview, range(50))
    open_page(tab, preview, ADDRESS)
    scroll_to(tab, "Number 22.", 60)
    before = box_of(tab, "Number 22.")["y"]
    paragraphs = tab.get_by_text(re.compile(r"^Number \d+\.$"))
    for after in OTHER_PAGES:
        show_paragraphs(preview, after)
        expect(paragraphs).to_have_text([f"Number {number}." for number in after])
        assert abs(box_of(tab, "Number 22.")["y"] - before) < 1, after


@pytest.mark.parametrize("width", WIDTHS)
def test_an_edit_is_marked_and_led_to(preview: Live, tab: Page, width: int) -> None:
    """The mark is as high and as wide as the edited text, and the page stays.

    Where nothing that changed is in the window, the window goes to it.
    """
    tab.set_viewport_size({"width": width, "height": 700})
    preview.project.write(ARTICLE, article(range(50)))
    open_page(tab, preview, ADDRESS)
    for top in (300, -5):  # in the middle of the window, and half out of it
        scroll_to(tab, "Number 22.", top)
        before = tab.evaluate("scrollY")
        preview.project.write(ARTICLE, article(range(50), extra=f" Now {top}."))
        text = tab.locator("main").get_by_text(f"Now {top}.")
        expect(text).to_be_visible()
        assert tab.evaluate("scrollY") == before
        (around,), inside = marks_of(tab), text.bounding_box()
        assert around["y"] < inside["y"]
        assert around["x"] < inside["x"]
        assert around["y"] + around["height"] > inside["y"] + inside["height"]
        assert around["x"] + around["width"] > inside["x"] + inside["width"]
        assert around["height"] < inside["height"] + 30
    for y in (0, 10**6):
        tab.evaluate("y => scrollTo({ top: y, behavior: 'instant' })", y)
        preview.project.write(ARTICLE, article(range(50), extra=f" Now {y}."))
        expect(tab.locator("main").get_by_text(f"Now {y}.")).to_be_in_viewport(ratio=1)


def test_an_edit_of_a_folded_passage_opens_it(preview: Live, tab: Page) -> None:
    """On a page that shows its title alone the passage opens, and is marked."""
    open_page(tab, preview, "/topics/rising/")
    passage = tab.locator("#sour-wild-yeast")
    expect(passage).not_to_have_attribute("open", "")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(passage).to_have_attribute("open", "")
    assert len(marks_of(tab)) == 1
    expect(passage.get_by_text(NEW)).to_be_in_viewport()


def test_a_changed_title_is_marked(preview: Live, tab: Page) -> None:
    """A title is marked like any other text."""
    open_page(tab, preview, ADDRESS)
    preview.project.edit(ARTICLE, ("title: Sourdough", "title: Sour dough"))
    expect(tab.locator("h1")).to_contain_text("Sour dough")
    inside = tab.locator("h1").bounding_box()
    around = marks_of(tab)[0]
    assert around["y"] < inside["y"] < around["y"] + around["height"]


def test_text_added_to_a_paragraph_that_begins_above_moves_nothing(
    preview: Live, tab: Page
) -> None:
    """A paragraph that is half in the window may grow; what follows it stays."""
    long = article(range(50), extra=" " + "word " * 800)
    preview.project.write(ARTICLE, long)
    open_page(tab, preview, ADDRESS)
    scroll_to(tab, "Number 23.", 100)
    before = box_of(tab, "Number 23.")["y"]
    more = article(range(50), extra=" " + "more " * 400 + "word " * 800)
    preview.project.write(ARTICLE, more)
    expect(tab.locator("#part-22")).to_contain_text("more")
    assert abs(box_of(tab, "Number 23.")["y"] - before) < 1


def test_a_page_at_its_start_stays_there(preview: Live, tab: Page) -> None:
    """A reader at the start of a page sees what is added there."""
    preview.project.write(ARTICLE, article(range(50)))
    open_page(tab, preview, ADDRESS)
    preview.project.write(ARTICLE, article([100, *range(50)]))
    expect(tab.locator("main").get_by_text("Number 100.")).to_be_in_viewport()
    assert tab.evaluate("scrollY") == 0


def test_elements_with_ids_stay_the_same_elements(preview: Live, tab: Page) -> None:
    """A passage keeps its element, and so focus and selection, where others come."""
    preview.project.write(ARTICLE, article(range(5)))
    open_page(tab, preview, ADDRESS)
    tab.evaluate("document.getElementById('part-2').kept = true")
    preview.project.write(ARTICLE, article([7, 0, 8, 1, 2, 3], extra="x"))
    expect(tab.locator("#part-8 p").first).to_be_visible()
    ids = tab.locator("main .passage").evaluate_all("all => all.map(one => one.id)")
    assert ids == [f"part-{number}" for number in (7, 0, 8, 1, 2, 3)]
    assert tab.evaluate("document.getElementById('part-2').kept")
