"""What the editor sees: a real preview on real files, in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from previews import ADDRESS, ARTICLE, NEW, OLD, Live, Scripted, site


def test_an_edit_comes_to_the_open_page(live: Callable[..., Live], tab: Page) -> None:
    """The browser shows the new text without a reload and scrolls to the passage; opened details stay open."""
    preview = live()
    tab.goto(preview.url + ADDRESS[1:])
    tab.evaluate("window.kept = true")
    tab.locator("details summary").first.click()
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator("#common-everywhere")).to_contain_text(NEW)
    expect(tab.locator("#common-everywhere")).to_be_in_viewport()
    assert tab.evaluate("window.kept")
    assert tab.locator("main details[open]").count() == 1
    note = tab.locator("preview-notes details")
    assert note.get_attribute("open") is None
    note.locator("summary").click()
    expect(note).to_contain_text("passage common-everywhere")


def test_the_page_keeps_its_place_when_the_change_is_elsewhere(
    live: Callable[..., Live], tab: Page
) -> None:
    """A page that does not show the edited passage is left alone; one that moves keeps its scroll position."""
    preview = live()
    tab.goto(preview.url + "glossary/")
    tab.evaluate("scrollTo(0, 300)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator("preview-notes details")).to_contain_text("weekly-massages")
    assert tab.evaluate("scrollY") == 300


def test_follow_goes_to_the_edited_page(live: Callable[..., Live], tab: Page) -> None:
    """With follow the browser opens the page that was edited, at the passage."""
    preview = live("port=0, follow=True")
    tab.goto(preview.url)
    preview.project.edit(ARTICLE, (OLD, NEW))
    tab.wait_for_url(f"**{ADDRESS}#common-everywhere")
    expect(tab.locator("#common-everywhere")).to_contain_text(NEW)


def test_a_style_is_swapped_without_a_reload(
    live: Callable[..., Live], tab: Page
) -> None:
    """A changed style takes effect in the open page under the policy of the page, and nothing else of it moves."""
    preview = live()
    template = "theme/templates/base.html"
    preview.project.edit(
        template,
        lambda text: re.sub(
            r"(?=</head>)", "<style>h1 {color: rgb(1, 2, 3)}</style>\n", text
        ),
    )
    tab.goto(preview.url)
    tab.evaluate("window.kept = true; scrollTo(0, 50)")
    preview.project.edit(template, ("rgb(1, 2, 3)", "rgb(9, 8, 7)"))
    expect(tab.locator("h1")).to_have_css("color", "rgb(9, 8, 7)")
    assert tab.evaluate("window.kept && scrollY") == 50
    preview.wait("changed /about/: style")


def test_faults_lie_over_the_last_good_page(
    live: Callable[..., Live], tab: Page
) -> None:
    """A slip shows all faults with links to their lines, announced to screen readers; mending takes them away."""
    preview = live("port=0, editor='vscode'")
    tab.goto(preview.url + ADDRESS[1:])
    alert = tab.get_by_role("alert")
    preview.project.edit(ARTICLE, ("topics: tension", "topics: tensoin"))
    expect(alert).to_contain_text('did you mean "tension"?')
    link = alert.get_by_role("link").first
    assert re.fullmatch(rf"vscode://file/.*/{ARTICLE}:\d+", link.get_attribute("href"))
    expect(tab.locator("#common-everywhere")).to_contain_text(OLD)
    assert preview.ask(ADDRESS)[0] == 200
    preview.wait("did you mean")
    preview.project.edit(ARTICLE, ("topics: tensoin", "topics: tension"))
    expect(alert).to_be_empty()


def test_a_page_opened_amid_faults_shows_them(
    live: Callable[..., Live], tab: Page
) -> None:
    """Faults are shown to a page opened later, and before any build was good there is a page that says so."""
    project_file = "content/topics/stress.md"
    preview = live()
    preview.wait("built in")
    preview.project.edit(project_file, ("title:", "titel:"))
    tab.goto(preview.url)
    expect(tab.get_by_role("alert")).to_contain_text("titel")
    shutil.rmtree(preview.project.root / "output")
    preview.close()
    again = live()
    assert again.ask("/")[0] == 503
    tab.goto(again.url)
    expect(tab.get_by_role("alert")).to_contain_text("titel")
    again.project.edit(project_file, ("titel:", "title:"))
    expect(tab.locator("h1")).to_be_visible()


def test_faults_can_be_folded(live: Callable[..., Live], tab: Page) -> None:
    """The list of faults opens by itself, folds at a click to show the page, and stays folded at the next build."""
    preview = live()
    tab.goto(preview.url)
    preview.project.edit(ARTICLE, ("topics: tension", "topics: tensoin"))
    faults = tab.get_by_role("alert").locator("ol")
    expect(faults).to_be_visible()
    tab.get_by_role("alert").locator("summary").click()
    expect(faults).to_be_hidden()
    preview.project.edit(ARTICLE, ("topics: tensoin", "topics: tensionn"))
    expect(faults).to_contain_text("tensionn")
    expect(faults).to_be_hidden()


def test_of_many_faults_the_first_are_shown(
    live: Callable[..., Live], tab: Page
) -> None:
    """Over the page stand twenty faults at most and how many more the terminal has."""
    preview = live()
    tab.goto(preview.url)
    slips = "".join(f"slip{number}: x\n" for number in range(30))
    preview.project.edit(ARTICLE, lambda text: slips + text)
    faults = tab.get_by_role("alert").locator("li")
    expect(faults).to_have_count(21)
    expect(faults.last).to_have_text("and 10 more, in the terminal")
    preview.wait("slip29")


def test_an_open_page_that_is_missing_follows_its_source(
    live: Callable[..., Live], tab: Page
) -> None:
    """At an address without a page the 404 page stands, and an edit of it arrives."""
    preview = live()
    tab.goto(preview.url + "nothing/here/")
    preview.project.edit("content/pages/404.md", ("The page may", "Alas, it may"))
    expect(tab.locator("main")).to_contain_text("Alas, it may")


def test_a_replaced_picture_is_shown_anew(live: Callable[..., Live], tab: Page) -> None:
    """A picture whose file is another is loaded again, though the page names it as before."""
    preview = live()
    preview.project.edit(
        "content/pages/about.md", lambda text: f"{text}\n![A mark](/mark.svg)\n"
    )
    tab.goto(preview.url + "about/")
    picture = tab.locator("main img")
    picture.evaluate("image => image.decode()")
    preview.project.edit(
        "theme/mark.svg", ('width="32" height="32"', 'width="77" height="77"')
    )
    expect(picture).to_have_js_property("naturalWidth", 77)


def test_the_head_of_a_page_arrives(live: Callable[..., Live], tab: Page) -> None:
    """An attribute of <html> or a <meta> that changes in the template is in the open page."""
    preview = live()
    tab.goto(preview.url)
    preview.project.edit(
        "theme/templates/base.html", ("<html ", '<html data-edited="yes" ')
    )
    expect(tab.locator("html")).to_have_attribute("data-edited", "yes")
    preview.project.edit(
        "theme/templates/base.html",
        ("<title>", '<meta name="edited" content="yes">\n<title>'),
    )
    expect(tab.locator("meta[name=edited]")).to_have_attribute("content", "yes")


def test_a_tab_that_was_hidden_is_led_to_the_change(
    live: Callable[..., Live], tab: Page
) -> None:
    """A page that nobody looked at during the save shows the passage as soon as somebody does."""
    preview = live()
    tab.goto(preview.url + ADDRESS[1:])
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    hide = (
        "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});\
            document.dispatchEvent(new Event('visibilitychange')) }"
    )
    tab.evaluate(hide, True)
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.wait("passage common-everywhere")
    tab.evaluate(hide, False)
    expect(tab.locator("#common-everywhere")).to_contain_text(NEW)
    expect(tab.locator("#common-everywhere")).to_be_in_viewport()


def test_the_search_page_takes_a_new_index(
    live: Callable[..., Live], tab: Page
) -> None:
    """An open search page is loaded anew once the search index is, so that it finds what was written."""
    preview = live()
    tab.goto(preview.url + "search/")
    tab.evaluate("window.kept = true")
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.wait("search index rebuilt")
    tab.wait_for_function("!window.kept")


def test_follow_goes_to_an_edited_finding(live: Callable[..., Live], tab: Page) -> None:
    """An edit of evidence.yaml leads to the finding on the page of the evidence."""
    preview = live("port=0, follow=True")
    tab.goto(preview.url)
    preview.project.edit("content/evidence.yaml", ("Massage can ease", "Massage eases"))
    tab.wait_for_url("**/evidence/#pain-relief")
    expect(tab.locator("#pain-relief")).to_contain_text("Massage eases")


def test_follow_goes_to_an_edited_reference(
    live: Callable[..., Live], tab: Page
) -> None:
    """An edit of references.bib leads to a page that shows the reference."""
    preview = live("port=0, follow=True")
    tab.goto(preview.url)
    preview.project.edit(
        "content/references.bib", ("{The Lancet}", "{The Other Lancet}")
    )
    expect(tab.locator(".references")).to_contain_text("The Other Lancet")


def test_a_page_says_when_the_preview_is_gone_and_comes_back(
    live: Callable[..., Live], tab: Page
) -> None:
    """When the server ends the page says so; when it runs again the page is current."""
    preview = live()
    preview.wait("built in")
    tab.goto(preview.url + ADDRESS[1:])
    tab.evaluate("window.kept = true")
    gone = tab.get_by_text("The preview is not running.")
    expect(gone).to_have_count(0)
    preview.close()
    expect(gone).to_be_visible()
    expect(tab.locator("#common-everywhere")).to_contain_text(OLD)
    preview.project.edit(ARTICLE, (OLD, NEW))
    live(f"port={preview.port}")
    expect(tab.locator("#common-everywhere")).to_contain_text(NEW)
    expect(gone).to_have_count(0)
    assert tab.evaluate("window.kept")


def test_a_draft_is_marked(scripted: Scripted, tab: Page) -> None:
    """A page that is not published says so, and only while it is a draft."""
    drafts = frozenset({"/new/"})
    scripted.save()
    scripted.build(site(drafts, home="<h1>Home</h1>", new="<h1>New</h1>"))
    mark = tab.get_by_text("Draft: this page is shown here and is not published.")
    tab.goto(scripted.url)
    expect(mark).to_have_count(0)
    tab.get_by_text("1 draft").click()
    tab.get_by_role("link", name="/new/").click()
    expect(tab.locator("h1")).to_have_text("New")
    expect(mark).to_be_visible()
    scripted.show(home="<h1>Home</h1>", new="<h1>New</h1>")
    expect(mark).to_have_count(0)
    expect(tab.get_by_text("1 draft")).to_have_count(0)


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
    """What the reader looks at stays where it is, whatever is added or removed above."""
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
    """A passage keeps its element, and with it focus and selection, where others come."""
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
