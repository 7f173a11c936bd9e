"""Trees of files on disk: read whole, replaced whole.

A new tree is staged beside the old one and swapped in, so that the folder is the old
site or the new one at every moment. Each tree holds a record that a build made it: a
folder without one is never replaced or removed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from sitebuild.faults import Fault, Report, listed
from sitebuild.model import SourceLine

_AT_FDCWD = -100  # renameat2(2), Linux 3.15
_RENAME_EXCHANGE = 2

# The record of a build in its folder. It is no file of the site: `read` leaves it out.
RECORD = ".site-build"
_RECORD_TEXT = b"A build made this folder; the next one replaces it whole.\n"
# What a version control system keeps in a folder is more than a site.
_REPOSITORIES = (".git", ".hg", ".svn", ".jj")
_NAMED = 3  # files that a message names


def read(tree: Path) -> dict[str, bytes]:
    """Return the files of a folder by their path below it, sorted, without the record.

    Links are not followed, so nothing outside the folder is read. Raises OSError.
    """
    files = dict(sorted(_read(str(tree), "")))
    files.pop(RECORD, None)
    return files


def _read(tree: str, folder: str) -> Iterator[tuple[str, bytes]]:
    for entry in os.scandir(f"{tree}/{folder}"):
        path = folder + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _read(tree, f"{path}/")
        elif not entry.is_symlink():
            with open(entry.path, "rb", buffering=0) as file:  # noqa: PTH123 - quicker
                yield path, file.read()


def write_whole(path: Path, data: bytes) -> None:
    """Write one file so that it has all of its old bytes or all of the new.

    Raises OSError, with the old file as it was.
    """
    staged = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        staged.write_bytes(data)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def disk_fault(error: OSError) -> Fault:
    """Return what an editor reads when the disk refuses to take a file."""
    where = f" ({Path(str(error.filename)).name})" if error.filename else ""
    return Fault(
        SourceLine("pelicanconf.py", 1),
        f"the disk refuses: {error.strerror or error}{where}",
        "the last site that was built is as it was",
        "make room, or allow reading and writing there",
    )


def is_built(folder: Path) -> bool:
    """Return whether a folder holds the record that a build made it."""
    return (folder / RECORD).is_file()


def check_replaceable(output: Path, report: Report) -> None:
    """Report what stands at the place of the output and was not made by a build.

    A new or an empty folder is fine; one that holds a repository never is.
    """
    try:
        found = _found_at(output)
    except OSError as error:
        report.extend([disk_fault(error)])
        return
    if found:
        report.add(
            SourceLine("pelicanconf.py", 1),
            f"the output folder {output.name} {found}",
            "a build replaces the whole folder, so it is new or empty, or it holds the"
            f" record {RECORD} of an earlier build and no repository",
            f"move {output.name} away, or delete it if you need nothing in it, or name "
            "another folder (OUTPUT_PATH, -o)",
        )


def _found_at(output: Path) -> str:
    """Return why a path may not be replaced by a built site; "" if it may."""
    if not output.exists():
        return ""
    if not output.is_dir():
        return "is a file"
    names = sorted(path.name for path in output.iterdir())
    for name in _REPOSITORIES:
        if name in names:
            return f"holds a repository ({name})"
    if not names or is_built(output):
        return ""
    return f"holds files that no build made ({listed(names, _NAMED)})"


def publish(
    staged: Path, written: Mapping[str, bytes], files: Mapping[str, bytes], output: Path
) -> None:
    """Put a staged site in the place of the old one, whole.

    `written` is what the staged folder holds, `files` what it shall hold, as path →
    bytes. Raises OSError, with the old site as it was, when the disk refuses.
    """
    output = output.resolve()  # of a link, the folder that it leads to is replaced
    for name in written.keys() - files.keys():
        (staged / name).unlink()
    for folder in {name.rpartition("/")[0] for name in files}:
        (staged / folder).mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        if written.get(name) != data:
            with open(f"{staged}/{name}", "wb") as file:  # noqa: PTH123 - quicker
                file.write(data)
    swap(staged, output)


def remove(folder: Path) -> None:
    """Remove an empty folder, or one of a build.

    Its record goes last, so that what a kill leaves can still be recognised.
    """
    if not is_built(folder):
        with suppress(OSError):  # it is not there, or holds what no build made
            folder.rmdir()
        return
    for entry in folder.iterdir():
        if entry.name == RECORD:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def stage(output: Path) -> Path:
    """Return a new folder beside `output`, with a record; its name is the process's.

    What killed builds left is removed. Raises OSError.
    """
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    for left in output.parent.glob(f".{output.name}-*"):
        if not (left.is_symlink() or _is_of_another(left.name.rpartition("-")[2])):
            remove(left)
    recover(output)
    folder = output.with_name(f".{output.name}-{os.getpid()}")
    folder.mkdir()
    (folder / RECORD).write_bytes(_RECORD_TEXT)
    return folder


def _is_of_another(pid: str) -> bool:
    """Return False for the number of this process, and of one that runs no more."""
    try:
        os.kill(int(pid), 0)
    except (PermissionError, ValueError, OverflowError):
        return True
    except ProcessLookupError:
        return False
    return int(pid) != os.getpid()


def swap(staged: Path, output: Path) -> None:
    """Put one folder in the place of another.

    In one step where the system can exchange them, else by two renames, which `recover`
    finishes after a kill between them.
    """
    if not output.exists():
        staged.rename(output)
    elif not _exchange(staged, output):
        old = _aside(output)
        output.rename(old)
        staged.rename(output)
        remove(old)


def recover(output: Path) -> None:
    """Put the old output back where a build was killed in the middle of `swap`."""
    old = _aside(output)
    if not is_built(old):
        return
    if output.exists():
        remove(old)
    else:
        old.rename(output)


def _aside(output: Path) -> Path:
    return output.with_name(f".{output.name}.old")


def _exchange(one: Path, two: Path) -> bool:
    """Exchange two folders in one step; False where the system does not know how."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    paths = (_AT_FDCWD, bytes(one), _AT_FDCWD, bytes(two))
    return bool(rename(*paths, _RENAME_EXCHANGE) == 0)
