"""What Markdown's HTML is changed into: ids and links of a copy, terms of the glossary."""

from __future__ import annotations

import pytest

from sitebuild.read.markdown import link_terms, rebase, resolve, text_of

YEAST = (("yeast", "/glossary/#yeast"), ("wild yeast", "/glossary/#wild"))
SOUR = (("sour", "/s/"), ("sour dough", "/d/"))


@pytest.mark.parametrize(
    ("html", "result"),
    [
        ('<p id="a"><a href="#a">A</a></p>', '<p id="x-a"><a href="#x-a">A</a></p>'),
        (
            '<p id="a"><a href="#b">B</a></p>',
            '<p id="x-a"><a href="/home/#b">B</a></p>',
        ),
        ('<a href="/c/#d">D</a>', '<a href="/c/#d">D</a>'),
        ("<p>A <br> B", "<p>A <br> B"),
        ("Text <b>bold</b> &amp; more", "Text <b>bold</b> &amp; more"),
    ],
)
def test_ids_get_a_prefix_and_links_to_them_follow(html: str, result: str) -> None:
    """Other fragments lead to the page they were written for; the rest is not touched."""
    assert rebase(html, "x-", "/home/") == result


def test_a_link_to_a_source_file_becomes_its_address() -> None:
    """Pelican's `{filename}`, percent-encoded or not, is resolved and nothing else."""
    html = '<a href="{filename}a.md#b"><img src="%7Bstatic%7D/c.png"> {filename}a.md'
    assert resolve(html, lambda path: f"[{path}]") == (
        '<a href="[a.md]#b"><img src="[/c.png]"> {filename}a.md'
    )


@pytest.mark.parametrize(
    ("html", "result"),
    [
        # The first use alone, in whatever case it is written, and a whole word.
        ("<p>Yeast and yeast.</p>", "<p>[Yeast] and yeast.</p>"),
        ("<p>yeasty</p>", "<p>yeasty</p>"),
        # The longest form, over a line's end too; one in each run of text at most.
        ("<p>Some wild\nyeast.</p>", "<p>Some {wild\nyeast}.</p>"),
        (
            "<p><b>Dough</b> of yeast <em>and</em> wild yeast too.</p>",
            "<p><b>Dough</b> of [yeast] <em>and</em> {wild yeast} too.</p>",
        ),
        # Not where a link cannot stand or would mislead: an address stays whole.
        *(
            (f"<{it}>yeast</{it}>", f"<{it}>yeast</{it}>")
            for it in ("a", "code", "pre")
        ),
        *((f"<{it}>yeast</{it}>", f"<{it}>yeast</{it}>") for it in ("h2", "h3")),
        (
            "<p>See https://www.yeast.example/ or a@yeast.example, and yeast.</p>",
            "<p>See https://www.yeast.example/ or a@yeast.example, and [yeast].</p>",
        ),
    ],
)
def test_the_first_use_of_a_term_is_linked(html: str, result: str) -> None:
    """A term is linked where a reader may need it, and nothing else is touched."""
    links = {"[": '<a href="/glossary/#yeast">', "{": '<a href="/glossary/#wild">'}
    for mark, link in {**links, "]": "</a>", "}": "</a>"}.items():
        result = result.replace(mark, link)
    found, urls = link_terms(html, YEAST)
    assert found == result
    assert urls == {url for _, url in YEAST if url in result}
    assert link_terms(html, ()) == (html, frozenset())


def test_the_longest_form_of_a_term_is_linked() -> None:
    """`sour dough` is one term and no use of `sour`, whichever is named first."""
    html, _ = link_terms("<p>sour dough</p>", SOUR)
    assert html == '<p><a href="/d/">sour dough</a></p>'


def test_the_text_of_html_is_its_words() -> None:
    """Tags, entities and white space are gone."""
    assert text_of("<p>A &amp;\n <b>B</b></p>") == "A & B"
    assert text_of(" \n") == ""
