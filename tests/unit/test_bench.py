"""The benchmark runs: what it measures is not judged here, since machines differ."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from projects import ROOT

from tests.bench import sizes

CODE = """
from pathlib import Path
from tests import bench
bench.run(Path("pelicanconf.py").resolve(), edits=1)
"""


@pytest.mark.long
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


@pytest.mark.long
def test_builds_are_measured_at_any_size(capfd: pytest.CaptureFixture[str]) -> None:
    """Each tool is a row: cold, after one edit, no change, served; then the ratios."""
    sizes.run(ROOT, [3])
    rows = capfd.readouterr().out.splitlines()
    assert rows[1].startswith("| 3 | this project |")
    assert rows[2].startswith("| 3 | pelican |")
    assert all(row.count("|") == 7 for row in rows[:3])
    assert rows[3].startswith("3: ours / pelican: cold ")
