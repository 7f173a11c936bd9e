"""What happens when a deploy fails: nothing is lost and the live site is whole."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from deploys import Owner
from helpers import tree
from projects import ROOT
from servers import need_rclone
from tools import free_port

from sitebuild.deploy.hosts.files import STAGING

DEPLOY = """
import sys
from pathlib import Path
from sitebuild import deploy
deploy.deploy("web", settings_file=Path(sys.argv[1]))
"""


def live_files(owner: Owner) -> dict[str, bytes]:
    """What readers meet: the target without what a deploy stages there."""
    live = tree(owner.live)
    return {path: live[path] for path in live if not path.startswith(STAGING)}


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
