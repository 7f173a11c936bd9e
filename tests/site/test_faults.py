"""A build with faults: it shows all of them, and the last good output stays."""

from __future__ import annotations

import re
import subprocess
import sys
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


def test_pelican_itself_reports_the_same(bread: Project) -> None:
    """The `pelican` command fails with code 1 and no traceback, and writes nothing."""
    bread.edit(SOUR, ("topics: rising", "topics: rsing"))
    run = subprocess.run(
        [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py"],
        cwd=bread.root,
        capture_output=True,
        text=True,
        check=False,
    )
    printed = " ".join((run.stdout + run.stderr).split())
    assert run.returncode == 1
    assert 'did you mean "rising"' in printed
    assert "Traceback" not in printed
    assert not bread.output.exists()


def test_other_peoples_folder_is_not_replaced(bread: Project) -> None:
    """An output folder with files that no build made is left alone, with a fault."""
    bread.output.mkdir()
    thesis = bread.output / "thesis.txt"
    thesis.write_text("ten years of work")
    (fault,) = bread.faults()
    assert "holds files that no build made" in fault
    assert thesis.read_text() == "ten years of work"
    assert list(bread.output.iterdir()) == [thesis]
