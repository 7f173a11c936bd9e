"""What the editor sees: a real preview on real files, in a real browser."""

from __future__ import annotations

import re
import shutil
from itertools import count

import pytest
from playwright.sync_api import Page, expect
from previews import ADDRESS, ARTICLE, NEW, OLD, PASSAGE, TOPIC, Live, long_project

SETTINGS = {"SEARCH_INDEX": True}

# Hides a page, or shows it, as the browser does with a tab.
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""

# Notes whether the page ever says that the preview is not running.
WATCH_NOTE = """() => {
    const note = document.querySelector("preview-notes").shadowRoot.querySelector("#notes");
    const look = () => { window.told ||= note.textContent.includes("not running"); };
    new MutationObserver(look).observe(note, { childList: true, subtree: true });
}"""


def open_page(tab: Page, preview: Live, address: str = "/") -> None:
    """Open a page, which has the news of its build with it."""
    tab.goto(preview.url + address[1:])


def label_of(tab: Page, selector: str) -> str:
    """Return what stands before an element, as CSS has it."""
    script = "it => getComputedStyle(it, '::before').content"
    return tab.locator(selector).evaluate(script)


def test_an_edit_comes_to_the_open_page(preview: Live, tab: Page) -> None:
    """New text is shown without a reload, at its passage; open details stay open."""
    open_page(tab, preview, ADDRESS)
    tab.evaluate("window.kept = true")
    tab.locator("main details summary").first.click()
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(NEW)
    expect(tab.get_by_text(NEW)).to_be_in_viewport()
    assert tab.evaluate("window.kept")
    assert tab.locator("main details[open]").count() == 1
    note = tab.locator("preview-notes details")
    assert note.get_attribute("open") is None
    note.locator("summary").click()
    expect(note).to_contain_text(f"passage {PASSAGE}")


