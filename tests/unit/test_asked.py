"""A page is made again exactly when its maker would be answered otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from bread import article_of, bake
from helpers import tree
from markupsafe import Markup
from projects import SITEURL, Project

from sitebuild import plugin
from sitebuild.build import Build
from sitebuild.build import pages as build_pages
from sitebuild.derive.asked import ShownPages
from sitebuild.derive.same import is_same
from sitebuild.model import Document, Prose, SourceLine
from sitebuild.render.cache import RenderCache

PLACE = SourceLine("content/pages/a.md", 3)
PROSE = Prose("<p>Words.</p>", PLACE)


class Given(NamedTuple):
    """What the maker of a page is given."""

    site: Any
    settings: Any


class Process:
    """A process that builds one project again and again; `made` has what it made."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project: Project = bake(root, SEARCH_INDEX=False)
        for slug in ("rye", "spelt", "wheat"):
            text = article_of(slug, (f"{slug}-flour", ""))
            self.project.write(f"content/articles/{slug}.md", text)
        self.cache = RenderCache()
        self.made: list[str] = []
        show = build_pages.show

        def note(document: Document, *given: Any) -> Any:
            self.made.append(document.url)
            return show(document, *given)

        monkeypatch.setattr(build_pages, "show", note)
        self.build()
        self.made.clear()

    def build(self) -> Build:
        """Build with what the builds before left in the cache."""
        settings = self.project.root / "pelicanconf.py"
        return plugin.build(settings, self.cache, SITEURL=SITEURL)


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Process:
    """A process that has built the site on bread, with three more articles, once."""
    return Process(tmp_path / "project", monkeypatch)


def test_no_page_is_made_again_without_an_edit(process: Process) -> None:
    """A build after no edit makes no page."""
    process.build()
    assert process.made == []


def test_an_edit_makes_the_pages_that_asked_for_it(process: Process) -> None:
    """Of a passage: its article and topic, those beside it, and pages on all."""
    process.project.edit("content/articles/sour.md", ("wild yeast", "tame yeast"))
    process.build()
    assert set(process.made) == {
        "/articles/sour/",
        "/articles/wheat/",  # whose neighbour it is
        "/topics/rising/",
        "/",
        "/topics/",
        "/evidence/",
    }


def test_a_setting_makes_the_pages_that_asked_for_it(process: Process) -> None:
    """A setting that no maker asks for makes no page; one that all ask for, all."""
    process.project.edit("pelicanconf.py", lambda text: text + "\nHEDGES = ['may']\n")
    process.build()
    assert process.made == []
    process.project.edit("pelicanconf.py", lambda text: text + "\nOWNER = 'Bea'\n")
    process.build()
    assert len(process.made) == len(process.build().site.documents) - 1  # not the 404


def test_a_line_that_a_template_shows_is_that_of_now(process: Process) -> None:
    """Where a source stands is part of what is compared, as any template may show it.

    Here all findings move down by a line, and nothing else differs.
    """
    process.project.edit(
        "theme/templates/evidence.html",
        lambda text: text.replace(
            "{% endblock",
            "{% for _, group in page.groups %}{% for it in group %}"
            "<i>{{ it.cited.finding.place.line }}</i>"
            "{% endfor %}{% endfor %}{% endblock",
            1,
        ),
    )
    process.build()
    process.project.edit("content/evidence.yaml", lambda text: f"# a line\n{text}")
    process.build()
    warm = tree(process.project.output)
    process.cache = RenderCache()
    process.build()
    assert tree(process.project.output) == warm


def test_the_memory_holds_what_the_last_build_had(process: Process) -> None:
    """Nothing grows over a day: a page that is gone is forgotten."""
    count = len(process.cache.shown._before)
    path = "content/articles/oats.md"
    process.project.write(path, article_of("oats", ("oats-flour", "")))
    process.build()
    assert len(process.cache.shown._before) == count + 1
    (process.project.root / path).unlink()
    process.build()
    assert len(process.cache.shown._before) == count


