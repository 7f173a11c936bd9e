"""Help with writing: skeletons that build, and advice that is right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import Project

from sitebuild.check import advice as writing
from sitebuild.dev import scaffold
from sitebuild.faults import SiteFaults
from sitebuild.plugin import build

TODAY = date(2026, 11, 21)


def advice(project: Project, today: date = TODAY) -> list[str]:
    """What `invoke check` would say of a project, faults aside."""
    return writing.advise(build(project.root / "pelicanconf.py").site, today)


@pytest.mark.parametrize(
    "title",
    ["A plain title", "  Ünïcode & {braces}: 100%? ", "x", "*star* [link](/x/) _u_"],
)
def test_a_new_article_builds_as_a_draft_and_when_published(
    project: Project, title: str
) -> None:
    """A skeleton is never a fault: a draft that leaves no trace, and a page once its status says so."""
    path = scaffold.new_article(project.root / "content", title, TODAY)
    assert project.faults() == []
    assert not (project.output / "articles" / path.stem).exists()
    name = path.relative_to(project.root).as_posix()
    project.edit(name, ("status: draft", "status: published"))
    assert project.faults() == []
    assert " ".join(title.split()).split(" ")[0] in project.page(
        f"/articles/{path.stem}/"
    )


def test_a_new_topic_comes_last_and_builds_when_a_passage_names_it(
    project: Project,
) -> None:
    """A topic's skeleton builds at once, and as a page as soon as it has a passage."""
    path = scaffold.new_topic(project.root / "content", "Warm Hands", TODAY)
    assert project.faults() == []
    project.edit(
        path.relative_to(project.root).as_posix(),
        ("status: draft", "status: published"),
    )
    project.edit(
        "content/articles/weekly-massages.md", ("topics: ", "topics: warm-hands, ")
    )
    assert project.faults() == []
    assert "Warm Hands" in project.page("/topics/")


@pytest.mark.parametrize("title", ["", "!?", "Weekly massages", "word " * 60])
def test_a_new_file_needs_a_name_of_its_own(project: Project, title: str) -> None:
    """A title without letters, too long for a file, or of a file that exists is a fault, and no file is touched."""
    before = project.read("content/articles/weekly-massages.md")
    with pytest.raises(SiteFaults, match=r"content/articles/.*\.md:1: .*title"):
        scaffold.new_article(project.root / "content", title, TODAY)
    assert project.read("content/articles/weekly-massages.md") == before


def test_advice_names_the_line(project: Project) -> None:
    """Passages without topics, long sentences and paragraphs, unknown words and unused terms are named with a line."""
    long = "word " * 30
    project.edit(
        "content/articles/weekly-massages.md",
        lambda text: (
            f"{text}\n/// passage | of-advice\n\nAn XYZQ. {long}end. {long}. {long}. {long}.\n///\n"
        ),
    )
    project.edit(
        "content/pages/glossary.md",
        lambda text: f"{text}\n/// term | zymurgy\n\nBrewing.\n///\n",
    )
    lines = project.read("content/articles/weekly-massages.md").split("\n")
    place = f"content/articles/weekly-massages.md:{lines.index('/// passage | of-advice') + 1}: "
    found = advice(project)
    assert (
        f'{place}passage "of-advice" has no topic, so only its article shows it'
        in found
    )
    assert f'{place}"XYZQ" is not in the glossary' in found
    assert any(
        line.startswith(f"{place}a sentence of 31 words begins “word word")
        for line in found
    )
    assert any(line.startswith(f"{place}a paragraph of 12") for line in found)
    assert any('nothing uses the term "zymurgy"' in line for line in found)
    assert found == sorted(
        found, key=lambda line: (line.split(":")[0], int(line.split(":")[1]))
    )


def test_findings_fall_due_after_a_year(project: Project) -> None:
    """A finding that was checked over a year ago is due for another look; the day is given, not taken from the clock."""
    assert not [line for line in advice(project) if "due" in line]
    due = [
        line
        for line in advice(project, date(2027, 11, 22))
        if "due for another look" in line
    ]
    assert any(line.startswith("content/evidence.yaml:") for line in due)
    assert any(line.startswith("content/topics/") for line in due)


def test_a_topic_with_few_passages_is_thin(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A topic with fewer passages than the bar is named at its own line."""
    monkeypatch.setattr(writing, "THIN_TOPIC", 100)
    thin = [
        line
        for line in advice(project)
        if "topic" in line and line.startswith("content/topics/")
    ]
    assert len(thin) == len(list(Path(project.root / "content/topics").glob("*.md")))
