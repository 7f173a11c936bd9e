"""Slips in HTML: what runs a script, is left open, or has no place in a text."""

from __future__ import annotations

from projects import Project
from slips import (
    ARTICLE_HEAD,
    SLIP_ARTICLE,
    assert_sound,
    changed,
    each,
    page,
    words,
)

# HTML, and what of it may run or load something or break the page that holds it.
HARMFUL = {
    "<script>alert(1)</script>": "script",
    "<svg/onload=alert(1)></svg>": "onload",
    "<p\nonclick=alert(1)>x</p>": "onclick",
    "<P ONCLICK=alert(1)>x</P>": "onclick",
    "<details ontoggle=x open>y</details>": "ontoggle",
    '<svg><a xlink:href="java&#115;cript:alert(1)">x</a></svg>': "javascript:",
    '<a href="java&Tab;script:x">x</a>': "javascript:",
    '<a href=" javascript:x">x</a>': "javascript:",
    '<a href="data:text/html,x">x</a>': "data:",
    "[x](javascript:alert(1))": "javascript:",
    "<svg><set attributeName=href to=javascript:x /></svg>": "set",
    "<svg><foreignObject><p>x</p></foreignObject></svg>": "foreignobject",
    "<svg><title><img src=x onerror=alert(1)></title></svg>": "title",
    "<svg><path fill='url(https://example.com/x)' d='M0 0'/></svg>": "url(",
    "<iframe srcdoc='x'></iframe>": "iframe",
    '<p style="color: red">x</p>': "style",
    '<form action="/x/"></form>': "form",
    "<p><button formaction=x>x</button></p>": "button",
    "<my-thing>x</my-thing>": "my-thing",
    "<p>x</p><body onload=alert(1)></body>": "body",
    "<?php x ?>": "<!",
}


def test_nothing_in_a_text_runs(bread_site: Project) -> None:
    """Elements, attributes and addresses that may run or load something are faults."""
    text = ARTICLE_HEAD + "".join(f"## So\n\n{it}\n\n" for it in HARMFUL)
    with changed(bread_site, {SLIP_ARTICLE: text}):
        faults = bread_site.faults()
    assert len(faults) == len(HARMFUL)
    for (html, name), fault in zip(HARMFUL.items(), faults, strict=True):
        line = text[: text.index(html) + len(html)].count("\n") + 1
        assert fault.startswith(f"{SLIP_ARTICLE}:{line}: "), html
        assert f'holds "{name}"' in fault


HALVES = {
    "word in signs": words(
        "So.\n\nIn *the <project-name>* it is.",
        "<project-name>",
        '"<project-name>" stands without.*write &lt;',
    ),
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
    "20,000 times": words("<a " * 20_000, 8, "20000 of them brackets.*500 brackets"),
    "of a second main heading": page("# Why\n", 6, 'holds "h1"'),
}


test_an_element_has_both_its_halves = each(
    "An element that is not closed, or not opened, is a fault of its line.", HALVES
)


def test_html_without_a_slip_has_no_fault(bread_site: Project) -> None:
    """Void elements, capitals, drawings and comments are sound."""
    text = (
        "<div><p>x</p></div>\n\n<DIV></div>\n\n<p>a<br>b</p>\n\n<hr>\n\n"
        "<svg><path d='M0 0'/></svg>\n\n<!-- <div> -->\n\n"
        "See [this] (or that), `[this][that]` and on top of style = this.\n"
    )
    sound = page(text, 1, "")
    assert_sound({sound.file: sound.new}, bread_site)
