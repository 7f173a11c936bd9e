"""A build with faults: it shows all of them, and the last good output stays."""

from __future__ import annotations

import re
from pathlib import Path

from projects import Project
from slips import ABOUT, EVIDENCE, REFERENCES, RISING, SOUR

# One slip in each file, as what is there and what stands there instead.
EDITS = {
    SOUR: ("date: 2026-01-02", "date: 2026-02-30"),
    RISING: ("order: 1", "order: first"),
    ABOUT: ("slug: about\n", "slug: about\nslug: about\nsumary: x\n"),
    EVIDENCE: ("verdict: supported", "verdict: certain"),
    REFERENCES: ("verified={yes}", "verified={no}"),
}


def state_of(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Return time and bytes of every file below a folder."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_all_faults_at_once_sorted(bread: Project) -> None:
    """One build shows the faults of every file, sorted by file and line."""
    for file, edit in EDITS.items():
        bread.edit(file, edit)
    places = []
    for fault in bread.faults():
        file, line = re.match(r"([^:]+):(\d+): ", fault).groups()
        places.append((file, int(line)))
    assert {file for file, _ in places} == set(EDITS)
    assert [line for file, line in places if file == ABOUT] == [3, 4]
    assert places == sorted(places)


def test_failed_build_leaves_the_output(bread: Project) -> None:
    """A failed build leaves the output as it was, times too, and no staging folder."""
    before = state_of(bread.build())
    assert before
    bread.edit(SOUR, EDITS[SOUR])
    assert bread.faults()
    assert state_of(bread.output) == before
    assert not list(bread.root.glob(".output*"))
