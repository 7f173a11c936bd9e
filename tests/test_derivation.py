"""Topic pages are derived: the same passage everywhere, provenance both ways, nothing lost, nothing doubled."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import pytest
from bread import bake
from conftest import ROOT, Project
from helpers import document, words

from sitebuild.derive.pages import show
from sitebuild.derive.site import Site
from sitebuild.model import (
    ArticleFields,
    Block,
    Document,
    Passage,
    PassageOptions,
    SourceLine,
    TopicFields,
)
from sitebuild.plugin import build
from sitebuild.render.search import records

ARTICLES = ("benefits-of-massage", "weekly-massages")
TOPICS = (
    "contraindications",
    "tension",
    "stress",
    "flexibility",
    "circulation",
    "overuse",
)


def tagged(project_root: Path, topic: str) -> set[str]:
    """The passages tagged with a topic, read from the sources without the package."""
    found = set()
    for path in (project_root / "content" / "articles").glob("*.md"):
        for block in re.findall(
            r"^/// passage \| (\S+)\n((?:    .*\n)*)", path.read_text("utf-8"), re.M
        ):
            topics = re.search(r"topics: (.*)", block[1])
            if topics and topic in topics[1].split(", "):
                found.add(f"{path.stem}-{block[0]}")
    return found


def shown(page: Path) -> dict[str, str]:
    """The passages on a page by id, as their words without notes, source lines and topics."""
    found = {}
    for section in document(page).xpath(
        '//*[contains(concat(" ", @class, " "), " passage ")][@id]'
    ):
        found[section.get("id")] = [
            words(p)
            for p in section.iter("p")
            if not p.get("class") and not list(p.iterancestors("aside"))
        ]
    return found


@pytest.mark.parametrize("topic", TOPICS)
def test_topic_page_shows_its_passages(
    topic: str, built: Path, project: Project
) -> None:
    """A topic page shows every passage that carries it or names it beside its twin, and else only cautions."""
    ids = set(shown(built / "topics" / topic / "index.html"))
    root = document(built / "topics" / topic / "index.html")
    twins = set(root.xpath("//p[starts-with(., 'Also in')]/@id"))
    assert not ids & twins
    assert tagged(project.root, topic) <= ids | twins
    for extra in ids - tagged(project.root, topic):
        section = root.xpath(f'//*[@id="{extra}"]')[0]
        assert any(
            "caution" in (e.get("class") or "") for e in section.iterancestors()
        ), extra


@pytest.mark.parametrize("topic", TOPICS)
def test_passage_is_the_same_in_both_places(topic: str, built: Path) -> None:
    """A passage on a topic page has the words of the passage in its article."""
    originals = {
        f"{slug}-{ident}": text
        for slug in ARTICLES
        for ident, text in shown(built / "articles" / slug / "index.html").items()
    }
    copies = shown(built / "topics" / topic / "index.html")
    assert copies
    for ident, text in copies.items():
        assert text == originals[ident]


@pytest.mark.parametrize("topic", TOPICS)
def test_provenance_both_ways(topic: str, built: Path) -> None:
    """A copy names and links its article; the original names and links the topic."""
    root = document(built / "topics" / topic / "index.html")
    for ident in shown(built / "topics" / topic / "index.html"):
        article = next(slug for slug in ARTICLES if ident.startswith(slug))
        original = f"/articles/{article}/#{ident.removeprefix(article + '-')}"
        section = root.xpath(f'//*[@id="{ident}"]')[0]
        assert section.xpath(f'.//a[@href="{original}"]'), ident
        if any("caution" in (e.get("class") or "") for e in section.iterancestors()):
            continue
        home = document(built / "articles" / article / "index.html")
        name = ident.removeprefix(f"{article}-")
        back = home.xpath(f'//*[@id="{name}"]//a[@href="/topics/{topic}/"]')
        assert back, ident


def test_lead_order_then_reading_order(project: Project) -> None:
    """The passages that a topic file leads with come first, the others follow in reading order."""
    project.edit(
        "content/topics/stress.md",
        lambda text: re.sub(
            r"^lead:.*$",
            "lead: weekly-massages/endorphins",
            re.sub(r"^    passages:.*\n", "", text, flags=re.M),
            flags=re.M,
        ),
    )
    project.build()
    ids = [
        ident
        for ident in shown(project.output / "topics/stress/index.html")
        if "caution" not in ident
    ]
    assert ids[0] == "weekly-massages-endorphins"
    rest = [i for i in ids[1:] if i in tagged(project.root, "stress")]
    benefits = [i for i in rest if i.startswith("benefits")]
    assert benefits == [
        f"benefits-of-massage-{i}"
        for i in ("cortisol-dip", "calm-and-sleep", "cortisol-and-inflammation")
    ]


def test_edit_of_an_article_reaches_its_topic_pages(project: Project) -> None:
    """A changed sentence stands on every topic page of its passage after one build."""
    project.edit(
        "content/articles/benefits-of-massage.md",
        ("Massage calms people", "Massage calms many people"),
    )
    project.build()
    assert "Massage calms many people" in project.page("/topics/stress/")


def test_third_article_and_seventh_topic_are_files(project: Project) -> None:
    """Adding an article and a topic is adding two files."""
    project.write(
        "content/articles/third.md",
        "title: A third article\nslug: third\ndate: 2026-11-22\nstatus: published\nsummary: One more.\n\n"
        "/// passage | new-thought\n    topics: seventh, stress\n\nA new thought, with *emphasis*.\n///\n",
    )
    project.write(
        "content/topics/seventh.md",
        "title: The seventh\nname: Seventh\nslug: seventh\norder: 7\nstatus: published\nsummary: One more topic.\n\n",
    )
    project.build()
    assert "A new thought" in project.page("/topics/seventh/")
    assert "A new thought" in project.page("/topics/stress/")
    assert "/topics/seventh/" in project.page("/topics/")
    assert 'href="/articles/third/"' in project.page("/")


def test_links_and_ids_of_a_copy_are_right(project: Project) -> None:
    """In a copy, ids are prefixed, links to them follow, and a fragment of the article leads to the article."""
    project.edit(
        "content/articles/weekly-massages.md",
        (
            "\n///\n\n### 6.",
            " See [the next](#fascia), [a note](#own) and a footnote.[^1]\n\nOwn words.\n{#own}\n\n[^1]: A footnote.\n///\n\n### 6.",
        ),
    )
    project.build()
    copy = document(project.output / "topics/stress/index.html")
    assert copy.xpath('//a[@href="/articles/weekly-massages/#fascia"]')
    prefix = "weekly-massages-endorphins-"
    assert copy.xpath(f'//a[@href="#{prefix}own"]')
    assert copy.xpath(f'//p[@id="{prefix}own"]')
    assert copy.xpath(f'//li[@id="{prefix}fn:1"]')
    original = document(project.output / "articles/weekly-massages/index.html")
    assert original.xpath('//a[@href="#fascia"]')
    assert original.xpath('//p[@id="endorphins-own"]')


def test_filename_links_lead_to_addresses(project: Project) -> None:
    """Pelican's {filename} links are replaced by the address of the file."""
    project.edit(
        "content/pages/about.md",
        ("(/disclaimer/)", "({filename}/articles/weekly-massages.md#fascia)"),
    )
    project.build()
    assert 'href="/articles/weekly-massages/#fascia"' in project.page("/about/")


