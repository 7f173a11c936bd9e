"""Every number that a picture draws is one of evidence.yaml, and stands beside it in words."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers import document, select, words
from lxml.html import HtmlElement
from playwright.sync_api import Browser
from projects import ROOT

MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080, "year": 525_600}
EVIDENCE = yaml.safe_load((ROOT / "content" / "evidence.yaml").read_text("utf-8"))
FINDINGS: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in EVIDENCE}
# The pages with a picture of times, and where it stands there.
TIMED = ("index.html", "topics/tension/index.html")
LASTING = "figure.lasting"
TIMES = ("seen_from", "seen_until", "gone_by")


def minutes(time: str) -> int:
    """Return a time such as `10 weeks` in minutes."""
    number, unit = time.split()
    return int(number) * MINUTES[unit.removesuffix("s")]


def ticks(figure: HtmlElement) -> list[tuple[float, float]]:
    """Return the ticks of a picture's axis: logarithm of the minutes, and percent."""
    found = []
    for text in select(figure, "svg.axis")[0].iter("{*}text", "text"):
        name = words(text)
        if name != "0":
            time = name if " " in name else f"1 {name}"
            found.append((math.log(minutes(time)), percent(text, "x")))
    return found


def percent(element: HtmlElement, name: str) -> float:
    """Return an attribute that is given in percent."""
    value = element.get(name)
    assert value.endswith("%"), (element.tag, name)
    return float(value[:-1])


def place(time: str, axis: list[tuple[float, float]]) -> float:
    """Return where a time stands on an axis whose ticks are known, in percent."""
    if minutes(time) == 0:
        return 1.5
    at = math.log(minutes(time))
    for (before, left), (after, right) in pairwise(axis):
        if at <= after + 1e-9:
            return left + (at - before) / (after - before) * (right - left)
    raise AssertionError(f"{time} is off the axis")


def drawn(strip: HtmlElement) -> dict[str, list[float]]:
    """Return what a strip draws, in percent: its bar or its dot, and its end."""
    bars = [it for it in strip.iter("rect") if it.get("class") != "track"]
    lines = [it for it in strip.iter("line") if not it.get("class")]
    found = {}
    if bars:
        (bar,) = bars
        left = percent(bar, "x")
        found["bar"] = [left, left + percent(bar, "width")]
    dots = list(strip.findall("circle"))
    if dots:
        (dot,) = dots
        found["dot"] = [percent(dot, "cx")]
    if lines:
        found["line"] = [percent(lines[0], "x1"), percent(lines[0], "x2")]
        assert percent(lines[1], "x1") == percent(lines[1], "x2") == found["line"][1]
    return found


def expected(row: dict[str, str], axis: list[tuple[float, float]]) -> dict[str, Any]:
    """Return what a strip should draw for a row of evidence.yaml."""
    first, last, gone = (place(row[it], axis) if it in row else None for it in TIMES)
    found: dict[str, list[float]] = {}
    end = first if last is None else last
    if first is not None and last is not None:
        found["bar"] = [first, last]
    elif end is not None:
        found["dot"] = [end]
    if gone is not None and end is not None:
        found["line"] = [end, gone]
    return {name: pytest.approx(value, abs=0.11) for name, value in found.items()}


@pytest.mark.parametrize("page", TIMED)
def test_bars_run_from_and_to_the_times_of_the_data(built: Path, page: str) -> None:
    """On one axis, and in the words of the line above; where a source gives no time nothing is drawn, a small effect is thin, and nothing fades where the end is known."""
    for figure in select(document(built / page), LASTING):
        axis = ticks(figure)
        assert [left for _, left in axis] == sorted(left for _, left in axis)
        shown: list[str] = []
        for item in select(figure, "li"):
            ident = item.xpath("string(.//a/@href)").rpartition("#")[2]
            row = FINDINGS[ident]["lasting"][shown.count(ident)]
            shown.append(ident)
            times = [row[it] for it in TIMES if it in row]
            text = words(item)
            for name in ("effect", "against", "people", "note"):
                assert str(row.get(name, "")).replace("'", "’") in text, row
            numbers = re.findall(r"\d+", " ".join(times))
            assert set(numbers) - {"0"} <= set(re.findall(r"\d+", text)), row
            strips = item.xpath("svg[contains(@class, 'strip')]")
            assert [it.get("aria-hidden") for it in strips] == ["true"] * bool(times)
            if not strips:
                assert "no time given" in text, row
                continue
            (strip,) = strips
            assert drawn(strip) == expected(row, axis), row
            is_small = row.get("size") == "small"
            heights = strip.xpath("rect[not(@class)]/@height")
            assert heights in ([], ["16%" if is_small else "50%"]), row
            assert not is_small or "a little" in row["effect"], row
            opens = "seen_until" in row and "seen_from" not in row
            has_time = opens or "seen_from" in row
            fades = (has_time and "gone_by" not in row) + opens
            assert strip.xpath("count(svg)") == fades, row
        for ident in shown:
            assert shown.count(ident) == len(FINDINGS[ident]["lasting"])


