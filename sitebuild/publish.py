"""The public build: the site with all that hosts need, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sitebuild import diff, output
from sitebuild.build import Build
from sitebuild.check import addresses
from sitebuild.derive.site import Site
from sitebuild.faults import SiteFaults
from sitebuild.host.files import is_shown
from sitebuild.plugin import build
from sitebuild.read.record import RECORD


def publish(settings_file: Path) -> list[str]:
    """Build by the settings in a file (publishconf.py) into their OUTPUT_PATH.

    Returns what changed since the last time, and why. Raises SiteFaults, with the last
    published folder as it was, when anything is wrong, the disk included.
    """
    before: dict[str, bytes] = {}

    def remember(done: Build) -> None:
        if done.output.is_dir():
            before.update(_shown(output.read(done.output)))

    done = build(settings_file, ON_BUILT=remember)
    new = record(done.content, done.site)
    lines = list(diff.describe(diff.compare(before, _shown(done.files))))
    if new:
        name = f"{done.content.name}/{RECORD}"
        lines.append(f"{name}: new addresses: {len(new)}; commit the file")
    return lines


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