def test_references_are_numbered_per_page(built: Path) -> None:
    """On each page references are numbered from 1 in order of use, and every number leads to one."""
    for page in built.rglob("index.html"):
        root = document(page)
        items = root.xpath(
            '//*[contains(@class, "references")]//ol/li/@id | //ol[contains(@class, "references")]/li/@id'
        )
        assert items == [f"R{number}" for number in range(1, len(items) + 1)], page
        cited = list(
            dict.fromkeys(
                root.xpath(
                    '//a[starts-with(@href, "#R") and translate(substring(@href, 3), "0123456789", "") = ""]/@href'
                )
            )
        )
        assert cited == [f"#{ident}" for ident in items], page


def test_draft_leaves_no_trace(project: Project) -> None:
    """A draft and the image that only it shows stay out of the output altogether."""
    picture = ROOT / "tests/kitchen_sink/images/kitchen-sink.png"
    project.write("content/images/secret.png", picture.read_bytes())
    project.edit(
        "content/articles/weekly-massages.md", ("status: published", "status: draft")
    )
    text = (
        project.read("content/pages/about.md")
        .replace("slug: about", "slug: hidden")
        .replace("published", "draft")
    )
    project.write(
        "content/pages/hidden.md",
        text + "\n![A secret](/images/secret.png)\n\nUnheard-of words.\n",
    )
    project.faults()
    project.edit(
        "content/articles/weekly-massages.md", ("status: draft", "status: published")
    )
    output = project.build()
    assert not list(output.rglob("secret*"))
    assert not (output / "hidden").exists()
    assert not any(
        b"Unheard-of" in path.read_bytes()
        for path in output.rglob("*")
        if path.is_file()
    )


