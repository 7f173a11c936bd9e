"""What the editor sees: a real preview on real files, in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable

from playwright.sync_api import Page, expect
from previews import (
    ADDRESS,
    ARTICLE,
    NEW,
    OLD,
    PASSAGE,
    TOPIC,
    Live,
)

# Hides a page, or shows it, as the browser does with a tab.
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def follow(tab: Page, preview: Live) -> None:
    """Open the first page, and wait until the preview knows of it.

    A page that has not asked for messages yet is not led anywhere.
    """
    with tab.expect_response("**/__events*"):
        tab.goto(preview.url)


def test_an_edit_comes_to_the_open_page(live: Callable[..., Live], tab: Page) -> None:
    """New text is shown without a reload, at its passage; open details stay open."""
    preview = live()
    tab.goto(preview.url + ADDRESS[1:])
    tab.evaluate("window.kept = true")
    tab.locator("details summary").first.click()
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(NEW)
    expect(tab.locator(f"#{PASSAGE}")).to_be_in_viewport()
    assert tab.evaluate("window.kept")
    assert tab.locator("main details[open]").count() == 1
    note = tab.locator("preview-notes details")
    assert note.get_attribute("open") is None
    note.locator("summary").click()
    expect(note).to_contain_text(f"passage {PASSAGE}")


def test_the_page_keeps_its_place_when_the_change_is_elsewhere(
    live: Callable[..., Live], tab: Page
) -> None:
    """A page that does not show the edited passage is left alone."""
    preview = live()
    tab.goto(preview.url + "glossary/")
    tab.evaluate("scrollTo(0, 300)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator("preview-notes details")).to_contain_text(ADDRESS)
    assert tab.evaluate("scrollY") == 300


def test_follow_goes_to_the_edited_page(live: Callable[..., Live], tab: Page) -> None:
    """With follow the browser opens the page that was edited, at the passage."""
    preview = live("--follow")
    follow(tab, preview)
    preview.project.edit(ARTICLE, (OLD, NEW))
    tab.wait_for_url(f"**{ADDRESS}#{PASSAGE}")
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(NEW)


def test_a_style_is_swapped_without_a_reload(
    live: Callable[..., Live], tab: Page
) -> None:
    """A changed style takes effect in the open page, and nothing else of it moves."""
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
    """Faults link to their lines and are announced; the fix takes them away."""
    preview = live("--editor", "vscode")
    tab.goto(preview.url + ADDRESS[1:])
    alert = tab.get_by_role("alert")
    preview.project.edit(ARTICLE, ("topics: rising", "topics: rsing"))
    expect(alert).to_contain_text('did you mean "rising"?')
    link = alert.get_by_role("link").first
    assert re.fullmatch(rf"vscode://file/.*/{ARTICLE}:\d+", link.get_attribute("href"))
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(OLD)
    assert preview.ask(ADDRESS)[0] == 200
    preview.wait("did you mean")
    preview.project.edit(ARTICLE, ("topics: rsing", "topics: rising"))
    expect(alert).to_be_empty()


def test_a_page_opened_amid_faults_shows_them(
    live: Callable[..., Live], tab: Page
) -> None:
    """A page opened later shows faults, also where no build was good before."""
    preview = live()
    preview.wait("built in")
    preview.project.edit(TOPIC, ("title:", "titel:"))
    tab.goto(preview.url)
    expect(tab.get_by_role("alert")).to_contain_text("titel")
    shutil.rmtree(preview.project.root / "output")
    preview.close()
    again = live()
    assert again.ask("/")[0] == 503
    tab.goto(again.url)
    expect(tab.get_by_role("alert")).to_contain_text("titel")
    again.project.edit(TOPIC, ("titel:", "title:"))
    expect(tab.locator("h1")).to_be_visible()


def test_faults_can_be_folded(live: Callable[..., Live], tab: Page) -> None:
    """The list of faults opens by itself, folds at a click, and then stays folded."""
    preview = live()
    tab.goto(preview.url)
    preview.project.edit(ARTICLE, ("topics: rising", "topics: rsing"))
    faults = tab.get_by_role("alert").locator("ol")
    expect(faults).to_be_visible()
    tab.get_by_role("alert").locator("summary").click()
    expect(faults).to_be_hidden()
    preview.project.edit(ARTICLE, ("topics: rsing", "topics: risingg"))
    expect(faults).to_contain_text("risingg")
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
    preview.project.edit("content/pages/404.md", ("Words on", "Alas, on"))
    expect(tab.locator("main")).to_contain_text("Alas, on")


def test_a_replaced_picture_is_shown_anew(live: Callable[..., Live], tab: Page) -> None:
    """A picture whose file is another is loaded again, though its name is the same."""
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
    """An attribute of <html> or a <meta> that the template gets is in the open page."""
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
    """A page that was hidden during the save shows the passage once it is seen."""
    preview = live()
    tab.goto(preview.url + ADDRESS[1:])
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.evaluate(HIDE, True)
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.wait(f"passage {PASSAGE}")
    tab.evaluate(HIDE, False)
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(NEW)
    expect(tab.locator(f"#{PASSAGE}")).to_be_in_viewport()


def test_the_search_page_takes_a_new_index(
    live: Callable[..., Live], tab: Page
) -> None:
    """An open search page is loaded again once the search index is."""
    preview = live()
    tab.goto(preview.url + "search/")
    tab.evaluate("window.kept = true")
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.wait("search index rebuilt")
    tab.wait_for_function("!window.kept")


def test_follow_goes_to_an_edited_finding(live: Callable[..., Live], tab: Page) -> None:
    """An edit of evidence.yaml leads to the finding on the page of the evidence."""
    preview = live("--follow")
    follow(tab, preview)
    preview.project.edit("content/evidence.yaml", ("It does,", "So it does,"))
    tab.wait_for_url("**/evidence/#starter-rises")
    expect(tab.locator("#starter-rises")).to_contain_text("So it does,")


def test_follow_goes_to_an_edited_reference(
    live: Callable[..., Live], tab: Page
) -> None:
    """An edit of references.bib leads to a page that shows the reference."""
    preview = live("--follow")
    follow(tab, preview)
    preview.project.edit("content/references.bib", ("={1900}", "={1901}"))
    expect(tab.locator(".references")).to_contain_text("1901")


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
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(OLD)
    preview.project.edit(ARTICLE, (OLD, NEW))
    live("--port", str(preview.port))
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(NEW)
    expect(gone).to_have_count(0)
    assert tab.evaluate("window.kept")
