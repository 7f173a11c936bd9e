"""The work of a build grows as the site does, and not faster."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from bench.corpus import grow
from bread import bake
from projects import Project

from sitebuild import output, plugin
from sitebuild.read import ahead, reader
from sitebuild.render.cache import RenderCache


def calls_of(run: Callable[[], object]) -> int:
    """Return how many functions, Python's and C's, are called while `run` runs."""
    count = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event.endswith("call")

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


class Growing:
    """One site of several sizes, built in one warm process each."""

    def __init__(self, root: Path, size: int) -> None:
        self.project: Project = bake(root, SEARCH_INDEX=False)
        self.files = grow(self.project.root / "content", size)
        self.cache = RenderCache()
        reader._LAST.clear()

    def build(self) -> None:
        """Build, without cards: their cost is Pillow's."""
        plugin.build(self.project.root / "pelicanconf.py", self.cache)

    def edit(self) -> None:
        """Put a word into an article and build."""
        file = self.files[len(self.files) // 2]
        text = file.read_text("utf-8")
        file.write_text(text.replace(". ", ". Again it rose. ", 1), "utf-8")
        self.build()


@pytest.fixture
def growth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, list[int]]]:
    """Return the calls of a cold build and of an edit, size by size, in one process."""
    monkeypatch.setattr(ahead, "_cores", lambda: 1)
    return partial(_growth, tmp_path)


def _growth(tmp_path: Path, *sizes: int) -> dict[str, list[int]]:
    Growing(tmp_path / "first", 3).build()  # imports what builds import
    calls: dict[str, list[int]] = {"cold": [], "edit": []}
    for size in sizes:
        one = Growing(tmp_path / str(size), size)
        calls["cold"].append(calls_of(one.build))
        one.edit()
        calls["edit"].append(calls_of(one.edit))
    return calls


def check_growth(calls: dict[str, list[int]]) -> None:
    """Each doubling of the site adds at most twice what the one before added."""
    for what, (first, second, third) in calls.items():
        assert third - second <= 2.1 * (second - first), (what, calls)


def test_no_work_is_quadratic(growth: Callable[..., dict[str, list[int]]]) -> None:
    """Calls grow with the number of articles at most in proportion.

    From the first size on, the page of the topics has a line for each article.
    """
    check_growth(growth(25, 50, 100))


@pytest.mark.long
def test_no_work_is_quadratic_at_length(
    growth: Callable[..., dict[str, list[int]]],
) -> None:
    """The same where a small square would be seen."""
    check_growth(growth(200, 400, 800))


def test_a_swap_touches_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the third build on, a swap writes the changed files and removes no other."""
    (tmp_path / ".cache").mkdir()
    site = {f"{number}/index.html": b"words" for number in range(50)}
    for _ in range(3):
        output.publish(site, tmp_path / "out")
    done: list[str] = []
    for name in ("unlink", "write_bytes", "mkdir"):
        original = getattr(Path, name)

        def note(path: Path, *it: object, call: object = original, **more: object):
            done.append(path.parent.name)
            return call(path, *it, **more)

        monkeypatch.setattr(Path, name, note)
    output.publish({**site, "7/index.html": b"other"}, tmp_path / "out")
    assert {name for name in done if name.isdigit()} == {"7"}
    assert (tmp_path / "out/7/index.html").read_bytes() == b"other"


@pytest.mark.parametrize("name", ["7", "7/index.html", "new"])
def test_a_swap_follows_no_link(tmp_path: Path, name: str) -> None:
    """A link that somebody put into the output is replaced, and its end left alone."""
    (tmp_path / ".cache").mkdir()
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "index.html").write_text("secret")
    site = {"7/index.html": b"words", "8/index.html": b"words"}
    for _ in range(3):
        output.publish(site, tmp_path / "out")
    for number in range(3):
        path = tmp_path / "out" / name
        if path.is_dir():
            (path / "index.html").unlink()
            path.rmdir()
        path.unlink(missing_ok=True)
        path.symlink_to(secret if "." not in name else secret / "index.html")
        data = b"new %d" % number
        output.publish({**site, "7/index.html": data}, tmp_path / "out")
        assert (tmp_path / "out/7/index.html").read_bytes() == data
        assert not path.is_symlink()
    assert (secret / "index.html").read_text() == "secret"
    assert [it.name for it in secret.iterdir()] == ["index.html"]


def test_what_an_editor_changed_in_the_output_is_put_right(tmp_path: Path) -> None:
    """Files of two trees are one on disk; one that is edited in place is replaced."""
    (tmp_path / ".cache").mkdir()
    site = {"a.html": b"aaaaa", "b.html": b"bbbbb"}
    for _ in range(3):
        output.publish(site, tmp_path / "out")
    (tmp_path / "out/a.html").write_bytes(b"xxxxx")
    (tmp_path / "out/more.html").write_bytes(b"more")
    for _ in range(3):
        output.publish(site, tmp_path / "out")
        assert output.read(tmp_path / "out") == site


def test_what_is_gone_is_gone_from_each_later_tree(tmp_path: Path) -> None:
    """A tree that is filled again keeps no file and no folder of the site before."""
    (tmp_path / ".cache").mkdir()
    site = {"a.html": b"a", "deep/er/b.html": b"b", "c/d.html": b"d"}
    for _ in range(3):
        output.publish(site, tmp_path / "out")
    for _ in range(3):
        output.publish({"a.html": b"a", "c": b"now a file"}, tmp_path / "out")
        assert sorted(it.name for it in (tmp_path / "out").iterdir()) == [
            output.RECORD,
            "a.html",
            "c",
        ]