def test_an_article_leads_to_its_neighbours(tmp_path: Path) -> None:
    """An article ends with links to the next newer and the next older one, however many there are."""
    project = bake(tmp_path)
    sour = project.read("content/articles/sour.md")
    for number in range(3, 6):
        text = sour.replace("slug: sour", f"slug: bread-{number}").replace(
            "2026-01-02", f"2026-01-0{number}"
        )
        project.write(f"content/articles/bread-{number}.md", text)
    project.build()
    for slug, beside in {
        "bread-5": ["bread-4"],
        "bread-4": ["bread-5", "bread-3"],
        "bread-3": ["bread-4", "sour"],
        "sour": ["bread-3"],
    }.items():
        links = document(project.page(f"/articles/{slug}/")).xpath(
            '//nav[@aria-label="Read on"]//@href'
        )
        assert links == [f"/articles/{other}/" for other in beside]


def bread_article(slug: str, *passages: tuple[str, str]) -> str:
    """An article of passages, each given as its id and what it requires."""
    head = (
        f"title: On {slug}\nslug: {slug}\ndate: 2026-01-03\nstatus: published\n"
        f"summary: On {slug}.\n\n"
    )
    blocks = []
    for ident, requires in passages:
        options = f"    requires: {requires}\n" if requires else ""
        blocks.append(f"/// passage | {ident}\n{options}\nWords on {ident}.\n///\n")
    return head + "\n".join(blocks)


def outline(page: str) -> list[str]:
    """What a page shows, in order: ids of passages, `!id` for cautions, `>` for links."""
    found = []
    for element in document(page).iter("div", "p"):
        names = (element.get("class") or "").split()
        if "passage" in names:
            is_caution = "caution" in (element.getparent().get("class") or "")
            found.append(("!" if is_caution else "") + element.get("id"))
        elif words(element).startswith("Read with this: "):
            found.append(f">{element.xpath('a/@href')[0]}")
    return found


def test_cautions_stand_in_the_order_in_which_they_are_required(tmp_path: Path) -> None:
    """Beside a passage stand its cautions as it names them, then what these require."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    far = bread_article("far", ("c", ""), ("b", "c"), ("a", ""))
    project.write("content/articles/far.md", far)
    near = bread_article("near", ("claim", "far/b, far/a"), ("again", "far/a"))
    project.write("content/articles/near.md", near)
    project.build()
    page = project.page("/articles/near/")
    assert outline(page) == ["claim", "!far-b", "!far-a", "!far-c", "again", ">#far-a"]


def test_a_caution_on_the_page_is_linked_and_not_repeated(tmp_path: Path) -> None:
    """A passage leads to a caution that stands elsewhere on its page, before or after."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    text = bread_article("near", ("one", "mind"), ("mind", ""), ("two", "mind"))
    project.write("content/articles/near.md", text)
    project.build()
    page = project.page("/articles/near/")
    assert outline(page) == ["one", ">#mind", "mind", "two", ">#mind"]
    links = document(page).xpath('//p[starts-with(., "Read with this")]/a')
    assert [words(link) for link in links] == ["Mind", "Mind"]


