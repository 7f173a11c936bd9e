"""The benchmark runs: what it measures is not judged here, since machines differ."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from sitebuild import bench


def test_every_tool_is_edited_and_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """An edit is met in each tool's own page, and in an open browser for ours."""
    bench.run(ROOT / "pelicanconf.py", edits=1)
    said = capsys.readouterr().out
    for name in ("this project", "pelican -lr", "zensical"):
        assert re.search(rf"^{name} +\d+ ms to served", said, re.MULTILINE), said
    assert re.search(r"^this project +\d+ ms to painted", said, re.MULTILINE), said
