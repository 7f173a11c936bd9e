"""Every slip of an editor is one fault at the line that holds it.

Each row puts one broken source into the small site on bread, whose copy all rows share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from bread import bake
from conftest import Project

HEADS = {
    "articles": "title: A slip\nslug: slip\ndate: 2026-01-02\nstatus: published\n"
    "summary: One slip.\n\n",
    "pages": "title: A slip\nslug: slip\nstatus: published\nsummary: One slip.\n\n",
}
OPEN = "/// passage | here\n    topics: rising\n"
GOOD = "/// passage | well\n\nWords.\n///\n\n"
SOUR = "content/articles/sour.md"


class Slip(NamedTuple):
    """A broken source.

    `at` stands on the line that is at fault, or is the line; `says` are words of the
    message, in their order. `text` is put below the head of `file`.
    """

    file: str
    text: str
    at: str | int
    says: str


def passage(text: str, at: str | int, says: str) -> Slip:
    """Return a slip in the text of a passage, below a passage without one."""
    return Slip("articles", f"{GOOD}{OPEN}\n{text}\n///\n", at, says)


def article(text: str, at: str | int, says: str) -> Slip:
    """Return a slip in an article, below a passage without one."""
    return Slip("articles", f"{GOOD}{text}", at, says)


def page(text: str, at: str | int, says: str) -> Slip:
    """Return a slip on a page."""
    return Slip("pages", text, at, says)


def option(line: str, meant: str = "requires") -> Slip:
    """Return a line under the marker of a passage that looks like an option."""
    text = f"/// passage | here\n{line}\n\nWords.\n///\n"
    return article(text, line.strip(), f"{meant}.*did you mean `    {meant}: …`")


OPTIONS = {
    "after the text": passage("Words.\nrequires: x", "requires: x", r"`requires\\: …`"),
    "after a blank line": passage(
        "Words.\n\nrequires: x", "requires: x", "stands in the text"
    ),
    "indented, after the text": passage(
        "Words.\n\n    requires: x", "requires: x", "stands in the text"
    ),
    "unindented": option("requires: x"),
    "indented by a tab": option("\trequires: x"),
    "indented by two spaces": option("  requires: x"),
    "capitalised": option("Requires: x"),
    "shouted": option("REQUIRES: x"),
    "singular": option("Topic: rising", "topics"),
    "misspelt": option("evidnce: x", "evidence"),
    "letters in the wrong order": option("titel: x", "title"),
    "in the third person": option("require: x"),
    "in bold letters": option("**Requires:** x"),
    "in a list": option("- requires: x"),
    "in a quotation": option("> requires: x"),
    "without a blank": option("requires:x"),
    "with an equals sign": option("requires = x"),
    "with a wide colon": option("requires\uff1a x"),
    "without a colon": option("requires sour/hot-oven"),
    "in brackets": option("(requires: x)"),
    "with a dash": option("requires - x"),
    "without a value": Slip(
        "articles",
        "/// passage | a\n    requires:\n\nWords.\n///\n",
        "requires:",
        'the option "requires" has no value',
    ),
    "of another block": passage("Words.\n\nurgency: ask", "urgency", "urgency"),
    "on a page, below a block": page(
        "/// term | x\n\nWords.\n///\nalso: y\n", "also:", r"`also\\: …`"
    ),
}


def marker(line: str) -> Slip:
    """Return a page whose box has this marker."""
    text = f"{line}\n    urgency: ask\n\nWords.\n///\n"
    return page(text, line.strip(), r"marker of a block.*`/// box \| X`")


MARKERS = {
    "indented": marker(" /// box | X"),
    "two slashes": marker("// box | X"),
    "one slash": marker("/ box | X"),
    "no space": marker("///box | X"),
    "no bar": marker("/// box X"),
    "a colon": marker("/// box: X"),
    "in a quotation": marker("> /// box | X"),
    "in a list": marker("- /// box | X"),
    "backslashes": marker(r"\\\ box | X"),
    "colons": marker("::: box | X"),
    "an end that is indented": page(
        "/// term | x\n\nWords.\n  ///\n", "  ///", "marker of a block.*`///`"
    ),
    "behind a character that nobody sees": page(
        "Words.\n\n\u200b/// term | x\n\nMore.\n///\n", 8, r"U\+200B.*nobody sees"
    ),
    "an end of two slashes": page(
        "/// term | x\n\nWords.\n//\n", 9, "marker of a block.*`///`"
    ),
}


def html(text: str, name: str) -> Slip:
    """Return a page with a line of HTML that may run a script."""
    return page(f"Words.\n\n{text}\n", 8, f'holds "{re.escape(name)}"')


SCRIPTS = {
    "slash before the handler": html("<svg/onload=alert(1)></svg>", "onload"),
    "slash in a block": html("<div/onclick=alert(1)>x</div>", "onclick"),
    "handler across lines": page("<p\nonclick=alert(1)>x</p>\n", 7, 'holds "onclick"'),
    "capitals": html("<P ONCLICK=alert(1)>x</P>", "onclick"),
    "entities in an address": html(
        '<svg><a xlink:href="java&#115;cript:alert(1)">x</a></svg>', "javascript:"
    ),
    "a tab in an address": html('<a href="java&Tab;script:x">x</a>', "javascript:"),
    "a blank before an address": html('<a href=" javascript:x">x</a>', "javascript:"),
    "an address that is data": html('<a href="data:text/html,x">x</a>', "data:"),
    "animate": html(
        "<svg><animate attributeName=href values=javascript:x /></svg>", "animate"
    ),
    "set": html("<svg><set attributeName=href to=javascript:x /></svg>", "set"),
    "foreign object": html(
        "<svg><foreignObject><p>x</p></foreignObject></svg>", "foreignobject"
    ),
    "title of a drawing": html(
        "<svg><title><img src=x onerror=alert(1)></title></svg>", "title"
    ),
    "document in a frame": html("<iframe srcdoc='x'></iframe>", "iframe"),
    "form": html("<p><button formaction=x>x</button></p>", "button"),
    "element of one's own": html("<my-thing>x</my-thing>", "my-thing"),
    "body": html("<p>x</p><body onload=alert(1)></body>", "body"),
    "instruction": html("<?php x ?>", "<!"),
    "paint of another host": html(
        "<svg><path fill='url(https://example.com/x)' d='M0 0'/></svg>", "url("
    ),
    "event of another case": html("<details ontoggle=x open>y</details>", "ontoggle"),
}

NEAR = "Words () and [About](/about/) and [help](/topics/rising/#sour-hot-oven).\n\n"


def link(text: str, says: str) -> Slip:
    """Return a page with a broken link below links that work."""
    return page(f"{NEAR}Broken is {text} here.\n", 8, says)


LINKS = {
    "without an address": link("[x]()", "it is empty"),
    "without a text": link("[](/about/)", r'"/about/": the link has no text'),
    "to an id of another page": link(
        "[a](#sour-hot-oven)", r'"#sour-hot-oven": the page has no such id'
    ),
    "in other letters": link("[a](/About/)", r'"/About/": it is spelt "/about/"'),
    "without its slash": link("[a](/about)", r'"/about": it is spelt "/about/"'),
    "to a fragment in other letters": link(
        "[a](/topics/rising/#Sour-hot-oven)", 'it is spelt "#sour-hot-oven"'
    ),
    "to a file's fragment": link(
        "[a]({filename}/pages/about.md#nope)", r'"/about/#nope": the page has no such'
    ),
    "to a file that is none": link(
        "[a]({filename}/pages/abuot.md)", r'names the file "/pages/abuot.md"'
    ),
    "to a static file that is none": link(
        "![a]({static}/images/x.png)", r'"/images/x.png": nothing stands'
    ),
    "to an attached file that is none": link(
        "![a]({attach}x.png)", r'"/pages/x.png": nothing stands'
    ),
    "of a definition": page(
        f"{NEAR}[a][b]\n\n[b]: /nowhere/ 'x'\n", 10, '"/nowhere/": nothing stands'
    ),
    "with brackets": link("[a](/no_(where)/)", r'"/no_\(where\)/": nothing stands'),
    "in HTML": link("<a href='/nowhere/'>a</a>", '"/nowhere/": nothing stands'),
    "of a passage to its own article": passage(
        "[a](#nope)", "[a](#nope)", '"#nope": the page has no such id'
    ),
    "picture without a text": link(
        "![](/mark.svg)", '"/mark.svg": the image has no alternative text'
    ),
    "picture of another host": link(
        "![a](https://example.org.evil.com/x.png)", "files of its own site only"
    ),
}


def field(line: str, says: str) -> Slip:
    """Return an article whose front matter holds this line too."""
    name = re.sub(r"^\W*(\w+).*", r"\1", line, flags=re.DOTALL)
    head = re.sub(rf"^{name}:.*\n", "", HEADS["articles"], flags=re.MULTILINE)
    return Slip("articles", f"\0{line}\n{head}{GOOD}", 1, says)


def words(text: str, at: str | int, says: str) -> Slip:
    """Return a page with some Markdown below a paragraph."""
    return page(f"Words.\n\n{text}\n", at, says)


MARKDOWN = {
    "list below text": words("A list:\n- one\n- two", "- one", "blank line above it"),
    "numbers below text": words("A list:\n1. one", "1. one", "right below text"),
    "list below text, quoted": words("> A list:\n> - one", "> - one", "below text"),
    "table below text": words(
        "A table:\n| a | b |\n|---|---|\n| 1 | 2 |", "|---|---|", "below other text"
    ),
    "table without its line": words("| a | b |\n| 1 | 2 |", "| a |", "without a line"),
    "table of other cells": words("| a | b |\n|---|", "|---|", "number of cells"),
    "nested by two": words("- one\n  - two", "- two", "indented by four spaces"),
    "nested by six": words(
        "- one\n    - two\n      - three", "- three", "indent it by 8"
    ),
    "paragraph of an item": words("- one\n\n  Two.", "Two.", "below a list"),
    "bullets": words("\u2022 one", "one", 'begins with "\u2022"'),
    "numbers with brackets": words("1) one\n2) two", "1) one", "`- ` or `1. `"),
    "boxes to tick": words("- [ ] one", "- [ ]", "a box to tick"),
    "fence in a list": words("- one\n\n    ```\n    x\n    ```\n", 10, "outside lists"),
    "fence closed by more": words("```\nx\n````", "````", 'write "```"'),
    "link that does not end": words(
        "Read.\nSee [a](/about/ here.", "See [a]", r'"\[a\]\(/about/"'
    ),
    "link with a blank": words("Read.\nSee [a] (/about/).", "See", "does not work"),
    "strong words that do not end": words("**So it is.", "**So", "do not end"),
    "three hyphens": words("One --- two.", "---", "write `--`"),
    "decade": words("In the '90s.", "'90s", "the apostrophe \u2019 itself"),
    "shortened word": words("Now 'tis so.", "'tis", "the apostrophe \u2019 itself"),
    "apostrophe after a mark": words("The *x*'s end.", "*x*'s", "after a mark"),
    "quotation after a dash": words('He\u2014"x" and.', "He", "becomes a closing one"),
    "quotation that ends in code": words('So "a `x`"', "So", "becomes an opening one"),
    "comment that does not end": words("One <!-- two.", "<!--", "does not end"),
    "struck through": words("So ~~it~~ is.", "~~", "write <del>"),
    "marked": words("So ==it== is.", "==", "write <mark>"),
    "template": words("So {{ it }} is.", "{{", "texts know none"),
    "attributes of nothing": words("So it {: .x } is.", "{:", "right after what"),
    "contents": words("[TOC]", "[TOC]", "pages make their own"),
    "box of another tool": words("!!! note", "!!!", r"`/// box \| Title`"),
    "mathematics": words("So $x^2$ is.", "$x", "write it in words"),
    "emphasis that does not end": words("So *it is.", "*it", "does not end"),
    "code that does not end": words("So `it is.", "`it", "does not end"),
    "entity that is none": words("So &foo; is.", "&foo;", '"&foo;" is no character'),
    "footnote of nothing": words("[^1]: So.", "[^1]", "nothing leads to the footnote"),
    "link over two lines": words("[a]\n(/about/)", "[a]", r'"\[a\] \(/about/\)"'),
    "page as a picture": words("![a](/about/)", "![a]", "this is a page"),
    "quotation after a colon": words("He:'so' it.", "He:", "becomes a closing one"),
    "20,000 brackets": words("[" * 20_000, 8, "20000 times; 500 are allowed"),
    "20,000 tags": words("<a " * 20_000, 8, "20000 times; 500 are allowed"),
    "title of a note": article(
        "/// note | *So*\n\nWords.\n///\n", "/// note", r'plain text, without "\*So\*"'
    ),
    "heading": article("## Some `code`\n", "## Some", "plain text, without"),
    "emphasis in a summary": field("summary: So *very* so.", r'without "\*very\*"'),
    "link in a title": field("title: A [b](/c/)", r'without "\[b\]\("'),
    "HTML in a title": field("title: A <b>c</b>", 'without "<b>"'),
    "entity in a title": field("title: A &amp; b", 'without "&amp;"'),
    "summary as in YAML": field("summary: >-\n    Words.", "right after the colon"),
    "field with an equals sign": field("title = A", '"title = A" is not a field'),
    "field with an indent": field(" title: A", '" title: A" is not a field'),
    "blank line among the fields": Slip(
        "pages",
        "\0title: A\n\nslug: slip\nstatus: draft\nsummary: S.\n\nW.\n",
        2,
        "among the fields",
    ),
    "list as in YAML": field("claims: [b1, b2]", "commas between them and no marks"),
    "comma at the end of a line": Slip(
        "articles",
        "/// passage | a\n    topics: rising,\n\nWords.\n///\n",
        "topics:",
        "a comma between two",
    ),
}

FILES = {
    "modified before its date": Slip(
        "articles",
        "\0title: A\nslug: slip\ndate: 2026-02-02\nmodified: 2026-02-01\n"
        f"status: published\nsummary: S.\n\n{GOOD}",
        "modified:",
        "modified is 2026-02-01, before the date 2026-02-02",
    ),
    "article without passages": Slip(
        "articles", "/// note | N\n\nWords.\n///\n", 1, "the article has no passage"
    ),
    "two terms with one form": page(
        "/// term | crumb\n\nOne.\n///\n\n/// term | b\n    also: CRUMB\n\nTwo.\n///\n",
        "CRUMB",
        r'the form "CRUMB" already stands at content/pages/slip.md:6',
    ),
}

GROUPS = {
    "file": FILES,
    "Markdown": MARKDOWN,
    "link": LINKS,
    "script": SCRIPTS,
    "option": OPTIONS,
    "marker": MARKERS,
}


def _rows() -> Iterator[object]:
    for group, slips in GROUPS.items():
        for name, slip in slips.items():
            yield pytest.param(slip, id=f"{group}: {name}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The site on bread, which all rows share."""
    return bake(tmp_path_factory.mktemp("slips") / "site", SEARCH_INDEX=False)