def test_references_are_numbered_in_the_order_of_the_page(tmp_path: Path) -> None:
    """On a topic page questions stand before the other passages, and so do their references."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    first = project.read("content/references.bib")
    second = first.replace("baker1900", "miller1901").replace("Baker, Bea", "Mill, Mo")
    project.write("content/references.bib", second + first)
    project.edit(
        "content/topics/rising.md",
        ("    evidence: starter-rises\n", "    references: miller1901\n"),
    )
    project.build()
    page = document(project.page("/topics/rising/"))
    assert [words(it)[:4] for it in page.xpath("//li[starts-with(@id, 'R')]")] == [
        "Mill",
        "Bake",
    ]
    assert page.xpath("//section[@class='question']//a/@href") == ["#R1"]


def test_a_finding_of_no_topic_stands_last(tmp_path: Path) -> None:
    """Findings stand under the topic of most of their passages, others in general."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    finding = project.read("content/evidence.yaml")
    project.write(
        "content/evidence.yaml",
        finding.replace("starter-rises", "ovens-burn") + finding,
    )
    project.edit(
        "content/articles/sour.md",
        (
            "/// passage | hot-oven\n",
            "/// passage | hot-oven\n    evidence: ovens-burn\n",
        ),
    )
    project.build()
    main = document(project.page("/evidence/")).xpath("//main")[0]
    found = [it.get("id") or words(it) for it in main.xpath(".//h2 | .//section")]
    assert found[:4] == [
        "What makes bread rise",
        "starter-rises",
        "In general",
        "ovens-burn",
    ]


def test_a_new_page_type_is_indexed_and_dated(tmp_path: Path) -> None:
    """A page whose type is in no table is found by its text and has a day of change."""
    project = bake(tmp_path)
    project.write("theme/templates/recipes.html", '{% extends "page.html" %}')
    project.write(
        "content/pages/recipes.md",
        "title: Recipes\nslug: recipes\ntemplate: recipes\nstatus: published\n"
        "summary: Recipes.\n\nA spoonful of cardamom.\n",
    )
    settings = project.root / "pelicanconf.py"
    built = build(settings, SITEURL="https://example.org")
    assert "A spoonful of cardamom." in [record.text for record in records(built.site)]
    assert str(built.pages["/recipes/"].metadata.changed) == "2026-01-02"
    sitemap = (project.output / "sitemap.xml").read_text("utf-8")
    assert "/recipes/</loc><lastmod>2026-01-02<" in sitemap


def count_calls(articles: int) -> int:
    """How many calls of Python it takes to show every page of a site of so many articles."""
    fields = TopicFields(slug="t", title="T", name="T")
    topics = (Document("t.md", "topic", fields, {}, (), ""),)
    documents, passages = [], {}
    for number in range(articles):
        slug = f"a{number}"
        place = SourceLine(f"{slug}.md", 1)
        options = PassageOptions(topics=("t",))
        block = Block("passage", "p", "p", "<p>Words</p>", options, place, {})
        fields = ArticleFields(slug=slug, title=slug, date=date(2026, 1, 1))
        article = Document(f"{slug}.md", "article", fields, {}, (block,), "")
        documents.append(article)
        passages[f"{slug}/p"] = Passage(
            article, "p", "<p>Words</p>", ("t",), (), (), (), "", (), block
        )
    site = Site(tuple(documents), topics, (), passages, {}, {})
    count = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        for page in site.documents:
            show(page, site, {"SITEURL": ""})
    finally:
        sys.setprofile(None)
    return count


