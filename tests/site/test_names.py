"""`invoke names` lists what has an id that editors write."""

from __future__ import annotations

from pathlib import Path

from bread import bake_sink
from previews import Live
from projects import ROOT, Project


def test_every_kind_of_name_is_listed(tmp_path: Path) -> None:
    """Each line has the kind, the name, the title and the line of its source."""
    project = bake_sink(tmp_path / "sink")
    lines = project.task("names").splitlines()
    kinds = [line.split()[0] for line in lines]
    assert list(dict.fromkeys(kinds)) == [
        *("topic", "passage", "finding", "reference", "term")
    ]
    (finding,) = [line for line in lines if line.startswith("finding   starter-rises ")]
    assert finding.endswith("A starter raises bread  content/evidence.yaml:2")
    for words in (["STARTER-RISES"], ["--word", "STARTER-RISES"]):
        assert project.task("names", *words).splitlines() == [finding]


def test_the_sink_is_shown_in_the_theme_as_it_stands() -> None:
    """`serve --sink` shows every construct, for who changes the theme."""
    preview = Live(Project(ROOT), "--sink")
    try:
        assert preview.ask("/topics/baking/")[0] == 200
    finally:
        preview.end()
