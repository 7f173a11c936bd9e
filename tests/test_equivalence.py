"""After any edits a build with caches gives the bytes of a build without."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from bread import bake_sink
from conftest import SITEURL, Project
from helpers import tree

from sitebuild import plugin
from sitebuild.faults import SiteFaults
from sitebuild.read import document
from sitebuild.render.cache import RenderCache

SOUR = "content/articles/sour.md"
SINK = "content/articles/kitchen-sink.md"
RISING = "content/topics/rising.md"
ABOUT = "content/pages/about.md"
EXTRA = "content/articles/extra-{}.md"
ARTICLE = """title: Extra {n}
slug: extra-{n}
date: 2026-03-{day:02d}
status: published
summary: Extra words {n}.

/// passage | only-{n}
    topics: rising
    requires: sour/hot-oven

Some "quoted" words -- and a starter{n}...
///
"""
# In bread.py's site: a text that edits replace, then what it may be replaced by.
WORDS = ("yeast", "a *starter*", '"quoted" -- so', "`code`", "A & B", "été", "x<br>y")


class Edits:
    """Random edits of one project, each of them allowed by itself."""

    def __init__(self, project: Project, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.count = 0

    def step(self) -> str:
        """Make one edit; return its name."""
        self.count += 1
        edit = self.random.choice(ALL)
        edit(self)
        return edit.__name__

    def change(self, path: str, old: str, new: str) -> None:
        """Replace the first of a text, if it is there."""
        text = self.project.read(path)
        self.project.write(path, text.replace(old, new, 1))

    def body(self) -> None:
        """Write a sentence into a passage, a question or a page."""
        path, line = self.random.choice(
            [
                (SOUR, "A starter holds"),
                (SOUR, "An oven burns"),
                (RISING, "No, a starter will do."),
                (ABOUT, "Words on about."),
            ]
        )
        word = f"{self.random.choice(WORDS)} {self.count}"
        self.change(path, line, f"{word}. {line}")

    def title(self) -> None:
        """Give an article or a topic another title."""
        path = self.random.choice([SOUR, RISING, ABOUT])
        text = self.project.read(path)
        first = text.splitlines()[0]
        self.change(path, first, f"title: Title {self.count} & more")

    def day(self) -> None:
        """Give an article another day: its place among the others changes."""
        text = self.project.read(SOUR)
        line = next(it for it in text.splitlines() if it.startswith("date:"))
        self.change(SOUR, line, f"date: 2026-0{self.random.randint(1, 9)}-02")

    def topics(self) -> None:
        """Take a topic from a passage, or give it back."""
        option = "/// passage | hot-oven\n    topics: rising\n"
        if option in self.project.read(SOUR):
            self.change(SOUR, option, "/// passage | hot-oven\n")
        else:
            self.change(SOUR, "/// passage | hot-oven\n", option)

    def requires(self) -> None:
        """Take a caution from a passage, or give it back."""
        if "    requires: hot-oven\n" in self.project.read(SOUR):
            self.change(SOUR, "    requires: hot-oven\n", "")
        else:
            line = "/// passage | wild-yeast\n"
            self.change(SOUR, line, f"{line}    requires: hot-oven\n")

    def file(self) -> None:
        """Add an article, or remove one."""
        n = self.random.randint(1, 3)
        path = self.project.root / EXTRA.format(n)
        if path.exists():
            path.unlink()
        else:
            path.write_text(ARTICLE.format(n=n, day=n), "utf-8")

    def renamed(self) -> None:
        """Give an article another file name, and the same address."""
        for path in (self.project.root / "content/articles").glob("extra-*.md"):
            path.rename(path.with_name(f"x-{self.count}-{path.name}"))
            return

    def evidence(self) -> None:
        """Change a finding, with or without another line."""
        new = self.random.choice(["slowly", "surely", "slowly.\n\n   Again"])
        self.change("content/evidence.yaml", "It does, and", f"It does, {new}, and")

    def lines(self) -> None:
        """Move everything in a data file a line down."""
        self.project.edit("content/evidence.yaml", lambda text: f"# line\n{text}")

    def template(self) -> None:
        """Change what a template shows."""
        name = self.random.choice(["page", "article", "topic", "_site_footer"])
        path = f"theme/templates/{name}.html"
        self.change(path, "<p", f"<p data-n{self.count}")
        self.change(path, "<h1", f"<h1 data-n{self.count}")

    def style(self) -> None:
        """Change the style sheet."""
        self.change("theme/css/base.css", "}", f"--n: {self.count}; }}")

    def setting(self) -> None:
        """Change a setting: one that pages show, or how text is set."""
        value = self.random.choice(
            [
                'OWNER = "A &amp; B"',
                'from markupsafe import Markup\nOWNER = Markup("A &amp; B")',
                f'SITENAME = "Bread {self.count}"',
                f"TYPOGRIFY = {self.random.choice([True, False])}",
                'TYPOGRIFY_OMIT_FILTERS = ["amp"]',
                f"TOPIC_PAGE_PASSAGES = {self.random.randint(0, 4)}",
                'MARKDOWN = {"extensions": ["extra"], "output_format": "html"}',
            ]
        )
        self.project.edit("pelicanconf.py", lambda text: f"{text}\n{value}\n")


ALL: list[Callable[[Edits], None]] = [
    Edits.body,
    Edits.title,
    Edits.day,
    Edits.topics,
    Edits.requires,
    Edits.file,
    Edits.renamed,
    Edits.evidence,
    Edits.lines,
    Edits.template,
    Edits.style,
    Edits.setting,
]


def result(project: Project, cache: RenderCache | None) -> object:
    """Return what a build makes: its files, or its faults."""
    settings = project.root / "pelicanconf.py"
    try:
        plugin.build(settings, cache, SITEURL=SITEURL, SEARCH_INDEX=False)
    except SiteFaults as error:
        return str(error)
    return tree(project.output)


def forget() -> None:
    """Forget what this process has read, as a new process would."""
    document._LAST.clear()


def check(project: Project, seed: int, steps: int) -> None:
    """Make edits; build in a warm process, across runs, and clean, after each."""
    edits = Edits(project, seed)
    warm = RenderCache()
    made = []
    sites = 0
    numbers = set()
    for _ in range(steps):
        made.append(edits.step())
        in_memory = result(project, warm)
        forget()
        on_disk = result(project, None)
        forget()
        clean = result(project, RenderCache())
        assert in_memory == clean, made
        assert on_disk == clean, made
        if isinstance(clean, dict):
            sites += 1
            numbers.add(sum("topics/rising/" in name for name in clean))
    assert len(numbers) > 1, "no numbered page came or went"
    assert sites > steps / 3, "too many edits are faults"


def few_a_page(folder: Path) -> Project:
    """Return a project whose topic has numbered pages that random edits add or remove."""
    return bake_sink(folder / "project", TOPIC_PAGE_PASSAGES=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_builds_with_caches_equal_clean_ones(tmp_path: Path, seed: int) -> None:
    """In memory and on disk nothing is out of date after random edits."""
    check(few_a_page(tmp_path), seed, 12)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_builds_with_caches_equal_clean_ones_at_length(
    tmp_path: Path, seed: int
) -> None:
    """The same for five hundred edits."""
    check(few_a_page(tmp_path), 100 + seed, 50)