def test_the_cost_of_showing_pages_grows_with_their_number() -> None:
    """Twice the articles take twice the calls: no page walks all others."""
    small, middle, large = map(count_calls, (200, 400, 800))
    assert middle / small < 2.1
    assert large / middle < 2.1


def test_a_term_is_linked_at_its_first_use_in_an_article(tmp_path: Path) -> None:
    """The first passage that uses a term of the glossary links it, the next does not."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    glossary = project.read("content/pages/glossary.md")
    term = "\n/// term | starter\n\nFlour and water, alive.\n///\n"
    project.write("content/pages/glossary.md", glossary + term)
    project.edit(
        "content/articles/sour.md", ("mind your hands", "mind hands and starter")
    )
    project.build()
    page = document(project.page("/articles/sour/"))
    assert page.xpath("//*[@id='wild-yeast']/div/p[not(@class)]/a/@href") == [
        "/glossary/#starter"
    ]
    assert page.xpath("//*[@id='hot-oven']/div/p[not(@class)]/a/@href") == []


def bread_topic(project: Project, blocks: str, head: str = "") -> None:
    """Write the topic of the site on bread anew, with other blocks and more fields."""
    project.write(
        "content/topics/rising.md",
        "title: What makes bread rise\nname: Rising\nslug: rising\norder: 1\n"
        f"status: published\nsummary: Yeast, gas and patience.\n{head}\n{blocks}",
    )


ASKED = """/// question | How long?
{how_long}
Two weeks.
///

/// question | How hot?
{how_hot}
Very hot.
///
"""
TWO_PASSAGES = """title: On far
slug: far
name: Far article
date: 2026-01-03
status: published
summary: On far.

/// answer | In short
    evidence: starter-rises

Bread rises by itself. Nobody has to push.
///

## Heat

/// passage | oven
    title: Hot "ovens"
    topics: rising
{oven}
Words on ovens.
///

/// passage | fire
    topics: rising
{fire}
Words on fire.
///
"""


def two_passages(oven: str = "", fire: str = "") -> str:
    """An article of two passages on rising, each with a further option."""
    return TWO_PASSAGES.format(
        oven=f"    {oven}\n" if oven else "", fire=f"    {fire}\n" if fire else ""
    )


def parts_of(page: str) -> list[str]:
    """The ids of a page's questions and passages, and its second headings, in order."""
    found = []
    for element in document(page).xpath("//main//section | //main//h2 | //main//div"):
        kind = (element.get("class") or "").split()[:1]
        if (
            kind in (["question"], ["passage"], ["answer"])
            or element.get("id") == "more"
        ):
            found.append(element.get("id"))
    return found


def test_a_topic_answers_then_asks_then_shows_the_rest(tmp_path: Path) -> None:
    """Passages stand under the question that names them, the others after all questions, each once."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.write("content/articles/far.md", two_passages())
    answer = (
        "/// answer | In short\n\nYeast makes it rise. You need only wait.\n///\n\n"
    )
    asked = ASKED.format(
        how_long="    passages: sour/wild-yeast\n", how_hot="    passages: far/fire\n"
    )
    bread_topic(project, answer + asked, "lead: far/oven\n")
    project.build()
    page = project.page("/topics/rising/")
    assert parts_of(page) == [
        *("in-short", "how-long", "sour-wild-yeast", "sour-hot-oven"),
        *("how-hot", "far-fire", "more", "far-oven"),
    ]
    root = document(page)
    levels = [
        f"{it.tag} {words(it)}" for it in root.xpath("//main//h2|//main//h3|//main//h4")
    ]
    assert levels[1:5] == [
        *("h2 How long?", "h3 Wild yeast", "h4 Hot oven", "h2 How hot?")
    ]
    assert "h3 Hot \u201covens\u201d" in levels
    source = root.xpath("//*[@id='far-oven']//p[@class='label']")[0]
    assert words(source) == "Far article, Heat"


def test_passages_stand_in_the_order_in_which_a_question_names_them(
    tmp_path: Path,
) -> None:
    """The question decides, and not the article nor the lead."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.write("content/articles/far.md", two_passages())
    hot = "    passages: far/fire, far/oven\n"
    asked = ASKED.format(how_long="", how_hot=hot)
    bread_topic(project, asked, "lead: far/oven\n")
    project.build()
    assert parts_of(project.page("/topics/rising/"))[:4] == [
        *("how-long", "how-hot", "far-fire", "far-oven")
    ]


