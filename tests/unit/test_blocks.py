"""A source file is cut into blocks line by line: every line is accounted for."""

from __future__ import annotations

import pytest
from markdown.extensions.toc import slugify_unicode

from sitebuild.model import Block, Heading, Options
from sitebuild.read.document import Reading, read_document
from sitebuild.read.markdown import Typesetter

MARKDOWN = {"extensions": ["extra", "sane_lists"], "output_format": "html"}
FILTERS_OFF = ["amp", "caps", "initial_quotes", "widont"]
SETTINGS = {
    "MARKDOWN": MARKDOWN,
    "TYPOGRIFY": True,
    "TYPOGRIFY_OMIT_FILTERS": FILTERS_OFF,
}
SETTER = Typesetter(SETTINGS)
HEAD = "title: A\nslug: a\nsummary: S.\nstatus: published\ndate: 2026-01-02\n"
# The line on which the text of an article begins: five fields and a blank line.
FIRST = 7


def read(body: str) -> Reading:
    """Read an article with this text below its front matter."""
    text = f"{HEAD}\n{body}".encode()
    return read_document("content/article.md", "article", text, SETTER)


def passage(body: str) -> Block:
    """The one passage of an article without faults."""
    reading = read(body)
    assert reading.faults == ()
    (block,) = reading.document.blocks("passage")
    return block


@pytest.mark.parametrize(
    ("fence", "code"),
    [
        *((fence, "///") for fence in ("```", "~~~", "````", "~~~~~")),
        *(("```", marker) for marker in ("/// passage | b", "////", "/// note | N")),
        # A shorter fence, one of the other character, or one with words ends no code.
        *(("````", f"{fence}\n///") for fence in ("```", "~~~~", "````python")),
    ],
)
@pytest.mark.parametrize("slashes", ["///", "/////"])
def test_a_marker_in_fenced_code_is_code(fence: str, code: str, slashes: str) -> None:
    """In code a marker neither opens nor closes a block, below it it does again."""
    body = f"{slashes} passage | a\n\n{fence}\n{code}\n{fence}\n\nMore.\n{slashes}\n"
    html = passage(body).html
    assert f"<code>{code}\n</code>" in html
    assert "<p>More.</p>" in html


def test_options_are_read_up_to_the_first_blank_line() -> None:
    """Indented `name: value` lines are options; below a blank line they are text."""
    block = passage(
        "/// passage | a\n    topics: one, two\n    requires: b\n\n    time: 10\n///\n"
    )
    assert block.options == Options(topics=("one", "two"), requires=("b",))
    assert block.lines == {"topics": FIRST + 1, "requires": FIRST + 2}
    assert "time: 10" in block.html


def test_settings_of_markdown_may_hold_functions() -> None:
    """`extension_configs` of toc takes a slugify function, as Python-Markdown says."""
    toc = {"toc": {"slugify": slugify_unicode}}
    markdown = {"extensions": ["toc"], "extension_configs": toc}
    setter = Typesetter({**SETTINGS, "MARKDOWN": markdown})
    assert setter.block("# Ünï") == '<h1 id="ünï">Ünï</h1>'


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 10_000, "<" * 10_000, "> " * 9_000, "<!-- " * 9_000, "*a " * 5_000),
        *(
            "`" * 10_001,
            "## H\n\nx\n\n" * 300,
            "x" * 100_000,
            "{" * 9_000,
            "a `b` " * 40_000,
            "[^1]: a\n\n" * 300,
        ),
    ],
    ids=lambda text: repr(text[:6]),
)
def test_a_large_or_odd_text_ends(text: str) -> None:
    """It is read, or it is a fault; five hundred headings alike have five hundred ids."""
    reading = read(text)
    ids = [part.id for part in reading.document.parts if isinstance(part, Heading)]
    assert len(set(ids)) == len(ids) == text.count("## H")
