"""The output folder: exactly the files meant, equal bytes from any build, whole at every moment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from bread import bake
from helpers import tree
from kills import victim
from projects import Project

from sitebuild import output
from sitebuild.faults import Report

# The pages and other files of the site with every construct.
TOPICS = ("rising", "baking")
PAGES = {
    "index.html",
    "404.html",
    "topics/index.html",
    "evidence/index.html",
    "about/index.html",
    "disclaimer/index.html",
    "glossary/index.html",
    "search/index.html",
    "articles/sour/index.html",
    "articles/kitchen-sink/index.html",
    *(f"topics/{slug}/index.html" for slug in TOPICS),
}
MACHINES = {
    "feed.xml",
    "sitemap.xml",
    "robots.txt",
    "images/kitchen-sink.png",
    *(f"topics/{slug}/feed.xml" for slug in TOPICS),
}


def build_elsewhere(project: Project, **environment: str) -> None:
    """Build in a process of its own, with an environment of its own."""
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from sitebuild.plugin import build\n"
            "build(Path('pelicanconf.py').resolve(), SITEURL='https://example.org')",
        ],
        cwd=project.root,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )


def test_pages_are_exactly_these(sink: Path) -> None:
    """The output has the pages of the site and no other, none of them Pelican's own."""
    assert {name for name in tree(sink) if name.endswith(".html")} == PAGES


def test_other_files_are_exactly_these(sink: Path) -> None:
    """Beside its pages the output has feeds, sitemap, robots, cards, the mark and the search index, and nothing else."""
    other = {name for name in tree(sink) if not name.endswith(".html")}
    assert other >= MACHINES
    cards = {
        f"social/{name}".replace("/index.html", ".png")
        for name in tree(sink)
        if name.endswith("index.html")
    }
    loose = {
        n
        for n in other - MACHINES - cards
        if not n.startswith(("pagefind/", "assets/search."))
    }
    icons = {"mark.svg", "favicon.ico", "apple-touch-icon.png"}
    assert loose <= icons


def test_bytes_are_equal_anywhere(tmp_path: Path, project: Project) -> None:
    """Two builds in different folders, time zones, locales, hash seeds and times give equal bytes."""
    other = Project(tmp_path / "some where" / "else")
    shutil.copytree(project.root, other.root, symlinks=True)
    for path in other.root.rglob("*.md"):
        os.utime(path, (10**9, 10**9))
    build_elsewhere(project, TZ="Pacific/Kiritimati", PYTHONHASHSEED="1", LC_ALL="C")
    build_elsewhere(other, TZ="America/Adak", PYTHONHASHSEED="77", LC_ALL="C.UTF-8")
    one, two = tree(project.output), tree(other.output)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_no_path_of_a_machine_in_the_output(project: Project) -> None:
    """No file of the output holds the folder that it was built in."""
    project.build()
    assert [
        name
        for name, data in tree(project.output).items()
        if str(project.root).encode() in data
    ] == []


def test_unchanged_files_keep_their_time(bread: Project) -> None:
    """A file whose bytes did not change keeps its time; another gets a later one."""
    bread.build()
    earlier = 1_000_000_000
    for path in bread.output.rglob("*"):
        os.utime(path, (earlier, earlier))
    bread.edit("content/pages/disclaimer.md", ("Words on", "Plain words on"))
    bread.build()
    times = {}
    for path in bread.output.rglob("*.html"):
        name = path.relative_to(bread.output).as_posix()
        times[name] = path.stat().st_mtime
    assert times.pop("disclaimer/index.html") > earlier
    assert set(times.values()) == {earlier}


def test_deleted_source_takes_its_page(bread: Project) -> None:
    """A source that is gone takes its page along, once a redirect says where it went."""
    bread.build()
    (bread.root / "content/pages/search.md").unlink()
    bread.write("content/redirects.txt", "/search/ /\n")
    bread.faults()
    bread.edit(
        "theme/templates/_site_footer.html",
        lambda text: text.replace('href="/search/"', 'href="/"'),
    )
    bread.edit(
        "theme/templates/_site_header.html",
        lambda text: text.replace('href="/search/"', 'href="/"'),
    )
    assert bread.faults() == []
    assert not (bread.output / "search" / "index.html").exists()


