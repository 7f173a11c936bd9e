"""Slips with whole files: in the wrong place, garbled, emptied, or with one address."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from projects import Project
from slips import (
    ABOUT,
    ARTICLE_HEAD,
    EVIDENCE,
    PAGE_HEAD,
    REFERENCES,
    SLIP_ARTICLE,
    SLIP_PAGE,
    SOUR,
    Slip,
    changed,
    each,
    page,
    words,
)

BASE_CSS = "theme/css/base.css"

FILES = {
    "that nothing reads": Slip(
        "content/articles/notes.txt", "", "loose", 1, "no part of the build reads"
    ),
    "of reStructuredText": Slip(
        "content/articles/one.rst",
        "",
        "One\n###\n",
        1,
        "Markdown, in a file that ends with .md",
    ),
    "of no findings": Slip(EVIDENCE, "- id:", "- [\n- id:", 1, "no `name: value` line"),
    "of invalid BibTeX": Slip(
        REFERENCES,
        "@book{baker1900,",
        "@book baker1900,",
        1,
        "is no BibTeX",
    ),
    "of a whole book": page("Words.\n\n" * 40_000, 1, "bytes; 300000 are allowed"),
    "with a NUL": words("a\0b", 8, r"U\+0000 stands at column 2"),
}

GARBLED = {
    "no findings": (EVIDENCE, lambda _: b"", 1),
    "no references": (REFERENCES, lambda _: b"", 1),
    "an article in UTF-16": (SOUR, lambda data: data.decode().encode("utf-16"), 1),
    "an empty article": (SOUR, lambda _: b"", 5),
    "other front matter": (SOUR, lambda data: b"+++\n" + data, 14),
    "a style of other bytes": (BASE_CSS, lambda data: data + b"\xff", 1),
}

# What a program lost, or read as another encoding.
SPOILT = {
    "a letter that is lost": words("It\ufffds bad", 8, "type the letter again"),
    "a bullet of Word's": words("\uf0b7 First", 8, "type - for a bullet"),
    "a curly mark": words("It\u00e2\u20ac\u2122s", 8, "type the letter again, and"),
    "an accent": words("Caf\u00c3\u00a9", 8, "type the letter again, and"),
    "a sign of a word processor": words("a\x0bb", 8, r"the character U\+000B"),
    "a change of direction": words("a\u202eb", 8, "column 2.*remove it"),
}

test_a_file_is_one_that_the_build_reads = each(
    "A file that nothing reads, or that cannot be read, is one fault.",
    FILES | SPOILT,
)


@pytest.mark.parametrize(
    ("path", "change", "most"), list(GARBLED.values()), ids=list(GARBLED)
)
def test_an_accident_to_a_file_is_few_faults(
    path: str, change: Callable[[bytes], bytes], most: int, bread_site: Project
) -> None:
    """A file that is emptied or garbled is named, and not all that depends on it."""
    data = change((bread_site.root / path).read_bytes())
    with changed(bread_site, {path: data}):
        faults = bread_site.faults()
    assert 0 < len(faults) <= most, faults
    assert all(fault.startswith(f"{path}:") for fault in faults)


def test_letters_of_other_languages_are_letters(bread_site: Project) -> None:
    """No letter is taken for a spoilt one, and no mark of Windows for text."""
    text = "\u00c5ngstr\u00f6m, \u00c3 and \u00e2, caf\u00e9, a\u200db."
    sound = words(text, 1, "")
    with changed(bread_site, {sound.file: f"\ufeff{sound.new}"}):
        assert bread_site.faults() == []
        assert text in bread_site.page("/slip/")


def test_a_text_of_another_encoding(bread_site: Project) -> None:
    """A file that is not UTF-8 is named with the byte that is not."""
    with changed(bread_site, {SLIP_PAGE: f"{PAGE_HEAD}Caf\xe9".encode("latin-1")}):
        (fault,) = bread_site.faults()
    assert fault.startswith(f"{SLIP_PAGE}:6: byte 0xe9 is not UTF-8; ")


@pytest.mark.parametrize(
    ("name", "of", "address"),
    [
        ("pages/twin.md", ABOUT, "/about/"),
        ("articles/copy.md", SOUR, "/articles/sour/"),
    ],
)
def test_two_files_with_one_address(
    name: str, of: str, address: str, bread_site: Project
) -> None:
    """The second that claims an address is named, with the first; so is a draft."""
    draft = bread_site.read(of).replace("status: published", "status: draft")
    for text in (bread_site.read(of), draft):
        with changed(bread_site, {f"content/{name}": text}):
            (fault,) = bread_site.faults()
        said = rf"content/{name}:\d+: .* claims the address {address}, which {of} has"
        assert re.match(said, fault)


def test_an_id_that_two_sources_make_names_both(bread_site: Project) -> None:
    """`a-b` of one article and `b` of another are one id on a topic page."""
    block = "/// passage | {}\n    topics: rising\n\nWords.\n///\n"
    other = "content/articles/slip-a.md"
    files = {
        SLIP_ARTICLE: ARTICLE_HEAD + block.format("a-b"),
        other: ARTICLE_HEAD.replace("slug: slip", "slug: slip-a") + block.format("b"),
    }
    with changed(bread_site, files):
        first, second = bread_site.faults()
    at_first, at_second = f"{other}:7", f"{SLIP_ARTICLE}:7"
    assert first.startswith(f"{at_first}: ")
    assert second.startswith(f"{at_second}: ")
    assert f"twice on /topics/rising/, here and in {at_second}" in first
    assert f"twice on /topics/rising/, here and in {at_first}" in second
