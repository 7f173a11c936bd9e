"""What `invoke new` begins builds as it stands, and nothing else is left behind."""

from __future__ import annotations

from datetime import date

import pytest
from projects import Project

from sitebuild.faults import SiteFaults
from sitebuild.new import new_article, new_finding, new_term, new_topic

DAY = date(2026, 1, 31)


def test_what_is_new_builds(bread: Project) -> None:
    """An article, a topic, a finding and a term, with signs in their words."""
    content = bread.root / "content"
    assert new_article(content, "Rye & spelt: why?", DAY).name == "rye-spelt-why.md"
    assert new_article(content, "Ржаной хлеб", DAY).name == "rzhanoi-khleb.md"
    new_topic(content, "Crumb")
    new_finding(content, "Does a baker's oven: help #1?", DAY)
    new_term(content, "oven spring")
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
    for make in (new_article, new_finding):
        if "*" in title and make is new_finding:
            continue
        with pytest.raises(SiteFaults) as raised:
            make(folder, title, DAY)
        assert len(raised.value.faults) == 1
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_what_is_there_is_not_made_again(bread: Project) -> None:
    """A second finding, term or article of one name is a fault."""
    content = bread.root / "content"
    for make in (
        lambda: new_term(content, "Crumb"),
        lambda: new_finding(content, "Is it so?", DAY),
        lambda: new_article(content, "One", DAY),
    ):
        make()
        with pytest.raises(SiteFaults, match="already"):
            make()
