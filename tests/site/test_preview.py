"""What an editor saves is what the preview shows: a real process on real files."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest
import watchfiles
from helpers import rounds
from previews import (
    ADDRESS,
    ARTICLE,
    AT_ONCE,
    NEW,
    OLD,
    PASSAGE,
    TOPIC,
    WAYS,
    Live,
    cold_build,
    save_by_rename,
    wait_for_folder,
)

ABOUT = "content/pages/about.md"
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
    preview: Live, save: Callable[[Path, str], None]
) -> None:
    """However an editor saves, the first request gets the new text, and it is told."""
    first = len(preview.lines)
    path = preview.project.root / ARTICLE
    save(path, path.read_text("utf-8").replace(OLD, NEW))
    assert NEW in preview.ask(ADDRESS)[2]
    told = preview.wait(f": {ADDRESS}, /topics/rising/", first)
    assert f"{ARTICLE}: built in " in told
    why = preview.wait(f"  passage {PASSAGE}: ", first)
    assert "[-wild-] {+tame+}" in why


@pytest.mark.parametrize(
    ("path", "old", "new", "sign"),
    [
        (
            "theme/templates/base.html",
            "</main>",
            "<p>template edited</p></main>",
            "template edited",
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
    preview: Live, path: str, old: str, new: str, sign: str
) -> None:
    """Templates and data take effect at the next request."""
    assert sign not in preview.ask("/evidence/")[2]
    preview.project.edit(path, (old, new))
    assert sign in preview.ask("/evidence/")[2]


def test_many_files_saved_at_once_make_one_build(preview: Live) -> None:
    """A burst of saves is one build, and what editors leave beside is none."""
    first = len(preview.lines)
    with stopped(preview):
        for path in sorted((preview.project.root / "content").rglob("*.md")):
            text = path.read_text("utf-8")
            path.write_text(text.replace("summary: ", "summary: So: "), "utf-8")
    preview.wait("content/pages/404.md", first)
    with stopped(preview):
        for name in LITTER:
            preview.project.write(f"content/articles/{name}", "x")
        preview.project.edit(TOPIC, ("a starter will do", "a starter does"))
    preview.wait(f"{TOPIC}: built in", first)
    told = [line for line in preview.lines[first:] if "built in" in line]
    assert len(told) == 2


def test_a_folder_switched_whole_is_seen(preview: Live) -> None:
    """Git's way: folders renamed and put back show, and so do later edits in them."""
    content, other = preview.project.root / "content", preview.project.root / ".other"
    shutil.copytree(content, other)
    (other / "pages/about.md").write_text(
        (other / "pages/about.md").read_text("utf-8") + "\nA branch of its own.\n",
        "utf-8",
    )
    content.rename(preview.project.root / ".main")
    other.rename(content)
    assert "A branch of" in preview.ask("/about/")[2]
    preview.wait("{+A branch of")
    preview.project.edit(ABOUT, ("A branch", "A twig"))
    preview.wait("[-branch-] {+twig+}")
    text = preview.project.read(ABOUT).replace("slug: about", "slug: new")
    preview.project.write("content/pages/new.md", text)
    assert preview.ask("/new/")[0] == 200
    preview.wait("added /new/")
    (content / "pages/new.md").unlink()
    assert preview.ask("/new/")[0] == 404
    preview.wait("removed /new/")
    shutil.rmtree(preview.project.root / ".main")


