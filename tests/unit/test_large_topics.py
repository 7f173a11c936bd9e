"""A topic with more passages than one page shows: numbered pages, and the way to them."""

from __future__ import annotations

import json
import re
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal

import lxml.etree
import pytest
from axe_playwright_python.sync_playwright import Axe
from bench.corpus import grow
from bread import bake
from helpers import document, select, tree, words
from playwright.sync_api import Browser
from projects import SITEURL, Project
from searching import serving

from sitebuild.check import addresses
from sitebuild.check import machines as check_machines
from sitebuild.diff import changes
from sitebuild.plugin import build
from sitebuild.render import machines, search
from sitebuild.render.cache import RenderCache
from sitebuild.render.figures import dots, per_dot

TOPIC = "content/topics/rising.md"
MOST = 3
LOAF = """title: Loaf {n}
slug: loaf-{n}
date: 2025-01-{n:02d}
status: published
summary: Words on loaf {n}.

## Part {n}

/// passage | crumb
    topics: rising
    evidence: starter-rises
    requires: {requires}

The crumb of loaf {n}.
///

/// passage | care

Take care of loaf {n}.
///
"""
FIRST = "/topics/rising/"
# What axe looks for beside its usual rules.
RULES = ("color-contrast-enhanced", "target-size")


def add_loaf(project: Project, n: int, requires: str = "care") -> None:
    """Write an article with one passage of the topic; the site has one without it."""
    text = LOAF.format(n=n, requires=requires)
    project.write(f"content/articles/loaf-{n}.md", text)


