"""What a build cannot read is one fault before anything opens it, and never a wait."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Project

Make = Callable[[Path], object]


def _circle(path: Path) -> None:
    """Two folders, each with a link to the other."""
    other = path.with_name("other")
    path.mkdir()
    other.mkdir()
    (path / "there").symlink_to(other)
    (other / "back").symlink_to(path)


def _socket(path: Path) -> None:
    """A socket, whose path has to be short (unix(7))."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(before)


ODD: dict[str, tuple[Make, str]] = {
    "pipe": (os.mkfifo, "neither a file nor"),
    "socket": (_socket, "neither a file nor"),
    "link to a device": (
        lambda path: path.symlink_to("/dev/zero"),
        "out of the folder",
    ),
    "link out": (lambda path: path.symlink_to("/etc/passwd"), "out of the folder"),
    "link to a folder": (lambda path: path.symlink_to("/etc"), "out of the folder"),
    "link up": (lambda path: path.symlink_to(".."), "a folder that it stands in"),
    "link to here": (lambda path: path.symlink_to("."), "a folder that it stands in"),
    "link to itself": (lambda path: path.symlink_to(path.name), "a link to nothing"),
    "link to nothing": (lambda path: path.symlink_to("gone.md"), "a link to nothing"),
    "circle": (_circle, "a folder that it stands in"),
}


@pytest.mark.parametrize("folder", ["content/articles", "theme/templates"])
@pytest.mark.parametrize("kind", ODD)
def test_what_cannot_be_read_is_a_fault(kind: str, folder: str, bread: Project) -> None:
    """Pipes, devices and circles are named, and the build ends."""
    make, says = ODD[kind]
    make(bread.root / folder / "odd.md")
    faults = bread.faults()
    assert faults
    for fault in faults:
        assert fault.startswith(f"{folder}/o")
        assert says in fault


def test_a_link_to_a_file_of_the_same_folder_is_read(bread: Project) -> None:
    """A picture may stand under two names."""
    (bread.root / "content/pages/more").mkdir()
    (bread.root / "content/pages/about.md").rename(
        bread.root / "content/pages/more/about.md"
    )
    (bread.root / "content/pages/about.md").symlink_to("more/about.md")
    assert any("claims the address /about/" in fault for fault in bread.faults())


def test_a_file_without_permission_is_a_fault(
    bread: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cause is said, and no traceback.

    The system is asked through a stand-in, since root may read everything.
    """
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "about.md")
    (fault,) = bread.faults()
    assert fault.startswith("content/pages/about.md:1: there is no permission")
