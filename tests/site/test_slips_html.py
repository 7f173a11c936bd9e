"""Slips in HTML: what runs a script, is left open, or has no place in a text."""

from __future__ import annotations

import re

from projects import Project
from slips import (
    PAGE_HEAD,
    SLIP_PAGE,
    Slip,
    assert_one_fault,
    assert_sound,
    each,
    page,
    words,
)


def html(text: str, name: str) -> Slip:
    """Return a page with a line of HTML that holds what it may not."""
    return words(text, 8, f'holds "{re.escape(name)}"')


SCRIPTS = {
    "script": html("<script>alert(1)</script>", "script"),
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
    "a link of Markdown": words("[x](javascript:alert(1))", 8, "javascript:"),
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
    "style": html('<p style="color: red">x</p>', "style"),
    "what no line of the header allows": Slip(
        SLIP_PAGE,
        "",
        f"allow: style\n{PAGE_HEAD}<p style='x'>x</p>\n\n<script>x</script>\n",
        "<script",
        'holds "script"|"script"',
    ),
    "form": html('<form action="/x/"></form>', "form"),
    "button": html("<p><button formaction=x>x</button></p>", "button"),
    "word with a hyphen, in signs": words(
        "So.\n\nIn *the <project-name>* it is.",
        "<project-name>",
        '"<project-name>" stands without.*write &lt;',
    ),
    "element of one's own": html("<my-thing>x</my-thing>", "my-thing"),
    "body": html("<p>x</p><body onload=alert(1)></body>", "body"),
    "instruction": html("<?php x ?>", "<!"),
    "paint of another host": html(
        "<svg><path fill='url(https://example.com/x)' d='M0 0'/></svg>", "url("
    ),
    "event of another case": html("<details ontoggle=x open>y</details>", "ontoggle"),
}

HALVES = {
    "without its end": words("<div>", 8, '"<div>" stands without its other half'),
    "that closes itself": words("<div/>", 8, '"<div>" stands without its other half'),
    "without its start": words("</section>", 8, '"</section>" stands without'),
    "in a paragraph": words("So <b>it is.", "<b>", '"<b>" stands without'),
    "that ends in another": words("<b><i>x</b></i>", 8, '"<i>" stands without'),
    "of a comment": words("One <!-- two.", 8, "does not end"),
    "of a comment above a block in code": words(
        "<!-- So.\n\n```\n/// box | X\n    urgency: ask\n\nWords.\n///\n```\n\n"
        "~~~\n/// box | Y\n~~~",
        "<!--",
        "does not end",
    ),
    "20,000 times": words("<a " * 20_000, 8, "20000 times; 500 are allowed"),
}


test_nothing_in_a_text_runs = each(
    "Elements, attributes and addresses that may run or load something are faults.",
    SCRIPTS,
)
test_an_element_has_both_its_halves = each(
    "An element that is not closed, or not opened, is a fault of its line.", HALVES
)


def test_a_page_has_one_main_heading(bread_site: Project) -> None:
    """The title is the page's first heading, so the text has none of that level."""
    assert_one_fault(page("# Why\n", 6, 'holds "h1"'), bread_site)


def test_html_without_a_slip_has_no_fault(bread_site: Project) -> None:
    """Void elements, capitals, drawings and comments are sound."""
    text = (
        "<div><p>x</p></div>\n\n<DIV></div>\n\n<p>a<br>b</p>\n\n<hr>\n\n"
        "<svg><path d='M0 0'/></svg>\n\n<!-- <div> -->\n\n"
        "See [this] (or that), `[this][that]` and on top of style = this.\n"
    )
    sound = page(text, 1, "")
    assert_sound({sound.file: sound.new}, bread_site)