def with_loaves(root: Path, loaves: int, **settings: object) -> Project:
    """Return a site whose topic has `loaves` + 1 passages, at most MOST on a page."""
    settings = {"TOPIC_PAGE_PASSAGES": MOST, "SEARCH_INDEX": False, **settings}
    project = bake(root, **settings)
    for n in range(1, loaves + 1):
        add_loaf(project, n)
    return project


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A built site whose topic has eight passages on three pages, between two others."""
    project = with_loaves(tmp_path_factory.mktemp("large") / "project", 7)
    project.edit(
        TOPIC,
        ("/// question", "/// answer | In short\n\nIt rises.\n///\n\n/// question"),
    )
    for slug, order in (("before", 0), ("behind", 2)):
        head = f"title: {slug}\nname: {slug}\nslug: {slug}\norder: {order}\n"
        text = f"{head}status: published\nsummary: It is {slug}.\n"
        project.write(f"content/topics/{slug}.md", text)
    other = LOAF.format(n=8, requires="care").replace("rising", "before, behind")
    project.write("content/articles/loaf-8.md", other)
    project.build()
    return project


def numbered(project: Project) -> list[str]:
    """Return the addresses of the numbered pages of a built site as they are read.

    The one with the highest number comes after the first page.
    """
    folder = project.output / "topics/rising"
    found = [path.parent.name for path in folder.glob("*/index.html")]
    return [f"{FIRST}{name}/" for name in sorted(found, key=int, reverse=True)]


def listed(project: Project, address: str) -> list[str]:
    """Return the ids of the passages of a page, without cautions that stand beside."""
    root = document(project.page(address))
    found = root.xpath('//div[@class="passage"][not(ancestor::*[@class="caution"])]')
    return [it.get("id") for it in found]


def test_nothing_differs_up_to_the_limit(tmp_path: Path) -> None:
    """As many passages as a page shows make the bytes that no limit makes."""
    project = with_loaves(tmp_path / "project", MOST - 1)
    limited = tree(project.build())
    assert tree(project.build(TOPIC_PAGE_PASSAGES=0)) == limited
    assert not numbered(project)


def test_one_more_makes_a_second_page(tmp_path: Path) -> None:
    """The first passage beyond the limit stands on the page with number 1, alone."""
    project = with_loaves(tmp_path / "project", MOST)
    project.build()
    assert numbered(project) == [f"{FIRST}1/"]
    assert listed(project, f"{FIRST}1/") == ["loaf-1-crumb"]


def test_the_limit_is_fifty_where_no_setting_says(tmp_path: Path) -> None:
    """Fifty passages are one page, fifty-one are two."""
    project = with_loaves(tmp_path / "project", 0)
    project.edit("pelicanconf.py", partial(re.sub, "TOPIC_PAGE_PASSAGES = .*", ""))
    for n in range(1, 50):
        project.write(
            f"content/articles/loaf-{n}.md",
            LOAF.format(n=1, requires="care").replace("loaf-1", f"loaf-{n}"),
        )
    project.build()
    assert not numbered(project)
    add_loaf(project, 1)
    text = project.read("content/articles/loaf-1.md")
    project.write("content/articles/last.md", text.replace("loaf-1", "last"))
    project.build()
    assert numbered(project) == [f"{FIRST}1/"]


def test_each_passage_stands_once_in_the_order_of_the_topic(large: Project) -> None:
    """All pages together list what one page would, and none lists too many."""
    pages = [listed(large, page) for page in (FIRST, *numbered(large))]
    assert [len(page) for page in pages] == [3, 2, 3]
    loaves = [f"loaf-{n}-crumb" for n in range(7, 0, -1)]
    assert list(chain(*pages)) == ["sour-wild-yeast", *loaves]


def test_the_answer_and_the_questions_stay_on_the_first_page(large: Project) -> None:
    """A numbered page has passages alone, and says where to begin."""
    first = document(large.page(FIRST))
    assert select(first, ".answer")
    assert select(first, ".question")
    for page in numbered(large):
        root = document(large.page(page))
        assert not root.cssselect(".answer, .question")
        (begin,) = root.xpath('//p[starts-with(text(), "Part ")]/a/@href')
        assert begin == FIRST


def test_passages_under_questions_are_not_limited(tmp_path: Path) -> None:
    """What a question names stands under it, however many; the rest comes after."""
    project = with_loaves(tmp_path / "project", 7)
    named = ", ".join(f"loaf-{n}/crumb" for n in range(1, 6))
    project.edit(TOPIC, ("    evidence:", f"    passages: {named}\n    evidence:"))
    project.build()
    assert listed(project, FIRST) == [f"loaf-{n}-crumb" for n in range(1, 6)]
    assert numbered(project) == [f"{FIRST}1/"]
    rest = ["sour-wild-yeast", "loaf-7-crumb", "loaf-6-crumb"]
    assert listed(project, f"{FIRST}1/") == rest


def test_a_new_article_leaves_older_passages_where_they_are(tmp_path: Path) -> None:
    """Only the first page and the highest numbers change; the others keep their bytes."""
    project = with_loaves(tmp_path / "project", 9)
    before = tree(project.build())
    assert numbered(project) == [f"{FIRST}3/", f"{FIRST}2/", f"{FIRST}1/"]
    add_loaf(project, 10)
    after = tree(project.build())
    pages = [name for name in after if name.startswith("topics/rising/")]
    changed = [name for name in pages if after[name] != before.get(name)]
    assert sorted(changed) == [
        "topics/rising/3/index.html",
        "topics/rising/feed.xml",
        "topics/rising/index.html",
    ]
    for n in range(1, 8):
        name = f"articles/loaf-{n}/index.html"
        assert after[name] == before[name]


@pytest.mark.parametrize(("benefit", "caution"), [(7, 1), (1, 7)])
def test_a_caution_stands_on_the_page_of_what_requires_it(
    tmp_path: Path, benefit: int, caution: int
) -> None:
    """Though the caution is listed on another page, before or after."""
    project = with_loaves(tmp_path / "project", 7)
    add_loaf(project, benefit, f"loaf-{caution}/crumb")
    project.build()
    pages = {page: document(project.page(page)) for page in (FIRST, *numbered(project))}
    (page,) = [
        it
        for it in pages.values()
        if it.xpath(f'//*[@id="loaf-{benefit}-crumb"]')
        and f"loaf-{benefit}-crumb" in [e.get("id") for e in it.cssselect(".passage")]
    ]
    (beside,) = page.xpath(f'//div[@class="caution"]/div[@id="loaf-{caution}-crumb"]')
    assert f"The crumb of loaf {caution}." in words(beside)


def test_a_passage_leads_to_the_page_that_shows_it(large: Project) -> None:
    """From its article to the topic: the first page, else the numbered one and its id."""
    for page in (FIRST, *numbered(large)):
        for ident in listed(large, page):
            article = ident.removesuffix("-crumb").removesuffix("-wild-yeast")
            root = document(large.page(f"/articles/{article}/"))
            (link,) = root.xpath('//p[@class="tags"]/a/@href')
            assert link == (FIRST if page == FIRST else f"{page}#{ident}")


def test_a_copy_names_its_source_on_a_numbered_page(large: Project) -> None:
    """From the topic to the article, as on the first page."""
    for page in numbered(large):
        for ident in listed(large, page):
            root = document(large.page(page))
            (link,) = root.xpath(f'//*[@id="{ident}"]/div/p[@class="label"][1]/a/@href')
            assert link == f"/articles/{ident.removesuffix('-crumb')}/#crumb"


def test_a_passage_named_by_another_leads_to_where_it_is_named(tmp_path: Path) -> None:
    """What says the same stands once; its article and a kept link lead to that page."""
    project = with_loaves(tmp_path / "project", 7)
    path = "content/articles/loaf-2.md"
    same = "    same: loaf-1/crumb\n    topics: rising"
    project.edit(path, ("    topics: rising", same))
    project.build()
    assert listed(project, f"{FIRST}1/")[-1] == "loaf-2-crumb"
    root = document(project.page(f"{FIRST}1/"))
    assert root.xpath('//div[@id="loaf-2-crumb"]//p[@id="loaf-1-crumb"]')
    article = document(project.page("/articles/loaf-1/"))
    (link,) = article.xpath('//p[@class="tags"]/a/@href')
    assert link == f"{FIRST}1/#loaf-1-crumb"
    first = document(project.page(FIRST))
    (line,) = first.xpath('//li[span[@id="loaf-1-crumb"]]')
    assert words(line) == "Loaf 4 (1), Loaf 3 (1), Loaf 2 (1) and 1 more"
    project.edit(TOPIC, ("    evidence:", "    passages: loaf-1/crumb\n    evidence:"))
    project.build()
    assert listed(project, FIRST)[0] == "loaf-2-crumb"


def test_an_id_that_left_the_first_page_leads_on(large: Project) -> None:
    """A kept link to a copy on the first page arrives at the line of its page."""
    first = document(large.page(FIRST))
    for page in numbered(large):
        for ident in listed(large, page):
            (line,) = first.xpath(f'//li[span[@id="{ident}"]]')
            assert line.xpath("a/@href") == [page]


def test_the_first_page_counts_what_stands_on_the_others(large: Project) -> None:
    """How much there is, and for each page its first three articles and their number."""
    first = document(large.page(FIRST))
    (summary,) = select(first, "#pages summary")
    assert words(summary) == "8 passages of 8 articles: the other parts"
    lines = [words(it) for it in select(first, "#pages ol[reversed] li")]
    assert lines == ["Loaf 5 (1), Loaf 4 (1)", "Loaf 3 (1), Loaf 2 (1), Loaf 1 (1)"]


def test_more_than_three_articles_of_a_page_are_counted(tmp_path: Path) -> None:
    """So the list of pages stays short."""
    project = with_loaves(tmp_path / "project", 9, TOPIC_PAGE_PASSAGES=5)
    more = ("| care\n", "| care\n    topics: rising\n")
    project.edit("content/articles/loaf-3.md", more)
    project.build()
    lines = document(project.page(FIRST)).xpath('//nav[@id="pages"]//ol/li')
    assert [words(line) for line in lines] == [
        "Loaf 5 (1)",
        "Loaf 4 (1), Loaf 3 (2), Loaf 2 (1) and 1 more",
    ]


def test_the_pages_lead_to_each_other(large: Project) -> None:
    """By rel=prev and rel=next, which nothing else on these pages says."""
    pages = [FIRST, *numbered(large)]
    for place, page in enumerate(pages):
        root = document(large.page(page))
        assert root.xpath('//a[@rel="prev"]/@href') == pages[max(0, place - 1) : place]
        assert root.xpath('//a[@rel="next"]/@href') == pages[place + 1 : place + 2]


def test_machines_read_a_numbered_page_as_one_of_its_own(large: Project) -> None:
    """Title, canonical link and linked data have its number; card and feed are the topic's."""
    root = document(large.page(f"{FIRST}2/"))
    assert root.findtext(".//title") == "What makes bread rise, part 2 · Back and Hands"
    (description,) = root.xpath('//meta[@name="description"]/@content')
    assert description == "Rising: older passages, part 2."
    assert not root.cssselect(".standfirst")
    (canonical,) = root.xpath('//link[@rel="canonical"]/@href')
    assert canonical == f"{SITEURL}{FIRST}2/"
    feeds = root.xpath('//link[@rel="alternate"]/@href')
    assert feeds == ["/feed.xml", f"{FIRST}feed.xml"]
    (card,) = root.xpath('//meta[@property="og:image"]/@content')
    assert card == f"{SITEURL}/social{FIRST}".removesuffix("/") + ".png"
    data = json.loads(root.xpath('//script[@type="application/ld+json"]/text()')[0])
    assert data["url"] == canonical
    assert data["image"] == card
    assert data["headline"] == "What makes bread rise, part 2"
    trail = [it["item"] for it in data["breadcrumb"]["itemListElement"]]
    assert trail == [f"{SITEURL}{it}" for it in ("/", "/topics/", FIRST, f"{FIRST}2/")]