def line_of(at: str | int, text: str) -> int:
    """Return the number of the one line that holds a string."""
    if isinstance(at, int):
        return at
    lines = [n for n, line in enumerate(text.split("\n"), 1) if at in line]
    assert len(lines) == 1, f"{at!r} stands on {len(lines)} lines"
    return lines[0]


@pytest.mark.parametrize("slip", list(_rows()))
def test_a_slip_is_one_fault_at_its_line(slip: Slip, site: Project) -> None:
    """One fault: its file, its line, what was found, is allowed and is to be done."""
    file = f"content/{slip.file}/slip.md"
    text = HEADS[slip.file] + slip.text
    if slip.text.startswith("\0"):
        text = slip.text[1:]
    site.write(file, text)
    try:
        faults = site.faults()
    finally:
        (site.root / file).unlink()
    assert len(faults) == 1, faults
    assert faults[0].startswith(f"{file}:{line_of(slip.at, text)}: "), faults
    assert re.search(slip.says, faults[0]), faults
    assert re.match(r"[\w./-]+:\d+: .+; .+; .+", faults[0]), faults


ESCAPES = {
    "Topics\\: rising": "<p>Topics: rising</p>",
    "\\/// box | X": "<p>/// box | X</p>",
    "\\// box | X": "<p>// box | X</p>",
    "\\- one": "<p>- one</p>",
    "Text\n2\\. one": "2. one</p>",
    "\\| a \\| b \\|": "<p>| a | b |</p>",
    "\\*\\*one": "<p>**one</p>",
    "A\n<!-- gone --- it's\n/// box | X\n-->\nB": "<p>A\nB</p>",
    "`<!-- code -->`": "<code>&lt;!-- code --&gt;</code>",
    "the \u201990s \u2014 *x*\u2019s \u2014\u201cx\u201d": "\u2014\u201cx\u201d</p>",
    "| a | b |\n|:--|--:|\n| 1 | 2 |": '<td align="right">2</td>',
}


