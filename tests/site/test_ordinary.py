"""An ordinary Pelican article is published as it stands, or refused at the right line.

The posts are short ones of our own making, in the forms that public sites of Pelican,
Hugo and Jekyll have.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from helpers import document, select, words
from projects import Project
from slips import Slip, changed, each


class Post(NamedTuple):
    """A file below articles/, its address, and what stands in its HTML in this order."""

    name: str
    text: str
    address: str
    shows: tuple[str, ...]


HEAD = "Title: A post\nDate: 2020-01-02 10:20\nCategory: notes\nTags: one, two\n\n"


def post(slug: str, text: str, *shows: str, head: str = HEAD) -> Post:
    """A post of this slug with some text."""
    return Post(
        f"{slug}.md", f"Slug: {slug}\n{head}{text}\n", f"/articles/{slug}/", shows
    )


POSTS = {
    "lists, a dash and notes": post(
        "listed",
        " 1. *One*: first\n    words.\n\n 2. *Two*.\n\n– A. Writer\n\n"
        "- one[^1]\n\n[^1]: Note.",
        "<em>One</em>",
        "<em>Two</em>",
        "– A. Writer",
        "Note.",
    ),
    "dates without zeros, and as mail has them": post(
        "dates",
        "Words.",
        'datetime="2018-04-06"',
        'datetime="2018-05-01"',
        head="Title: A post\nDate: Fri, 06 Apr 2018 22:51:00 +0200\n"
        "Modified: 2018-5-1\n\n",
    ),
    "values in capitals, that are empty or go on": Post(
        "empty.md",
        '\nTITLE: Pain > 12 weeks,\n  D < 30, "rich" &amp; more\nSlug:\nTags:\n'
        "Date: 2020-01-02\nSTATUS: Published\nMyField: mine\n\nWords.\n",
        "/articles/pain-12-weeks-d-30-rich-more/",
        ("Pain &gt; 12 weeks, D &lt; 30", "&amp; more"),
    ),
    "comments, a rule and HTML": post(
        "html",
        "Intro.\n\n<!-- TODO ask\n\nJo about it\n\n-->\n\n<!-- more -->\n\n"
        '<p align="center">Centred.</p>\n\nMore.\n\n---\n\n<pre>\n# one\n\ntwo\n</pre>',
        "<p>Intro.</p>",
        '<p align="center">Centred.</p>',
        "<hr>",
        "# one\n\ntwo",
    ),
    "a note of two paragraphs": post(
        "note",
        "One[^1]<br>two.\n\n[^1]: First line\n    goes on.\n\n    No more than two.\n\n## End",
        '<sup id="fnref:1">',
        '<h2 id="end">',
        "First line",
        "goes on.",
        "No more than two.",
    ),
    "a date in the name of the file": Post(
        "2013-03-10-named.md",
        "Title: Named by its file\n\nWords.\n",
        "/articles/named-by-its-file/",
        ('datetime="2013-03-10"',),
    ),
    "another script": Post(
        "script.md",
        "Title: Боль в спине\nDate: 2020-01-02\n\nWords.\n",
        "/articles/bol-v-spine/",
        ("Боль в спине",),
    ),
    "a header of YAML": Post(
        "yaml.md",
        '---\ntitle: "Of YAML"\ntags:\n- a\n- b\nauthors: [One, Two]\n# not\n'
        "date: 2020-01-02\nsummary: >-\n  Some words\n  here.\nslug: of-yaml\n---\n"
        "Words.\n",
        "/articles/of-yaml/",
        ("<h1", "Of YAML", "Some words here.", "<p>Words.</p>"),
    ),
    "quotation marks around values, and code": Post(
        "quoted.md",
        'Title: "All \'__init__\' of a_b_"\nDate: "2020-01-02"\n\nWords.\n',
        "/articles/all-init-of-a_b/",
        ("<h1>All", "__init__", "of a_b_"),
    ),
    "a summary in Markdown": post(
        "summed",
        "Words.",
        "So very so.",
        head="Title: A post\nDate: 2020-01-02\nSummary: So *very* [so](/about/).\n\n",
    ),
    "words that are options elsewhere": post(
        "options", "## A\n\ntitle: a book\n\nsame: here", "title: a book"
    ),
    "headings of all kinds": post(
        "heads",
        "Main\n====\n\nOne.\n\nUnder\n-----\n\nTwo.\n\n#Tight\n\n## Own {#my-id}\n\n"
        "## 腰痛\n\n## With `code` and *stress*\n\n#Tight",
        '<h2 id="main-2">',
        '<h3 id="under">',
        '<h2 id="tight">',
        '<h3 id="my-id">',
        '<h3 id="yao-tong">',
        "With code and stress",
        '<h2 id="tight-2">',
    ),
    "marks and a language of code": post(
        "code",
        "```csharp\n/// <summary>Doc</summary>\nint x;\n```\n\n    /// box | X\n    [TOC]"
        "\n\nSo:\n\n    :::python\n    print()",
        "/// &lt;summary&gt;Doc",
        "/// box | X",
        "print()",
    ),
    "Markdown Extra": post(
        "extra",
        "| a | b |\n|---|---|\n| 1 | `x|y` |\n\nTerm\n:   What it is.\n\nThe WHO.\n\n"
        "*[WHO]: World Health Organization\n\n[text][ref]\n\n[ref]: /about/ 'About'",
        "<td>1</td>",
        "<dd>What it is.</dd>",
        '<abbr title="World Health Organization">',
        'href="/about/"',
    ),
    "links to files": post(
        "links",
        "[a]({filename}sour.md) [b]({filename}/pages/about.md#main) "
        "[c](|filename|sour.md) ![d]({static}/mark.svg)",
        'href="/articles/sour/"',
        'href="/about/#main"',
        'href="/articles/sour/"',
        'src="/mark.svg"',
    ),
    "text and passages": post(
        "both",
        "Intro[^n].\n\n/// passage | of-both\n    topics: rising\n\nSee [it][ref][^m].\n"
        "///\n\nAfter.\n\n[^n]: Of the text.\n[^m]: Of the passage.\n[ref]: /about/\n",
        "Intro",
        'id="of-both"',
        'href="/about/"',
        "Of the passage.",
        "After.",
        "Of the text.",
    ),
}


WHOLE = """Title: Rye bread: a dark loaf
Date: 2026-01-15 10:20
Modified: 2026-01-20
Category: Bread
Tags: rye, flour
Authors: Bea Baker
Summary: What rye needs,
    and why.

