"""The public build: the site with all that hosts need, and what it changes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sitebuild import diff, output
from sitebuild.build import Build
from sitebuild.check import addresses
from sitebuild.check.advice import advise_weight
from sitebuild.derive.site import Site
from sitebuild.faults import SiteFaults
from sitebuild.host.files import is_shown
from sitebuild.plugin import build
from sitebuild.read.record import RECORD

# What the site is built from. The record of addresses is written by publishing itself.
_SOURCES = ("content", "theme", "sitebuild", "pelicanconf.py", "publishconf.py")
_NO_SOURCE = f":!content/{RECORD}"
_STATUS = ("--porcelain", "-z", "--no-renames", "--untracked-files=all")
_MOST_PATHS = 8


def publish(settings_file: Path) -> list[str]:
    """Build by the settings in a file (publishconf.py) into their OUTPUT_PATH.

    Returns what changed since the last time, and why; then pages that are too heavy,
    what was left out, what to commit and what comes next. Raises SiteFaults, with the
    last published folder as it was, when anything is wrong, the disk included.
    """
    root = settings_file.resolve().parent
    commit, is_dirty = read_commit(root)
    before: dict[str, bytes] = {}

    def remember(done: Build) -> None:
        if done.output.is_dir():
            before.update(_shown(output.read(done.output)))

    done = build(settings_file, ON_BUILT=remember, COMMIT=commit, CHANGES=is_dirty)
    new = record(done.content, done.site)
    lines = list(diff.describe(diff.compare(before, _shown(done.files))))
    if new:
        name = f"{done.content.name}/{RECORD}"
        lines.append(f"{name}: new addresses: {len(new)}; commit the file")
    lines += advise_weight(done.files)
    return [*lines, *_ending(done, root)]


def _ending(done: Build, root: Path) -> Iterator[str]:
    """Yield what was left out of a release, what to commit and what comes next."""
    drafts = [it.path for it in done.documents.values() if not it.is_published]
    if drafts:
        yield f"left out, as drafts: {_listed(drafts)}"
    known = _git(root, "status", *_STATUS, "--", *_SOURCES, _NO_SOURCE).split("\0")
    paths = [entry[3:] for entry in known if entry]
    new = [entry[3:] for entry in known if entry.startswith("?")]
    if new:
        yield f"not yet known to git, so in this release alone: {_listed(new)}"
    if paths:
        yield (
            f"sources have changes that no commit holds: {_listed(paths)}: commit "
            "them, so that this release can be published again"
        )
    yield (
        "next: `python3 tasks.py deploy NAME --dry-run`, with a NAME of TARGETS in "
        "publishconf.py"
    )


def _listed(paths: Sequence[str]) -> str:
    """Return some paths as words; of many the first."""
    shown = ", ".join(sorted(paths)[:_MOST_PATHS])
    more = len(paths) - _MOST_PATHS
    return f"{shown} and {more} more" if more > 0 else shown


def read_commit(root: Path) -> tuple[str, bool]:
    """Return the commit of the project, and whether its sources differ from that.

    "" and False where git knows of none.
    """
    known = _git(root, "rev-parse", "HEAD").strip()
    if not known:
        return "", False
    status = _git(root, "status", "--porcelain", "--", *_SOURCES, _NO_SOURCE)
    return known, bool(status)


def _git(root: Path, *words: str) -> str:
    """Return what git says; "" where it fails or is not installed."""
    try:
        command = ["git", "-C", str(root), *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout


def record(content: Path, site: Site) -> tuple[str, ...]:
    """Add what is published now to the record of addresses; returns what was new.

    Raises SiteFaults, with the record as it was, when the disk refuses.
    """
    new = addresses.unrecorded(content, site)
    if new:
        text = addresses.record_with(content, new)
        try:
            output.write_whole(content / RECORD, text.encode())
        except OSError as error:
            raise SiteFaults([output.disk_fault(error)]) from None
    return new


def _shown(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what readers meet of a published tree."""
    return {name: data for name, data in files.items() if is_shown(name)}
