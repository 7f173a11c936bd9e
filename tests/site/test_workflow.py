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
from bread import bake
from helpers import git, tree
from programs import need
from projects import ROOT, SITEURL

TEXT = (ROOT / ".github/workflows/publish.yml").read_text("utf-8")
JOBS: dict[str, Any] = yaml.safe_load(TEXT)["jobs"]


def test_each_job_may_do_what_it_is_for() -> None:
    """Tests and the build run what pull requests bring, and so have nothing to lose."""
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    may = {name: job.get("permissions", {}) for name, job in JOBS.items()}
    assert may == {
        "test": {},
        "long": {},
        "publish": {},
        "record": {"contents": "write"},
        "pages": {"pages": "write", "id-token": "write"},
        "deploy": {},
    }
    for name, job in JOBS.items():
        assert ("secrets." in yaml.dump(job)) == (name == "deploy"), name
        checkout = [step for step in job["steps"] if "checkout" in step.get("uses", "")]
        if "contents" not in may[name]:
            assert checkout[0]["with"]["persist-credentials"] is False, name
        else:
            assert "refs/heads/main" in job["if"], name


def test_addresses_are_recorded_before_they_are_public() -> None:
    """So that nothing that happens while deploying loses one; a failed test keeps none back."""
    assert JOBS["record"]["needs"] == "publish"
    assert JOBS["pages"]["needs"] == JOBS["deploy"]["needs"] == "record"
    assert "needs" not in JOBS["publish"]


def test_what_it_fetches_is_fixed() -> None:
    """Actions by their commit, packages by lock file or version; and Dependabot renews them."""
    for action in re.findall(r"uses: (\S+)", TEXT):
        assert re.search(r"@[0-9a-f]{40}$", action), action
    assert "npm install" not in TEXT
    assert "npx" not in TEXT
    assert "pip install" not in TEXT
    assert "npm ci --ignore-scripts" in TEXT
    known = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text("utf-8"))
    kinds = {update["package-ecosystem"] for update in known["updates"]}
    assert kinds == {"github-actions", "pip", "npm"}


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


def run(
    root: Path, job: str, name: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a step of a job in a checkout, by its name or the beginning of its command."""
    [command] = [
        step["run"]
        for step in JOBS[job]["steps"]
        if step.get("name") == name or step.get("run", "").startswith(name)
    ]
    settings = {
        "PATH": f"{root.parent}/shim:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_ACTIONS": "true",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REPOSITORY": "me/site",
        "GITHUB_WORKFLOW": "publish",
        "SITEURL": SITEURL,
        "TARGET": "web",
    }
    for kind in ("AUTHOR", "COMMITTER"):
        settings |= {f"GIT_{kind}_NAME": "A", f"GIT_{kind}_EMAIL": "a@example.org"}
    return subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=root,
        env={**os.environ, **settings, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A repository with the project on main, whose target is a folder beside it.

    Beside it too is a python3 that has its environment already.
    """
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    for name in ("README.md", ".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, project.root)
    target = {"tool": "ssh", "to": str(tmp_path / "live"), "verify": False}
    project.edit("publishconf.py", lambda it: f"{it}TARGETS = {{'web': {target}}}\n")
    for words in (["init", "-qb", "main"], ["add", "-A"], ["commit", "-qm", "x"]):
        git(project.root, *words)
    git(tmp_path, "clone", "-q", "--bare", str(project.root), "hub.git")
    python = tmp_path / "shim/python3"
    python.parent.mkdir()
    python.write_text(
        f'#!/bin/sh\n[ "$1" = tasks.py ] || exec {sys.executable} "$@"\n'
        f'shift; exec {sys.executable} -m invoke "$@"\n'
    )
    python.chmod(0o755)
    return tmp_path / "hub.git"


def checkout(hub: Path, name: str) -> Path:
    """Return a fresh checkout, as each run of the workflow has."""
    git(hub.parent, "clone", "-q", str(hub), name)
    return hub.parent / name


def test_an_address_is_required_on_main(hub: Path) -> None:
    """Elsewhere the site is built to be looked at, and not to be indexed."""
    root = checkout(hub, "run")
    done = run(root, "publish", "Take an address", SITEURL="")
    assert (done.returncode, "Set the repository variable" in done.stdout) == (1, True)
    env = hub.parent / "env"
    given = {"SITEURL": "", "GITHUB_REF": "refs/pull/1", "GITHUB_ENV": str(env)}
    assert run(root, "publish", "Take an address", **given).returncode == 0
    assert env.read_text() == "SITEURL=https://example.org\nNOINDEX=1\n"


def test_a_push_is_published_recorded_and_deployed(hub: Path) -> None:
    """Each run is a fresh checkout; pushes that cross do not lose each other's addresses."""
    need("rsync")
    roots = []
    for number, line in enumerate(("", "One more line.\n")):
        root = checkout(hub, f"run-{number}")
        roots.append(root)
        if line:
            page = root / "content/pages/about.md"
            page.write_text(page.read_text("utf-8") + f"\n{line}", "utf-8")
            git(root, "commit", "-q", "-a", "-m", "Edit")
            git(root, "push", "-q", "origin", "main")
        done = run(root, "publish", "python3 tasks.py publish")
        assert done.returncode == 0, done.stdout + done.stderr
    for root in reversed(roots):  # the older one comes last
        for job, step in (("record", "Record addresses"), ("deploy", "Deploy")):
            done = run(root, job, step)
            assert done.returncode == 0, done.stdout + done.stderr
        page = (hub.parent / "live/about/index.html").read_text("utf-8")
        assert ("One more line." in page) == (root is roots[1])
    assert "/about/" in git(hub, "show", "main:content/addresses.txt")
    assert git(hub, "log", "--format=%s", "main").count("Record the addresses") == 1


def test_pages_get_nothing_private(hub: Path) -> None:
    """GitHub Pages show all that they get, so rules and copies are left out."""
    root = checkout(hub, "run")
    private = ("index.html.br", "_headers", ".htaccess")
    for name in ("index.html", ".well-known/x", *private):
        file = root / "public" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    assert run(root, "pages", "Leave out what only other hosts read").returncode == 0
    assert {*tree(root / "pages")} == {"index.html", ".well-known/x"}


def test_keys_are_for_their_owner_alone(hub: Path, tmp_path: Path) -> None:
    """Those of SSH and rclone are put where the tools look for them."""
    keys = {"SSH_KEY": "k", "SSH_KNOWN_HOSTS": "h", "RCLONE_CONFIG": "[own]"}
    done = run(checkout(hub, "run"), "deploy", "Take keys", HOME=str(tmp_path), **keys)
    assert done.returncode == 0
    for name in (".ssh/id_ed25519", ".ssh/known_hosts", ".config/rclone/rclone.conf"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
