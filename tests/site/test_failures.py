"""What happens when building and publishing fail: nothing is lost and the last site is whole."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from signal import SIGKILL

import pytest
import warm
from bread import bake
from helpers import rounds, tree
from projects import SITEURL, Project
from slips import ABOUT, EVIDENCE, REFERENCES, RISING, SOUR

# One slip in each file, as what is there and what stands there instead.
EDITS = {
    SOUR: ("date: 2026-01-02", "date: 2026-02-30"),
    RISING: ("order: 1", "order: first"),
    ABOUT: ("slug: about\n", "slug: about\nslug: about\nsumary: x\n"),
    EVIDENCE: ("verdict: supported", "verdict: certain"),
    REFERENCES: ("verified={yes}", "verified={no}"),
}


def test_all_faults_at_once_sorted(bread: Project) -> None:
    """One build shows the faults of every file by file and line; the output stays as it was."""
    before = tree(bread.build())
    for file, edit in EDITS.items():
        bread.edit(file, edit)
    places = []
    for fault in bread.faults():
        file, line = re.match(r"([^:]+):(\d+): ", fault).groups()
        places.append((file, int(line)))
    assert {file for file, _ in places} == set(EDITS)
    assert [line for file, line in places if file == ABOUT] == [3, 4]
    assert places == sorted(places)
    assert tree(bread.output) == before
    assert not list(bread.root.glob(".output*"))


# After the exchange, before staging, half staged and before the exchange: which site is
# there.
POINTS = {
    "shutil.rmtree:1": "new",
    "os.mkdir:1": "old",
    "open:5": "old",
    "ctypes.dlsym:1": "old",
}


@rounds(2, 60)
@pytest.mark.parametrize("job", ["build", "publish"])
def test_a_killed_build_leaves_the_old_site(
    tmp_path: Path, job: str, rounds: int
) -> None:
    """Whatever step it dies before, the folder is the old site or the new one, whole.

    That is at the points that are named, and by chance. Nothing is left over in the end.
    """
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    output = project.output if job == "build" else project.public
    article = "content/articles/sour.md"
    texts = [project.read(article)]
    texts.append(texts[0].replace("wild yeast", "tame yeast"))

    def run(text: str, last: int | str = 0) -> warm.Done:
        project.write(article, text)
        env = {**os.environ, "SITEURL": SITEURL}
        return warm.run("invoke", job, cwd=project.root, env=env, last=last)

    sites = []
    for text in texts:
        steps = run(text).steps
        sites.append(tree(output))
    beside = {path.name for path in project.root.iterdir()}
    numbers = random.Random(job)
    by_chance = {numbers.randint(1, steps): "" for _ in range(rounds)}
    for point, expected in [*POINTS.items(), *by_chance.items()]:
        before = sites.index(tree(output))
        assert run(texts[1 - before], point).returncode == -SIGKILL
        after = sites.index(tree(output))
        assert expected in ("", "old" if after == before else "new"), point
    assert run(texts[0]).returncode == 0
    assert tree(output) == sites[0]
    assert {path.name for path in project.root.iterdir()} == beside


def test_a_full_disk(tmp_path: Path) -> None:
    """When the disk takes no more, publishing ends with one sentence and the published site is the old one."""
    project = bake(tmp_path / "project")
    project.publish()
    before = tree(project.public)
    largest = max(len(data) for data in before.values())
    for limit in (100, 1_000, 5_000, largest - 1):
        project.edit("content/articles/sour.md", ("wild yeast", f"wild yeast {limit}"))
        env = {**os.environ, "SITEURL": SITEURL}
        done = warm.run(
            "invoke", "publish", cwd=project.root, env=env, largest_file=limit
        )
        said = done.stdout
        assert done.returncode == 1, said
        assert str(project.root) not in said
        assert re.search("the disk refuses|index was not made", said), said
        assert "Traceback" not in said
        assert tree(project.public) == before
    project.publish()
    assert tree(project.public) != before


def test_a_published_folder_edited_by_hand_is_made_anew(tmp_path: Path) -> None:
    """Publishing puts back what somebody changed, deleted or added in the folder."""
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    project.publish()
    public = project.public
    before = tree(public)
    (public / "index.html").write_text("mine")
    (public / "index.html.br").write_bytes(b"mine")
    (public / "about/index.html").unlink()
    (public / "more.html").write_text("more")
    project.publish()
    assert tree(public) == before
