"""What an editor saves is what the preview shows: a real process on real files."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers import rounds
from previews import ADDRESS, ARTICLE, NEW, OLD, PASSAGE, TOPIC, Live
from programs import need
from projects import Project


def save_in_place(path: Path, text: str) -> None:
    """Truncate and write, as nano and scripts do."""
    path.write_text(text, "utf-8")


def save_by_rename(path: Path, text: str) -> None:
    """Write beside and rename, as most editors do."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def save_anew(path: Path, text: str) -> None:
    """Delete and create, as git and some editors do, with a back-up for a moment."""
    path.rename(f"{path}~")
    path.write_text(text, "utf-8")
    Path(f"{path}~").unlink()


WAYS = (save_in_place, save_by_rename, save_anew)
BREAKS = [
    ("\n///\n", "\n"),
    ("slug: ", "slugg: "),
    ("status: published", "status: pub"),
    ("/// ", "/// x | "),
    (":", ""),
]
LITTER = (
    ".sour.md.swp",
    "4913",
    "sour.md~",
    ".#sour.md",
    "#sour.md#",
    "sour.md.orig",
    "sour.md.rej",
    "sour.md___jb_tmp___",
    "~$sour.md",
    "Thumbs.db",
    "desktop.ini",
)
# The last line of a preview that has nothing left to do.
IDLE = "search index rebuilt"


def tree_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a built tree, the record of the build too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def clean_build(project: Project) -> dict[str, bytes]:
    """Return what a new process builds from the sources as they stand."""
    subprocess.run(
        [sys.executable, "-m", "pelican", "-o", "clean"],
        cwd=project.root,
        check=True,
    )
    return tree_of(project.root / "clean")


