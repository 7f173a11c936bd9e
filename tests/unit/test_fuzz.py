"""Whatever an editor writes, a build ends well or with faults that leave the output."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bread import bake
from helpers import rounds, tree
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from projects import Project

from sitebuild.faults import Report
from sitebuild.read.blocks import cut
from sitebuild.read.source import Line

REDIRECTS = "content/redirects.txt"
FILES = (
    "content/articles/sour.md",
    "content/topics/rising.md",
    "content/pages/about.md",
    "content/evidence.yaml",
    "content/references.bib",
    REDIRECTS,
)
FAULT = re.compile(r"[\w./-]+:\d+: .+; .+; .+")

# Pieces that mean something to a reader on the way, and pieces that mean nothing.
PIECES = st.sampled_from(
    [
        *("/// passage | x", "///", "////", "    topics: rising", "    requires: x"),
        *("/// note | A note", "/// box | B", "title: A", "slug: x", "slug: ../.."),
        *("status: draft", "date: 2026-13-40", "checked: 0000-00-00", "order: 99999"),
        *("lead: a, a", "template: nothing", "address: /about/", "# One", "## Two"),
        *("###### Six", "```", "~~~", "<div>", "</section>"),
        *("<script>alert(1)</script>", "<b onclick=x>", "[a](#nowhere)"),
        *("[a](/nowhere/)", "![](x.png)", "{filename}nope.md"),
        *("[a]({filename}nope.md)", "[^1]", "[^1]: note", "*[HTML]: x", "{{ 7 * 7 }}"),
        *("{% raw %}", "{: #id }", "- id: a", "  verdict: limited"),
        *("  references: [x]", "&a [*a]", "*a", "!!python/object:os.system"),
        *("@article{a, title = {b}}", "@string{a = {b}}", "}", "{", "\\", "\0"),
        *("\u202e", "\ufeff", "\x85", "\x0b", "\r", "\t", "", "---", "'\"", "%s"),
        *("&nbsp;", "&#0;", "<!--", "]]>", "<p", "a" * 300, "> " * 60, "- " * 60),
        *("/old/ /about/", "/about/ /about/", "| a | b |", "|---|---|"),
    ]
)
LINES = st.lists(PIECES | st.text(max_size=30), min_size=1, max_size=6).map(
    lambda lines: "\n".join(["", *lines, ""]).encode("utf-8", "surrogatepass")
)


def wrong(faults: list[str], project: Project) -> list[str]:
    """Return the faults that are not in the mould, or name a path of the machine."""
    root = str(project.root)
    return [it for it in faults if not FAULT.fullmatch(it) or root in it]


class Fuzzed:
    """One project that every example breaks and puts back."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.good = {name: (project.root / name).read_bytes() for name in FILES}

    def outcome(self, name: str, data: bytes) -> None:
        """Build with one file replaced: a good site, or faults and the last output."""
        before = tree(self.project.output)
        self.project.write(name, data)
        try:
            faults = self.project.faults()
        finally:
            self.project.write(name, self.good[name])
        assert wrong(faults, self.project) == []
        assert not faults or tree(self.project.output) == before
        assert (self.project.output / "404.html").is_file()


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """A project that was built once."""
    root = tmp_path_factory.mktemp("fuzz") / "project"
    project = bake(root, SEARCH_INDEX=False)
    project.write(REDIRECTS, "")
    project.build()
    yield Fuzzed(project)
    assert not list(project.root.glob(".output-*"))


@settings(max_examples=300)
@given(lines=st.lists(PIECES | st.text(max_size=30), max_size=20))
def test_every_line_is_cut_once(lines: list[str]) -> None:
    """Each line is a marker, an option or text of one piece; the order is kept."""
    report = Report("a.md")
    numbered = [Line(number, text) for number, text in enumerate(lines, 1)]
    pieces = cut(numbered, report)
    text = [line for piece in pieces for line in piece.body]
    assert [line.number for line in text] == sorted({line.number for line in text})
    assert all(lines[line.number - 1] == line.text for line in text)
    options = {raw.line for piece in pieces for raw in piece.options.values()}
    at_fault = {fault.place.line for fault in report.faults}
    markers = {n for n, line in enumerate(lines, 1) if line.startswith("///")}
    accounted = {line.number for line in text} | options | at_fault | markers
    assert accounted == set(range(1, len(lines) + 1))


@rounds(9, 120)
@pytest.mark.parametrize("name", FILES)
def test_anything_put_anywhere(fuzzed: Fuzzed, name: str, rounds: int) -> None:
    """Lines or bytes of any kind in the place of some others, or of the whole file."""
    old = fuzzed.good[name]

    # Without shrinking: an example is a whole build.
    @settings(max_examples=rounds, phases=[Phase.generate])
    @given(
        data=LINES | st.binary(max_size=40),
        at=st.floats(0, 1),
        gone=st.integers(0, 200) | st.just(len(old)),
    )
    def check(data: bytes, at: float, gone: int) -> None:
        where = round(at * len(old)) if gone < len(old) else 0
        fuzzed.outcome(name, old[:where] + data + old[where + gone :])

    check()
