"""What a query finds, and in which order: words, forms, synonyms, kinds of block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from searching import FLOUR, HANDS, OVEN, YEAST, ask, publish_bakery, search_page
from shared import Make

Ask = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def bakery(chromium: Browser, once: Callable[[str, Make], Path]) -> Iterator[Ask]:
    """A function that asks the site on bread, and returns where the results lead."""
    tree = once("bakery", publish_bakery) / "output"
    with search_page(chromium, tree) as page:
        yield partial(ask, page)


def test_stop_words_are_left_out(bakery: Ask) -> None:
    """Words of grammar neither find anything nor keep anything from being found."""
    assert bakery("what is the") == []
    assert bakery("what's the flour for?") == bakery("flour")
    assert set(bakery("flour")) == {YEAST, FLOUR}


def test_any_word_is_enough(bakery: Ask) -> None:
    """A query finds blocks that hold some of its words, and ignores the others."""
    assert set(bakery("flour sugar toaster")) == {
        YEAST,
        FLOUR,
        "/glossary/#yeast",
    }


def test_more_words_come_first(bakery: Ask) -> None:
    """A block that holds two of the words stands before those that hold one of them."""
    assert bakery("yeast flour")[0] == YEAST
    assert bakery("oat flour feeds")[0] == FLOUR


def test_a_form_of_a_word_is_the_word(bakery: Ask) -> None:
    """Endings do not matter: one oven or many, to burn or burning."""
    assert bakery("ovens") == bakery("oven") != []
    assert HANDS in bakery("burning")


@pytest.mark.parametrize("query", ["mother", "Pain au Levain"])
def test_synonyms_are_looked_for(query: str, bakery: Ask) -> None:
    """A word or a name of several words finds what the site calls otherwise."""
    assert YEAST in bakery(query)
    assert "/evidence/#starter-rises" in bakery(query)


def test_a_box_comes_first(bakery: Ask) -> None:
    """A box of safety stands before a question that fits even better."""
    assert bakery("hot oven")[:2] == [HANDS, OVEN]


def test_a_box_that_fits_less_does_not_come_first(bakery: Ask) -> None:
    """A box that holds fewer words than the best block stands in its own place."""
    assert bakery("steam oven")[0] == HANDS
    found = bakery("steam oven words")
    assert found[0] == OVEN
    assert HANDS in found


def test_a_question_comes_before_a_note(bakery: Ask) -> None:
    """What answers stands before what explains, though that has the word more often."""
    assert bakery("flour") == [YEAST, FLOUR]


def test_a_term_comes_first_by_its_own_name(bakery: Ask) -> None:
    """Who asks for a term gets its meaning first, but not who asks in other words."""
    rye = "/glossary/#rye"
    assert bakery("rye")[0] == rye
    assert bakery("spelt")[0] == YEAST
    assert set(bakery("spelt")) == set(bakery("rye")) == {rye, YEAST, FLOUR}


@pytest.mark.parametrize("query", ["toaster", "howl", "starfish", "content", "topics"])
def test_words_that_stand_nowhere_find_nothing(query: str, bakery: Ask) -> None:
    """The beginning of a word, an address or the name of a field is no word found."""
    assert bakery(query) == []


def test_an_unfinished_word_is_completed(bakery: Ask) -> None:
    """Three letters find what they begin, while the reader types."""
    assert set(bakery("flo")) == set(bakery("flour"))
    assert bakery("fl") == []


def test_an_answer_is_found_under_the_title_of_its_page(bakery: Ask) -> None:
    """The title of a page leads to its short answer."""
    assert bakery("what makes bread rise")[0] == "/topics/rising/#in-short"


@pytest.mark.parametrize("query", ["flouer", "flwour", "fluor", "FLOURR"])
def test_a_slip_finds_the_nearest_word(query: str, bakery: Ask) -> None:
    """A word that stands nowhere is taken as one that differs by a letter, or by two that changed places."""
    assert set(bakery(query)) == {YEAST, FLOUR}


def test_a_verdict_is_found(bakery: Ask) -> None:
    """The name of a verdict leads to what it means, and to what was judged so."""
    assert bakery("what does contradicted mean")[0] == "/evidence/#contradicted"
    assert "/evidence/#salt-harms" in bakery("contradicted")