def test_an_edit_with_an_old_time_is_seen(preview: Live) -> None:
    """Neither the time nor the size of a file hides an edit: some tools keep both."""
    path = preview.project.root / ABOUT
    for text in ("Words in", "Words at"):
        before = path.stat()
        path.write_text(re.sub("Words ..", text, path.read_text("utf-8")), "utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert text in preview.ask("/about/")[2]
    preview.wait("{+at+}")


def test_faults_keep_the_last_good_pages(preview: Live) -> None:
    """All faults are printed with their lines; pages stay; the fix is told in a line."""
    first = len(preview.lines)
    preview.project.edit(ARTICLE, ("topics: rising", "topics: rsing"))
    preview.project.edit(TOPIC, ("status: published", "status: publish"))
    preview.wait(" faults; the last good pages stay", first)
    preview.wait(f"  {ARTICLE}:10: ", first)
    preview.wait(f"  {TOPIC}:5: ", first)
    assert (preview.ask(ADDRESS)[0], OLD in preview.ask(ADDRESS)[2]) == (200, True)
    preview.project.edit(TOPIC, ("status: publish", "status: published"))
    preview.project.edit(ARTICLE, ("topics: rsing", "topics: rising"))
    preview.wait("built in", first)
    preview.wait("no page", first)


def test_a_disk_that_refuses_is_a_fault(preview: Live) -> None:
    """While nothing can be written the last good pages stay; later a save heals it."""
    first = len(preview.lines)
    limit_files(preview, 0)
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.wait("the disk refuses", first)
    assert preview.ask(ADDRESS)[0] == 200
    limit_files(preview, resource.RLIM_INFINITY)
    preview.project.edit(ABOUT, ("Words on", "Words in"))
    assert NEW in preview.ask(ADDRESS)[2]
    wait_for_folder(preview)


def limit_files(preview: Live, size: int) -> None:
    """Let a preview write files of this size at most (setrlimit(2))."""
    limits = (size, resource.RLIM_INFINITY)
    resource.prlimit(preview.process.pid, resource.RLIMIT_FSIZE, limits)


def pages_of(preview: Live, names: Iterable[str]) -> dict[str, str]:
    """Return the pages of these files as they are served."""
    return {
        name: preview.ask("/" + name.removesuffix("index.html"))[2] for name in names
    }


@rounds(8, 500)
def test_many_edits_lose_nothing(preview: Live, rounds: int) -> None:
    """Whatever is saved when, pages come whole; without a fault they equal a cold build.

    Soon after the last one the folder is equal too.
    """
    rng = random.Random(4)
    root = preview.project.root
    good = {
        path: path.read_text("utf-8")
        for path in sorted((root / "content").rglob("*.md"))
    }
    files = [path for path in good if path.parent.name in ("articles", "topics")]
    broken: set[Path] = set()
    for number in range(rounds):
        path = rng.choice([*broken] or files)
        text = good[path] = re.sub(
            r"\b(It|The) (\w+ )?", rf"\1 edit{number} ", good[path], count=1
        )
        broken = set()
        if rng.random() < 0.25:
            text, broken = text.replace(*rng.choice(BREAKS), 1), {path}
        rng.choice(WAYS)(path, text)
        if not broken:
            cold = cold_build(preview.project)
            pages = {name: it.decode() for name, it in cold.items() if ".html" in name}
            assert pages_of(preview, pages) == pages
        else:
            assert preview.ask(ADDRESS)[2].rstrip().endswith("</html>")
    for path in broken:
        path.write_text(good[path], "utf-8")
    preview.ask("/")
    wait_for_folder(preview)


@rounds(2, 12)
def test_killed_at_any_moment_and_started_again(preview: Live, rounds: int) -> None:
    """A kill leaves the output whole, and the next preview builds what was saved."""
    rng = random.Random(8)
    wait_for_folder(preview)
    for number in range(rounds):
        path = preview.project.root / ARTICLE
        text = re.sub(r"wild yeast\w*", f"wild yeast{number}", path.read_text("utf-8"))
        save_by_rename(path, text)
        changes = watchfiles.watch(preview.project.root, **AT_ONCE)
        for _ in islice(changes, rng.randrange(60)):
            pass
        preview.end(signal.SIGKILL)
        assert (preview.project.output / "404.html").is_file()
        preview.start()
        assert f"wild yeast{number}" in preview.ask(ADDRESS)[2]
    wait_for_folder(preview)
    preview.end(signal.SIGINT)
    assert not list(preview.project.root.glob(".output-*"))


def test_two_previews_of_one_project_do_no_harm(preview: Live) -> None:
    """The second takes the next port. Each serves what is saved, and the folder is that of a build."""
    two = Live(preview.project, port=preview.port)
    assert two.port != preview.port
    two.wait(f"Port {preview.port} is taken.")
    for text in (NEW, OLD, NEW):
        path = preview.project.root / ARTICLE
        path.write_text(re.sub(r"holds \w+ yeast", text, path.read_text("utf-8")))
        assert text in preview.ask(ADDRESS)[2]
        assert text in two.ask(ADDRESS)[2]
    two.end(signal.SIGINT)
    wait_for_folder(preview)
