"""The advice on heavy pages: a page over one round trip is named, with what to do."""

from __future__ import annotations

import random

from sitebuild.check import advice


def page_of(wire: int) -> bytes:
    """Return a page that weighs so much on the wire: noise cannot be compressed."""
    chance = random.Random(1)
    page = chance.randbytes(wire - advice.HEADERS_BYTES)
    while advice.wire_bytes(page) > wire:
        page = page[:-1]
    return page


def test_a_page_over_one_round_trip_is_named() -> None:
    """The line names the page, its weight, what is allowed and what to do."""
    page = page_of(advice.ROUND_TRIP_BYTES) + b"one more"
    (line,) = advice.advise_weight({"about/index.html": page})
    assert line.startswith("/about/: 14,60")
    assert "14,600 come in one round trip; shorten it" in line


def test_the_icon_counts() -> None:
    """A page that fits alone and not with the icon is named with the weight of both."""
    page = page_of(advice.ROUND_TRIP_BYTES - 100)
    files = {"index.html": page, "assets/icon.1f.svg": b"<svg/>"}
    assert list(advice.advise_weight({"index.html": page})) == []
    assert list(advice.advise_weight(files)) == []
    files["assets/icon.1f.svg"] = random.Random(2).randbytes(200)
    (line,) = advice.advise_weight(files)
    assert line.startswith("/: 14,7")


def test_a_page_of_just_one_round_trip_is_fine() -> None:
    """The bound itself is allowed, and so is any weight of what is no page."""
    page = page_of(advice.ROUND_TRIP_BYTES)
    assert advice.wire_bytes(page) == advice.ROUND_TRIP_BYTES
    assert list(advice.advise_weight({"index.html": page, "a.png": page * 2})) == []
