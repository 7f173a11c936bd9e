"""These tests hold any engine: they know a site by what comes out of it."""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(r"\b(?:import|from) +sitebuild\b")


def test_nothing_of_the_engine_is_imported() -> None:
    """Neither a test nor a helper imports `sitebuild`, nor does code that one starts."""
    here = Path(__file__)
    for path in {*here.parent.rglob("*.py")} - {here}:
        assert not IMPORT.search(path.read_text("utf-8")), path
