"""What the theme makes for machines can be read, and what it lacks is a fault."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lxml import etree
from projects import ROOT, Project
from slips import changed

STRING_OR_COMMENT = re.compile(
    r"""/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.DOTALL
)


def test_what_is_for_machines_can_be_read(sink: Path) -> None:
    """Every XML file is well formed and every JSON file is JSON."""
    found = [*sink.rglob("*.xml"), *sink.rglob("*.svg")]
    for path in found:
        etree.fromstring(path.read_bytes())
    for path in sink.rglob("*.json"):
        json.loads(path.read_bytes())
    assert len(found) > 3


def test_a_feed_holds_nothing_that_runs(sink: Path) -> None:
    """The HTML in feeds has no script, no handler and no style."""
    for path in sink.rglob("feed.xml"):
        root = etree.fromstring(path.read_bytes())
        html = [it.text or "" for it in root.iter("{*}content", "{*}summary")]
        assert html
        for text in html:
            assert not re.search(r"<(?:script|style)|\s(?:on\w+|style)\s*=", text)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "theme/css").rglob("*.css")), ids=lambda it: it.name
)
def test_a_style_sheet_closes_what_it_opens(path: Path) -> None:
    """Each brace, comment and string of a sheet that is opened is closed."""
    text = STRING_OR_COMMENT.sub("", path.read_text("utf-8"))
    assert text.count("{") == text.count("}")
    assert not re.search(r"""/\*|"|'""", text)


@pytest.mark.parametrize(
    "name", ["mark.svg", "search.js", "templates/feed.xml", "css/tokens.css"]
)
def test_a_theme_without_a_file_is_a_fault(name: str, bread: Project) -> None:
    """What the build reads of the theme without a page asking for it is missed."""
    (bread.root / "theme" / name).unlink()
    (fault,) = bread.faults()
    assert Path(name).name in fault


@pytest.mark.parametrize(
    "mark", ["<svg", "<svg/>", '<svg viewBox="0 0 9 9"><path d="M 1 z 2 q"/></svg>']
)
def test_a_mark_that_cannot_be_drawn_is_a_fault(mark: str, bread_site: Project) -> None:
    """A mark that is no SVG with paths is named, with its file."""
    with changed(bread_site, {"theme/mark.svg": mark}):
        faults = bread_site.faults()
    assert any(fault.startswith("theme/mark.svg:1: ") for fault in faults)