@pytest.mark.parametrize("written", ESCAPES)
def test_what_a_fault_advises_is_set_as_text(written: str, site: Project) -> None:
    """Each way out that a message names works, and comments leave no trace."""
    file = "content/pages/slip.md"
    site.write(file, f"{HEADS['pages']}Words.\n\n{written}\n")
    try:
        faults = site.faults()
        html = site.page("/slip/") if not faults else ""
    finally:
        (site.root / file).unlink()
    assert faults == []
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
def test_a_term_with_marks_is_linked(term: str, use: str, site: Project) -> None:
    """Typography and entities do not part a term from its use."""
    article, glossary = "content/articles/slip.md", "content/pages/slip.md"
    site.write(article, f"{HEADS['articles']}/// passage | a\n\n{use}\n///\n")
    site.write(
        glossary,
        f"{HEADS['pages'].replace('slip', 'words')}/// term | {term}\n\nIt is.\n///\n",
    )
    try:
        assert site.faults() == []
    finally:
        (site.root / article).unlink()
        (site.root / glossary).unlink()
    assert '<a href="/words/#' in site.page("/articles/slip/")


def test_an_id_that_two_sources_make_names_both(site: Project) -> None:
    """`a-b` of one article and `b` of another are one id on a topic page."""
    head = HEADS["articles"]
    block = "/// passage | {}\n    topics: rising\n\nWords.\n///\n"
    files = {
        "content/articles/slip.md": head + block.format("a-b"),
        "content/articles/slip-a.md": head.replace("slug: slip", "slug: slip-a")
        + block.format("b"),
    }
    for file, text in files.items():
        site.write(file, text)
    try:
        faults = site.faults()
    finally:
        for file in files:
            (site.root / file).unlink()
    first, second = "content/articles/slip-a.md:7", "content/articles/slip.md:7"
    assert [fault.split(": ")[0] for fault in faults] == [first, second]
    assert f"twice on /topics/rising/, here and in {second}" in faults[0]
    assert f"twice on /topics/rising/, here and in {first}" in faults[1]


def test_the_site_without_a_slip_has_no_fault(site: Project) -> None:
    """What the rows break is sound, so that each fault is the slip's own."""
    file = "content/articles/slip.md"
    site.write(file, f"{HEADS['articles']}{GOOD}{OPEN}\nWords.\n///\n")
    try:
        assert site.faults() == []
    finally:
        (site.root / file).unlink()
    assert isinstance(site.root, Path)
