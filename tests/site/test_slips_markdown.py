"""Slips in Markdown: what would be set otherwise than its writer meant it."""

from __future__ import annotations

import re

import pytest
from projects import Project
from slips import (
    ARTICLE_HEAD,
    PAGE_HEAD,
    SLIP_ARTICLE,
    SLIP_PAGE,
    assert_sound,
    changed,
    each,
    words,
)

LISTS = {
    "list below text": words("A list:\n- one\n- two", "- one", "blank line above it"),
    "list below text, quoted": words("> A list:\n> - one", "> - one", "below text"),
    "item below a paragraph of one": words(
        "- one\n\n    Two.\n- three", "- three", "right below text"
    ),
    "nested by two": words("1. one\n  - two", "- two", "indented by four spaces"),
    "bullets": words("\u2022 one", "one", "begins with a mark"),
    "numbers with brackets": words("1) one\n2) two", "1) one", "`- ` or `1. `"),
    "numbers without a blank": words("1.one\n2.two", "1.one", "write `1. one`"),
    "dashes of another kind": words("– one\n– two", "– one", "write `- one`"),
    "letters": words("a. one\nb. two", "a. one", "write `- one`"),
    "dashes without a blank": words("-one\n-two", "-one", "write `- one`"),
    "a blank of another kind": words("-\u00a0one", "one", "write `- one`"),
    "indented by another blank": words(
        "- one\n\u00a0\u00a0- two", "two", "blank of another kind"
    ),
    "list in HTML": words("<div>\n- one\n</div>", "- one", 'write `markdown="1"`'),
    "heading in HTML": words("<div>\n## One\n</div>", "## One", 'write `markdown="1"`'),
}

TABLES_AND_CODE = {
    "a cell too many": words(
        "| a | b |\n|---|---|\n| 1 | 2 | 3 |", "| 3 |", "more cells than the 2"
    ),
    "table without its line": words("| a | b |\n| 1 | 2 |", "| a |", "row of no table"),
    "table below text": words(
        "A table:\n| a | b |\n|---|---|\n| 1 | 2 |", "| a |", "row of no table"
    ),
    "table of other cells": words("| a | b |\n|---|", "| a |", "row of no table"),
    "fence in a list": words("- one\n\n    ```\n    x\n    ```\n", 10, "outside lists"),
    "fence closed by more": words("```\nx\n````", "````", 'write "```"'),
    "fence that does not end": words("~~~\ncode", "~~~", "does not end"),
    "strong words that do not end": words("**So it is.", "**So", "a second `..`"),
    "emphasis that does not end, below some that does": words(
        "So *it* is.\n\nAnd *that.", "*that", '"\\*that" opens emphasis'
    ),
    "code that does not end": words("So `it is.", "`it", "does not end"),
    "name beside the language": words(
        "```python:a.py\nx\n```", "a.py", "write ````python`"
    ),
    "footnote of nothing": words("[^1]: So.", "[^1]", "nothing leads to the footnote"),
    "20,000 brackets": words("[" * 20_000, 8, "20000 of them brackets.*500 brackets"),
}

OTHER_TOOLS = {
    "directive": words(".. note:: So", "..", r"`/// box \| A title`"),
    "box": words("!!! note", "!!!", r"`/// box \| A title`"),
    "quotation that is a box": words("> [!NOTE]\n> So", "[!", "a box of another tool"),
    "picture of a wiki": words("![[x.png]]", "![[", r"`!\[What it shows\]"),
    "link of a wiki": words("So [[it]] is.", "[[", r"write `\[text\]"),
    "citation with a page": words("So [@it, p. 3] is.", "[@", "a citation, which"),
    "struck through": words("So ~~it~~ is.", "~~", "write <del>"),
    "comment": words("So %%it%% is.", "%%", "write `<!--it-->`"),
    "link of a forum": words(
        "So [url=https://x.org]it[/url] is.", "[url", r"write `\[text\]"
    ),
    "note": words("So^[it] is.", "^[it]", r"`\[\^note\]: it`"),
    "file put in": words('--8<-- "x.md"', "8<", "write its text here"),
    "title in curly marks": words(
        "[a](/about/ \u201cSo\u201d)", "/about/", 'in "straight" marks'
    ),
    "template": words("So {{ it }} is.", "{{", "texts know none"),
    "start of a merge": words(
        "<<<<<<< HEAD\nOne.", "<<<<<<<", '"<<<<<<< HEAD" .*left from a merge'
    ),
    "end of a merge": words(
        "One.\n>>>>>>> other", ">>>>>>>", '">>>>>>> other" .*left from a merge'
    ),
}

