"""What Markdown's HTML is changed into: ids and links of a copy, terms of the glossary."""

from __future__ import annotations

import pytest

from sitebuild.read.markdown import link_terms

YEAST = (("yeast", "/glossary/#yeast"), ("wild yeast", "/glossary/#wild"))
SOUR = (("sour", "/s/"), ("sour dough", "/d/"))


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
