"""The exchange of folders: all of the new site or all of the old, and nothing that no build made."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from helpers import tree

from sitebuild import output
from sitebuild.faults import Report


def publish(files: dict[str, bytes], folder: Path) -> None:
    """Stage a site of some files and put it in the place of the old one, as a build does."""
    staged = output.stage(folder)
    try:
        output.publish(staged, {}, files, folder)
    finally:
        output.remove(staged)


@pytest.mark.parametrize("exchange", [True, False])
def test_swap_takes_the_new_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    """With and without the system's exchange of folders, the new output is there and the old is gone."""
    if not exchange:
        monkeypatch.setattr(sys, "platform", "other")
    for _ in range(2):
        publish({"404.html": b"new"}, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_interrupted_swap_is_finished(tmp_path: Path) -> None:
    """Killed between the two renames of a swap, the old output is put back by the next build."""
    publish({"index.html": b"old"}, tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / ".out.old")
    output.stage(tmp_path / "out")
    assert tree(tmp_path / "out") == {"index.html": b"old"}
    assert not (tmp_path / ".out.old").exists()


def test_what_a_killed_build_left_is_removed(tmp_path: Path) -> None:
    """Staged folders of processes that are gone are removed, even empty ones."""
    staged = output.stage(tmp_path / "out")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    staged.rename(tmp_path / f".out-{dead.pid}")
    (tmp_path / f".out-{os.getpid()}").mkdir()
    publish({"index.html": b"new"}, tmp_path / "out")
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
            publish({"index.html": b"new"}, tmp_path / "out")
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
        publish({"index.html": page}, folder)
        assert refusal(folder) == ""
        assert output.read(folder) == {"index.html": page}
    assert (folder / output.RECORD).is_file()


def test_what_no_build_made_is_kept(tmp_path: Path) -> None:
    """A file is no folder to replace, and a built folder with a repository is none."""
    (tmp_path / "file").write_text("")
    assert "the output folder file is a file;" in refusal(tmp_path / "file")
    publish({"index.html": b""}, tmp_path / "out")
    (tmp_path / "out" / ".git").mkdir()
    assert "holds a repository" in refusal(tmp_path / "out")


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
        publish({"index.html": page}, tmp_path / "out")
        assert tree(tmp_path / "www") == {"index.html": page}
    assert (tmp_path / "out").is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"out", "www"}


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