def test_the_page_keeps_its_place_when_the_change_is_elsewhere(
    preview: Live, tab: Page
) -> None:
    """A page that does not show the edited passage is left alone."""
    open_page(tab, preview, "/glossary/")
    tab.evaluate("scrollTo(0, 300)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator("preview-notes details")).to_contain_text(ADDRESS)
    assert tab.evaluate("scrollY") == 300


def test_style_and_head_are_swapped_without_a_reload(preview: Live, tab: Page) -> None:
    """A changed style, attribute of <html> and <meta> are in the open page; nothing moves."""
    template = "theme/templates/base.html"
    preview.project.edit(
        template, ("</head>", "<style>h1 {color: rgb(1, 2, 3)}</style>\n</head>")
    )
    open_page(tab, preview)
    tab.evaluate("window.kept = true; scrollTo(0, 50)")
    text = preview.project.read(template).replace("rgb(1, 2, 3)", "rgb(9, 8, 7)")
    text = text.replace("<html ", '<html data-edited="yes" ', 1)
    text = text.replace("<title>", '<meta name="edited" content="yes">\n<title>', 1)
    preview.project.write(template, text)
    expect(tab.locator("h1")).to_have_css("color", "rgb(9, 8, 7)")
    expect(tab.locator("html")).to_have_attribute("data-edited", "yes")
    expect(tab.locator("meta[name=edited]")).to_have_attribute("content", "yes")
    assert tab.evaluate("window.kept && scrollY") == 50
    preview.wait("  style")


def test_faults_lie_over_the_last_good_page(preview: Live, tab: Page) -> None:
    """Faults link to their lines in the editor; the fix takes them away.

    Their list opens by itself, folds at a click, and then stays folded.
    """
    open_page(tab, preview, ADDRESS)
    alert = tab.get_by_role("alert")
    preview.project.edit(ARTICLE, ("topics: rising", "topics: rsing"))
    expect(alert).to_contain_text('did you mean "rising"?')
    link = alert.get_by_role("link").first
    assert re.fullmatch(rf"vscode://file/.*/{ARTICLE}:10", link.get_attribute("href"))
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(OLD)
    faults = alert.locator("ol")
    expect(faults).to_be_visible()
    alert.locator("summary").click()
    expect(faults).to_be_hidden()
    preview.project.edit(ARTICLE, ("topics: rsing", "topics: risingg"))
    expect(faults).to_contain_text("risingg")
    expect(faults).to_be_hidden()
    preview.project.edit(ARTICLE, ("topics: risingg", "topics: rising"))
    expect(alert).to_be_empty()


def test_a_page_opened_amid_faults_shows_them(preview: Live, tab: Page) -> None:
    """A page opened later shows faults, also where no build was good before."""
    preview.project.edit(TOPIC, ("title:", "titel:"))
    open_page(tab, preview)
    expect(tab.get_by_role("alert")).to_contain_text("titel")
    preview.end()
    shutil.rmtree(preview.project.output, ignore_errors=True)
    preview.start(until="fault")
    assert preview.ask("/")[0] == 503
    open_page(tab, preview)
    expect(tab.get_by_role("alert")).to_contain_text("nothing is built yet")
    preview.project.edit(TOPIC, ("titel:", "title:"))
    expect(tab.locator("h1")).to_be_visible()


def test_all_faults_are_shown(preview: Live, tab: Page) -> None:
    """However many they are; the list scrolls, and leaves half of the page in view."""
    open_page(tab, preview)
    slips = ""
    for number in range(30):
        slips += (
            f"\n/// passage | p{number}\n    evidence: slip{number}\n\nWords.\n///\n"
        )
    preview.project.edit(ARTICLE, lambda text: text + slips)
    alert = tab.get_by_role("alert")
    expect(alert.locator("li")).to_have_count(30)
    assert alert.bounding_box()["height"] < 350
    preview.wait("slip29")


def test_an_open_page_that_is_missing_follows_its_source(
    preview: Live, tab: Page
) -> None:
    """At an address without a page the 404 page stands, and an edit of it arrives."""
    open_page(tab, preview, "/nothing/here/")
    preview.project.edit("content/pages/404.md", ("Words on", "Alas, on"))
    expect(tab.locator("main")).to_contain_text("Alas, on")


def test_an_open_page_that_is_renamed_is_led_on(preview: Live, tab: Page) -> None:
    """A page whose address changes leads to the new one, as its redirect says."""
    about = preview.project.read("content/pages/about.md")
    page = "content/pages/us.md"
    preview.project.write(page, about.replace("slug: about", "slug: us"))
    open_page(tab, preview, "/us/")
    preview.project.write("content/redirects.txt", "/us/ /on-us/\n")
    preview.project.edit(page, ("slug: us", "slug: on-us"))
    tab.wait_for_url("**/on-us/")


def test_a_replaced_picture_is_shown_anew(preview: Live, tab: Page) -> None:
    """A picture whose file is another is loaded again, though its name is the same."""
    preview.project.edit(
        "content/pages/about.md", lambda text: f"{text}\n![A mark](/mark.svg)\n"
    )
    open_page(tab, preview, "/about/")
    picture = tab.locator("main img")
    picture.evaluate("image => image.decode()")
    preview.project.edit(
        "theme/mark.svg", ('width="32" height="32"', 'width="77" height="77"')
    )
    expect(picture).to_have_js_property("naturalWidth", 77)


def test_a_tab_that_was_hidden_is_led_to_the_change(preview: Live, tab: Page) -> None:
    """A page that was hidden during the save shows the passage once it is seen."""
    open_page(tab, preview, ADDRESS)
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.evaluate(HIDE, True)
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.wait("{+tame+}")
    tab.evaluate(HIDE, False)
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(NEW)
    expect(tab.get_by_text(NEW)).to_be_in_viewport()


def test_the_search_page_takes_a_new_index(preview: Live, tab: Page) -> None:
    """An open search page is loaded again for an edit, and once the search index is."""
    open_page(tab, preview, "/search/")
    loads = count(1)
    # a text that no other test shows: the index may still be of the last one's
    with tab.expect_event("load", lambda _: next(loads) == 2, timeout=60_000):
        preview.project.edit(ARTICLE, (OLD, "holds slow yeast"))


@pytest.fixture(scope="module")
def following(tmp_path_factory: pytest.TempPathFactory) -> Live:
    """One preview that leads the browser to what was edited."""
    project = long_project(tmp_path_factory.mktemp("following") / "project")
    preview = Live(project, "--follow")
    yield preview
    preview.end()


@pytest.mark.parametrize(
    ("path", "old", "new", "goes", "shows"),
    [
        (ARTICLE, OLD, NEW, f"{ADDRESS}#{PASSAGE}", f"#{PASSAGE}"),
        (
            "content/evidence.yaml",
            "It does,",
            "So it does,",
            "/evidence/#starter-rises",
            "#starter-rises",
        ),
        ("content/references.bib", "={1900}", "={1901}", "/evidence/*", ".references"),
    ],
)
def test_follow_goes_to_what_was_edited(
    following: Live, tab: Page, path: str, old: str, new: str, goes: str, shows: str
) -> None:
    """With follow the browser opens the page of the edited source, at the passage."""
    open_page(tab, following)
    following.project.edit(path, (old, new))
    tab.wait_for_url(f"**{goes}")
    expect(tab.locator(shows)).to_contain_text(re.sub(r"[={}]", "", new))


def test_a_page_says_when_the_preview_is_gone_and_comes_back(
    preview: Live, tab: Page
) -> None:
    """While the server is away the page says so and stays; then it is current."""
    open_page(tab, preview, ADDRESS)
    tab.evaluate("window.kept = true")
    gone = tab.get_by_text("The preview is not running.")
    expect(gone).to_have_count(0)
    preview.end()
    expect(gone).to_be_visible()
    tab.locator("header a").first.click()
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(OLD)
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.start()
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(NEW)
    expect(gone).to_have_count(0)
    assert tab.evaluate("window.kept")


def test_a_draft_is_marked(preview: Live, tab: Page) -> None:
    """A page that is not published says so, and only while it is a draft.

    Its passages are seen where they will stand, and only they are marked.
    """
    draft = preview.project.read(ARTICLE).replace("slug: sour", "slug: new")
    draft = draft.replace("status: published", "status: draft")
    preview.project.write("content/articles/new.md", draft)
    open_page(tab, preview, "/topics/rising/")
    expect(tab.locator("#new-wild-yeast")).to_contain_text(OLD)
    assert label_of(tab, "#new-wild-yeast") == '"Draft"'
    assert label_of(tab, "#sour-wild-yeast") == label_of(tab, "h1") == "none"
    drafts = tab.get_by_text("1 draft")
    drafts.click()
    tab.get_by_role("link", name="/articles/new/").last.click()
    tab.wait_for_url("**/articles/new/")
    expect(drafts).to_be_visible()
    assert label_of(tab, "h1") == '"Draft"'
    published = draft.replace("status: draft", "status: published")
    preview.project.write("content/articles/new.md", published)
    expect(drafts).to_have_count(0)
    assert label_of(tab, "h1") == "none"


def test_an_open_page_comes_back_after_new_code(preview: Live, tab: Page) -> None:
    """The page goes on without a reload, and does not say that the preview is gone."""
    first = len(preview.lines)
    open_page(tab, preview, ADDRESS)
    tab.evaluate("window.kept = true")
    tab.evaluate(WATCH_NOTE)
    preview.project.edit("pelicanconf.py", lambda text: f"{text}\n# edited\n")
    preview.wait("pelicanconf.py: built in", first)
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator(f"#{PASSAGE}")).to_contain_text(NEW)
    assert tab.evaluate("window.kept && !window.told")


