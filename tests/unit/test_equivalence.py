"""After any edits a warm process gives the bytes of a cold build."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Sequence
from functools import partial
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

Edit = Callable[[], None]
SOUR = "content/articles/sour.md"
SINK = "content/articles/kitchen-sink.md"
RISING = "content/topics/rising.md"
ABOUT = "content/pages/about.md"
EVIDENCE = "content/evidence.yaml"
SETTINGS = "pelicanconf.py"
EXTRA = "content/articles/extra-{}.md"
ARTICLE = """title: Extra {n}
slug: extra-{n}
date: 2026-03-0{n}
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
# What stands for a word in braces below; {n} is a number that no edit had before.
CHOICES: dict[str, tuple[str, ...]] = {
    "word": (
        *("yeast", "a *starter*", '"quoted" -- so', "`code`", "A & B", "été"),
        *("x<br>y", "[about]({filename}/pages/about.md)"),
    ),
    "month": tuple("123456789"),
    "how": ("slowly", "surely", "slowly.\n\n   Again"),
    "colour": ("a0b1c2", "010203", "ffffff"),
    "setting": (
        'OWNER = "A &amp; B"',
        'from markupsafe import Markup\nOWNER = Markup("A &amp; B")',
        'SITENAME = "Bread {n}"',
        *("TYPOGRIFY = True", "TYPOGRIFY = False", 'TYPOGRIFY_OMIT_FILTERS = ["amp"]'),
        'MARKDOWN = {"extensions": ["extra"], "output_format": "html"}',
        *("SHOW_DRAFTS = True", "SHOW_DRAFTS = False", "REVIEW_MONTHS = {n}"),
        *('SAFETY_TOPIC = ""', 'SAFETY_TOPIC = "rising"', 'SAFETY_TOPIC = "baking"'),
        *('DEFAULT_LANG = "de"', 'DEFAULT_LANG = "en-us"', 'DEFAULT_LANG = "en-GB"'),
        'SCHEMA_ABOUT["name"] = "Bread {n}"',
    ),
}
# A file, what is looked for in it, and what is put in the place of the first of it.
TEXTS = (
    (SOUR, "A starter holds", "{word} {n}. A starter holds"),
    (SOUR, "An oven burns", "{word} {n}. An oven burns"),
    (RISING, "No, a starter will", "{word} {n}. No, a starter will"),
    (ABOUT, "Words on about", "{word} {n}. Words on about"),
    *(
        (path, "^title: .*", "title: Title {n} & more")
        for path in (SOUR, RISING, ABOUT)
    ),
    (SOUR, "^date: .*", "date: 2026-0{month}-02"),
    (EVIDENCE, "It does, and", "It does, {how}, and"),
    (EVIDENCE, r"\A", "# line\n"),
    ("content/redirects.txt", r"\A[^$]*", "/old-{n}/ /articles/sour/#hot-oven\n"),
    ("theme/templates/page.html", "<h1", "<h1 data-n{n}"),
    ("theme/templates/article.html", "<h1", "<h1 data-n{n}"),
    ("theme/templates/topic.html", "<h1", "<h1 data-n{n}"),
    ("theme/templates/_site_footer.html", "<p", "<p data-n{n}"),
    ("theme/css/base.css", "}", "--n: {n}; }"),
    ("theme/css/tokens.css", "#[0-9a-f]{6}", "#{colour}"),
    ("theme/search.js", r"\Z", "// {n}\n"),
    ("theme/mark.svg", "M2 28", "M3 28"),
    *((SETTINGS, r"\Z", "\n{setting}\n") for _ in range(5)),
)
# A file, and two texts, of which one takes the place of the other.
SWAPS = (
    (RISING, "lead: kitchen-sink/some-lists\n", "lead: sour/wild-yeast\n"),
    (
        RISING,
        "passages: sour/wild-yeast, kitchen-sink/before-any-heading\n",
        "passages: kitchen-sink/before-any-heading\n",
    ),
    (RISING, "order: 1\n", "order: 5\n"),
    (EXTRA.format(1), "status: published", "status: draft"),
    (EXTRA.format(2), "status: published", "status: draft"),
    ("content/references.bib", "year={1900}", "year={1899}"),
    (EVIDENCE, "[baker1900, miller2010]", "[miller2010, baker1900]"),
)
# A file, a text in it, and a line that is put right after it, or taken away.
LINES = (
    (SOUR, "/// passage | hot-oven\n", "    topics: rising, baking\n"),
    (SOUR, "    evidence: starter-rises\n", "    requires: hot-oven\n"),
    (SOUR, "/// passage | wild-yeast\n", '    title: "So" titled\n'),
    (SOUR, "date: 2026-01-02\n", "modified: 2026-06-01\n"),
    (EXTRA.format(1), "/// passage | only-1\n", "    same: sour/wild-yeast\n"),
    (RISING, "name: Rising", " upwards"),
    (ABOUT, "slug: about\n", "checked: 2026-05-01\n"),
    (
        "content/pages/glossary.md",
        "summary: On glossary.\n",
        "\n/// term | oven\n\nIt is hot.\n///\n",
    ),
    ("theme/templates/_site_footer.html", "</footer>", '{% include "a/b.html" %}'),
)
# For one build: mistakes, each of another step of a build, and what is costly.
ONCE = (
    (ABOUT, "summary:", "sumary:"),
    (SOUR, "///\n", ""),
    (SOUR, "    evidence:", "    topics: nothing\n    evidence:"),
    (SOUR, r"/// passage \| hot-oven\n", "/// passage | hot-oven\n    requires: wild-yeast\n"),
    (ABOUT, "summary: ", "template: nothing\nsummary: "),
    (ABOUT, "Words on about", "[Away](/nowhere/) Words on about"),
    (ABOUT, "Words on about", "[Away]({filename}nowhere.md) Words on about"),
    (EVIDENCE, "verdict: supported", "verdict: surely"),
    ("content/references.bib", "year={1900}", "year={1900"),
    ("content/redirects.txt", "/", "/a/ /nowhere/\n/"),
    ("theme/templates/topic.html", "<h1", "{% if %}<h1"),
    ("theme/templates/article.html", "<h1", "{{ page.nothing.more }}<h1"),
    ("theme/mark.svg", "<path", "<path d='x' /><path"),
    (SETTINGS, "ROOT = ", "1 / 0\nROOT = "),
    (SETTINGS, "ROOT = ", "HOSTING = True\nROOT = "),
)  # fmt: skip


