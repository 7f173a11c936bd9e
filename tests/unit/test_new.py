"""What `invoke new` begins builds as it stands, and nothing else is left behind."""

from __future__ import annotations

from datetime import date

import pytest
from projects import Project

from sitebuild.faults import SiteFaults
from sitebuild.new import new

DAY = date(2026, 1, 31)


def test_what_is_new_builds(bread: Project) -> None:
    """An article, a topic, a finding and a term, with signs in their words."""
    content = bread.root / "content"
    assert new("article", content, "Rye & spelt: why?", DAY).name == "rye-spelt-why.md"
    assert new("article", content, "Ржаной хлеб", DAY).name == "rzhanoi-khleb.md"
    new("topic", content, "Crumb", DAY)
    new("finding", content, "Does a baker's oven: help #1?", DAY)
    new("term", content, "oven spring", DAY)
    assert bread.faults() == []
    assert "Does a baker\u2019s oven: help #1?" in bread.page("/evidence/").replace(
        "&#8217;", "\u2019"
    )
    assert "oven spring" in bread.page("/glossary/")


@pytest.mark.parametrize("title", ["!?", "A *b*", "word " * 60, "Th\udce9 title"])
def test_words_that_make_no_name_leave_no_file(title: str, bread: Project) -> None:
    """One fault, and the folder is as it was."""
    folder = bread.root / "content"
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    for kind in ("article", "finding"):
        if "*" in title and kind == "finding":
            continue
        with pytest.raises(SiteFaults) as raised:
            new(kind, folder, title, DAY)
        assert len(raised.value.faults) == 1
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_what_is_there_is_not_made_again(bread: Project) -> None:
    """A second finding, term or article of one name is a fault."""
    content = bread.root / "content"
    for kind in ("term", "finding", "article", "topic"):
        new(kind, content, "Crumb", DAY)
        with pytest.raises(SiteFaults, match="already"):
            new(kind, content, "Crumb", DAY)
