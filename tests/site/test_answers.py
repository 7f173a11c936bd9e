"""Short answers: their sentences, what stands for the document, where they may stand."""

from __future__ import annotations

from helpers import document, words
from projects import Project

SOUR = "content/articles/sour.md"
HEAD = "summary: How a starter raises a loaf.\n"


def answer(text: str) -> str:
    """Return an answer block, with the blank lines round it."""
    return f"\n/// answer | In short\n    evidence: starter-rises\n\n{text}\n///\n"


def test_the_first_sentence_stands_for_the_document(bread: Project) -> None:
    """Description, card, linked data, list and feed have the first sentence of the answer as plain text."""
    text = answer("A starter *raises* bread & more. It takes a day.")
    bread.edit(SOUR, (HEAD, HEAD + text))
    bread.build()
    page = document(bread.page("/articles/sour/"))
    first = "A starter raises bread & more."
    assert page.xpath("//meta[@name='description']/@content") == [first]
    assert page.xpath("//meta[@property='og:description']/@content") == [first]
    assert "A starter raises bread & more." in page.xpath("string(//script)")
    assert not page.xpath("//p[@class='standfirst']")
    assert first in words(document(bread.page("/")))
    assert "<summary>A starter raises bread &amp; more.</summary>" in (
        bread.output / "feed.xml"
    ).read_text("utf-8")
    assert (
        page.xpath("//section[@class='answer']/following-sibling::*")[0].get("id")
        == "contents"
    )


def test_a_summary_stands_where_no_answer_does(bread: Project) -> None:
    """The standfirst is the summary of a page that has no answer."""
    bread.build()
    (said,) = document(bread.page("/articles/sour/")).xpath("//p[@class='standfirst']")
    assert words(said) == "How a starter raises a loaf."
