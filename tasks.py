"""What one can do with the site, as Invoke tasks: `invoke --list`.

`python3 tasks.py TASK` does the same on a machine that has nothing but Python: it makes the environment first.
"""

import sys

if __name__ == "__main__":
    from sitebuild.dev.bootstrap import start

    sys.exit(start(sys.argv[1:]))

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from invoke import Context, Exit, task

from sitebuild import deploy as deploying
from sitebuild import preview
from sitebuild import publish as publishing
from sitebuild.check import advice as writing
from sitebuild.dev import bench as benchmark
from sitebuild.dev import browser
from sitebuild.diff import changes as changed
from sitebuild.plugin import build as build_site

ROOT = Path(__file__).resolve().parent
SETTINGS, PUBLISHING = ROOT / "pelicanconf.py", ROOT / "publishconf.py"
PYTHON = f'"{sys.executable}" -m'
CALLER = (
    Path.cwd()
)  # where the arguments of a task count from; the tasks themselves run in the project
os.chdir(ROOT)


@task
def build(_: Context) -> None:
    """Build the site into output/."""
    print(build_site(SETTINGS).summary)


@task(
    help={
        "port": "the port to begin with; the next free one is taken",
        "open": "open the browser",
        "editor": "URL scheme of your editor, such as vscode: faults become links into it",
        "follow": "let the browser go to the page that was edited",
    }
)
def serve(
    _: Context,
    port: str = "8000",
    open: bool = False,
    editor: str = "",
    follow: bool = False,
) -> None:
    """Show the site on a local address while you write: a saved edit is in the browser at once."""
    if not (re.fullmatch("[0-9]{1,5}", port) and int(port) < preview.PORTS):
        raise Exit(
            f'"{port}" is no port; allowed are numbers from 0 (any free one) to {preview.PORTS - 1}.',
            1,
        )
    preview.serve(SETTINGS, int(port), open_browser=open, editor=editor, follow=follow)


@task
def check(c: Context) -> None:
    """Check all content without publishing, and say what is no fault but worth a look."""
    done = build_site(SETTINGS, OUTPUT_PATH=str(ROOT / ".cache" / "check"))
    hedges = done.settings.get("HEDGES", {})
    for line in writing.advise(done.site, datetime.now(UTC).date(), hedges):
        print(line)
    c.run(f"{PYTHON} codespell_lib content", warn=True)


@task(help={"kind": "article or topic", "name": "its title or name, in quotes"})
def new(_: Context, kind: str, name: str) -> None:
    """Make a file for a new article or topic, ready to be filled: invoke new article "Title"."""
    makers = {"article": writing.new_article, "topic": writing.new_topic}
    if kind not in makers:
        raise Exit(
            f'"{kind}" is not a kind of file; allowed are {" and ".join(makers)}.', 1
        )
    path = makers[kind](ROOT / "content", name, datetime.now(UTC).date()).relative_to(
        ROOT
    )
    print(f"{path}: a draft, which no page shows until you set its status to published")


@task(help={"old": "a built folder", "new": "another"})
def changes(_: Context, old: str, new: str) -> None:
    """Say which pages differ between two built folders, and why."""
    for folder in (old, new):
        if not (CALLER / folder).is_dir():
            raise Exit(
                f'"{folder}" is no folder; allowed are two folders that builds made.', 1
            )
    for line in changed.report(CALLER / old, CALLER / new):
        print(line)


@task
def publish(_: Context) -> None:
    """Build the public site into public/ by publishconf.py, and say what changed since the last time."""
    for line in publishing.publish(PUBLISHING):
        print(line)


@task(
    help={
        "target": "one of TARGETS in publishconf.py",
        "dry_run": "show the plan and stop",
        "force": "do what the guard refuses",
    }
)
def deploy(_: Context, target: str, dry_run: bool = False, force: bool = False) -> None:
    """Bring public/ to a host: the plan first, then only what changed."""
    deploying.deploy(target, dry_run=dry_run, force=force)


@task(
    help={
        "target": "one of TARGETS in publishconf.py",
        "release": "which; the one before the last if left out",
        "force": "do what the guard refuses",
    }
)
def rollback(_: Context, target: str, release: str = "", force: bool = False) -> None:
    """Put back an earlier release."""
    deploying.rollback(target, release, force=force)


@task
def bench(_: Context) -> None:
    """Measure how long an edit takes to be served, beside other generators."""
    benchmark.run(SETTINGS)


@task
def lint(c: Context) -> None:
    """Check the code: style, types, spelling."""
    for command in ("ruff check", "ruff format --check", "mypy"):
        c.run(f"{PYTHON} {command}")
    c.run(
        f"{PYTHON} codespell_lib content sitebuild theme tasks.py pelicanconf.py publishconf.py README.md"
    )


@task(help={"only": "arguments for pytest, to run a part"})
def test(c: Context, only: str = "") -> None:
    """Run every check that CI runs."""
    if not only:
        lint(c)
    browser.ensure()
    c.run(f"{PYTHON} pytest {only}", pty=sys.stdout.isatty())
