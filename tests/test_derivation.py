"""Topic pages are derived: the same passage everywhere, provenance both ways, nothing lost, nothing doubled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bread import bake
from conftest import ROOT, Project
from helpers import document, words

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
    """A topic page shows every passage that carries it, and beside them only cautions that these require."""
    ids = set(shown(built / "topics" / topic / "index.html"))
    assert tagged(project.root, topic) <= ids
    root = document(built / "topics" / topic / "index.html")
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
    """A copy names and links its article; the original links the copy."""
    root = document(built / "topics" / topic / "index.html")
    for ident in shown(built / "topics" / topic / "index.html"):
        article = next(slug for slug in ARTICLES if ident.startswith(slug))
        original = f"/articles/{article}/#{ident.removeprefix(article + '-')}"
        section = root.xpath(f'//*[@id="{ident}"]')[0]
        assert section.xpath(f'.//a[@href="{original}"]'), ident
        if any("caution" in (e.get("class") or "") for e in section.iterancestors()):
            continue
        back = document(built / "articles" / article / "index.html").xpath(
            f'//a[@href="/topics/{topic}/#{ident}"]'
        )
        assert back, ident


def test_lead_order_then_reading_order(project: Project) -> None:
    """The passages that a topic file leads with come first, the others follow in reading order."""
    project.edit(
        "content/topics/stress.md",
        lambda text: re.sub(
            r"^lead:.*$", "lead: weekly-massages/endorphins", text, flags=re.M
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
        ("Massage tends to leave people calmer", "Massage leaves many people calmer"),
    )
    project.build()
    assert "Massage leaves many people calmer" in project.page("/topics/stress/")


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
        "sour": ["bread-3"],
    }.items():
        links = document(project.page(f"/articles/{slug}/")).xpath(
            '//nav[@aria-label="Read on"]//@href'
        )
        assert links == [f"/articles/{other}/" for other in beside]