def test_the_sitemap_lists_numbered_pages_and_the_record_does_not(
    large: Project,
) -> None:
    """They are found by machines, and promised to nobody."""
    sitemap = (large.output / "sitemap.xml").read_text("utf-8")
    site = build(large.root / "pelicanconf.py", SITEURL=SITEURL).site
    assert numbered(large)
    for page in numbered(large):
        assert f"<loc>{SITEURL}{page}</loc>" in sitemap
        assert page not in addresses.published(site)


def test_references_are_those_of_the_page(large: Project) -> None:
    """Each page counts from 1, and shows in full what it cites."""
    for page in (FIRST, *numbered(large)):
        root = document(large.page(page))
        assert root.xpath('//ol/li[@id="R1"]')
        assert "#R1" in root.xpath("//details//a/@href")


@pytest.mark.parametrize("value", [-1, "50", True, None, 2.5])
def test_a_limit_that_is_none(tmp_path: Path, value: object) -> None:
    """A setting that is no number of passages is a fault at its line."""
    project = with_loaves(tmp_path / "project", 1, TOPIC_PAGE_PASSAGES=value)
    (fault,) = project.faults()
    assert f"the setting TOPIC_PAGE_PASSAGES is {value!r}; a whole number" in fault
    number = int(fault.split(":")[1])
    lines = project.read("pelicanconf.py").splitlines()
    assert lines[number - 1].startswith("TOPIC_PAGE_PASSAGES")


