"""The record of what was published: where it stands, and whether there was one."""

from __future__ import annotations

import subprocess
from pathlib import Path

RECORD = "addresses.txt"


def was_recorded(content: Path) -> bool:
    """Return whether git knows a record of addresses in a content folder."""
    command = ["git", "log", "-1", "--format=%h", "--", RECORD]
    try:
        found = subprocess.run(command, cwd=content, capture_output=True, check=False)
    except OSError:  # there is no git
        return False
    return bool(found.stdout)
