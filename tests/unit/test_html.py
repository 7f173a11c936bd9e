"""White space is removed from built HTML where a browser would not show it."""

from __future__ import annotations

import pytest

from sitebuild.render import absolute, squeeze

SPACE = " \n\t\r\f "
KEPT = (
    f"one{SPACE}two <p> three </p> "  # in some elements, next to tags inside them too
)
SQUEEZED = {
    f"<p>a{SPACE}b</p>": "<p>a b</p>",
    "<p>a\u00a0\u00a0b</p>": "<p>a\u00a0\u00a0b</p>",
    # Around a block no space shows, beside any other tag one may part two words.
    **{
        f" <{it} id='x'> a </{it}> b ": f"<{it} id='x'>a</{it}>b"
        for it in ("p", "div", "li", "h2", "td", "section")
    },
    **{
        f"a  <{it}>b </{it}> c": f"a <{it}>b </{it}> c"
        for it in ("a", "b", "span", "em", "picture", "linked")
    },
    **{
        f"<p>a  b</p>  <{it} class='x'>{KEPT}</{it}>  <p>c</p>": (
            f"<p>a b</p><{it} class='x'>{KEPT}</{it}><p>c</p>"
        )
        for it in ("pre", "textarea", "script", "style")
    },
    # Another's end tag ends none, and two are two.
    "<pre>a  </textarea>  b</pre>": "<pre>a  </textarea>  b</pre>",
    "<pre> a</pre><i>b  c</i><pre>d </pre>": "<pre> a</pre><i>b c</i><pre>d </pre>",
}


@pytest.mark.parametrize(("html", "result"), SQUEEZED.items())
def test_white_space_that_shows_nowhere_is_removed(html: str, result: str) -> None:
    """A run of it is one space, none beside a block, and all within what keeps it."""
    assert squeeze(html) == result


@pytest.mark.parametrize("site", ["https://e.org", "https://e.org/f"])
@pytest.mark.parametrize(
    ("html", "result"),
    [
        ('<a href="#x">a</a> b', '<a href="SITE/p/#x">a</a> b'),
        ('t <a href="/q/?a=1&amp;b=2">é</a>', 't <a href="SITE/q/?a=1&amp;b=2">é</a>'),
        ('<img src="/images/a.png" alt="">', '<img src="SITE/images/a.png" alt="">'),
        ('<a href="mailto:a@b.org">m</a>', '<a href="mailto:a@b.org">m</a>'),
        ('<a href="http://[">bad</a>', '<a href="http://[">bad</a>'),
        ("no <code>&lt;a href='/x'&gt;</code>", "no <code>&lt;a href='/x'&gt;</code>"),
        ('<a href="//e.com/">e</a>', '<a href="https://e.com/">e</a>'),
    ],
)
def test_absolute(html: str, result: str, site: str) -> None:
    """Links in HTML lead to the site, in a folder of its host too; all else is kept."""
    assert absolute(html, site, "/p/#y") == result.replace("SITE", site)
