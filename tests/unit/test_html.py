"""White space is removed from built HTML where a browser would not show it."""

from __future__ import annotations

import pytest

from sitebuild.render.templates import absolute, squeeze


@pytest.mark.parametrize("name", ["pre", "textarea", "script", "style"])
def test_text_of_some_elements_is_kept(name: str) -> None:
    """White space inside these elements counts, next to block tags inside them too."""
    inner = "one \n\t two  <p> three </p> "
    html = f"<{name} class='x'>{inner}</{name}>"
    assert squeeze(f"<p>a  b</p>  {html}  <p>c</p>") == f"<p>a b</p>{html}<p>c</p>"


def test_an_element_is_kept_to_its_own_end() -> None:
    """The end tag of another kept element does not end one; two of them are two."""
    html = "<pre>a  </textarea>  b</pre>"
    assert squeeze(html) == html
    assert squeeze("<pre> a</pre><i>b  c</i><pre>d </pre>") == (
        "<pre> a</pre><i>b c</i><pre>d </pre>"
    )


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\r", "\f", " \n\t\r\f "])
def test_a_run_of_white_space_is_one_space(space: str) -> None:
    """What HTML counts as white space shows as one space between words."""
    assert squeeze(f"<p>a{space}{space}b</p>") == "<p>a b</p>"


def test_a_no_break_space_is_kept() -> None:
    """A no-break space is no white space in HTML."""
    assert squeeze("<p>a\u00a0\u00a0b</p>") == "<p>a\u00a0\u00a0b</p>"


@pytest.mark.parametrize("name", ["p", "div", "li", "h2", "td", "section"])
def test_no_space_stays_beside_a_block(name: str) -> None:
    """Before and after the tags of a block white space shows nowhere."""
    html = f" <{name} id='x'> a </{name}> b "
    assert squeeze(html) == f"<{name} id='x'>a</{name}>b"


@pytest.mark.parametrize("name", ["a", "b", "span", "em", "picture", "linked"])
def test_a_space_beside_an_inline_element_is_kept(name: str) -> None:
    """Beside any other tag a space may part two words, even where a block's name begins it."""
    html = f"a <{name}>b </{name}> c"
    assert squeeze(html) == html


@pytest.mark.parametrize(
    ("html", "result"),
    [
        ('<a href="#x">a</a> b', '<a href="https://e.org/p/#x">a</a> b'),
        (
            't <a href="/q/?a=1&amp;b=2">é</a>',
            't <a href="https://e.org/q/?a=1&amp;b=2">é</a>',
        ),
        (
            '<img src="/images/a.png" alt="">',
            '<img src="https://e.org/images/a.png" alt="">',
        ),
        (
            '<a href="mailto:a@b.org">m</a><a href="http://[">bad</a>',
            '<a href="mailto:a@b.org">m</a><a href="http://[">bad</a>',
        ),
        ('<a href="//e.com/">e</a>', '<a href="https://e.com/">e</a>'),
        ("no <code>&lt;a href='/x'&gt;</code>", "no <code>&lt;a href='/x'&gt;</code>"),
    ],
)
def test_absolute(html: str, result: str) -> None:
    """Links are made absolute in HTML and nothing else is touched."""
    assert absolute(html, "https://e.org", "/p/#y") == result


def test_absolute_in_a_folder() -> None:
    """Where the site stands in a folder of its host, so does what a link leads to."""
    html = '<a href="/q/">q</a><a href="#x">x</a>'
    assert absolute(html, "https://e.org/f", "/p/") == (
        '<a href="https://e.org/f/q/">q</a><a href="https://e.org/f/p/#x">x</a>'
    )
