"""Trees of files on disk, filled at a cost that follows what changed.

A tree that stood in the place of another before is filled again: what it shares with
that one, as hard links, is left as it is; the bytes of every file are compared, so that
nothing depends on what was done to either in the meantime.
"""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_SECOND_NS = 10**9


class _File(NamedTuple):
    """A file on disk: equal ones are the same file, with the same bytes and time."""

    device: int
    inode: int
    size: int
    time_ns: int

    @classmethod
    def of(cls, entry: os.DirEntry[str]) -> _File:
        """Take what the system says of an entry, of a link itself."""
        found = entry.stat(follow_symlinks=False)
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def walk(folder: str, prefix: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield the files of a folder, links left out, with their path below it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from walk(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield prefix + entry.name, entry


def fill(
    staged: Path, files: Mapping[str, bytes], output: Path, kept: Collection[str] = ()
) -> None:
    """Make a tree hold some files and nothing else but those `kept`, which stay.

    It may hold the site before the last, whose files are the very files of the output
    where both had equal bytes: those cost nothing.
    """
    folders = _folders(files)
    here = _prune(str(staged), "", {*files, *kept}, folders)
    for folder in sorted(folders):
        if not (staged / folder).is_dir():
            (staged / folder).mkdir()
    there = {}
    if output.is_dir():
        for name, entry in walk(str(output)):
            there[name] = _File.of(entry)
    for name, data in files.items():
        old = there.get(name)
        is_equal = old is not None and _holds(output / name, old, data)
        if is_equal and old == here.get(name):
            continue
        if name in here:
            (staged / name).unlink()
        if not (is_equal and _link(output / name, staged / name)):
            _write(staged / name, data, old, is_equal=is_equal)


def _folders(names: Iterable[str]) -> set[str]:
    """Return the folders that some files stand in, and those that these stand in."""
    folders: set[str] = set()
    for name in names:
        folder = posixpath.dirname(name)
        while folder and folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    return folders


def _prune(
    folder: str, prefix: str, files: Collection[str], folders: Collection[str]
) -> dict[str, _File]:
    """Remove what a tree holds beside some files and folders; return those files."""
    kept = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if name in folders:
                    kept.update(_prune(entry.path, f"{name}/", files, folders))
                else:
                    shutil.rmtree(entry.path)
            elif name in files and entry.is_file(follow_symlinks=False):
                kept[name] = _File.of(entry)
            else:
                Path(entry.path).unlink()
    return kept


def _holds(path: Path, file: _File, data: bytes) -> bool:
    try:
        return file.size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _link(file: Path, path: Path) -> bool:
    """Give a file a second path; False where the file system does not know how."""
    try:
        os.link(file, path)
    except OSError:
        return False
    return True


def _write(path: Path, data: bytes, old: _File | None, *, is_equal: bool) -> None:
    """Write a file, with the time of the old one if that is equal, else a later one."""
    path.write_bytes(data)
    if old is None:
        return
    if is_equal:
        os.utime(path, ns=(old.time_ns, old.time_ns))
    elif path.stat().st_mtime_ns <= old.time_ns:  # the clock was set back
        os.utime(path, ns=(old.time_ns, old.time_ns + _SECOND_NS))
