"""A page is rendered again exactly when something that it shows differs."""

from __future__ import annotations

import gc
import os
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bread import bake
from helpers import tree
from markdown import Markdown
from markdown.extensions import Extension
from projects import SITEURL, Project

from sitebuild import plugin
from sitebuild.build import Build
from sitebuild.faults import SiteFaults
from sitebuild.memory import Memory
from sitebuild.render.templates import Templates


class Process:
    """A process that builds one project again and again."""

    def __init__(self, root: Path) -> None:
        self.project = bake(root, SEARCH_INDEX=False)
        self.memory = Memory()

    def build(self, **override: object) -> Build:
        """Build with what the process remembers."""
        return plugin.build(
            self.project.root / "pelicanconf.py",
            self.memory,
            **{"SITEURL": SITEURL, **override},
        )


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """A process that has built the site on bread once."""
    one = Process(tmp_path / "project")
    one.build()
    return one


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
    process.project.edit("content/pages/about.md", ("Words", "More words"))
    process.build()
    process.project.edit(
        "content/articles/sour.md", ("A starter", "[No](/no/) starter")
    )
    with pytest.raises(SiteFaults, match="/no/"):
        process.build()
    gc.collect()
    assert [it() for it in begun] == [None, None]


def add_part(project: Project) -> None:
    """Let the foot of every page include a template in a sub-folder."""
    project.write("theme/templates/parts/foot.html", "<p>First foot</p>")
    project.edit(
        "theme/templates/_site_footer.html",
        ("</footer>", '{% include "parts/foot.html" %}</footer>'),
    )