Rye flour holds *much* water, as [Baker] says.
It goes on here.

Flour
=====

Buy it fresh. Keep it cool:

- in a jar

- or in a tin

    1. with a lid

Rye flour holds much of everything.

### Its smell ###

```
# no heading

no block
```

> A quotation.

Oven
----

| a | b |
|---|---|
| 1 | 2 |

An oven is hot.[^1]

[Baker]: https://baker.example.com/
[^1]: Mind your hands.
"""
POSTS["a whole post"] = Post(
    "rye.md",
    WHOLE,
    "/articles/rye-bread-a-dark-loaf/",
    (
        "What rye needs, and why.",
        'href="https://baker.example.com/"',
        '<h2 id="flour">',
        "with a lid",
        "<h4>Its smell</h4>",
        "# no heading",
        "<blockquote>",
        '<h3 id="oven">',
        "<td>1</td>",
        "Mind your hands.",
    ),
)


@pytest.fixture(scope="module")
def published(bread_site: Project) -> dict[str, str]:
    """The HTML of every post, all published at once, by its name here."""
    files = {f"content/articles/{it.name}": it.text for it in POSTS.values()}
    with changed(bread_site, files):
        assert bread_site.faults(CAUTION="sour/hot-oven") == []
        return {name: bread_site.page(it.address) for name, it in POSTS.items()}


@pytest.mark.parametrize("name", POSTS)
def test_a_post_is_published_as_it_stands(name: str, published: dict[str, str]) -> None:
    """What it says is on its page, in its order, and the one-line caution too."""
    html = published[name]
    position = html.index("<main")
    for shown in POSTS[name].shows:
        position = html.index(shown, position)
    assert "TODO" not in html
    assert "Jo about it" not in html
    (caution,) = select(document(html), "aside.caution")
    assert words(caution) == "An oven burns: mind your hands."


def test_an_article_that_brings_its_caution_shows_it_once(
    bread_site: Project, published: dict[str, str]
) -> None:
    """A passage requires it, or the article has it: nothing is added."""
    bread_site.build(CAUTION="sour/hot-oven")
    text = document(bread_site.page("/articles/sour/")).text_content()
    assert text.count("An oven burns") == 1


def test_a_post_stands_on_no_topic_page(
    bread_site: Project, published: dict[str, str]
) -> None:
    """Only a passage does."""
    assert "of-both" in published["text and passages"]
    both = POSTS["text and passages"]
    with changed(bread_site, {f"content/articles/{both.name}": both.text}):
        bread_site.build()
        topic = document(bread_site.page("/topics/rising/")).text_content()
    assert "See it" in topic
    assert "Of the passage." in topic
    assert "Intro" not in topic
    assert "Of the text." not in topic


def fault(head: str, at: str | int, says: str, text: str = "Words.\n") -> Slip:
    """A post with this header that is at fault."""
    return Slip("content/articles/post.md", "", f"{head}\n{text}", at, says)


TITLE = "Title: A post\n"
DATED = f"{TITLE}Date: 2020-01-02\n"
FAULTS = {
    "no date": fault(TITLE, 1, 'no "date".*`date: 2026-01-31`'),
    "half a date": fault(f"{TITLE}Date: April 2018\n", "April", "2026-01-31"),
    "near a name": fault(f"{DATED}Satus: draft\n", "Satus", 'did you mean "status"'),
    "near a name of Pelican's": fault(
        f"{DATED}Catgory: x\n", "Catgory", 'did you mean "category"'
    ),
    "hidden": fault(f"{DATED}Status: hidden\n", "Status", "published, draft"),
    "an option": fault(
        f"{DATED}Topics: rising\n", "Topics", "under the line that opens a passage"
    ),
    "an address": fault(f"{DATED}save_as: x.html\n", "save_as", "`slug: its-name`"),
    "TOML": fault(
        '+++\ntitle = "A"\ndate = 2020-01-02\n+++\n', 1, r'"\+\+\+" is not a field'
    ),
    "no header": fault(
        "", "Just", '"Just words." is not a field.*title: Some words', "Just words.\n"
    ),
    "another format": fault(
        "", ":title", '":title: A" is not a field', ":title: A\n:date: 2020\n"
    ),
    "a day of two readings": fault(
        f"{TITLE}Date: 06.04.2018\n", "Date", "a day of the calendar written as 2026"
    ),
    "a draft of Hugo": fault(f"{DATED}Draft: true\n", "Draft", "`status: draft`"),
    "a draft of Jekyll": fault(f"{DATED}Published: false\n", "Publ", "`status: draft`"),
    "another language": fault(f"{DATED}Lang: de\n", "Lang", 'DEFAULT_LANG, "en-GB"'),
    "a post that is not there": fault(
        DATED, "[a]", "names the file", "[a]({filename}no.md)\n"
    ),
}


test_a_post_is_refused_at_its_line = each(
    "What would be lost, or printed as its own mark-up, is one fault.", FAULTS
)


def test_summaries_are_first_sentences(published: dict[str, str]) -> None:
    """Where a post has no summary, its first sentence stands for it, without notes."""
    found = re.search(
        r'name="description" content="([^"]*)"', published["a note of two paragraphs"]
    )
    assert found
    assert found[1] == "One two."
