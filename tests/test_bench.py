"""The benchmark runs: what it measures is not judged here, since machines differ."""

from __future__ import annotations

import re
import subprocess
import sys

from conftest import ROOT


def test_every_tool_is_edited_and_measured() -> None:
    """An edit is met in each tool's own page, and in an open browser for ours; a tool that cannot be had is told."""
    code = "from pathlib import Path; from sitebuild import bench; bench.run(Path('pelicanconf.py').resolve(), edits=1)"
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    for name in ("this project", "pelican -lr"):
        assert re.search(rf"^{name} +\d+ ms to served", said.stdout, re.MULTILINE), said
    assert re.search(
        r"^zensical( +\d+ ms to served|: not measured)", said.stdout, re.MULTILINE
    ), said
    assert re.search(r"^this project +\d+ ms to painted", said.stdout, re.MULTILINE), (
        said
    )
