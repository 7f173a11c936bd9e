"""A folder of this machine: the root of a web server here, or a mounted disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from sitebuild.deploy.hosts.base import SERVER, Found, Setting
from sitebuild.deploy.hosts.files import MEMORY, STAGING, Files, FilesHost
from sitebuild.deploy.store import write_whole
from sitebuild.host.manifest import entry

_SECOND_NS = 10**9


class Folder(Files):
    """The files below a folder."""

    renames = True

    def __init__(self, root: Path) -> None:
        """Take the folder, which need not be there yet."""
        self.root = root

    def list(self, folder: str = "") -> dict[str, Found]:
        """Return every file with its hash."""
        top, found = self.root / folder, {}
        for path in sorted(top.rglob("*")):
            name = path.relative_to(top).as_posix()
            if path.is_file() and (folder or not name.startswith(f"{MEMORY}/")):
                size, md5, _ = entry(path.read_bytes())
                found[name] = Found(size, md5)
        return found

    def fetch(self, paths: Iterable[str], folder: Path) -> None:
        """Copy files that are there into a local folder."""
        for path in paths:
            if (self.root / path).is_file():
                _copy(self.root / path, folder / path)

    def put(self, folder: Path, paths: Iterable[str], below: str = "") -> None:
        """Copy files of a local folder here, each whole."""
        for path in paths:
            write_whole(self.root / below / path, (folder / path).read_bytes())

    def place(self, paths: Iterable[str]) -> None:
        """Rename staged files over what is there, in one step each (POSIX rename)."""
        for path in paths:
            new, old = self.root / STAGING / path, self.root / path
            old.parent.mkdir(parents=True, exist_ok=True)
            if old.exists() and new.stat().st_mtime_ns <= old.stat().st_mtime_ns:
                later = old.stat().st_mtime_ns + _SECOND_NS  # the clock was set back
                os.utime(new, ns=(later, later))
            new.replace(old)

    def copy(self, paths: Iterable[str], below: str) -> None:
        """Copy files to the same paths below `below`."""
        for path in paths:
            _copy(self.root / path, self.root / below / path)

    def delete(self, paths: Iterable[str]) -> None:
        """Delete files, and folders that are empty then."""
        for path in paths:
            (self.root / path).unlink(missing_ok=True)
            with suppress(OSError):  # the first that is not empty ends it
                for parent in Path(path).parents[:-1]:
                    (self.root / parent).rmdir()

    def clear(self) -> None:
        """Delete what is staged."""
        shutil.rmtree(self.root / STAGING, ignore_errors=True)


def _copy(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(old, new)


class FolderHost(FilesHost):
    """A target that is a folder of this machine."""

    needs: ClassVar[Mapping[str, Setting]] = {
        "to": Setting('a folder from the root such as "/srv/site"', "/"),
    }
    may: ClassVar[Mapping[str, Setting]] = {"server": SERVER, "memory": needs["to"]}

    def open(self, place: str) -> Files:
        """Return the files of a folder."""
        return Folder(Path(place))
