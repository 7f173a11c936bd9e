"""What happens when building, publishing and deploying fail: nothing is lost and the live site is whole."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import kills
import pytest
from bread import bake
from conftest import ROOT, SITEURL
from deploys import Owner
from helpers import tree
from kills import Victim
from servers import need_rclone
from tools import free_port

from sitebuild.deploy.hosts.files import STAGING
from sitebuild.faults import SiteFaults
from sitebuild.publish import publish

DEPLOY = """
import sys
from pathlib import Path
from sitebuild import deploy
deploy.deploy("web", settings_file=Path(sys.argv[1]))
"""
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


def live_files(owner: Owner) -> dict[str, bytes]:
    """What readers meet: the target without what a deploy stages there."""
    live = tree(owner.live)
    return {path: live[path] for path in live if not path.startswith(STAGING)}


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk takes no more, publishing ends with one sentence and the published site is the old one."""
    monkeypatch.setenv("SITEURL", SITEURL)
    project = bake(tmp_path / "project")
    publish(project.root / "publishconf.py")
    before = tree(project.root / "public")
    largest = max(len(data) for data in before.values())
    for limit in (100, 1_000, 5_000, largest - 1):
        project.edit("content/articles/sour.md", ("wild yeast", f"wild yeast {limit}"))
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, old[1]))
        try:
            with pytest.raises(
                SiteFaults, match=r"the disk refuses|index was not made"
            ):
                publish(project.root / "publishconf.py")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
        assert tree(project.root / "public") == before
    publish(project.root / "publishconf.py")
    assert tree(project.root / "public") != before


def test_a_full_target(owner: Owner) -> None:
    """When the target takes no more, the live site is the old one; with room again, deploying goes on."""
    old = owner.publish(1)
    owner.deploy()
    built = owner.publish(2)
    for limit in (100, 700):
        code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); {DEPLOY}"
        run = [sys.executable, "-c", code, str(owner.settings)]
        end = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
        assert end.returncode == 1
        assert "Traceback" not in end.stderr
        assert live_files(owner) == old
        owner.deploy(
            dry_run=True
        )  # so that the next time it is the target that is full
    owner.deploy()
    assert tree(owner.live) == built


def test_the_clock_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed is newer than what it replaces even if the clock says otherwise; what did not keeps its time."""
    monkeypatch.setenv("SITEURL", SITEURL)
    project = bake(tmp_path / "project")
    publish(project.root / "publishconf.py")
    public = project.root / "public"
    later = 4_000_000_000  # the year 2096
    for path in public.rglob("*"):
        os.utime(path, (later, later))
    before = tree(public)
    project.edit("content/articles/sour.md", ("wild yeast", "wild yeasts"))
    publish(project.root / "publishconf.py")
    after = tree(public)
    assert before != after
    for path, data in after.items():
        changed = before.get(path) not in (None, data)
        if path in before:
            assert ((public / path).stat().st_mtime > later) == changed, path


def test_a_published_folder_edited_by_hand_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing puts back what somebody changed, deleted or added in the folder."""
    monkeypatch.setenv("SITEURL", SITEURL)
    project = bake(tmp_path / "project")
    publish(project.root / "publishconf.py")
    public = project.root / "public"
    before = tree(public)
    (public / "index.html").write_text("mine")
    (public / "index.html.br").write_bytes(b"mine")
    (public / "about/index.html").unlink()
    (public / "more.html").write_text("more")
    publish(project.root / "publishconf.py")
    assert tree(public) == before


def test_a_target_that_cannot_be_reached(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, soon, and nothing changed."""
    need_rclone()
    monkeypatch.setenv("RCLONE_CONFIG_DAV_TYPE", "webdav")
    monkeypatch.setenv("RCLONE_CONFIG_DAV_URL", f"http://127.0.0.1:{free_port()}/")
    owner.configure(tool="rclone", to="dav:")
    owner.publish(1)
    assert "connection refused" in owner.refused()


def test_a_target_that_may_not_be_written(owner: Owner) -> None:
    """A file where a folder should be, as a stand-in for a lack of permission that binds root too."""
    owner.publish(1)
    owner.live.write_text("a file")
    owner.configure(tool="folder", to=str(owner.live / "site"))
    assert "The disk refuses: Not a directory" in owner.refused()
    assert owner.live.read_text() == "a file"


def test_two_deploys_at_once(owner: Owner) -> None:
    """Of deploys that begin together one is done and the others are refused or find nothing to do."""
    built = owner.publish(1)
    command = [sys.executable, "-c", DEPLOY, str(owner.settings)]
    with ThreadPoolExecutor() as pool:
        runs = [
            pool.submit(
                subprocess.run, command, cwd=ROOT, capture_output=True, text=True
            )
            for _ in range(4)
        ]
    ends = [run.result() for run in runs]
    assert [end.returncode for end in ends].count(0) >= 1
    assert all(end.returncode == 0 or "Another deploy" in end.stderr for end in ends), [
        end.stderr for end in ends
    ]
    assert all("Traceback" not in end.stderr for end in ends)
    assert tree(owner.live) == built
