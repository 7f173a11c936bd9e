"""What differs between two builds of a site, and why, in the editor's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bread import bake_sink
from projects import Project

ARTICLE = "content/articles/kitchen-sink.md"
PAGE = "/articles/kitchen-sink/"
Edit = tuple[str, str, str]
Report = Callable[..., list[str]]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The site on bread with every construct, to be edited."""
    return bake_sink(tmp_path / "after")


def changes(project: Project, old: Path, new: Path) -> list[str]:
    """Return what the task says of two folders."""
    return project.task("changes", str(old), str(new)).splitlines()


@pytest.fixture
def report(project: Project, sink: Path) -> Report:
    """A function that makes edits, builds, and reports what is other than before.

    An edit is a file with what to replace by what.
    """

    def run(*edits: Edit) -> list[str]:
        for path, old, new in edits:
            project.edit(path, (old, new))
        return changes(project, sink, project.build())

    return run


def of_pages(lines: list[str]) -> list[str]:
    """Return the lines that are about pages."""
    return [line for line in lines if not line.startswith("other files: ")]


def test_equal_builds_differ_in_nothing(report: Report) -> None:
    """Two builds of the same sources are the same bytes, so nothing is listed."""
    assert report() == ["nothing changed"]


def test_a_passage_is_named_with_its_words_on_every_page_that_shows_it(
    report: Report, sink: Path
) -> None:
    """An edited passage is the reason on its article and its topics, and on no more."""
    lines = of_pages(
        report((ARTICLE, "two, with a list in it", "two, with a short list in it"))
    )
    pages = list(sink.rglob("*.html"))
    shown = [page for page in pages if b"two, with a list in it" in page.read_bytes()]
    assert len(lines) == len(shown) == 3
    assert all("two, with a {+short+} list in it" in line for line in lines)
    named = "\n".join(lines)
    assert f"changed {PAGE}: passage some-lists: " in named
    assert "changed /topics/rising/: passage kitchen-sink-some-lists: " in named


def test_a_finding_is_the_reason_wherever_it_stands(report: Report) -> None:
    """An edited finding is named on its page, its words on pages that it stands on."""
    lines = of_pages(
        report(("content/evidence.yaml", "fresh for longer", "fresh longer"))
    )
    shown = {"/evidence/": "finding crust-keeps: ", PAGE: "notes beside "}
    shown["/topics/rising/"] = "notes beside "
    assert {line.split()[1].strip(":") for line in lines} == {*shown}
    for line in lines:
        assert shown[line.split()[1].strip(":")] in line
        assert "fresh [-for-] longer" in line


def test_pages_added_and_removed_are_listed(project: Project, sink: Path) -> None:
    """A page that is new or gone is listed as such."""
    text = project.read("content/pages/disclaimer.md")
    project.write("content/pages/new.md", text.replace("disclaimer", "new"))
    after = project.build()
    assert "added /new/" in changes(project, sink, after)
    assert "removed /new/" in changes(project, after, sink)


def test_a_passage_that_is_added_is_quoted(report: Report) -> None:
    """Title and first words of a new passage stand in the line of its page."""
    marker = "/// passage | some-lists"
    new = f"/// passage | brand-new\n\nA passage of its own.\n///\n\n{marker}"
    lines = report((ARTICLE, marker, new))
    said = "passage brand-new added: Brand new A passage of its"
    assert any(said in line for line in lines)


def test_style_and_template_are_not_words(report: Report) -> None:
    """A change of the template around the words is called template, on every page."""
    edit = ('<main id="main"', '<main data-x="1" id="main"')
    lines = of_pages(report(("theme/templates/base.html", *edit)))
    assert len(lines) > 10
    assert all(line.endswith(": template") for line in lines)


def test_words_here_and_emphasis_there_are_both_listed(report: Report) -> None:
    """Other emphasis is listed beside other words, and makes no word another."""
    lines = report(
        (ARTICLE, "two, with a list in it", "two, with a short list in it"),
        (ARTICLE, "Text after a rule.", "Text after a *rule*."),
    )
    (line,) = [line for line in lines if line.startswith(f"changed {PAGE}: ")]
    assert "two, with a {+short+} list in it" in line
    assert "passage some-tables: mark-up, no words" in line


def test_a_renamed_article_changes_links_elsewhere(
    project: Project, sink: Path
) -> None:
    """Where only addresses of links changed, the line says links, not template."""
    project.edit(ARTICLE, ("slug: kitchen-sink", "slug: renamed"))
    for path in (project.root / "content").rglob("*.md"):
        text = path.read_text("utf-8").replace("kitchen-sink/", "renamed/")
        path.write_text(text, "utf-8")
    redirect = f"{PAGE} /articles/renamed/\n"
    project.edit("content/redirects.txt", lambda text: f"{text}\n{redirect}")
    lines = changes(project, sink, project.build())
    (home,) = [line for line in lines if line.startswith("changed /: ")]
    assert f"links [-{PAGE}-] {{+/articles/renamed/+}}" in home
    assert not [line for line in lines if "template" in line]


def test_kinds_of_blocks_have_the_editors_names(report: Report) -> None:
    """A note is called a note, a term a term, and a reference is named by its link."""
    said = "\n".join(
        report(
            (ARTICLE, "This note opens", "This remark opens"),
            ("content/pages/glossary.md", "The inside of", "The whole inside of"),
            ("content/references.bib", "{Journal of Loaves}", "{Journal of Bread}"),
        )
    )
    assert f"changed {PAGE}: note a-note-before-the-first-heading: " in said
    assert "changed /glossary/: term crumb: " in said
    assert "reference doi.org/10.1000/crust.1: " in said