@contextmanager
def stopped(preview: Live) -> Iterator[None]:
    """Stop a preview for a while, so that it sees what is saved meanwhile at once."""
    os.kill(preview.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(preview.process.pid, signal.SIGCONT)


@pytest.mark.parametrize("save", WAYS)
def test_a_request_after_a_save_shows_it(
    live: Callable[..., Live], save: Callable[[Path, str], None]
) -> None:
    """However an editor saves, the first request after it gets the new text."""
    preview = live()
    assert OLD in preview.ask(ADDRESS)[2]
    path = preview.project.root / ARTICLE
    save(path, path.read_text("utf-8").replace(OLD, NEW))
    assert NEW in preview.ask(ADDRESS)[2]
    preview.wait(f"changed {ADDRESS}: passage {PASSAGE}: ")


@pytest.mark.parametrize(
    ("path", "old", "new", "sign"),
    [
        ("pelicanconf.py", 'SITENAME = "', 'SITENAME = "Renamed ', "Renamed "),
        ("pelicanconf.py", '"sane_lists"]', '"sane_lists", "nl2br"]', "<br>"),
        (
            "theme/templates/base.html",
            "</main>",
            "<p>template edited</p></main>",
            "template edited",
        ),
        (
            "sitebuild/read/markdown.py",
            "return str(typogrify(",
            "return 'code edited' + str(typogrify(",
            "code edited",
        ),
        (
            "content/evidence.yaml",
            "statement: A starter raises",
            "statement: A starter truly raises",
            "A starter truly raises",
        ),
    ],
)
def test_every_kind_of_source_takes_effect(
    live: Callable[..., Live], path: str, old: str, new: str, sign: str
) -> None:
    """Settings, templates, plugin code and data take effect without a restart."""
    preview = live()
    assert sign not in preview.ask("/evidence/")[2]
    preview.project.edit(path, (old, new))
    assert sign in preview.ask("/evidence/")[2]


def test_many_files_saved_at_once_make_one_build(live: Callable[..., Live]) -> None:
    """A burst of saves is one build, and what editors leave beside is none."""
    preview = live()
    preview.wait(IDLE)
    count = preview.builds()
    first = len(preview.lines)
    with stopped(preview):
        for path in sorted((preview.project.root / "content").rglob("*.md")):
            text = path.read_text("utf-8")
            path.write_text(text.replace("summary: ", "summary: So: "), "utf-8")
    preview.wait(IDLE, first)
    assert preview.builds() == count + 1
    first = len(preview.lines)
    with stopped(preview):
        for name in LITTER:
            preview.project.write(f"content/articles/{name}", "x")
        preview.project.edit(TOPIC, ("a starter will do", "a starter does"))
    preview.wait(f"{TOPIC}: built in", first)
    preview.wait(IDLE, first)
    assert preview.builds() == count + 2


def test_a_folder_switched_whole_is_seen(live: Callable[..., Live]) -> None:
    """Git's way: folders renamed and put back show, and so do later edits in them."""
    preview = live()
    preview.wait("built in")
    content, other = preview.project.root / "content", preview.project.root / ".other"
    shutil.copytree(content, other)
    (other / "pages/about.md").write_text(
        (other / "pages/about.md").read_text("utf-8") + "\nA branch of its own.\n",
        "utf-8",
    )
    content.rename(preview.project.root / ".main")
    other.rename(content)
    assert "A branch of" in preview.ask("/about/")[2]
    preview.project.edit("content/pages/about.md", ("A branch", "A twig"))
    preview.wait("[-branch-] {+twig+}")
    (content / "pages/new.md").write_text(
        (content / "pages/about.md")
        .read_text("utf-8")
        .replace("slug: about", "slug: new"),
        "utf-8",
    )
    assert preview.ask("/new/")[0] == 200
    (content / "pages/new.md").unlink()
    assert preview.ask("/new/")[0] == 404
    preview.wait("removed /new/")


@rounds(12, 200)
def test_many_edits_lose_nothing(live: Callable[..., Live], rounds: int) -> None:
    """Whatever is saved when, pages come whole; the end equals a clean build."""
    preview, rng = live(), random.Random(4)
    preview.wait("built in")
    root = preview.project.root
    good = {
        path: path.read_text("utf-8")
        for path in sorted((root / "content").rglob("*.md"))
    }
    files = [path for path in good if path.parent.name in ("articles", "topics")]
    for number in range(rounds):
        path = rng.choice(files)
        if rng.random() < 0.25:
            text = good[path].replace(*rng.choice(BREAKS), 1)
        else:
            text = good[path] = re.sub(
                r"\b(It|The) (\w+ )?", rf"\1 edit{number} ", good[path], count=1
            )
        rng.choice(WAYS)(path, text)
        if rng.random() < 0.3:
            address = rng.choice(["/", ADDRESS, "/topics/rising/"])
            assert preview.ask(address)[2].rstrip().endswith("</html>")
        time.sleep(rng.random() * 0.06)
    for path, text in good.items():
        rng.choice(WAYS)(path, text)
    first = len(preview.lines)
    served = preview.ask("/topics/rising/")[2]
    preview.wait("search index", first)
    output = tree_of(root / "output")
    assert output == clean_build(preview.project)
    without_script = re.sub(r"<script src=\"/__preview.*?</script>", "", served)
    assert without_script == output["topics/rising/index.html"].decode()


@rounds(2, 6)
def test_killed_at_any_moment_and_started_again(
    live: Callable[..., Live], rounds: int
) -> None:
    """Killing server or build process leaves the output whole, and it starts again."""
    rng = random.Random(8)
    preview = live()
    preview.wait("search index")  # the first output is on the disk by then
    for number in range(rounds):
        preview.ask("/")
        before = (preview.project.root / ARTICLE).read_text("utf-8")
        save_by_rename(
            preview.project.root / ARTICLE,
            re.sub(r"wild yeast\w*", f"wild yeast{number}", before),
        )
        time.sleep(rng.random() * 0.1)
        child = subprocess.run(
            [need("ps"), "-o", "pid=", "--ppid", str(preview.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        victim = (
            preview.process.pid
            if number % 2
            else int((child.stdout.split() or [preview.process.pid])[0])
        )
        os.kill(victim, signal.SIGKILL)
        assert (preview.project.root / "output/404.html").is_file()
        if victim == preview.process.pid:
            preview = live()
        assert f"wild yeast{number}" in preview.ask(ADDRESS)[2]
    preview.wait("search index", len(preview.lines) - 1)
    assert tree_of(preview.project.root / "output") == clean_build(preview.project)
    assert not list(preview.project.root.glob(".output-*"))
