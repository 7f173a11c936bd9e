"""How the voice of articles is measured, on small texts."""

from __future__ import annotations

from datetime import date

import pytest
from projects import Project

from sitebuild.check import advice, voice
from sitebuild.model import Block, Document, Heading, Prose, SourceLine
from sitebuild.plugin import build

HEDGES = {
    "hedge": ["may", "may well", "for a while"],
    "attribute": ["said", "often said"],
    "deny": ["not", "isn't", "Nobody", "a.c"],
}
FILE = "content/articles/rain.md"


def passage(*paragraphs: str, line: int = 9, kind: str = "passage") -> Block:
    """Return a block that begins at a line and holds some paragraphs."""
    html = "".join(f"<p>{text}</p>\n" for text in paragraphs)
    return Block(kind, "wet", "wet", html, {}, SourceLine(FILE, line), {})


def article(*parts: Block | Heading | Prose) -> Document:
    """Return an article of some parts, its slug on line 2."""
    return Document(FILE, "article", {"slug": "rain"}, {"slug": 2}, parts)


def texts(*parts: Block | Heading | Prose) -> list[str]:
    """Return the sentences that are found in an article of some parts."""
    [measured] = voice.measure([article(*parts)], HEDGES)
    return [sentence.text for sentence in measured.sentences]


def messages(*parts: Block | Heading | Prose) -> list[str]:
    """Return the advice on an article of some parts, as lines."""
    found = voice.advise([article(*parts)], HEDGES)
    return [f"{place.file}:{place.line}: {text}" for place, text in found]


def test_sentences_end_at_marks_and_at_blocks() -> None:
    """A sentence ends at . ! or ? before a space, and with its paragraph or item."""
    html = (
        "It rained 2.5 mm. Was it “wet?” Yes!</p><ul><li>Roofs</li><li>Roads</li></ul>"
    )
    assert texts(passage(html)) == [
        "It rained 2.5 mm.",
        "Was it “wet?",
        "Yes!",
        "Roofs",
        "Roads",
    ]


def test_an_introduction_to_a_list_is_a_sentence() -> None:
    """What stands before a list is apart from its first item, in a list too."""
    html = "<p>Rain wets:</p><ol><li>Roofs:<ul><li>Tiles.</li></ul></li></ol>"
    assert texts(Prose(html, SourceLine(FILE, 5))) == ["Rain wets:", "Roofs:", "Tiles."]


def test_headings_are_no_sentences() -> None:
    """A heading of the article is not counted; every block and all other text is."""
    heading = Heading(2, "It may rain.", "rain", SourceLine(FILE, 4))
    prose = Prose("<p>It rains.</p>", SourceLine(FILE, 5))
    note = passage("It pours.", kind="note")
    assert texts(heading, prose, note, passage("It drips.")) == [
        "It rains.",
        "It pours.",
        "It drips.",
    ]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("It rains.", ()),
        ("It may rain.", ("may",)),
        ("May it rain, and not snow.", ("may", "not")),
        ("It rains for a while.", ("for a while",)),
        ("It isn’t wet.", ("isn't",)),
        ("It may well rain.", ("may well",)),
        ("Nobody swims.", ("nobody",)),
        ("It is often said to rain.", ("often said",)),
        ("The mayor noted a knot: abc.", ()),
    ],
)
def test_hedges_are_whole_words(text: str, forms: tuple[str, ...]) -> None:
    """A form is found as whole words, in any case, the longest of several at a place."""
    [measured] = voice.measure([article(passage(text))], HEDGES)
    assert [sentence.hedges for sentence in measured.sentences] == [forms]


def test_share_is_of_sentences() -> None:
    """A sentence with two hedges counts once; without sentences the share is 0."""
    two = article(passage("It may not rain.", "It rains.", "It pours.", "It drips."))
    [measured, empty] = voice.measure([two, article()], HEDGES)
    assert [sentence.text for sentence in measured.hedged] == ["It may not rain."]
    assert measured.share == 0.25
    assert empty.share == 0


def test_the_bound_itself_is_allowed() -> None:
    """Two hedged sentences of five are 40 % and pass."""
    plain = passage("It rains.", "It pours.", "It drips.")
    assert messages(plain, passage("It may rain.", "It may snow.")) == []


def test_sentences_above_the_bound_are_named() -> None:
    """Above 40 % the article is named with its share, then each hedged sentence."""
    blocks = [passage("It rains."), passage("It may rain. It does not snow.", line=20)]
    assert messages(*blocks) == [
        f"{FILE}:2: 2 of 3 sentences (67%) hedge, attribute or deny; at most 40% read "
        "well; say plainly what is known",
        f'{FILE}:20: a sentence with "may": “It may rain.”',
        f'{FILE}:20: a sentence with "not": “It does not snow.”',
    ]


def test_a_passage_attributes_once() -> None:
    """A second attribution in one passage is named, two passages with one each pass."""
    plain = ("It rains.", "It pours.", "It drips.")
    once = passage(*plain, "It is said to hail.")
    assert messages(once, once) == []
    twice = passage(*plain, "It is said to hail.", "It is often said to snow.")
    assert messages(once, twice) == [
        f'{FILE}:9: passage "wet" attributes 2 times ("said", "often said"); '
        "once is enough; join the claims or say plainly what is known"
    ]


def test_without_forms_there_is_no_advice() -> None:
    """A site that sets no HEDGES hears nothing of its voice."""
    assert list(voice.advise([article(passage("It may not rain."))], {})) == []


def test_check_names_hedged_articles(project: Project) -> None:
    """`invoke check` passes the setting HEDGES on, and shows this advice with the rest."""
    done = build(project.root / "pelicanconf.py", HEDGES={"hedge": ["the"]})
    lines = advice.advise(done.site, date(2026, 11, 21), done.settings["HEDGES"])
    assert any("sentences (" in line for line in lines)