ESCAPES = {
    "Topics\\: rising": "<p>Topics: rising</p>",
    "\\/// box | X": "<p>/// box | X</p>",
    "\\// box | X": "<p>// box | X</p>",
    "\\- one": "<p>- one</p>",
    "Text\n2\\. one": "2. one</p>",
    "\\| a \\| b \\|": "<p>| a | b |</p>",
    "\\*\\*one": "<p>**one</p>",
    "A\n<!-- gone --- it's\n/// box | X\n-->\nB": "<p>A\nB</p>",
    "```x``` is code.": "<code>x</code> is code.",
    "`<!-- code -->`": "<code>&lt;!-- code --&gt;</code>",
    "the \u201990s \u2014 *x*\u2019s \u2014\u201cx\u201d": "\u2014\u201cx\u201d</p>",
    "| a | b |\n|:--|--:|\n| 1 | 2 |": '<td align="right">2</td>',
}


test_a_list_is_written_as_one = each(
    "A list has a blank line above it, and four spaces for what its items hold.", LISTS
)
test_a_table_or_fence_stands_by_itself = each(
    "No cell is lost, and what is begun as code ends; what is too much is refused.",
    TABLES_AND_CODE,
)
test_signs_of_other_tools = each(
    "What only another tool understands is a fault that names the way of this site.",
    OTHER_TOOLS,
)


@pytest.mark.parametrize("written", ESCAPES)
def test_what_a_fault_advises_is_set_as_text(written: str, bread_site: Project) -> None:
    """Each way out that a message names works, and comments leave no trace."""
    with changed(bread_site, {SLIP_PAGE: f"{PAGE_HEAD}Words.\n\n{written}\n"}):
        assert bread_site.faults() == []
        html = bread_site.page("/slip/")
    assert re.sub(r"\s+", "", ESCAPES[written]) in re.sub(r"\s+", "", html)
    assert "gone" not in html


@pytest.mark.parametrize(
    ("term", "use"),
    [
        ("baker's yeast", "Some baker's yeast."),
        ("baker\u2019s yeast", "Some baker's yeast."),
        ("salt & water", "Take salt & water."),
        ("C++", "Write C++ here."),
        ('so-called "crumb"', 'A so-called "crumb" here.'),
    ],
)
def test_a_term_with_marks_is_linked(term: str, use: str, bread_site: Project) -> None:
    """Typography and entities do not part a term from its use."""
    article = f"{ARTICLE_HEAD}/// passage | a\n\n{use}\n///\n"
    terms = f"{PAGE_HEAD.replace('slip', 'words')}/// term | {term}\n\nIt is.\n///\n"
    with changed(bread_site, {SLIP_ARTICLE: article, SLIP_PAGE: terms}):
        assert bread_site.faults() == []
        assert '<a href="/words/#' in bread_site.page("/articles/slip/")


def test_markdown_without_a_slip_has_no_fault(bread_site: Project) -> None:
    """What the rows break is sound, so that each fault is the slip's own."""
    sound = words("- one\n    - two\n\n*So* it `is`.", 1, "")
    assert_sound({sound.file: sound.new}, bread_site)
