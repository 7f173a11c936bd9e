"""What happens when building and publishing fail: nothing is lost and the last site is whole."""

from __future__ import annotations

import os
import random
import re
import resource
from collections.abc import Iterator
from pathlib import Path

import kills
import pytest
from bread import bake
from helpers import tree
from kills import Victim

KILLS = {"build": 6, "publish": 5}
MANY = 10  # times as many kills in the long run


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    """One for all tests."""
    with kills.victim() as one:
        yield one


# How many kills of each kind; the long run has more.
short_and_long = pytest.mark.parametrize(
    "times", [1, pytest.param(MANY, marks=pytest.mark.long)]
)


@short_and_long
@pytest.mark.parametrize(
    ("job", "settings", "output"),
    [("build", "pelicanconf.py", "output"), ("publish", "publishconf.py", "public")],
)
def test_a_killed_build_leaves_the_old_site(
    victim: Victim, tmp_path: Path, job: str, settings: str, output: str, times: int
) -> None:
    """Whatever step it dies before, the folder is the old site or the new one, whole.

    Nothing is left over in the end.
    """
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    article = "content/articles/sour.md"
    texts = [project.read(article)]
    texts.append(texts[0].replace("wild yeast", "tame yeast"))
    sites = []
    for text in texts:
        project.write(article, text)
        steps = victim.run(job, project.root / settings).steps
        sites.append(tree(project.root / output))
    beside = {path.name for path in project.root.iterdir()}
    numbers = random.Random(job)
    for kill in range(KILLS[job] * times):
        project.write(article, texts[kill % 2])
        victim.run(job, project.root / settings, numbers.randint(1, steps))
        assert tree(project.root / output) in sites
    victim.run(job, project.root / settings)
    assert tree(project.root / output) == sites[kill % 2]
    assert {path.name for path in project.root.iterdir()} == beside


def test_a_full_disk(tmp_path: Path) -> None:
    """When the disk takes no more, publishing ends with one sentence and the published site is the old one."""
    project = bake(tmp_path / "project")
    project.publish()
    before = tree(project.public)
    largest = max(len(data) for data in before.values())
    for limit in (100, 1_000, 5_000, largest - 1):
        project.edit("content/articles/sour.md", ("wild yeast", f"wild yeast {limit}"))
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, old[1]))
        try:
            said = project.publish(code=1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
        assert re.search("the disk refuses|index was not made", said), said
        assert "Traceback" not in said
        assert tree(project.public) == before
    project.publish()
    assert tree(project.public) != before


def test_the_clock_set_back(tmp_path: Path) -> None:
    """What changed is newer than what it replaces even if the clock says otherwise; what did not keeps its time."""
    project = bake(tmp_path / "project")
    project.publish()
    public = project.public
    later = 4_000_000_000  # the year 2096
    for path in public.rglob("*"):
        os.utime(path, (later, later))
    before = tree(public)
    project.edit("content/articles/sour.md", ("wild yeast", "wild yeasts"))
    project.publish()
    after = tree(public)
    assert before != after
    for path, data in after.items():
        changed = before.get(path) not in (None, data)
        if path in before:
            assert ((public / path).stat().st_mtime > later) == changed, path


def test_a_published_folder_edited_by_hand_is_made_anew(tmp_path: Path) -> None:
    """Publishing puts back what somebody changed, deleted or added in the folder."""
    project = bake(tmp_path / "project")
    project.publish()
    public = project.public
    before = tree(public)
    (public / "index.html").write_text("mine")
    (public / "index.html.br").write_bytes(b"mine")
    (public / "about/index.html").unlink()
    (public / "more.html").write_text("more")
    project.publish()
    assert tree(public) == before