def test_no_file_claims_the_address_of_a_numbered_page(tmp_path: Path) -> None:
    """Whether the topic has that page today or not."""
    project = with_loaves(tmp_path / "project", 0)
    project.edit(
        "content/pages/about.md",
        ("slug: about\n", f"slug: about\naddress: {FIRST}7/\n"),
    )
    faults = project.faults()
    assert faults[0].startswith(
        f"content/pages/about.md:3: the file claims the address {FIRST}7/; below a topic"
    )


def test_a_number_is_an_address_elsewhere(tmp_path: Path) -> None:
    """Below what is no topic a page may have one."""
    project = with_loaves(tmp_path / "project", 0)
    about = "slug: about\naddress: /about/7/\n"
    project.edit("content/pages/about.md", ("slug: about\n", about))
    template = "theme/templates/_site_footer.html"
    project.edit(template, lambda text: text.replace("/about/", "/about/7/"))
    assert project.faults() == []


def test_redirects_neither_begin_nor_end_at_a_numbered_page(tmp_path: Path) -> None:
    """One that is there is not redirected, and none leads where a page may go."""
    project = with_loaves(tmp_path / "project", 7)
    project.write(
        "content/redirects.txt",
        f"{FIRST}2/ {FIRST}\n/old/ {FIRST}1/\n{FIRST}9/ {FIRST}\n",
    )
    there, end = project.faults()
    assert f"redirects.txt:1: {FIRST}2/ is redirected and still exists" in there
    assert (
        f"redirects.txt:2: /old/ leads to {FIRST}1/, a numbered page, which may go"
        in end
    )


