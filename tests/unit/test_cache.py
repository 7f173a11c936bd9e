"""What a process remembers: no more than the last build had, and no page without need.

That what it gives is what a new process gives, test_equivalence.py shows; here stand the
ways in which templates, settings and extensions could deceive it.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bread import FAR, bake
from helpers import tree
from projects import SITEURL, Project

from sitebuild import plugin
from sitebuild.build import Build
from sitebuild.derive import pages
from sitebuild.faults import SiteFaults
from sitebuild.memory import Memory
from sitebuild.model import Document
from sitebuild.render import Templates

SOUR = "content/articles/sour.md"
RISING = "content/topics/rising.md"
ABOUT = "content/pages/about.md"
SETTINGS = "pelicanconf.py"
SOURCES = ("content", "theme")


class Process:
    """A process that builds one project again and again."""

    def __init__(self, root: Path) -> None:
        self.project = bake(root, SEARCH_INDEX=False)
        self.memory = Memory()
        self.build()
        self.settings = self.project.read(SETTINGS)
        self.sources = {name: tree(root / name) for name in SOURCES}

    def build(self, **override: object) -> Build:
        """Build with what the process remembers."""
        settings = {"SITEURL": SITEURL, **override}
        return plugin.build(self.project.root / SETTINGS, self.memory, **settings)

    def restore(self) -> None:
        """Put back what was changed since the first build, and build again."""
        self.project.write(SETTINGS, self.settings)
        for name, files in self.sources.items():
            for path, data in tree(self.project.root / name).items():
                if path not in files:
                    (self.project.root / name / path).unlink()
                elif data != files[path]:
                    self.project.write(f"{name}/{path}", files[path])
        self.build()

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the first of a text in a file."""
        self.project.edit(path, (old, new))

    def result(self, **override: object) -> object:
        """Return what a build makes: its files, or its faults."""
        try:
            self.build(**override)
        except SiteFaults as faults:
            return str(faults)
        return tree(self.project.output)

    def assert_clean(self, **override: object) -> None:
        """Build: it gives what a process gives that remembers nothing."""
        warm = self.result(**override)
        self.memory = Memory()
        assert self.result(**override) == warm


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Process:
    """A process for all tests of this module."""
    return Process(tmp_path_factory.mktemp("cache") / "project")


@pytest.fixture
def process(shared: Process) -> Iterator[Process]:
    """A process that has built the site on bread as it is."""
    yield shared
    shared.restore()


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that are rendered from now on, one entry a file."""
    names: list[str] = []
    render = Templates.render

    def note(templates: Templates, name: str, context: Any) -> str:
        names.append(name)
        return render(templates, name, context)

    monkeypatch.setattr(Templates, "render", note)
    return names


def test_builds_that_ended_are_forgotten(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of a source keeps nothing else of its build, faults or none."""
    begun: list[weakref.ref[Build]] = []
    begin = plugin.steps.begin

    def note(*it: Any, **named: Any) -> Build:
        build = begin(*it, **named)
        begun.append(weakref.ref(build))
        return build

    monkeypatch.setattr(plugin.steps, "begin", note)
    process.edit(ABOUT, "Words", "More words")
    process.build()
    process.edit(SOUR, "A starter", "[No](/no/) starter")
    with pytest.raises(SiteFaults, match="/no/"):
        process.build()
    gc.collect()
    assert [it() for it in begun] == [None, None]


@pytest.mark.parametrize(
    ("path", "old", "new", "templates"),
    [
        (ABOUT, "Words", "Words", []),
        (ABOUT, "Words", "More words", ["page.html"]),
        (SOUR, "wild", "tame", ["article.html", "feed.xml", "feed.xml", "topic.html"]),
    ],
    ids=["nothing", "a page", "a passage"],
)
def test_an_edit_renders_what_shows_it(
    process: Process, rendered: list[str], path: str, old: str, new: str, templates: Any
) -> None:
    """A page by itself; a passage in its article, its topic and their feeds, not in lists."""
    process.edit(path, old, new)
    process.build()
    assert sorted(rendered) == templates