@pytest.mark.parametrize(
    ("how_long", "how_hot", "found"),
    [
        ("sour/nothing", "", 'names the passage "sour/nothing"'),
        ("sour/hot-oven", "", 'names the passage "sour/hot-oven"'),
        ("far/fire", "far/fire", 'names the passage "far/fire", which line 8 has'),
    ],
)
def test_a_question_names_tagged_passages_once(
    how_long: str, how_hot: str, found: str, tmp_path: Path
) -> None:
    """A passage that is unknown or untagged, or that two questions name, is a fault of the line that names it."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.write("content/articles/far.md", two_passages())
    options = []
    for names in (how_long, how_hot):
        options.append(f"    passages: {names}\n" if names else "")
    bread_topic(project, ASKED.format(how_long=options[0], how_hot=options[1]))
    (fault,) = project.faults()
    line = 15 if how_hot else 9
    assert fault.startswith(f"content/topics/rising.md:{line}: the question")
    assert found in fault


def test_a_twin_is_named_beside_the_passage_that_stands_for_it(tmp_path: Path) -> None:
    """Of two passages that say the same a topic shows one, with the cautions of both; the article shows both."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.write(
        "content/articles/far.md",
        two_passages("requires: sour/hot-oven", "same: oven"),
    )
    bread_topic(project, ASKED.format(how_long="    passages: far/oven\n", how_hot=""))
    project.build()
    root = document(project.page("/topics/rising/"))
    assert parts_of(project.page("/topics/rising/"))[:2] == ["how-long", "far-fire"]
    assert root.xpath("//*[@id='far-fire']//p[@id='far-oven']")
    assert root.xpath(
        "//*[@id='far-fire']/following-sibling::*[1][@class='caution']"
        "/div[@id='sour-hot-oven']"
    )
    twin = root.xpath("//*[@id='far-oven']")[0]
    assert words(twin) == "Also in Far article, Heat"
    assert twin.xpath("a/@href") == ["/articles/far/#oven"]
    assert "Words on ovens" not in words(root)
    assert root.xpath("//div[@class='caution']//*[@id='sour-hot-oven']")
    article = words(document(project.page("/articles/far/")))
    assert "Words on ovens" in article
    assert "Words on fire" in article
    assert "Also in" not in article


@pytest.mark.parametrize(
    ("oven", "fire", "found"),
    [
        ("", "same: far/ice", '"fire" names the passage "far/ice"'),
        ("same: fire", "same: oven", '"fire" stands for itself'),
        ("same: oven", "", '"oven" stands for itself'),
    ],
)
def test_a_twin_exists_and_leads_nowhere_back(
    oven: str, fire: str, found: str, tmp_path: Path
) -> None:
    """An unknown twin is a fault, and so are two passages that stand for each other."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.write("content/articles/far.md", two_passages(oven, fire))
    assert any(found in fault for fault in project.faults())


def test_a_finding_stands_in_full_once_a_page(tmp_path: Path) -> None:
    """The first passage of a finding has it in full; before it and after it stands one line that leads there."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.write(
        "content/articles/far.md",
        two_passages("evidence: starter-rises", "evidence: starter-rises"),
    )
    project.build()
    root = document(project.page("/articles/far/"))
    assert len(root.xpath("//details")) == 1
    assert root.xpath("//*[@id='oven']//details/summary")
    lines = root.xpath("//aside[@class='notes']/p")
    assert [words(line) for line in lines] == ["Supported: A starter raises bread"] * 2
    assert [line.xpath("a/@href") for line in lines] == [
        ["/evidence/#starter-rises"],
        ["#oven"],
    ]
    assert [line.xpath("b/a/@href") for line in lines] == [["/evidence/#supported"]] * 2


