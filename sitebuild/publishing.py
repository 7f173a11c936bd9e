"""The published site, made whole: a production build with all that hosts need, and what it changes."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from sitebuild import addresses, changes
from sitebuild.faults import Fault, SiteFaults
from sitebuild.model import Place
from sitebuild.plugin import build


def publish(settings: Path) -> list[str]:
    """Build by `settings` (publishconf.py) into its own folder; returns what changed since the last time, and why.

    Raises SiteFaults, with the last published folder as it was, when anything is wrong, the disk included.
    """
    root = settings.resolve().parent
    (root / ".build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / ".build") as folder:
        before = Path(folder) / "before"
        try:
            if (root / "public").is_dir():
                shutil.copytree(root / "public", before, copy_function=os.link)
            done = build(settings)
        except OSError as error:
            place = Place(settings.name, 1)
            found = f"the disk refuses: {error.strerror} ({Path(error.filename or '.').name})"
            raise SiteFaults([Fault(place, found, "the last published site is as it was", "make room or give leave")]) from None
        addresses.record(done.content, done.site)
        return changes.report(before, done.output)
