"""What Markdown's HTML is changed into, and what is found wrong in it."""

from __future__ import annotations

import pytest

from sitebuild.read.markdown import rebase, resolve, text_of
from sitebuild.read.terms import link_terms
from sitebuild.read.text import find_harmful, find_heading, find_slips, find_tag

YEAST = (("yeast", "/glossary/#yeast"), ("wild yeast", "/glossary/#wild"))


def linked(html: str, terms: tuple[tuple[str, str], ...] = YEAST) -> str:
    """HTML with its terms linked."""
    return link_terms(html, terms)[0]


def test_ids_get_a_prefix_and_links_to_them_follow() -> None:
    """A note and the link to it stay together wherever a passage is shown."""
    html = '<p id="a"><a href="#a">A</a></p>'
    assert rebase(html, "x-", "/home/") == '<p id="x-a"><a href="#x-a">A</a></p>'


def test_other_fragments_lead_to_the_page_they_were_written_for() -> None:
    """`#other` is a place of the article; full addresses stay as they are."""
    html = '<p id="a"><a href="#b">B</a> <a href="/c/#d">D</a></p>'
    assert rebase(html, "x-", "/home/") == (
        '<p id="x-a"><a href="/home/#b">B</a> <a href="/c/#d">D</a></p>'
    )


@pytest.mark.parametrize("html", ["<p>A <br> B", "Text <b>bold</b> &amp; more"])
def test_html_without_ids_and_fragments_is_not_touched(html: str) -> None:
    """What needs no change is the same letter for letter."""
    assert rebase(html, "x-", "/home/") == html


def test_a_link_to_a_source_file_becomes_its_address() -> None:
    """Pelican's `{filename}`, percent-encoded or not, is resolved and nothing else."""
    html = '<a href="{filename}a.md#b"><img src="%7Bstatic%7D/c.png"> {filename}a.md'
    assert resolve(html, lambda path: f"[{path}]") == (
        '<a href="[a.md]#b"><img src="[/c.png]"> {filename}a.md'
    )


def test_the_first_use_of_a_term_is_linked() -> None:
    """The first use alone is linked, in whatever case it is written."""
    html, urls = link_terms("<p>Yeast and yeast.</p>", YEAST)
    assert html == '<p><a href="/glossary/#yeast">Yeast</a> and yeast.</p>'
    assert urls == {"/glossary/#yeast"}


def test_the_longest_form_of_a_term_is_linked() -> None:
    """`wild yeast` is one term and no use of `yeast`, over a line's end too."""
    sour = (("sour", "/s/"), ("sour dough", "/d/"))
    assert linked("<p>sour dough</p>", sour) == '<p><a href="/d/">sour dough</a></p>'
    assert linked("<p>Some wild\nyeast.</p>") == (
        '<p>Some <a href="/glossary/#wild">wild\nyeast</a>.</p>'
    )


def test_each_run_of_text_may_hold_a_term() -> None:
    """A term is found in and after elements, and a run of text links one at most."""
    html = linked("<p><b>Dough</b> of yeast <em>and</em> wild yeast too.</p>")
    assert html == (
        '<p><b>Dough</b> of <a href="/glossary/#yeast">yeast</a> <em>and</em> '
        '<a href="/glossary/#wild">wild yeast</a> too.</p>'
    )


@pytest.mark.parametrize("tag", ["a", "code", "pre", "h2", "h3"])
def test_links_headings_and_code_hold_no_term(tag: str) -> None:
    """A term is not linked where a link cannot stand or would mislead."""
    assert linked(f"<{tag}>yeast</{tag}>") == f"<{tag}>yeast</{tag}>"


def test_an_address_holds_no_term() -> None:
    """A bare address is text, and stays whole."""
    html = "<p>See https://www.yeast.example/ or a@yeast.example, and yeast.</p>"
    assert linked(html).count("<a ") == 1
    assert linked(html).endswith('<a href="/glossary/#yeast">yeast</a>.</p>')


@pytest.mark.parametrize("html", ["<p>yeasty</p>", "<p>Rye</p>"])
def test_a_term_is_a_whole_word(html: str) -> None:
    """A part of a word is no use of a term, and without a use nothing changes."""
    assert link_terms(html, YEAST) == (html, frozenset())


def test_without_terms_nothing_is_linked() -> None:
    """A site without a glossary has no links to it."""
    assert link_terms("<p>yeast</p>", ()) == ("<p>yeast</p>", frozenset())


def test_the_text_of_html_is_its_words() -> None:
    """Tags, entities and white space are gone."""
    assert text_of("<p>A &amp;\n <b>B</b></p>") == "A & B"
    assert text_of(" \n") == ""


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<div><p>x</p></div>", ""),
        ("<div>", "<div>"),
        ("</div>", "</div>"),
        ("<b><i>x</b></i>", "<i>"),
        ("<p>Use <your name></p>", "<your name>"),
        ("<p>a<br>b<hr><img src=x></p>", ""),
        ("<DIV></div>", ""),
        ("<div/>", "<div>"),
        ("<svg><path d='M0 0'/></svg>", ""),
        ("<!-- <div> -->", ""),
        ('<p title="<b>">x</p>', ""),
    ],
)
def test_an_element_without_its_other_half_is_found(html: str, found: str) -> None:
    """Every tag has its other half, except void elements and what closes in SVG."""
    assert find_tag(html)[0] == found


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>[a](b c</p>", "[a](b"),
        ("<p>See [this][that].</p>", "[this][that]"),
        ("<p>See [this] (/that/).</p>", "[this] (/that/)"),
        ("<p>See [this] (or that).</p>", ""),
        ("<p>See (this)[/that/].</p>", "(this)[/that/]"),
        ("<p>See this.[^1]</p>", "[^1]"),
        ("<p>See <code>[this][that]</code>.</p>", ""),
        ("<pre><code>[^1]</code></pre>", ""),
    ],
)
def test_a_link_that_stayed_text_is_found(html: str, found: str) -> None:
    """Square brackets that Markdown did not understand are found, outside code."""
    assert [it[0] for _, it in find_slips(html)] == list(filter(None, [found]))


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>on top of style = this</p>", []),
        ("<SCRIPT>", ["script"]),
        ("<p onclick=x>", ["onclick"]),
        ("<p style = x>", ["style"]),
        ('<a href="JavaScript:x">', ["javascript:"]),
        ("<my-titles>", ["my-titles"]),
        ("<p style=x><h1>", ["style", "h1"]),
    ],
)
def test_what_may_run_a_script_is_found(html: str, found: list[str]) -> None:
    """Elements, handlers and schemes are found in order, in whatever case."""
    assert find_harmful(html) == found


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>x</p>", ""),
        ("<h3>A <b>b</b></h3>", "A b"),
        ("<H2>A</H2>", "A"),
        ("<h2></h2><h3>B</h3>", "B"),
        ("<h2>A</h3>", ""),
    ],
)
def test_a_heading_is_found_by_its_text(html: str, found: str) -> None:
    """The first heading with words is found."""
    assert find_heading(html) == found
