"""A passage on a topic page: the same words, and links between copy and original."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from helpers import document
from projects import Project
from shown import passages, text_of

TOPICS = ("rising", "baking")
ARTICLES = ("kitchen-sink", "sour")


def tagged(content: Path, topic: str) -> set[str]:
    """Return the passages tagged with a topic, read from the sources by hand."""
    found = set()
    for path in (content / "articles").glob("*.md"):
        blocks = re.findall(
            r"^/// passage \| (\S+)\n((?:    .*\n)*)", path.read_text("utf-8"), re.M
        )
        for ident, options in blocks:
            topics = re.search(r"topics: (.*)", options)
            if topics and topic in topics[1].split(", "):
                found.add(f"{path.stem}-{ident}")
    return found


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_page_shows_its_passages(topic: str, sink: Path) -> None:
    """It shows or names every passage that carries it, and no other."""
    page = sink / "topics" / topic / "index.html"
    shown = passages(page)
    twins = set(document(page).xpath("//p[starts-with(., 'Also in')]/@id"))
    wanted = tagged(sink.parent / "content", topic)
    assert wanted
    assert wanted <= set(shown) | twins
    assert not set(shown) & twins
    assert set(shown) <= wanted


@pytest.mark.parametrize("topic", TOPICS)
def test_a_copy_and_its_original_lead_to_each_other(topic: str, sink: Path) -> None:
    """A copy has the words of its article and links it; that links the topic."""
    copies = passages(sink / "topics" / topic / "index.html")
    assert copies
    for ident, copy in copies.items():
        slug = next(slug for slug in ARTICLES if ident.startswith(f"{slug}-"))
        name = ident.removeprefix(f"{slug}-")
        original = passages(sink / "articles" / slug / "index.html")[name]
        assert text_of(copy) == text_of(original), ident
        assert copy.xpath(f'.//a[@href="/articles/{slug}/#{name}"]'), ident
        assert original.xpath(f'.//a[@href="/topics/{topic}/"]'), ident


def test_an_article_and_a_topic_are_files(bread: Project) -> None:
    """Adding an article and a topic is adding two files."""
    bread.write(
        "content/articles/second.md",
        "title: A second article\nslug: second\ndate: 2026-01-03\n"
        "status: published\nsummary: One more.\n\n"
        "/// passage | new-thought\n    topics: second, rising\n\n"
        "A new thought, with *emphasis*.\n///\n",
    )
    bread.write(
        "content/topics/second.md",
        "title: The second\nname: Second\nslug: second\norder: 2\nstatus: published\n"
        "summary: One more topic.\n\n",
    )
    bread.build()
    assert "A new thought" in bread.page("/topics/second/")
    assert "A new thought" in bread.page("/topics/rising/")
    assert "/topics/second/" in bread.page("/topics/")
    assert 'href="/articles/second/"' in bread.page("/")


def test_links_and_ids_of_a_copy_are_right(bread: Project) -> None:
    """In a copy ids are prefixed, and links to what it lacks lead to the article."""
    marks = (
        "See [the next](#hot-oven), [a note](#own) and a footnote.[^1]\n\n"
        "Own words.\n{#own}\n\n[^1]: A footnote.\n"
    )
    bread.edit("content/articles/sour.md", ("A starter holds wild yeast.\n", marks))
    bread.write(
        "content/articles/far.md",
        "title: Far\nslug: far\ndate: 2026-01-03\nstatus: published\nsummary: Far.\n\n"
        "/// passage | near\n    topics: rising\n\nSee [that](#away).\n///\n\n"
        "/// passage | away\n\nWords.\n///\n",
    )
    bread.build()
    copy = document(bread.page("/topics/rising/"))
    assert copy.xpath('//a[@href="/articles/far/#away"]')
    assert copy.xpath('//a[@href="#sour-wild-yeast-own"]')
    assert copy.xpath('//p[@id="sour-wild-yeast-own"]')
    assert copy.xpath('//li[@id="sour-wild-yeast-fn:1"]')
    original = document(bread.page("/articles/sour/"))
    assert original.xpath('//a[@href="#hot-oven"]')
    assert original.xpath('//p[@id="wild-yeast-own"]')


def test_filename_links_lead_to_addresses(bread: Project) -> None:
    """Pelican's {filename} links are replaced by the address of the file."""
    link = "[bread]({filename}/articles/sour.md#hot-oven)"
    bread.edit("content/pages/about.md", ("Words on about.", f"Words on {link}."))
    bread.build()
    assert 'href="/articles/sour/#hot-oven"' in bread.page("/about/")


def test_a_term_is_linked_at_its_first_use_in_an_article(bread: Project) -> None:
    """The first passage that uses a term links to the glossary, the next does not.

    Code and links hold no use of a term.
    """
    glossary = bread.read("content/pages/glossary.md")
    term = "\n/// term | starter\n\nFlour and water, alive.\n///\n"
    bread.write("content/pages/glossary.md", glossary + term)
    article = "content/articles/sour.md"
    bread.edit(article, ("A starter", "`starter` and [starter](/about/): a starter"))
    bread.edit(article, ("mind your hands", "mind hands and starter"))
    bread.build()
    found = {}
    for ident, passage in passages(bread.page("/articles/sour/")).items():
        found[ident] = passage.xpath("div/p[not(@class)]//a/@href")
    assert found == {"wild-yeast": ["/about/", "/glossary/#starter"], "hot-oven": []}