def test_a_former_id_is_kept_on_a_numbered_page(tmp_path: Path) -> None:
    """Beside the new id, on the page itself and in the line that leads there."""
    project = with_loaves(tmp_path / "project", 7)
    project.edit("content/articles/loaf-1.md", ("| crumb", "| inside"))
    project.write(
        "content/redirects.txt", "/articles/loaf-1/#crumb /articles/loaf-1/#inside\n"
    )
    project.build()
    for page in (FIRST, f"{FIRST}1/"):
        root = document(project.page(page))
        assert root.xpath('//*[@id="loaf-1-inside"]//*[@id="loaf-1-crumb"]')


def test_a_page_comes_and_goes(tmp_path: Path) -> None:
    """In a warm process, and the report of changes says so."""
    project = with_loaves(tmp_path / "project", MOST - 1)
    settings = project.root / "pelicanconf.py"
    cache = RenderCache()
    trees = []
    for n in (0, 9, 0):
        extra = project.root / "content/articles/loaf-9.md"
        extra.unlink(missing_ok=True)
        if n:
            add_loaf(project, n)
        build(settings, cache, SITEURL=SITEURL)
        trees.append(tree(project.output))
    assert trees[0] == trees[2]
    added = changes.describe(changes.compare(trees[0], trees[1]))
    removed = changes.describe(changes.compare(trees[1], trees[2]))
    assert f"added {FIRST}1/" in added
    assert f"removed {FIRST}1/" in removed


def test_drafts_move_no_passage_to_another_page(tmp_path: Path) -> None:
    """With drafts shown all other pages are the same, and a draft leads to what is."""
    project = with_loaves(tmp_path / "project", 7)
    plain = tree(project.build())
    text = LOAF.format(n=9, requires="care").replace("published", "draft")
    project.write("content/articles/loaf-9.md", text)
    topic = project.read(TOPIC).replace("slug: rising", "slug: risen")
    project.write("content/topics/risen.md", topic.replace("published", "draft"))
    for n in range(1, 8):
        project.edit(
            f"content/articles/loaf-{n}.md", ("topics: rising", "topics: rising, risen")
        )
    shown = tree(project.build(SHOW_DRAFTS=True))
    drafts = {name: data for name, data in shown.items() if plain.get(name) != data}
    assert sorted(drafts) == ["articles/loaf-9/index.html", "topics/risen/index.html"]
    (link,) = document(project.page("/articles/loaf-9/")).xpath(
        '//p[@class="tags"]/a/@href'
    )
    assert link == FIRST


def test_many_articles_have_a_line_each_and_the_oldest_one(tmp_path: Path) -> None:
    """Up to twenty have a table each; the newest fifty a line; the rest are summed up."""
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    grow(project.root / "content", 19)
    project.build()
    assert len(document(project.page("/topics/")).cssselect(".map")) == 20
    grow(project.root / "content", 20)
    project.build()
    root = document(project.page("/topics/"))
    assert not root.cssselect(".map")
    assert len(select(root, "#map ~ .list li")) == 21
    grow(project.root / "content", 59)
    project.build()
    lines = select(document(project.page("/topics/")), "#map ~ .list li")
    assert len(lines) == 51
    assert words(lines[0]) == "Sourdough for beginnersRising 1"
    assert words(lines[-1]) == "10 articles before theseRising 60"


def test_a_finding_names_twenty_passages_and_counts_the_rest(tmp_path: Path) -> None:
    """The list of findings does not grow with the passages beside each."""
    project = with_loaves(tmp_path / "project", 20)
    project.build()
    root = document(project.page("/evidence/"))
    (line,) = root.xpath('//section[@id="starter-rises"]/p[@class="label"]')
    assert len(line.xpath("a")) == 20
    assert "Crumb and 1 more. Checked" in words(line)


@pytest.mark.parametrize(
    ("longest", "each", "columns"), [(0, 1, 0), (40, 1, 40), (41, 10, 5), (401, 100, 5)]
)
def test_a_row_of_dots_is_short(longest: int, each: int, columns: int) -> None:
    """A dot stands for more things where a row would have more than forty."""
    assert per_dot([("mixed", 1), ("limited", longest)]) == each
    assert dots(longest, each).count("M") == columns


