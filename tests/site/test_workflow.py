"""The workflow: what each job may do, and its steps run one by one with a local remote."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from projects import ROOT, SITEURL, copy_project

TEXT = (ROOT / ".github/workflows/publish.yml").read_text("utf-8")
JOBS: dict[str, Any] = yaml.safe_load(TEXT)["jobs"]


def test_only_the_deploy_may_write_and_sees_secrets() -> None:
    """Tests and the build run what pull requests bring, and so have nothing to lose."""
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    assert JOBS["deploy"]["permissions"] == {"contents": "write"}
    for name in ("test", "long", "publish"):
        assert "permissions" not in JOBS[name]
        assert "secrets." not in yaml.dump(JOBS[name])
    assert JOBS["deploy"]["needs"] == "publish"
    assert "refs/heads/main" in JOBS["deploy"]["if"]


def test_what_it_fetches_is_fixed() -> None:
    """Actions by their commit, packages by their hashes."""
    for action in re.findall(r"uses: (\S+)", TEXT):
        assert re.search(r"@[0-9a-f]{40}$", action), action
    assert "npm install" not in TEXT
    assert "npx" not in TEXT
    for line in TEXT.splitlines():
        assert "pip install" not in line or "--require-hashes" in line


def test_it_runs_all_tests() -> None:
    """The long ones in a job of their own, so that nothing waits for them."""
    runs = {name: [step.get("run") for step in JOBS[name]["steps"]] for name in JOBS}
    assert ".ci/run" in runs["test"]
    assert "python3 tasks.py test --long" in runs["long"]
    assert not any("long" in job.get("needs", "") for job in JOBS.values())


def test_it_runs_the_commands_of_the_readme() -> None:
    """What the owner types, it types."""
    readme = (ROOT / "README.md").read_text("utf-8")
    for task in re.findall(r"tasks\.py (\w+)", TEXT):
        assert f"`{task}`" in readme or f"tasks.py {task}" in readme


class Runner:
    """A checkout in which the steps of jobs are run, with an address and a target."""

    def __init__(self, root: Path, hub: Path, shim: Path) -> None:
        self.root, self.hub, self.shim = root, hub, shim

    def run(self, job: str, name: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a step by its name, or the beginning of its command."""
        steps = JOBS[job]["steps"]
        [step] = [
            step
            for step in steps
            if step.get("name") == name or step.get("run", "").startswith(name)
        ]
        settings = {
            "PATH": f"{self.shim}:{os.environ['PATH']}",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REPOSITORY": "me/site",
            "GITHUB_WORKFLOW": "publish",
            "SITEURL": SITEURL,
            "TARGET": "web",
        }
        for kind in ("AUTHOR", "COMMITTER"):
            settings[f"GIT_{kind}_NAME"] = "A"
            settings[f"GIT_{kind}_EMAIL"] = "a@example.org"
        return subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=self.root,
            env={**os.environ, **settings, "PYTHONPATH": str(ROOT), **env},
            capture_output=True,
            text=True,
            check=False,
        )


def git(folder: Path, *words: str) -> str:
    """Run git in a folder."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A repository with the project on main, whose target is a branch of it."""
    project = copy_project(tmp_path / "project")
    for name in ("tasks.py", "README.md", ".gitignore"):
        shutil.copy(ROOT / name, project.root)
    settings = project.read("publishconf.py")
    target = {"tool": "github", "remote": "origin", "branch": "gh-pages"}
    settings += f"TARGETS = {{'web': {target | {'verify': False}!r}}}\n"
    project.write("publishconf.py", settings)
    project.write("content/addresses.txt", "")
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", "x")
    git(tmp_path, "clone", "-q", "--bare", str(project.root), "hub.git")
    return tmp_path / "hub.git"


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    """A python3 that has its environment already."""
    folder = tmp_path / "shim"
    folder.mkdir()
    (folder / "python3").write_text(
        f'#!/bin/sh\n[ "$1" = tasks.py ] || exec {sys.executable} "$@"\n'
        f'shift; exec {sys.executable} -m invoke "$@"\n'
    )
    (folder / "python3").chmod(0o755)
    return folder


def checkout(hub: Path, shim: Path, name: str) -> Runner:
    """A fresh checkout, as each run of the workflow has."""
    root = hub.parent / name
    git(hub.parent, "clone", "-q", str(hub), str(root))
    return Runner(root, hub, shim)


def test_an_address_is_required_on_main(hub: Path, shim: Path) -> None:
    """Elsewhere the site is built to be looked at, and not to be indexed."""
    runner = checkout(hub, shim, "run")
    done = runner.run("publish", "Take an address", SITEURL="")
    assert (done.returncode, "Set the repository variable" in done.stdout) == (1, True)
    env = hub.parent / "env"
    given = {"SITEURL": "", "GITHUB_REF": "refs/pull/1", "GITHUB_ENV": str(env)}
    assert runner.run("publish", "Take an address", **given).returncode == 0
    assert env.read_text() == "SITEURL=https://example.org\nNOINDEX=1\n"


def test_a_push_is_published_deployed_and_recorded(hub: Path, shim: Path) -> None:
    """Each run is a fresh checkout; a later one rolls back what an earlier deployed."""
    for number, edit in enumerate(("", "One more line.\n")):
        runner = checkout(hub, shim, f"run-{number}")
        if edit:
            page = runner.root / "content/pages/about.md"
            page.write_text(page.read_text("utf-8") + f"\n{edit}", "utf-8")
            git(runner.root, "commit", "-q", "-a", "-m", "Edit")
            git(runner.root, "push", "-q", "origin", "main")
        for job, step in (
            ("publish", "python3 tasks.py publish"),
            ("deploy", "Deploy"),
            ("deploy", "Record addresses"),
        ):
            done = runner.run(job, step)
            assert done.returncode == 0, done.stdout + done.stderr
    assert "/about/" in git(hub, "show", "main:content/addresses.txt")
    assert git(hub, "log", "--format=%s", "main").count("Record the addresses") == 1
    page = git(hub, "show", "gh-pages:about/index.html")
    assert "One more line." in page
    done = checkout(hub, shim, "back").run("deploy", "Roll back", RELEASE="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "One more line." not in git(hub, "show", "gh-pages:about/index.html")
    assert "content/addresses.txt" in git(hub, "ls-tree", "-r", "--name-only", "main")
