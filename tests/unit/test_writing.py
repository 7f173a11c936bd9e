"""Help with writing: drafts that build, and advice that is right."""

from __future__ import annotations

from datetime import date

from projects import Project

from sitebuild.check import advice
from sitebuild.plugin import build

TODAY = date(2026, 2, 1)
ARTICLE = "content/articles/sour.md"
TOPIC = "content/topics/rising.md"


def advised(project: Project, today: date = TODAY) -> list[str]:
    """What `invoke check` would say of a project, faults aside."""
    return advice.advise(build(project.root / "pelicanconf.py").site, today)


def add(project: Project, path: str, text: str) -> str:
    """Add a block to a source file; returns `file:line: ` of its first line."""
    before = project.read(path)
    project.write(path, f"{before}\n{text}")
    return f"{path}:{len(before.splitlines()) + 2}: "


def test_a_day_to_come_is_named(bread: Project) -> None:
    """Which day it is decides what `check` says, and never whether a site is built."""
    bread.edit(ARTICLE, ("date: 2026-01-02", "date: 2999-01-02"))
    bread.edit("content/evidence.yaml", ("checked: 2026-01-01", "checked: 2999-01-01"))
    said = "\n".join(advised(bread))
    assert f"{ARTICLE}:3: the file has a day in the future: date 2999-01-02" in said
    assert 'finding "starter-rises" has a day in the future: checked 2999' in said
    assert bread.faults() == []


def test_a_finding_that_nothing_uses_is_named(bread: Project) -> None:
    """A finding beside no passage and in no other block is worth a look."""
    assert not any("nothing uses the finding" in line for line in advised(bread))
    bread.edit(ARTICLE, ("    evidence: starter-rises\n", ""))
    assert not any("nothing uses the finding" in line for line in advised(bread))
    bread.edit(TOPIC, ("    evidence: starter-rises\n", ""))
    said = 'content/evidence.yaml:1: nothing uses the finding "starter-rises"'
    assert said in advised(bread)


def test_a_topic_with_few_passages_is_named(bread: Project) -> None:
    """A topic of fewer than three passages is named at its slug."""
    thin = 'content/topics/rising.md:3: topic "rising" has'
    assert f"{thin} 1 passage" in advised(bread)
    passage = "/// passage | more-{}\n    topics: rising\n\nWords.\n///\n"
    add(bread, ARTICLE, passage.format(1))
    assert f"{thin} 2 passages" in advised(bread)
    add(bread, ARTICLE, passage.format(2))
    assert not [line for line in advised(bread) if line.startswith(thin)]


def test_advice_is_sorted_by_file_and_line(bread: Project) -> None:
    """Advice can be worked through from top to bottom."""
    for number in range(12):
        add(bread, ARTICLE, f"/// passage | p-{number}\n\nWords.\n///\n")
    found = advised(bread)
    assert found == sorted(
        found, key=lambda line: (line.split(":")[0], int(line.split(":")[1]))
    )


def test_a_site_that_nobody_can_write_to_is_told_so() -> None:
    """Without CONTACT there is one line on it; with it there is none."""
    (line,) = advice.advise_contact("")
    assert line.startswith("pelicanconf.py: CONTACT is empty")
    assert advice.advise_contact("/about/") == []