EDITS: dict[str, Callable[[Project], None]] = {
    "a passage": lambda it: it.edit("content/articles/sour.md", ("wild", "tame")),
    "a title": lambda it: it.edit("content/articles/sour.md", ("Sourdough", "Dough")),
    "a topic": lambda it: it.edit("content/topics/rising.md", ("Yeast, gas", "Gas")),
    "a finding": lambda it: it.edit("content/evidence.yaml", ("slowly", "surely")),
    "a reference": lambda it: it.edit("content/references.bib", ("year={1900}", "year={1901}")),
    "a page": lambda it: it.edit("content/pages/about.md", ("Words", "More words")),
    "a template": lambda it: it.edit("theme/templates/page.html", ("<h1>", "<h1 dir=ltr>")),
    "a style": lambda it: it.edit("theme/css/base.css", ("}", "color:red}")),
    "a mark": lambda it: it.edit("theme/mark.svg", ("M2 28", "M3 28")),
    "a setting": lambda it: it.edit("pelicanconf.py", ('OWNER = ""', 'OWNER = "Bea"')),
    "typography": lambda it: it.edit("pelicanconf.py", ("TYPOGRIFY = True", "TYPOGRIFY = False")),
    "a template in a folder": add_part,
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_warm_build_equals_a_clean_one(
    process: Process, edit: Callable[[Project], None]
) -> None:
    """After any edit the output of a warm process has the bytes of a clean build."""
    edit(process.project)
    process.build()
    warm = tree(process.project.output)
    process.memory = Memory()
    process.build()
    assert tree(process.project.output) == warm


def test_nothing_is_rendered_without_a_change(
    process: Process, rendered: list[str]
) -> None:
    """A build after no edit renders no template."""
    process.build()
    assert rendered == []


def test_an_edit_renders_what_shows_it(process: Process, rendered: list[str]) -> None:
    """The text of a page is shown by that page alone."""
    process.project.edit("content/pages/about.md", ("Words", "More words"))
    process.build()
    assert rendered == ["page.html"]


def test_a_passage_renders_the_pages_that_show_it(
    process: Process, rendered: list[str]
) -> None:
    """A passage is shown by its article, its topic and their feeds, not by lists."""
    process.project.edit("content/articles/sour.md", ("wild yeast", "tame yeast"))
    process.build()
    assert sorted(rendered) == ["article.html", "feed.xml", "feed.xml", "topic.html"]


def test_a_template_in_a_folder_is_noticed(process: Process) -> None:
    """An edit of a template in a folder of templates/ reaches the pages."""
    add_part(process.project)
    process.build()
    process.project.edit("theme/templates/parts/foot.html", ("First", "Second"))
    process.build()
    assert "Second foot" in process.project.page("/about/")


def test_an_edit_of_the_same_size_and_time_is_noticed(process: Process) -> None:
    """Templates are compared by content: neither size nor time of a file counts."""
    path = process.project.root / "theme/templates/page.html"
    before = path.stat()
    process.project.edit("theme/templates/page.html", ("<h1>", "<h2>"))
    process.project.edit("theme/templates/page.html", ("</h1>", "</h2>"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    process.build()
    assert "<h2>The about page</h2>" in process.project.page("/about/")


@pytest.mark.parametrize(
    "shown",
    [
        "{% for it in articles %}{{ it.title }}{% endfor %}",
        "{{ pages[0].title }} {{ topics|length }}",
        "{{ page.content|length }} {{ PATH|length }}",
        '{% include "parts/" ~ "foot.html" ignore missing %}',
    ],
)
def test_a_template_may_show_what_pelican_has(process: Process, shown: str) -> None:
    """A page that shows other objects of Pelican's is that of a clean build, too."""
    process.project.edit("theme/templates/base.html", ("</body>", f"{shown}</body>"))
    process.build()
    process.project.edit(
        "content/articles/sour.md", ("Sourdough for", "New sourdough for")
    )
    process.project.edit("content/pages/about.md", ("The about", "Our about"))
    assert_clean(process)


def test_a_process_remembers_what_the_last_build_had(process: Process) -> None:
    """Nothing grows over a day: what is gone from the site is forgotten."""
    names = process.memory.names
    article = process.project.read("content/articles/sour.md")
    for number in range(3):
        path = f"content/articles/bread-{number}.md"
        process.project.write(
            path, article.replace("slug: sour", f"slug: bread-{number}")
        )
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
    process.project.edit("content/pages/about.md", ("Words", "[Gone](/gone/) words"))
    with pytest.raises(SiteFaults):
        process.build()
    process.project.edit("content/pages/about.md", ("[Gone](/gone/) words", "Words"))
    rendered.clear()
    process.build()
    assert set(rendered) <= {"page.html"}


def test_two_processes_share_nothing(process: Process, rendered: list[str]) -> None:
    """The memory is an object that is handed in: another one knows nothing."""
    process.memory = Memory()
    process.build()
    assert "article.html" in rendered


def assert_clean(process: Process, **override: object) -> None:
    """Build in a process that has built before: it gives what a new one gives."""
    warm = result(process, **override)
    process.memory = Memory()
    assert result(process, **override) == warm


def result(process: Process, **override: object) -> object:
    """Return what a build makes: its files, or its faults."""
    try:
        process.build(**override)
    except SiteFaults as faults:
        return str(faults)
    return tree(process.project.output)


def import_macro(project: Project, text: str) -> None:
    """Write a template with the macro `foot`, and show it at the foot of every page."""
    project.write("theme/templates/a.html", text)
    project.edit(
        "theme/templates/_site_footer.html",
        ("</footer>", '{% import "a.html" as a %}{{ a.foot() }}</footer>'),
    )


def test_macros_that_macros_import_are_those_of_now(process: Process) -> None:
    """Jinja keeps what is imported without context; a page imports it again."""
    import_macro(
        process.project,
        '{% import "b.html" as b %}{% macro foot() %}{{ b.text() }}{% endmacro %}',
    )
    process.project.write(
        "theme/templates/b.html", "{% macro text() %}First{% endmacro %}"
    )
    process.build()
    process.project.edit("theme/templates/b.html", ("First", "Second"))
    assert_clean(process)
    assert "Second" in process.project.page("/about/")


def test_a_macro_remembers_nothing_from_page_to_page(process: Process) -> None:
    """What one page counts is not what the next page shows."""
    import_macro(
        process.project,
        "{% set now = namespace(count=0) %}"
        "{% macro foot() %}{% set now.count = now.count + 1 %}"
        "Foot {{ now.count }}{% endmacro %}",
    )
    process.build()
    process.project.edit("content/pages/about.md", ("Words", "More words"))
    assert_clean(process)
    assert "Foot 1" in process.project.page("/about/")


def test_no_template_changes_what_the_next_build_shows(process: Process) -> None:
    """What a page shows cannot be changed by its template."""
    process.project.edit(
        "theme/templates/article.html",
        ("{% endblock", "{{ page.sections.popitem() }}{% endblock"),
    )
    with pytest.raises(SiteFaults, match="no attribute 'popitem'"):
        process.build()


MARKED = "(str):\n    def __html__(self): return str(self)"
TERSE = "(str):\n    def __str__(self): return 'A and B'"


@pytest.mark.parametrize("kind", [MARKED, TERSE])
def test_a_setting_of_another_type_is_compared_by_its_text(
    process: Process, kind: str
) -> None:
    """How Python writes a value need not say what a template shows of it."""
    process.project.edit(
        "pelicanconf.py", lambda text: f"{text}\nOWNER = 'A &amp; B'\n"
    )
    process.build()
    process.project.edit(
        "pelicanconf.py",
        lambda text: f"{text}\nclass Name{kind}\nOWNER = Name(OWNER)\n",
    )
    assert_clean(process)
    process.project.edit("pelicanconf.py", lambda text: text.replace(" and ", " or "))
    assert_clean(process)


def test_a_fault_names_the_theme_of_now(process: Process) -> None:
    """A template of a theme that was copied has its faults at its new path."""
    process.project.edit("theme/templates/page.html", ("<h1>", "<h1>{{ nothing }}"))
    with pytest.raises(SiteFaults, match=r"^theme/templates/page\.html"):
        process.build()
    shutil.copytree(process.project.root / "theme", process.project.root / "new")
    with pytest.raises(SiteFaults, match=r"^new/templates/page\.html"):
        process.build(THEME=str(process.project.root / "new"))


@pytest.mark.parametrize("change", [{"output_format": "xhtml"}, {"tab_length": 4.0}])
def test_a_setting_of_markdown_that_is_changed_in_place(
    process: Process, change: dict[str, object]
) -> None:
    """One mapping may say something else in each build, as Pelican's default may."""
    path = "content/pages/about.md"
    process.project.write(path, f"{process.project.read(path)}\nTwo  \nlines.\n")
    markdown = {"extensions": ["extra"], "tab_length": 4, "output_format": "html"}
    process.build(MARKDOWN=markdown)
    markdown |= change
    assert_clean(process, MARKDOWN=markdown)


def test_a_source_that_markdown_fails_on_has_the_same_faults(process: Process) -> None:
    """Pelican reports what the code of an extension raises, in every build alike."""

    def run(lines: list[str]) -> list[str]:
        if "Burnt" in lines[0]:
            raise ValueError(lines[0])
        return lines

    def add(md: Markdown) -> None:
        md.preprocessors["normalize_whitespace"].run = run

    extension = Extension()
    extension.extendMarkdown = add
    options = {"MARKDOWN": {"extensions": ["extra", extension]}}
    process.build(**options)
    process.project.edit("content/pages/about.md", ("Words", "Burnt words"))
    with pytest.raises(SiteFaults, match="Could not process"):
        process.build(**options)
    assert_clean(process, **options)


@pytest.mark.parametrize("setting", ["PAGE_ORDER_BY = 'none'", "PAGE_ORDER_BY = 1"])
def test_a_warning_is_a_fault_of_every_build(process: Process, setting: str) -> None:
    """Pelican says a warning once in a process; it stays a fault until it is fixed."""
    process.project.edit("pelicanconf.py", lambda text: f"{text}\n{setting}\n")
    first = result(process)
    assert "warns: " in str(first)
    assert result(process) == first


def test_a_run_that_ended_hears_no_more(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run connected to Pelican's signals goes with it: each build derives once."""
    calls: list[object] = []
    derive = plugin.Run.derive

    def note(run: plugin.Run, generators: Any) -> None:
        calls.append(run)
        derive(run, generators)

    monkeypatch.setattr(plugin.Run, "derive", note)
    for _ in range(3):
        process.build()
    assert len(calls) == 3