def test_a_sitemap_that_is_full_is_an_index_of_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page stands in one of them once, none is too long, and the index names all."""
    project = with_loaves(tmp_path / "project", 7)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}

    def locations(name: str) -> list[str]:
        root = lxml.etree.parse(str(project.output / name))
        return [str(it) for it in root.xpath("//s:loc/text()", namespaces=space)]

    project.build()
    whole = locations("sitemap.xml")
    monkeypatch.setattr(machines, "SITEMAP_ADDRESSES", len(whole))
    project.build()
    assert locations("sitemap.xml") == whole
    monkeypatch.setattr(machines, "SITEMAP_ADDRESSES", len(whole) // 2)
    project.build()
    names = [it.removeprefix(f"{SITEURL}/") for it in locations("sitemap.xml")]
    assert names == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"][: len(names)]
    parts = [locations(name) for name in names]
    assert list(chain(*parts)) == whole
    assert max(map(len, parts)) == len(whole) // 2


@pytest.mark.parametrize(
    ("name", "most"), [("SITEMAP_ADDRESSES", 3), ("_SITEMAP_BYTES", 300)]
)
def test_a_sitemap_beyond_its_limits_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    """Should a template put more into one than sitemaps.org allows."""
    project = with_loaves(tmp_path / "project", 1)
    monkeypatch.setattr(check_machines, name, most)
    (fault,) = project.faults()
    assert fault.startswith(
        "theme/templates/sitemap.xml:1: it makes sitemap.xml, which"
    )
    assert "more than is allowed" in fault


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbered_pages_are_accessible(
    large: Project, chromium: Browser, scheme: Literal["light", "dark"]
) -> None:
    """At 320 px axe finds no fault, and nothing stands out sideways."""
    rules = {name: {"enabled": True} for name in RULES}
    with serving(large.output) as origin:
        page = chromium.new_page(
            viewport={"width": 320, "height": 800}, color_scheme=scheme
        )
        for address in (FIRST, *numbered(large)):
            page.goto(f"{origin}{address}")
            found = Axe().run(page, options={"rules": rules}).response["violations"]
            assert [(it["id"], it["nodes"][0]["html"]) for it in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") == 320
        page.close()


def test_very_many_records_are_one_for_each_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what Pagefind bears an article is found as a whole, with its corrections."""
    project = with_loaves(tmp_path / "project", 2)
    project.edit("content/evidence.yaml", ("supported", "contradicted"))
    site = build(project.root / "pelicanconf.py", SITEURL=SITEURL).site
    single = search.records(site)
    monkeypatch.setattr(search, "MOST_RECORDS", len(single))
    assert search.records(site) == single
    monkeypatch.setattr(search, "MOST_RECORDS", len(single) - 1)
    found = {record.url: record for record in search.records(site)}
    articles = [it for it in found.values() if it.url.startswith("/articles/")]
    assert [it.url for it in articles] == [it.url for it in site.articles]
    loaf = found["/articles/loaf-2/"]
    assert loaf.text == "The crumb of loaf 2. Take care of loaf 2."
    assert loaf.topics == "Rising"
    assert loaf.notes == "Contradicted: A starter raises bread."
    others = {it.url for it in single if not it.url.startswith("/articles/")}
    assert others == found.keys() - {it.url for it in articles}


def test_a_kept_link_arrives_in_a_browser(tmp_path: Path, chromium: Browser) -> None:
    """A fragment whose passage moved on shows the line that leads on, folded or not."""
    project = with_loaves(tmp_path / "project", 13, TOPIC_PAGE_PASSAGES=1)
    project.build()
    assert not document(project.page(FIRST)).xpath("//details[@open]")
    with serving(project.output) as origin:
        page = chromium.new_page()
        page.goto(f"{origin}{FIRST}#loaf-1-crumb")
        page.wait_for_function("scrollY > 0")
        page.locator("li:has(> #loaf-1-crumb) a").click()
        page.wait_for_url(f"{origin}{FIRST}1/")
        page.close()