def test_a_published_article_on_a_draft_topic_is_told(preview: Live) -> None:
    """The terminal says which passages no public topic shows, once."""
    topic = preview.project.read(TOPIC).replace("slug: rising", "slug: crusts")
    topic = topic.replace("order: 1", "order: 2").replace("Rising", "Crusts")
    topic = topic.replace("status: published", "status: draft")
    preview.project.write("content/topics/crusts.md", topic)
    preview.project.edit(ARTICLE, ("topics: rising", "topics: rising, crusts"))
    said = preview.wait('its topic "crusts" is a draft')
    assert said.startswith(f"{ARTICLE} is published")
    assert said.endswith("that topic does not show its 1 passage")


@pytest.mark.parametrize(
    "row",
    [
        "/articles/sour/ #wild-yeast_p passage sour/wild-yeast /articles/sour/#wild-yeast content/articles/sour.md:9",
        "/topics/rising/ #sour-wild-yeast passage sour/wild-yeast /articles/sour/#wild-yeast content/articles/sour.md:9",
        "/evidence/ #starter-rises finding starter-rises /evidence/#starter-rises content/evidence.yaml:1",
        "/glossary/ #term7 term term7 /glossary/#term7 content/pages/glossary.md:44",
    ],
)
def test_what_is_pointed_at_leads_to_its_source(
    running: Live, tab: Page, row: str
) -> None:
    """It shows its id, copies that and a link to it, and opens its line."""
    address, pointed, kind, name, link, file = row.split()
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(tab, running, address)
    tab.locator(pointed.replace("_", " ")).first.hover()
    source = tab.locator("preview-notes #source")
    expect(source).to_contain_text(kind)
    opened = source.get_by_role("link").get_attribute("href")
    assert opened == f"vscode://file{running.project.root}/{file}"
    for button, copied in ((name, name), ("link", link)):
        source.get_by_role("button", name=button, exact=True).click()
        expect(source.get_by_text("copied").first).to_be_visible()
        assert tab.evaluate("navigator.clipboard.readText()") == copied