@pytest.mark.parametrize("exchange", [True, False])
def test_swap_takes_the_new_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    """With and without the system's exchange of folders, the new output is there and the old is gone."""
    if not exchange:
        monkeypatch.setattr(sys, "platform", "other")
    for _ in range(2):
        output.publish({"404.html": b"new"}, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_interrupted_swap_is_finished(tmp_path: Path) -> None:
    """Killed between the two renames of a swap, the old output is put back by the next build."""
    output.publish({"index.html": b"old"}, tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / ".out.old")
    output.stage(tmp_path / "out")
    assert tree(tmp_path / "out") == {"index.html": b"old"}
    assert not (tmp_path / ".out.old").exists()


def test_what_a_killed_build_left_is_removed(tmp_path: Path) -> None:
    """Staged folders of processes that are gone are removed, even empty ones."""
    staged = output.stage(tmp_path / "out")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    staged.rename(tmp_path / f".out-{dead.pid}-abcdefgh")
    (tmp_path / f".out-{dead.pid}-empty").mkdir()
    output.publish({"index.html": b"new"}, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", [".out.old", ".out-my-notes", ".out-0-x"])
@pytest.mark.parametrize("exchange", [True, False])
def test_a_folder_beside_the_output_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, exchange: bool
) -> None:
    """No folder is removed because of its name: it must hold the record of a build."""
    if not exchange:
        monkeypatch.setattr(sys, "platform", "other")
    notes = tmp_path / name
    notes.mkdir()
    (notes / "thesis.txt").write_text("ten years of work")
    for _ in range(2):
        with suppress(OSError):
            output.publish({"index.html": b"new"}, tmp_path / "out")
    assert tree(notes) == {"thesis.txt": b"ten years of work"}


def refusal(folder: Path) -> str:
    """What is said about a folder that a build would replace; empty if nothing."""
    report = Report()
    output.check_replaceable(folder, report)
    return "\n".join(map(str, report.faults))


def test_a_folder_that_a_build_made_is_replaced(tmp_path: Path) -> None:
    """A new, an empty and a built folder are taken; the record is no file of a site."""
    folder = tmp_path / "out"
    assert refusal(folder) == ""
    folder.mkdir()
    assert refusal(folder) == ""
    for page in (b"one", b"two"):
        output.publish({"index.html": page}, folder)
        assert refusal(folder) == ""
        assert output.read(folder) == {"index.html": page}
    assert (folder / output.RECORD).is_file()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("404.html", r"holds files that no build made \(404.html\)"),
        ("thesis.txt", "holds files that no build made"),
        (".git/HEAD", r"holds a repository \(.git\)"),
    ],
)
def test_a_folder_that_no_build_made_is_refused(
    tmp_path: Path, name: str, found: str
) -> None:
    """Whatever it holds, even a page for what is not found, the message says the way on."""
    folder = tmp_path / "mine"
    file = folder / name
    file.parent.mkdir(parents=True)
    file.write_text("")
    message = refusal(folder)
    assert re.search(found, message)
    assert "move mine away, or delete it" in message
    folder.rename(tmp_path / "away")
    assert refusal(folder) == ""


def test_a_repository_in_a_built_folder_is_kept(tmp_path: Path) -> None:
    """A folder with a record is refused as soon as it holds a repository."""
    folder = tmp_path / "out"
    output.publish({"index.html": b""}, folder)
    (folder / ".git").mkdir()
    assert "holds a repository" in refusal(folder)


def test_a_file_in_the_place_of_the_output_is_kept(tmp_path: Path) -> None:
    """A file is no folder to replace."""
    (tmp_path / "out").write_text("")
    assert "the output folder out is a file;" in refusal(tmp_path / "out")


def test_a_folder_that_may_not_be_read_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without permission the message names the cause."""
    (tmp_path / "out").mkdir()

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert "the disk refuses: Permission denied" in refusal(tmp_path / "out")


def test_a_link_as_output_stays_a_link(tmp_path: Path) -> None:
    """Of a link, the folder that it leads to is replaced."""
    (tmp_path / "www").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "www")
    for page in (b"one", b"two"):
        output.publish({"index.html": page}, tmp_path / "out")
        assert tree(tmp_path / "www") == {"index.html": page}
    assert (tmp_path / "out").is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"out", "www"}


# Where a build is killed, and which site is there then. Staging begins with a folder of
# its own; the old site is removed last.
POINTS = {
    "before staging": ("os.mkdir:1", "old"),
    "half staged": ("open:5", "old"),
    "before the exchange": ("ctypes.dlsym:1", "old"),
    "after the exchange": ("shutil.rmtree:1", "new"),
}


@pytest.mark.parametrize(("point", "expected"), POINTS.values(), ids=POINTS)
def test_killed_build_leaves_the_output(
    tmp_path: Path, point: str, expected: str
) -> None:
    """Killed at a named point, a build leaves the old output whole or the new one.

    What it left beside the output is removed by the next build.
    """
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    settings = project.root / "pelicanconf.py"
    with victim() as builds:
        builds.run("build", settings)
        sites = {"old": tree(project.output)}
        project.edit("content/articles/sour.md", ("wild yeast", "tame yeast"))
        assert builds.run("build", settings, point).was_killed
        found = tree(project.output)
        builds.run("build", settings)
        sites["new"] = tree(project.output)
    assert sites["old"] != sites["new"]
    assert found == sites[expected]
    assert not list(project.root.glob(".output*"))


def test_a_tree_is_read_without_links(tmp_path: Path) -> None:
    """A link in a tree is not followed, to a file or to a folder."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("key")
    site = tmp_path / "site"
    (site / "deep" / "er").mkdir(parents=True)
    (site / "deep" / "er" / "b.txt").write_text("b")
    (site / "a.txt").write_text("a")
    (site / "file").symlink_to(tmp_path / "secret" / "key")
    (site / "folder").symlink_to(tmp_path / "secret")
    assert output.read(site) == {"a.txt": b"a", "deep/er/b.txt": b"b"}


def test_one_file_is_written_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be replaced is as it was, and nothing is left beside it."""
    path = tmp_path / "record.txt"
    output.write_whole(path, b"old")

    def refuse(*_: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no"):
        output.write_whole(path, b"new")
    assert tree(tmp_path) == {"record.txt": b"old"}
