"""After any edits a warm process gives the bytes of a cold build."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from bread import bake_sink
from helpers import tree
from PIL import Image
from projects import SITEURL, Project

from sitebuild import plugin
from sitebuild.faults import SiteFaults
from sitebuild.memory import Memory

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
# A topic, and an article whose passage carries it.
CRUMB = {
    "content/topics/crumb.md": """title: The crumb
name: Crumb
slug: crumb
order: 3
status: published
summary: Holes.

/// answer | In short

Holes are air.
///
""",
    "content/articles/holes.md": """title: Holes
slug: holes
date: 2026-02-01
status: published
summary: On holes.

/// passage | why-holes
    topics: crumb, rising

Gas makes holes, [they say]({filename}sour.md).
///
""",
}
# Edits that are faults, each in another step of a build: path, old text, new text.
WRONG = (
    (ABOUT, "summary:", "sumary:"),
    (SOUR, "///\n", ""),
    (SOUR, "    evidence:", "    topics: nothing\n    evidence:"),
    (SOUR, "/// passage | hot-oven\n", "/// passage | hot-oven\n    requires: wild-yeast\n"),
    (ABOUT, "summary: ", "template: nothing\nsummary: "),
    (ABOUT, "Words on about.", "[Away](/nowhere/) Words on about."),
    (ABOUT, "Words on about.", "[Away]({filename}nowhere.md) Words on about."),
    ("content/evidence.yaml", "verdict: supported", "verdict: surely"),
    ("content/references.bib", "year={1900}", "year={1900"),
    ("content/redirects.txt", "/", "/a/ /nowhere/\n/"),
    ("theme/templates/topic.html", "<h1", "{% if %}<h1"),
    ("theme/templates/article.html", "<h1", "{{ page.nothing.more }}<h1"),
    ("theme/mark.svg", "<path", "<path d='x' /><path"),
    ("pelicanconf.py", "ROOT = ", "1 / 0\nROOT = "),
)  # fmt: skip
# In bread.py's site: a text that edits replace, then what it may be replaced by.
WORDS = (
    *("yeast", "a *starter*", '"quoted" -- so', "`code`", "A & B", "été", "x<br>y"),
    "[about]({filename}/pages/about.md)",
)


class Edits:
    """Random edits of one project, each of them allowed by itself."""

    def __init__(self, project: Project, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.count = 0
        self.right: dict[str, str] = {}  # texts before a mistake

    def step(self) -> str:
        """Make one edit, after the last if that was a fault; return its name."""
        self.count += 1
        for path, text in self.right.items():
            self.project.write(path, text)
        self.right = {}
        edit = self.random.choice(ALL)
        edit(self)
        return edit.__name__

    def change(self, path: str, old: str, new: str) -> None:
        """Replace the first of a text, if it is there."""
        if (self.project.root / path).exists():
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

    def line(self, path: str, before: str, line: str) -> None:
        """Put a line right after another, or take it away where it is."""
        file = self.project.root / path
        if file.exists() and line in file.read_text("utf-8"):
            self.change(path, line, "")
        else:
            self.change(path, before, before + line)

    def one_of(self, path: str, *texts: str) -> None:
        """Put one of some texts in the place of another of them."""
        old, new = self.random.sample(texts, 2)
        self.change(path, old, new)

    def topics(self) -> None:
        """Take a topic from a passage, or give it back."""
        line = "    topics: rising, baking\n"
        self.line(SOUR, "/// passage | hot-oven\n", line)

    def requires(self) -> None:
        """Take a caution from a passage, or give it back."""
        evidence = "    evidence: starter-rises\n"
        self.line(SOUR, evidence, "    requires: hot-oven\n")

    def label(self) -> None:
        """Give a passage a title of its own, or take it away."""
        name = self.random.choice(["wild-yeast", "hot-oven"])
        self.line(SOUR, f"/// passage | {name}\n", '    title: "So" titled\n')

    def lead(self) -> None:
        """Let a topic begin with another passage."""
        names = ("lead: kitchen-sink/some-lists\n", "lead: sour/wild-yeast\n")
        self.one_of(RISING, *names)

    def asked(self) -> None:
        """Put other passages under a question."""
        first, second = "sour/wild-yeast", "kitchen-sink/before-any-heading"
        lines = [f"passages: {first}, {second}\n", f"passages: {second}\n"]
        self.one_of(RISING, *lines)

    def twin(self) -> None:
        """Let a passage stand for another, or not."""
        option = "    same: sour/wild-yeast\n"
        self.line(EXTRA.format(1), "/// passage | only-1\n", option)

    def draft(self) -> None:
        """Make a draft of an article, or publish it."""
        path = EXTRA.format(self.random.randint(1, 3))
        self.one_of(path, "status: published", "status: draft")

    def term(self) -> None:
        """Put a word into the glossary, which links its first use, or take it away."""
        term = "\n/// term | oven\n\nIt is hot.\n///\n"
        self.line("content/pages/glossary.md", "summary: On glossary.\n", term)

    def redirect(self) -> None:
        """Redirect an address to a passage."""
        line = f"/old-{self.count}/ /articles/sour/#hot-oven\n"
        self.project.write("content/redirects.txt", line)

    def file(self) -> None:
        """Add an article, or remove one."""
        n = self.random.randint(1, 3)
        path = self.project.root / EXTRA.format(n)
        found = list(path.parent.glob(f"*{path.name}"))
        if not found:
            path.write_text(ARTICLE.format(n=n, day=n), "utf-8")
        for old in found:
            old.unlink()

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
                'MARKDOWN = {"extensions": ["extra"], "output_format": "html"}',
            ]
        )
        self.project.edit("pelicanconf.py", lambda text: f"{text}\n{value}\n")

    def fault(self) -> None:
        """Make a mistake, which the next step corrects."""
        path, old, new = self.random.choice(WRONG)
        self.right = {path: self.project.read(path)}
        self.change(path, old, new)

    def swapped(self) -> None:
        """Let two articles change their files, or two others their addresses."""
        one, other = self.project.read(SOUR), self.project.read(SINK)
        self.project.write(SOUR, other)
        self.project.write(SINK, one)
        for path in (self.project.root / "content/articles").glob("*extra-*.md"):
            text = path.read_text("utf-8")
            new = "extra-2" if "slug: extra-1\n" in text else "extra-1"
            path.write_text(re.sub("slug: extra-[12]", f"slug: {new}", text), "utf-8")

    def topic(self) -> None:
        """Add a topic with its passage, or remove both."""
        for path, text in CRUMB.items():
            if (self.project.root / path).exists():
                (self.project.root / path).unlink()
            else:
                self.project.write(path, text)

    def order(self) -> None:
        """Give a topic another place in the menu, and another short name."""
        self.one_of(RISING, "order: 1\n", "order: 5\n")
        self.line(RISING, "name: Rising", " upwards")

    def checked(self) -> None:
        """Say when a page was checked, or an article modified, or do not."""
        self.line(ABOUT, "slug: about\n", "checked: 2026-05-01\n")
        self.line(SOUR, "date: 2026-01-02\n", "modified: 2026-06-01\n")

    def picture(self) -> None:
        """Put a picture of another size in the place of the last."""
        self.line(SOUR, "An oven burns", " ![A square](/images/square.png)")
        data = BytesIO()
        Image.new("1", (self.count, 2)).save(data, "PNG")
        self.project.write("content/images/square.png", data.getvalue())

    def references(self) -> None:
        """Give a reference another year, a finding its references in another order."""
        self.one_of("content/references.bib", "year={1900}", "year={1899}")
        orders = ("[baker1900, miller2010]", "[miller2010, baker1900]")
        self.one_of("content/evidence.yaml", *orders)

    def same_size(self) -> None:
        """Change a letter of a source, and neither its size nor its time."""
        path = self.project.root / ABOUT
        before = path.stat()
        self.one_of(ABOUT, "summary: On", "summary: At")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def theme(self) -> None:
        """Change the script, or a colour, which pictures have as well."""
        self.project.edit("theme/search.js", lambda text: f"{text}// {self.count}\n")
        colour = f"#{self.random.randrange(16**6):06x}"
        self.project.edit(
            "theme/css/tokens.css",
            lambda text: re.sub("#[0-9a-f]{6}", colour, text, count=1),
        )

    def site(self) -> None:
        """Change a setting of the whole site, some of them in place."""
        value = self.random.choice(
            [
                f"SHOW_DRAFTS = {self.random.choice([True, False])}",
                f'SAFETY_TOPIC = "{self.random.choice(["", "rising", "baking"])}"',
                f'DEFAULT_LANG = "{self.random.choice(["de", "en-us", "en-GB"])}"',
                f"REVIEW_MONTHS = {self.random.randint(0, 30)}",
                f'SCHEMA_ABOUT["name"] = "Bread {self.count}"',
                f"HOSTING = {self.random.choice([True, False])}",
            ]
        )
        self.project.edit("pelicanconf.py", lambda text: f"{text}\n{value}\n")


ALL: list[Callable[[Edits], None]] = [
    Edits.body,
    Edits.title,
    Edits.day,
    Edits.topics,
    Edits.requires,
    Edits.label,
    Edits.lead,
    Edits.asked,
    Edits.twin,
    Edits.draft,
    Edits.term,
    Edits.redirect,
    Edits.file,
    Edits.file,
    Edits.renamed,
    Edits.evidence,
    Edits.lines,
    Edits.template,
    Edits.style,
    Edits.setting,
    Edits.fault,
    Edits.swapped,
    Edits.topic,
    Edits.order,
    Edits.checked,
    Edits.picture,
    Edits.references,
    Edits.same_size,
    Edits.theme,
    Edits.site,
    Edits.site,
]


def result(project: Project, memory: Memory) -> object:
    """Return what a build makes: its files, or its faults."""
    settings = project.root / "pelicanconf.py"
    try:
        plugin.build(settings, memory, SITEURL=SITEURL, SEARCH_INDEX=False)
    except SiteFaults as error:
        return str(error)
    return tree(project.output)


def check(project: Project, seed: int, steps: int) -> None:
    """Make edits; build in a warm process and in a new one after each."""
    edits = Edits(project, seed)
    warm = Memory()
    made = []
    sites = 0
    for _ in range(steps):
        made.append(edits.step())
        found = result(project, warm)
        clean = result(project, Memory())
        assert found == clean, made
        sites += isinstance(clean, dict)
    assert sites > steps / 3, "too many edits are faults"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_warm_process_equals_a_clean_build(tmp_path: Path, seed: int) -> None:
    """Nothing that a process remembers is out of date after random edits."""
    check(bake_sink(tmp_path / "project"), seed, 20)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_warm_process_equals_a_clean_build_at_length(
    tmp_path: Path, seed: int
) -> None:
    """The same for five hundred edits."""
    check(bake_sink(tmp_path / "project"), 100 + seed, 50)