class Edits:
    """Random edits of one project, each of them allowed by itself."""

    def __init__(self, project: Project, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.count = 0
        self.right: dict[str, str] = {}  # texts before what is for one build
        self.lasting: list[Edit] = [
            *(partial(self.replace, *row) for row in TEXTS),
            *(partial(self.swap, *row) for row in SWAPS),
            *(partial(self.toggle, *row) for row in LINES),
            *(self.file, self.file, self.rename, self.exchange, self.topic),
            *(self.picture, self.picture, self.same_size),
        ]
        self.once = [partial(self.try_out, *row) for row in ONCE]
        project.write("theme/templates/a/b.html", "<p>First foot</p>")

    def make(self, edit: Edit) -> None:
        """Make one edit, and take back what was for one build."""
        self.count += 1
        for path, text in self.right.items():
            self.project.write(path, text)
        self.right = {}
        edit()

    def shuffled(self, edits: Sequence[Edit]) -> list[Edit]:
        """Return some edits in another order."""
        return self.random.sample(edits, len(edits))

    def filled(self, text: str) -> str:
        """Return a text with something for each word in braces."""
        for name, words in CHOICES.items():
            text = text.replace(f"{{{name}}}", self.random.choice(words))
        return text.replace("{n}", str(self.count))

    def replace(self, path: str, old: str, new: str) -> None:
        """Put something in the place of the first that an expression finds."""
        if (self.project.root / path).exists():
            text = self.project.read(path)
            found = re.compile(old, re.MULTILINE)
            self.project.write(path, found.sub(lambda _: self.filled(new), text, 1))

    def swap(self, path: str, one: str, other: str) -> None:
        """Put one of two texts in the place of the other."""
        if (self.project.root / path).exists():
            text = self.project.read(path)
            old, new = (one, other) if one in text else (other, one)
            self.project.write(path, text.replace(old, new, 1))

    def toggle(self, path: str, before: str, line: str) -> None:
        """Put a line right after a text, or take it away where it is."""
        if (self.project.root / path).exists():
            text = self.project.read(path)
            old, new = (line, "") if line in text else (before, before + line)
            self.project.write(path, text.replace(old, new, 1))

    def try_out(self, path: str, old: str, new: str) -> None:
        """Change something that the next step puts back."""
        self.right = {path: self.project.read(path)}
        self.replace(path, old, new)

    def file(self) -> None:
        """Add an article, or remove one."""
        n = self.random.randint(1, 3)
        path = self.project.root / EXTRA.format(n)
        found = list(path.parent.glob(f"*{path.name}"))
        if not found:
            path.write_text(ARTICLE.format(n=n), "utf-8")
        for old in found:
            old.unlink()

    def rename(self) -> None:
        """Give an article another file name, and the same address."""
        for path in (self.project.root / "content/articles").glob("extra-*.md"):
            path.rename(path.with_name(f"x-{self.count}-{path.name}"))
            return

    def exchange(self) -> None:
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

    def picture(self) -> None:
        """Show a picture, or put one of another size in the place of the last."""
        if not (self.project.root / "content/images/square.png").exists():
            self.toggle(ABOUT, "Words on about", " ![A square](/images/square.png)")
        data = BytesIO()
        Image.new("1", (self.count, 2)).save(data, "PNG")
        self.project.write("content/images/square.png", data.getvalue())

    def same_size(self) -> None:
        """Change a letter of a source and of a template, and neither size nor time."""
        for path, one, other in (
            (ABOUT, "summary: On", "summary: At"),
            ("theme/templates/a/b.html", "First", "Other"),
        ):
            file = self.project.root / path
            before = file.stat()
            self.swap(path, one, other)
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def result(project: Project, memory: Memory) -> object:
    """Return what a build makes: its files, or its faults."""
    settings = project.root / SETTINGS
    try:
        plugin.build(settings, memory, SITEURL=SITEURL, SEARCH_INDEX=False)
    except SiteFaults as error:
        return str(error)
    return tree(project.output)


def check(root: Path, seed: int, many: int) -> None:
    """Make every edit, in any order; now and then build in one process and in a new one.

    That is after so many edits, and after each of those that are for one build.
    """
    project = bake_sink(root / "project")
    edits = Edits(project, seed)
    warm = Memory()
    sites = []

    def compare(*made: Edit) -> None:
        for edit in made:
            edits.make(edit)
        clean = result(project, Memory())
        assert result(project, warm) == clean, (edits.count, made)
        sites.append(isinstance(clean, dict))

    lasting, once = map(edits.shuffled, (edits.lasting, edits.once))
    while lasting or once:
        if lasting:
            compare(*lasting[:many])
            del lasting[:many]
        if once:
            compare(once.pop())
    assert sum(sites) > len(sites) / 3, "too many edits are faults"


def test_a_warm_process_equals_a_clean_build(tmp_path: Path) -> None:
    """Nothing that a process remembers is out of date after edits of any kind."""
    check(tmp_path, 1, 6)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_warm_process_equals_a_clean_build_at_length(
    tmp_path: Path, seed: int
) -> None:
    """The same for six hundred edits, compared after each."""
    check(tmp_path, 100 + seed, 1)
