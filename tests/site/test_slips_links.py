"""Slips in links and pictures: where they lead, and what a reader is shown."""

from __future__ import annotations

from projects import Project
from slips import (
    Slip,
    assert_sound,
    changed,
    each,
    page,
    passage,
    words,
)

NEAR = "Words () and [About](/about/) and [help](/topics/rising/#sour-hot-oven).\n\n"


def link(text: str, says: str) -> Slip:
    """Return a page with a broken link below links that work."""
    return page(f"{NEAR}Broken is {text} here.\n", 8, says)


TARGETS = {
    "no id": link("[a](/evidence/#calm)", "the page has no such id"),
    "a page without its slash": link(
        "[a](/about)", '"/about": nothing.*did you mean /about/'
    ),
    "a fragment of a file": link(
        "[a]({filename}/pages/about.md#nope)", '"/about/#nope": the page has no such'
    ),
    "an id that is near": link(
        "[a](/topics/rising/#sour-hot-ovens)", "did you mean /topics/rising/#sour-hot-o"
    ),
    "a source": link("[a](about.md)", "write /about/"),
    "no scheme": link("[a](www.nhs.uk/a)", "did you mean https://www.nhs.uk/a"),
    "no file": link(
        "[a]({filename}/pages/abuot.md)", 'names the file "/pages/abuot.md"'
    ),
    "nowhere, by a definition": page(
        f"{NEAR}[a][b]\n\n[b]: /nowhere/ 'x'\n", 10, '"/nowhere/": nothing stands'
    ),
    "nowhere, with brackets": link(
        "[a](/no_(where)/)", r'"/no_\(where\)/": nothing stands'
    ),
    "nowhere, in HTML": link("<a href='/nowhere/'>a</a>", '"/nowhere/": nothing'),
    "no id, from a passage": passage(
        "[a](#nope)", "[a](#nope)", '"#nope": the page has no such id'
    ),
    "the preview": link(
        "[a](http://localhost:8000/about/)",
        '"http:localhost:8000" is nothing that a reader can open',
    ),
    "an address without a host": link(
        "[a](https:/about)", '"https:" is nothing that a reader can open'
    ),
}

FORMS = {
    "without an address": link("[x]()", "it is empty"),
    "without a text": link("[](/about/)", '"/about/": the link has no text'),
    "of an unknown definition": link("[a][that]", r'"\[a\]\[that\]" is a link'),
    "with a blank": words("Read.\nSee [a] (/about/).", "See", "does not work"),
    "that does not end": words(
        "Read.\nSee [a](/about/ here.", "See [a]", r'"\[a\]\(/about/"'
    ),
    "with an address of two lines": words(
        "[a](https://www.bread.org/one-\n    two/)",
        "[a]",
        "write it on one line",
    ),
    "with a blank in its address": link(
        "[a](https://www.bread.org/a b)", "%20 for a blank"
    ),
    "with its halves exchanged": link("(this)[/about/]", r'"\(this\)\[/about/\]"'),
    "of a note that is missing": link("it.[^1]", r'"\[\^1\]" is a footnote'),
    "over two lines": words("[a]\n(/about/)", "[a]", r'"\[a\] \(/about/\)"'),
}

PICTURES = {
    "that is not there": link("![a](/images/none.png)", '"/images/none.png": nothing'),
    "in another place": link("![a](/pictures/mark.svg)", "did you mean /mark.svg"),
    "that is no static file": link(
        "![a]({static}/images/x.png)", '"/images/x.png": nothing stands'
    ),
    "that is a page": words("![a](/about/)", 8, "this is a page"),
    "without a text": link(
        "![](/mark.svg)", "no alternative text.*write what the picture shows"
    ),
    "of another host": link(
        "![a](https://example.org.evil.com/x.png)", "files of its own site only"
    ),
    "of another host, without a scheme": link(
        "![a](//example.com/x.png)", "files of its own site only"
    ),
}


test_a_link_leads_somewhere = each(
    "A link to what no reader can open is a fault of the line that holds it.", TARGETS
)
test_a_link_has_a_text_and_an_address = each(
    "What was meant as a link and is none is a fault, not a text with brackets.", FORMS
)
test_a_picture_is_a_file_of_the_site = each(
    "A picture is there, on this site, and has a text for who cannot see it.", PICTURES
)


def test_each_address_of_a_line_is_told(bread_site: Project) -> None:
    """Of one line with two links to nothing, of equal length, both are faults, in order."""
    slip = link("[a](/nope/#x) [b](/nopf/#x)", "")
    with changed(bread_site, {slip.file: slip.new}):
        one, other = bread_site.faults()
    assert '"/nope/#x": nothing stands' in one
    assert '"/nopf/#x": nothing stands' in other


def test_links_without_a_slip_have_no_fault(bread_site: Project) -> None:
    """What the rows break is sound, so that each fault is the slip's own."""
    sound = link("[a](/evidence/#starter-rises) ![a](/mark.svg)", "")
    assert_sound({sound.file: sound.new}, bread_site)
