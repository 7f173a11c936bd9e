"""The output folder: staged beside it and swapped in whole, so that it is the old site or the new one."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sitebuild.faults import Report
from sitebuild.model import SourceLine

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # renameat2(2), Linux 3.15


def stage(output: Path) -> Path:
    """A new empty folder beside `output`; folders left by builds that were killed are removed."""
    output.parent.mkdir(parents=True, exist_ok=True)
    for left in output.parent.glob(f".{output.name}-*-*"):
        if not _is_running(left.name.split("-")[-2]):
            shutil.rmtree(left, ignore_errors=True)
    recover(output)
    folder = Path(
        tempfile.mkdtemp(prefix=f".{output.name}-{os.getpid()}-", dir=output.parent)
    )
    folder.chmod(0o755)
    return folder


def recover(output: Path) -> None:
    """Put the old output back where a build was killed between the two renames of `swap`."""
    old = output.with_name(f".{output.name}.old")
    if old.is_dir() and not output.exists():
        old.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def check_replaceable(output: Path, report: Report) -> None:
    """A folder that holds other things than a built site is not replaced: that is a fault."""
    if output.exists() and (
        not output.is_dir()
        or (any(output.iterdir()) and not (output / "404.html").is_file())
    ):
        found = f"the output folder {output.name} holds files that no build made"
        report.add(
            SourceLine("pelicanconf.py", 1),
            found,
            "the folder is replaced whole",
            "empty it or choose another",
        )


def read(tree: Path) -> dict[str, bytes]:
    """The files of a folder by their path below it, sorted."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    }


def publish(files: Mapping[str, bytes], output: Path) -> None:
    """Put a site, given as path → bytes, in the place of the old one, whole.

    Files whose bytes are equal keep their time of change. Raises OSError, with the old site as it was, when the disk
    refuses.
    """
    staged = stage(output)
    try:
        for folder in {staged / name for name in map(os.path.dirname, files)}:
            folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            _write(staged / name, data, output / name)
        swap(staged, output)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _write(path: Path, data: bytes, old: Path) -> None:
    """Write a file, with the time of the old one if that is equal, else with a later one."""
    path.write_bytes(data)
    if old.is_file():
        before = old.stat()
        if before.st_size == len(data) and old.read_bytes() == data:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        elif path.stat().st_mtime_ns <= before.st_mtime_ns:  # the clock was set back
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 10**9))


def swap(staged: Path, output: Path) -> None:
    """Exchange two folders in one step where the system can, else by two renames that `recover` can finish."""
    old = output.with_name(f".{output.name}.old")
    if not output.exists():
        staged.rename(output)
    elif not _exchange(staged, output):
        output.rename(old)
        staged.rename(output)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, two: Path) -> bool:
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    return (
        rename is not None
        and rename(_AT_FDCWD, bytes(one), _AT_FDCWD, bytes(two), _RENAME_EXCHANGE) == 0
    )
