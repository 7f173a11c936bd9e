"""Slips in blocks: markers, options, and what stands inside and between them."""

from __future__ import annotations

from projects import Project
from slips import (
    ARTICLE_HEAD,
    GOOD,
    OPEN,
    SLIP_ARTICLE,
    article,
    assert_sound,
    changed,
    each,
    option,
    page,
    passage,
)

# Lines under the marker of a passage that look like an option, and the one they mean.
LIKE_OPTIONS = {
    **dict.fromkeys(
        (
            "requires: sour/hot-oven",
            "Requires: sour/hot-oven",
            "requires:sour/hot-oven",
            "require: sour/hot-oven",
            "requires = sour/hot-oven",
            "requires\uff1a sour/hot-oven",
            "requires - sour/hot-oven",
            "requires sour/hot-oven",
            "**Requires:** sour/hot-oven",
            "- requires: sour/hot-oven",
            "> requires: sour/hot-oven",
            "(requires: sour/hot-oven)",
        ),
        "requires",
    ),
    "Topic: rising": "topics",
    "evidnce: starter-rises": "evidence",
}

OPTIONS = {
    line: article(
        f"/// passage | here\n{line}\n\nWords.\n///\n",
        line,
        f"{meant}.*did you mean `    {meant}: [a-z]",
    )
    for line, meant in LIKE_OPTIONS.items()
} | {
    "after the text": passage(
        "Words.\nrequires: sour/hot-oven",
        "requires: sour/hot-oven",
        r"`requires\\: sour/hot-oven`",
    ),
    "indented, after a blank line": passage(
        "    requires: sour/hot-oven\n\nWords.",
        "requires: sour/hot-oven",
        'looks like the option "requires"',
    ),
    "without a value": option(
        "requires:", "requires:", 'the option "requires" has no value'
    ),
    "of another block": passage("Words.\n\nurgency: ask", "urgency", "urgency"),
    "on a page, below a block": page(
        "/// term | x\n\nWords.\n///\nalso: y\n", "also:", r"`also\\: …`"
    ),
    "unknown": option(
        "clams: b1", "clams", 'unknown field "clams".*claims.*did you mean "claims"'
    ),
    "twice": option(
        "claims: b1\n    claims: b2", "claims: b2", '"claims" stands twice'
    ),
    "with a comma at its end": option(
        "topics: rising,", "topics:", "commas between them"
    ),
    "without a colon, indented": option(
        "claims b1", "claims b1", 'looks like the option "claims"'
    ),
}


LIKE_MARKERS = (
    " /// box | X",
    "// box | X",
    "/ box | X",
    "///box | X",
    "/// box X",
    "/// box: X",
    "> /// box | X",
    "- /// box | X",
    r"\\\ box | X",
    "::: box | X",
)

MARKERS = {
    line: page(
        f"{line}\n    urgency: ask\n\nWords.\n///\n",
        line.strip(),
        r"marker of a block.*`/// box \| X`",
    )
    for line in LIKE_MARKERS
} | {
    "an end that is indented": page(
        "/// term | x\n\nWords.\n  ///\n", "  ///", "marker of a block.*`///`"
    ),
    "behind a character that nobody sees": page(
        "Words.\n\n\u200b/// term | z\n\nMore.\n///\n", 8, r"U\+200B.*nobody sees"
    ),
    "an end of two slashes": page(
        "/// term | y\n\nWords.\n//\n", 9, "marker of a block.*`///`"
    ),
    "an end that is missing": article(
        f"/// passage | a\n\nWords.\n\n{OPEN}\nWords.\n///\n",
        "passage | a",
        "is not closed",
    ),
    "an end at the end of the file": article(
        "/// passage | a\n\nWords.\n", "passage | a", "is not closed"
    ),
    "an end of more slashes": article(
        "/// passage | a\n\nWords.\n////\n///\n", "////", '"////" closes nothing.*`///`'
    ),
    "an end in code that does not end": article(
        "/// passage | a\n\n~~~\ncode\n///\n", "~~~", "does not end"
    ),
    "an end without a block": article("///\n\n## Heat\n\n", 12, "closes nothing"),
}

BLOCKS = {
    "without a name": article(
        "/// passage\n\nWords.\n///\n", 12, 'a passage has the name "".*lower-case'
    ),
    "with a name of capitals": article(
        "/// passage | Wild Yeast\n\nWords.\n///\n", "Wild", '"Wild Yeast"'
    ),
    "with the name of another": article(
        GOOD, 12, 'id "well" stands twice.*line 7 has it too'
    ),
    "of an unknown kind": article(
        "/// pasage | a\n\nWords.\n///\n", "pasage", 'did you mean "passage"'
    ),
    "of another kind of file": article(
        "/// box | A\n\nWords.\n///\n", "box", 'block "box" is none of those'
    ),
    "with a heading in it": passage(
        "### Inside\n\nWords.", "### Inside", 'holds the heading "Inside"'
    ),
    "with an id of the page": article(
        "/// note | Main\n\nWords.\n///\n", "Main", '"main": the id stands twice'
    ),
    "and a heading with a link": article(
        "## Some [a](/about/)\n", "## Some", "holds a link or a picture"
    ),
    "and HTML around a block": article(
        f"<div>\n\n{GOOD.replace('well', 'x')}</div>\n",
        "<div>",
        '"<div>" stands without its other half',
    ),
}


test_an_option_stands_under_its_marker = each(
    "What looks like an option elsewhere, or is none of its block, is a fault.", OPTIONS
)
test_a_marker_opens_or_closes_a_block = each(
    "What looks like a marker and is none, or has no other half, is a fault.", MARKERS
)
test_a_file_has_its_blocks_only = each(
    "A block has a name of its own and a kind of its file; no text is outside one.",
    BLOCKS,
)


def test_blocks_without_a_slip_have_no_fault(bread_site: Project) -> None:
    """What the rows break is sound, so that each fault is the slip's own."""
    head = ARTICLE_HEAD.removesuffix("\n") + "  \n"  # a blank line may hold spaces
    text = f"{head}{GOOD}## Heat\n\n{OPEN}    claims: b1\n    \nWords.\n///\n"
    text += "\n/// passage | a\n\tclaims: b1\n  topics: rising\n\nWords.\n///\n"
    assert_sound({SLIP_ARTICLE: text}, bread_site)


def test_a_heading_among_the_terms(bread_site: Project) -> None:
    """Text and headings may stand between the terms of the glossary."""
    terms = (
        "/// term | crumb\n\nIn.\n///\n\n## C\n\nWords.\n\n"
        "/// term | crust\n\nOut.\n///\n"
    )
    glossary = "content/pages/glossary.md"
    with changed(bread_site, {glossary: f"{bread_site.read(glossary)}\n{terms}"}):
        assert bread_site.faults() == []
        html = bread_site.page("/glossary/")
    assert html.index("crumb") < html.index("<p>Words.") < html.index("crust")
