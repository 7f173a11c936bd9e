"""The published site, made whole: a production build with all that hosts need, and what it changes."""

from __future__ import annotations

from pathlib import Path

from sitebuild import output
from sitebuild.check import addresses
from sitebuild.diff import changes
from sitebuild.faults import Fault, SiteFaults
from sitebuild.host.files import is_shown
from sitebuild.model import SourceLine
from sitebuild.plugin import build


def publish(settings: Path) -> list[str]:
    """Build by `settings` (publishconf.py) into its own folder; returns what changed since the last time, and why.

    Raises SiteFaults, with the last published folder as it was, when anything is wrong, the disk included.
    """
    try:
        before = _shown(settings.resolve().parent / "public")
        done = build(settings)
        addresses.record(done.content, done.site)
    except OSError as error:
        where = f" ({Path(str(error.filename)).name})" if error.filename else ""
        found = f"the disk refuses: {error.strerror or error}{where}"
        fault = Fault(
            SourceLine(settings.name, 1),
            found,
            "the last published site is as it was",
            "make room or give leave",
        )
        raise SiteFaults([fault]) from None
    return changes.describe(changes.compare(before, _shown(done.output)))


def _shown(tree: Path) -> dict[str, bytes]:
    """What readers meet of a published tree, as path → bytes."""
    held = output.read(tree) if tree.exists() else {}
    return {name: data for name, data in held.items() if is_shown(name)}
