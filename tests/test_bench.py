"""The benchmark runs: what it measures is not judged here, since machines differ."""

from __future__ import annotations

import re
import subprocess
import sys

from conftest import ROOT

CODE = """
from pathlib import Path
from tests import bench
bench.run(Path("pelicanconf.py").resolve(), edits=1)
"""


def test_every_tool_is_edited_and_measured() -> None:
    """An edit is met in each tool, and in an open browser for ours.

    A tool that cannot be installed is reported as not measured.
    """
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    for line in (
        r"^this project +\d+ ms to served",
        r"^pelican -lr +\d+ ms to served",
        r"^zensical( +\d+ ms to served|: not measured)",
        r"^this project +\d+ ms to painted",
    ):
        assert re.search(line, done.stdout, re.MULTILINE), done