def shown(process: Process, make: Any) -> list[int]:
    """Return how often a page is made: at first, again, and after each of two edits.

    The edits are another title of an article, and a setting that was not there.
    """
    build = process.build()
    document = build.site.pages[0]
    pages = ShownPages()
    made = 0
    counts = []

    def count(site: Any, settings: Any) -> Any:
        nonlocal made
        made += 1
        make(Given(site, settings))

    sour = next(it for it in build.site.articles if it.slug == "sour")
    titled = replace(sour, fields=replace(sour.fields, title="Other"))
    others = tuple(it for it in build.site.articles if it is not sour)
    edited = replace(build.site, articles=(*others, titled))
    for site, settings in (
        (build.site, {}),
        (build.site, {}),
        (edited, {}),
        (edited, {"NEW": 1}),
    ):
        pages.begin(site, settings)
        pages.show("/", document, count)
        pages.end()
        counts.append(made)
    return counts


@pytest.mark.parametrize(
    ("make", "counts"),
    [
        (lambda _: None, [1, 1, 1, 1]),
        (lambda it: it.site.articles, [1, 1, 2, 2]),
        (lambda it: it.site.documents, [1, 1, 2, 2]),
        (lambda it: it.site.counts(it.site.topics[0]), [1, 1, 2, 2]),
        (lambda it: it.site.findings["starter-rises"], [1, 1, 1, 1]),
        (lambda it: list(it.site.passages), [1, 1, 1, 1]),
        (lambda it: it.settings.get("NEW"), [1, 1, 1, 2]),
        (lambda it: "NEW" in it.settings, [1, 1, 1, 2]),
        (lambda it: dict(it.settings), [1, 1, 1, 2]),
        (lambda it: len(it.settings), [1, 1, 1, 2]),
    ],
)
def test_each_way_to_ask_is_noted(
    process: Process, make: Any, counts: list[int]
) -> None:
    """By a value, a method, a key that is there or not, a whole mapping, its length."""
    assert shown(process, make) == counts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PROSE, replace(PROSE, place=SourceLine(PLACE.file, 4))),
        (PROSE, replace(PROSE, html="<p>Words!</p>")),
        ("a & b", Markup("a & b")),
        (1, True),
        ((1, 2), (1, 2, 3)),
        ((1, 2), [1, 2]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 2}),
        ({"a": PROSE}, {"b": PROSE}),
        ({1: PROSE}, {True: PROSE}),
        (0.0, -0.0),
        ({1, 8}, {8, 1}),
        (None, ""),
        (object(), object()),
    ],
)
def test_what_differs_in_anything_is_not_the_same(one: object, other: object) -> None:
    """The line of a source counts, a type, an order: whatever a page might show."""
    assert not is_same(one, other)
    assert not is_same((one,), (other,))
    assert not is_same(other, one)


def test_equal_values_are_the_same() -> None:
    """Values that were read again are known as those of before."""
    for make in (
        lambda: replace(PROSE, html="".join(["<p>", "Words"])),
        lambda: (1, ["a", {"b": date(2026, 1, 2)}], None),
        lambda: {"a": (PROSE, Markup("b"))},
    ):
        assert make() is not make()
        assert is_same(make(), make())


class Equal(dict[str, object]):
    """Says that it equals anything."""

    __hash__ = object.__hash__

    def __eq__(self, _: object) -> bool:
        return True


class Odd:
    """Says that it equals anything."""

    __hash__ = object.__hash__

    def __eq__(self, _: object) -> bool:
        return True


def test_what_says_that_it_is_equal_may_not_be_the_same() -> None:
    """Only values whose type is known are believed; a mapping is looked into."""
    assert not is_same(Odd(), Odd())
    assert not is_same(Equal(a=1), Equal(a=2))


def test_a_setting_that_is_changed_in_place_makes_its_pages(process: Process) -> None:
    """One mapping may have something else in it in each build."""
    settings = process.project.root / "pelicanconf.py"
    about = {"@type": "Thing", "name": "Bread"}
    options = {"SITEURL": SITEURL, "SCHEMA_ABOUT": about}
    plugin.build(settings, process.cache, **options)
    about["name"] = "Cake"
    plugin.build(settings, process.cache, **options)
    assert '"name":"Cake"' in process.project.page("/articles/sour/")