def test_a_negative_finding_is_never_folded(tmp_path: Path) -> None:
    """What studies speak against stands open in the text at its first place, and in a line later."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.edit(
        "content/evidence.yaml", ("verdict: supported", "verdict: contradicted")
    )
    project.write(
        "content/articles/far.md",
        two_passages("evidence: starter-rises", "evidence: starter-rises"),
    )
    project.build()
    root = document(project.page("/articles/far/"))
    assert not root.xpath("//details")
    (correction,) = root.xpath("//aside[@class='correction']")
    assert correction.xpath("ancestor::div[@id='oven']")
    assert "It does, and slowly." in words(correction)
    (line,) = root.xpath("//*[@id='fire']/aside/p")
    assert words(line) == "Contradicted: A starter raises bread"


HOME = "content/pages/home.md"


def test_home_shows_headline_findings_and_questions(tmp_path: Path) -> None:
    """The first page has the findings and questions that it names, in that order, and the topics' first sentences."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    asked = "asked: rising#how-hot, rising#how-long\n"
    project.edit(HOME, ("status:", f"glance: starter-rises\n{asked}status:"))
    answer = "/// answer | In short\n\nYeast *makes* it rise. You wait.\n///\n\n"
    bread_topic(project, answer + ASKED.format(how_long="", how_hot=""))
    project.build()
    root = document(project.page("/"))
    (row,) = root.xpath("//table[@class='glance']//tr")
    assert words(row[0]) == "Supported"
    assert row[1].xpath("a/@href") == ["/evidence/#starter-rises"]
    links = root.xpath("//ul[@class='list']//a")
    assert [link.get("href") for link in links] == [
        *("/topics/rising/", "/topics/rising/#how-hot"),
        *("/topics/rising/#how-long", "/articles/sour/"),
    ]
    assert words(links[0].getnext()) == "Yeast makes it rise."


@pytest.mark.parametrize(
    ("file", "field", "found"),
    [
        (HOME, "glance: nothing", 'names the finding "nothing"'),
        (HOME, "asked: rising#why", 'names the question "rising#why"'),
        ("content/pages/about.md", "glance: starter-rises", 'has the field "glance"'),
    ],
)
def test_what_home_names_exists(
    file: str, field: str, found: str, tmp_path: Path
) -> None:
    """Unknown findings and questions are faults at their line, and so are these fields elsewhere."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.edit(file, ("status:", f"{field}\nstatus:"))
    faults = [fault for fault in project.faults() if found in fault]
    assert len(faults) == 1
    assert faults[0].startswith(f"{file}:")
    assert not faults[0].startswith(f"{file}:1:")


def test_a_page_says_when_its_sources_are_due(tmp_path: Path) -> None:
    """The oldest look counts; the next is due the months of REVIEW_MONTHS later, and none if there are none."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.edit(
        "content/articles/sour.md", ("status:", "checked: 2026-02-28\nstatus:")
    )
    project.build()
    text = words(document(project.page("/articles/sour/")))
    assert (
        "Sources last looked up on 1 January 2026, "
        "to be looked at again by 1 January 2027." in text
    )
    project.build(REVIEW_MONTHS=0)
    assert "on 1 January 2026." in words(document(project.page("/articles/sour/")))
    assert "again by" not in project.page("/articles/sour/")
    assert "looked" not in project.page("/about/")
