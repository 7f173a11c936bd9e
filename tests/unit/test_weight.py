"""Heavy pages: one over a round trip is named, with what to do; a heavy one is packed hardest."""

from __future__ import annotations

import random

import brotli
import pytest

from sitebuild import host
from sitebuild.check import advice

MOST = advice.ROUND_TRIP_BYTES - advice.HEADERS_BYTES


def test_a_page_over_one_round_trip_is_named() -> None:
    """The line names the page, its weight, what is allowed and what to do."""
    (line,) = advice.advise_weight({"about/index.html": bytes(MOST + 1)})
    assert line.startswith("/about/: 14,601")
    assert "14,600 come in one round trip; shorten it" in line


def test_the_icon_counts() -> None:
    """A page that fits alone and not with the icon is named with the weight of both."""
    files = {"index.html": bytes(MOST - 100), "assets/icon.1f.svg": bytes(30)}
    assert list(advice.advise_weight(files)) == []
    files["assets/icon.1f.svg"] = bytes(200)
    (line,) = advice.advise_weight(files)
    assert line.startswith("/: 14,770")


def test_a_page_is_weighed_as_it_is_sent() -> None:
    """What counts is the compressed copy, where there is one, and no other file."""
    files = {"index.html": bytes(MOST * 2), "index.html.br": bytes(MOST)}
    assert list(advice.advise_weight(files)) == []
    assert list(advice.advise_weight({**files, "a.png": bytes(MOST * 2)})) == []
    assert len(list(advice.advise_weight({"index.html": bytes(MOST * 2)}))) == 1


@pytest.mark.parametrize(("words", "quality"), [(2_000, 10), (9_000, 11)])
def test_a_heavy_page_is_compressed_hardest(words: int, quality: int) -> None:
    """Level 10 is quicker; what nearly fills a round trip is compressed at 11."""
    drawn = random.Random(1)
    page = " ".join(f"word{drawn.randint(1, 3_000)}" for _ in range(words)).encode()
    files = {"index.html": page}
    host.compress(files)
    assert files["index.html.br"] == brotli.compress(page, quality=quality)
    assert files["index.html.br"] != brotli.compress(page, quality=21 - quality)