def test_differences_stand_on_their_scale(built: Path) -> None:
    """Dot, interval and what is worthwhile stand at the data's numbers of a ruler as long as the whole scale, which are in words too."""
    pages = [document(path) for path in built.rglob("*.html")]
    figures = [figure for page in pages for figure in page.cssselect("figure.scale")]
    scales = [scale for it in EVIDENCE for scale in it.get("scales", ())]
    assert len(figures) >= len(scales) > 0
    for figure in figures:
        text = words(figure)
        (scale,) = (it for it in scales if it["measured"] in text)
        share = 100 / scale["most"]
        (axis,) = select(figure, "svg.axis")
        assert [words(it) for it in axis.iter("text")] == [
            "0",
            f"{scale['worthwhile']} is worthwhile",
            str(scale["most"]),
        ]
        items = select(figure, "li")
        for item, said in zip(items, scale["differences"], strict=True):
            better, low, high = map(float, re.findall(r"\d+(?:\.\d+)?", said))
            assert said.lower() in words(item).lower().replace(":", "")
            (strip,) = item.xpath("svg")
            mark, interval = strip.xpath("line")
            for name in ("x1", "x2"):
                at = scale["worthwhile"] * share
                assert percent(mark, name) == pytest.approx(at, abs=0.06)
            ends = [percent(interval, name) for name in ("x1", "x2")]
            assert ends == pytest.approx([low * share, high * share], abs=0.06)
            (dot,) = strip.xpath("circle")
            assert percent(dot, "cx") == pytest.approx(better * share, abs=0.06)


def test_a_finding_says_on_how_many_it_was_studied(built: Path) -> None:
    """Under its verdict each finding has the number of the data beside it: people, or what else was counted."""
    page = document(built / "evidence" / "index.html")
    shown = select(page, "details.finding")
    assert sorted(it.get("id") for it in shown) == sorted(FINDINGS)
    for item in shown:
        entry = FINDINGS[item.get("id")]
        counts = [count.split() for count in entry.get("studied", ())]
        people = sum(int(number) for number, unit, *_ in counts if unit == "people")
        label = words(select(item, "span.label")[0])
        if people:
            assert label == f"{people:,} people"
        elif counts:
            number, unit = counts[0][:2]
            assert label == ("no trial found" if number == "0" else f"{number} {unit}")
        else:
            assert label == ""
        kind = entry.get("kind", "effect")
        verdict = entry["verdict"] if kind == "effect" else kind
        (band,) = item.xpath("preceding-sibling::h2[1]/b")
        assert band.get("class") == verdict, entry["id"]
        assert not counts or kind == "effect"


@pytest.mark.parametrize("page", [*TIMED, "evidence/index.html"])
def test_pictures_take_the_colours_of_the_reader(
    built: Path, chromium: Browser, page: str
) -> None:
    """In forced colours, here on black, every picture has the colour of the text around it."""
    with chromium.new_context(forced_colors="active", color_scheme="dark") as context:
        shown = context.new_page()
        shown.set_content((built / page).read_text("utf-8"))
        strange = shown.evaluate(
            """() => [...document.querySelectorAll('main svg')].filter(svg =>
              getComputedStyle(svg).color !== getComputedStyle(svg.parentElement).color)
              .map(svg => svg.outerHTML)"""
        )
        assert not strange
