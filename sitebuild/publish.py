"""The public build: the site with all that hosts need, and what it changes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sitebuild import diff, output
from sitebuild.build import Build
from sitebuild.check import addresses
from sitebuild.check.advice import advise_weight
from sitebuild.faults import SiteFaults, listed
from sitebuild.plugin import build
from sitebuild.read.redirects import RECORD
from sitebuild.release import is_shown

# What the site is built from. The record of addresses is written by publishing itself.
_SOURCES = ("content", "theme", "sitebuild", "pelicanconf.py", "publishconf.py")
_NO_SOURCE = f":!content/{RECORD}"
_STATUS = ("--porcelain", "-z", "--no-renames", "--untracked-files=all")


def publish(settings_file: Path) -> list[str]:
    """Build by the settings in a file (publishconf.py) into their OUTPUT_PATH.

    Returns what changed since the last time, and why; then pages that are too heavy,
    what was left out, what to commit and what comes next. Raises SiteFaults, with the
    last published folder as it was, when anything is wrong, the disk included.
    """
    root = settings_file.resolve().parent
    commit = _git(root, "rev-parse", "HEAD").strip()
    changes = _uncommitted(root)
    before: dict[str, bytes] = {}

    def remember(done: Build) -> None:
        if done.output.is_dir():
            before.update(_shown(output.read(done.output)))

    done = build(
        settings_file,
        ON_BUILT=remember,
        COMMIT=commit,
        CHANGES=bool(commit and changes),
    )
    new = record(done)
    lines = list(diff.describe(diff.compare(before, _shown(done.files))))
    if new:
        name = f"{done.content.name}/{RECORD}"
        lines.append(f"{name}: new addresses: {len(new)}; commit the file")
    lines += advise_weight(done.files)
    return [*lines, *_ending(done, changes)]


def _ending(done: Build, changes: Sequence[str]) -> Iterator[str]:
    """Yield what was left out of a release, what to commit and what comes next.

    `changes` are those that no commit holds, as git lists them.
    """
    drafts = [it.path for it in done.documents.values() if not it.is_published]
    if drafts:
        yield f"left out, as drafts: {listed(drafts)}"
    if changes:
        paths = listed([entry[3:] for entry in changes])
        yield (
            f"sources have changes that no commit holds: {paths}: commit "
            "them, so that this release can be published again"
        )
    yield (
        "next: `python3 tasks.py deploy NAME --dry-run`, with a NAME of TARGETS in "
        "publishconf.py"
    )


def _uncommitted(root: Path) -> list[str]:
    """Return the changes of the sources that no commit holds: two letters, a path."""
    said = _git(root, "status", *_STATUS, "--", *_SOURCES, _NO_SOURCE)
    return list(filter(None, said.split("\0")))


def _git(root: Path, *words: str) -> str:
    """Return what git says; "" where it fails or is not installed."""
    try:
        command = ["git", "-C", str(root), *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout


def record(done: Build) -> list[str]:
    """Add what is published now to the record of addresses; returns what was new.

    Raises SiteFaults, with the record as it was, when the disk refuses.
    """
    new = sorted(addresses.published(done.site) - done.recorded.keys())
    if new:
        text = addresses.record_with(done.recorded, new)
        try:
            output.write_whole(done.content / RECORD, text.encode())
        except OSError as error:
            raise SiteFaults([output.disk_fault(error)]) from None
    return new


def _shown(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what readers meet of a published tree."""
    return {name: data for name, data in files.items() if is_shown(name)}