def test_an_article_is_derived_where_it_shows_something_else(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for what others say; for their names, to which it has links."""
    derived: list[str] = []
    show = pages.show

    def note(document: Document, *given: Any) -> dict[str, Any]:
        derived.append(document.slug)
        return show(document, *given)

    monkeypatch.setattr(pages, "show", note)
    process.project.write("content/articles/far.md", FAR)
    process.build()
    for path, old, new, articles in (
        (RISING, "No, a", "A", []),
        (SOUR, "wild", "tame", ["sour"]),
        (RISING, "name: Rising", "name: Rise", ["far", "sour"]),
        (SOUR, "title: ", "title: On ", ["far", "sour"]),
    ):
        derived.clear()
        process.edit(path, old, new)
        process.build()
        assert sorted({"far", "sour"} & set(derived)) == articles, new


def test_templates_may_show_what_pelican_has(process: Process) -> None:
    """A page that shows other objects of Pelican's is that of a clean build, too."""
    shown = (
        "{% for it in articles %}{{ it.title }}{% endfor %}"
        "{{ pages[0].title }} {{ topics|length }}"
        "{{ page.content|length }} {{ PATH|length }}"
        '{% include "parts/" ~ "foot.html" ignore missing %}'
    )
    process.edit("theme/templates/base.html", "</body>", f"{shown}</body>")
    process.build()
    process.edit(SOUR, "Sourdough for", "New sourdough for")
    process.edit(ABOUT, "The about", "Our about")
    process.assert_clean()


def test_a_process_remembers_what_the_last_build_had(process: Process) -> None:
    """Nothing grows over a day: what is gone from the site is forgotten."""
    process.build()
    names = process.memory.names
    article = process.project.read(SOUR)
    for number in range(3):
        path = f"content/articles/bread-{number}.md"
        text = article.replace("slug: sour", f"slug: bread-{number}")
        process.project.write(path, text)
        process.build()
        page = f"articles/bread-{number}/index.html"
        assert ("page", page, "article.html") in process.memory.names
        (process.project.root / path).unlink()
    process.build()
    assert process.memory.names == names


def test_a_failed_build_keeps_what_was_rendered(
    process: Process, rendered: list[str]
) -> None:
    """After a fault is fixed, only what it touched is rendered."""
    process.edit(ABOUT, "Words", "[Gone](/gone/) words")
    with pytest.raises(SiteFaults):
        process.build()
    process.edit(ABOUT, "[Gone](/gone/) words", "Words")
    rendered.clear()
    process.build()
    assert set(rendered) <= {"page.html"}


def import_macro(project: Project, text: str) -> None:
    """Write a template with the macro `foot`, and show it at the foot of every page."""
    project.write("theme/templates/a.html", text)
    project.edit(
        "theme/templates/_site_footer.html",
        ("</footer>", '{% import "a.html" as a %}{{ a.foot() }}</footer>'),
    )


def test_macros_that_macros_import_are_those_of_now(process: Process) -> None:
    """Jinja keeps what is imported without context; a page imports it again."""
    macro = "{% macro foot() %}{{ b.text() }}{% endmacro %}"
    import_macro(process.project, f'{{% import "b.html" as b %}}{macro}')
    part = "theme/templates/b.html"
    process.project.write(part, "{% macro text() %}First{% endmacro %}")
    process.build()
    process.edit(part, "First", "Second")
    process.assert_clean()
    assert "Second" in process.project.page("/about/")


@pytest.mark.parametrize("change", [{"output_format": "xhtml"}, {"tab_length": 4.0}])
def test_a_setting_of_markdown_that_is_changed_in_place(
    process: Process, change: dict[str, object]
) -> None:
    """One mapping may say something else in each build, as Pelican's default may."""
    process.project.edit(ABOUT, lambda text: f"{text}\nTwo  \nlines.\n")
    markdown = {"extensions": ["extra"], "tab_length": 4, "output_format": "html"}
    process.build(MARKDOWN=markdown)
    markdown |= change
    process.assert_clean(MARKDOWN=markdown)


@pytest.mark.parametrize("setting", ["PAGE_ORDER_BY = 'none'", "PAGE_ORDER_BY = 1"])
def test_a_warning_is_a_fault_of_every_build(process: Process, setting: str) -> None:
    """Pelican says a warning once in a process; it stays a fault until it is fixed."""
    process.project.edit(SETTINGS, lambda text: f"{text}\n{setting}\n")
    first = process.result()
    assert "warns: " in str(first)
    assert process.result() == first
