"""The site's own words: no run of six words of the two articles that it restates.

The articles themselves are not in the project. `tests/texts/data/shingles.txt` holds the
first 12 hex digits of the SHA-256 of each of their runs of six words, in lower case,
letters and digits only, titles and headings left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import ROOT

RUN_WORDS = 6
HASH_DIGITS = 12
CONTENT = ROOT / "content"
# The list of addresses holds no sentences.
FILES = sorted(
    path
    for path in CONTENT.rglob("*")
    if path.suffix in {".md", ".yaml", ".bib"} and path.is_file()
)


def runs(text: str) -> Iterator[str]:
    """Every run of six words of a text, in lower case, without apostrophes."""
    bare = text.lower().replace("\u2019", "").replace("'", "")
    words = re.findall(r"[a-z0-9]+", bare)
    for start in range(len(words) - RUN_WORDS + 1):
        yield " ".join(words[start : start + RUN_WORDS])


def hashed(run: str) -> str:
    """The form in which a run stands in the list."""
    return hashlib.sha256(run.encode()).hexdigest()[:HASH_DIGITS]


def known_runs() -> frozenset[str]:
    """The runs of the two older articles, hashed."""
    path = Path(__file__).parent / "data" / "shingles.txt"
    return frozenset(path.read_text("ascii").split())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_six_words_of_the_older_articles(path: Path) -> None:
    """No run of six words of the older articles stands in the content."""
    known = known_runs()
    copied = [run for run in runs(path.read_text("utf-8")) if hashed(run) in known]
    assert copied == []


def test_list_of_runs_is_whole() -> None:
    """The list has a hash for each run, so that the test above cannot pass by itself."""
    known = known_runs()
    assert len(known) == 1240
    assert all(re.fullmatch(r"[0-9a-f]{12}", one) for one in known)


def test_runs_cross_lines_marks_and_case() -> None:
    """A run is found across line breaks, punctuation, apostrophes and capitals."""
    text = "It's *One*, two:\nthree \u2013 FOUR (five) six."
    assert list(runs(text)) == [
        "its one two three four five",
        "one two three four five six",
    ]
    assert hashed("one two three four five six") == "bab7fd6e5bd6"
