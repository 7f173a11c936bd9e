"""What happens when building, publishing and deploying fail: nothing is lost and the live site is whole."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bread import BREAD, bake
from conftest import ROOT, SITEURL
from deploys import Owner
from helpers import rounds, tree
from servers import need_rclone
from tools import free_port

from sitebuild.check import links
from sitebuild.deploy.hosts.files import STAGING
from sitebuild.faults import SiteFaults
from sitebuild.host.files import MANIFEST
from sitebuild.host.manifest import manifest
from sitebuild.publish import publish

# Forks a child for each job, so that a kill costs no start of Python.
VICTIM = """
import os, sys
from pathlib import Path
from sitebuild import plugin
from sitebuild import publish as publishing
jobs = {
    "build": lambda path: plugin.build(path, SITEURL="https://example.org"),
    "publish": publishing.publish,
}
for line in sys.stdin:
    job, path = line.split()
    child = os.fork()
    if not child:
        try:
            jobs[job](Path(path))
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
DEPLOY = """
import sys
from pathlib import Path
from sitebuild import deploy
deploy.deploy("web", settings_file=Path(sys.argv[1]))
"""


class Victim:
    """Runs jobs, and kills them after a while."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", VICTIM],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "SITEURL": SITEURL},
        )
        assert self.process.stdin
        assert self.process.stdout
        self.input, self.output = self.process.stdin, self.process.stdout

    def run(self, job: str, settings: Path, seconds: float | None = None) -> bool:
        """Run a job and kill it after some seconds; True if it was killed before its end."""
        self.input.write(f"{job} {settings}\n")
        self.input.flush()
        child = int(self.output.readline())
        if seconds is not None and not select.select([self.output], [], [], seconds)[0]:
            with contextlib.suppress(ProcessLookupError):  # it came to its end just now
                os.kill(child, signal.SIGKILL)
        end = int(self.output.readline())
        assert end in (0, signal.SIGKILL), f"{job} ended with {end}"
        return end != 0

    def close(self) -> None:
        """End it."""
        self.input.close()
        self.output.close()
        self.process.wait()


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    """One for all tests."""
    one = Victim()
    yield one
    one.close()


@rounds(3, 45)
@pytest.mark.parametrize(
    ("job", "settings", "output"),
    [("build", "pelicanconf.py", "output"), ("publish", "publishconf.py", "public")],
)
def test_a_killed_build_leaves_the_old_site(
    victim: Victim, tmp_path: Path, job: str, settings: str, output: str, rounds: int
) -> None:
    """Whenever it is killed, the folder is the old site or the new one, whole, and nothing is left over in the end."""
    project = bake(tmp_path / "project")
    moments = random.Random(job)
    victim.run(job, project.root / settings)
    folder = project.root / output
    old = tree(folder)
    sites = [old]
    killed, version, longest = 0, 0, 0.5
    while killed < rounds:
        version += 1
        project.edit(
            "content/articles/sour.md",
            lambda text: text.replace("wild yeast", "wild yeast indeed", 1),
        )
        if version % 8 == 0:
            project.write("content/articles/sour.md", BREAD["articles/sour.md"])
        if victim.run(job, project.root / settings, moments.uniform(0, longest)):
            killed += 1
            longest += 0.02
        else:
            longest = max(0.1, longest * 0.8)
        found = tree(folder)
        if found != sites[-1]:  # it was killed after the swap, or came to its end
            if job == "publish":
                assert_made_whole(folder)
            assert list(links.find_problems(found, SITEURL)) == []
            sites.append(found)
    victim.run(job, project.root / settings)
    clean = bake(tmp_path / "clean")
    shutil.copytree(
        project.root / "content", clean.root / "content", dirs_exist_ok=True
    )
    victim.run(job, clean.root / settings)
    assert tree(folder) == tree(clean.root / output)
    assert {path.name for path in project.root.iterdir()} == {
        path.name for path in clean.root.iterdir()
    }


def assert_made_whole(folder: Path) -> None:
    """Every file is as the manifest says, and there are no others."""
    made = manifest(tree(folder), SITEURL, [])
    assert made == (folder / MANIFEST).read_bytes()


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
        assert {
            path: data
            for path, data in tree(owner.live).items()
            if not path.startswith(STAGING)
        } == old
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
