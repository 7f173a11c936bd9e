"""One small site with everything that an article may hold, as readers meet it."""

from __future__ import annotations

import pytest
from helpers import document, words
from projects import Project

SINK = """title: All that an article may hold
slug: sink
date: 2026-02-03
status: published
summary: A bit of everything.

## How an article is written

/// note | A word before

A note of the editor.
///

### With code

/// passage | marked
    topics: rising

A passage is written like this:

```
/// passage | wild-yeast
    topics: rising

A starter "holds" wild yeast.
///
```

| flour | water |
|-------|-------|
| 500   | 350   |

- one
- two
    1. half

A term[^1] and an *emphasis*.

[^1]: A footnote.
///
"""


@pytest.fixture
def sink(bread: Project) -> Project:
    """The site on bread with an article of everything."""
    bread.write("content/articles/sink.md", SINK)
    bread.build()
    return bread


def test_markers_in_fenced_code_are_shown_as_code(sink: Project) -> None:
    """An article about writing articles shows the markers, straight quotes and all."""
    (code,) = document(sink.page("/articles/sink/")).xpath(
        '//*[@id="marked"]//pre/code'
    )
    assert code.text_content() == (
        "/// passage | wild-yeast\n    topics: rising\n\n"
        'A starter "holds" wild yeast.\n///\n'
    )


def test_code_in_a_passage_makes_no_passage(sink: Project) -> None:
    """What stands in code has no id, neither in the article nor on a topic page."""
    page = document(sink.page("/articles/sink/"))
    assert page.xpath('//*[@id="marked"]')
    assert not page.xpath('//*[@id="wild-yeast"]')
    topic = document(sink.page("/topics/rising/"))
    assert topic.xpath('//*[@id="sink-marked"]')
    assert not topic.xpath('//*[@id="sink-wild-yeast"]')


def test_markdown_of_a_passage_is_the_same_wherever_it_is_shown(sink: Project) -> None:
    """Tables, nested lists, footnotes and emphasis come out in article and topic."""
    for address, ident in (
        ("articles/sink", "marked"),
        ("topics/rising", "sink-marked"),
    ):
        (passage,) = document(sink.page(f"/{address}/")).xpath(f'//*[@id="{ident}"]')
        assert [words(cell) for cell in passage.xpath(".//table//td")] == ["500", "350"]
        assert passage.xpath(".//li//ol/li")
        assert passage.xpath(".//em")
        (note,) = passage.xpath('.//a[@class="footnote-ref"]/@href')
        assert passage.xpath(f'.//*[@id="{note[1:]}"]')
