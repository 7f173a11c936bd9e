"""What one can do with the site, as Invoke tasks: `invoke --list`.

`python3 tasks.py TASK` does the same on a machine that has nothing but Python: it makes the environment first.
"""

import sys

if __name__ == "__main__":
    from sitebuild.bootstrap import start

    sys.exit(start(sys.argv[1:]))

from pathlib import Path

from invoke import Context, Exit, task

from sitebuild import browser
from sitebuild.faults import SiteFaults
from sitebuild.plugin import build as build_site

ROOT = Path(__file__).resolve().parent


@task
def build(_: Context) -> None:
    """Build the site into output/."""
    try:
        done = build_site(ROOT / "pelicanconf.py")
    except SiteFaults as error:
        raise Exit(f"{error}\n{len(error.faults)} to mend; output/ is as it was.", 1) from None
    print(done.summary)


@task
def lint(c: Context) -> None:
    """Check the code: style, types, spelling."""
    for command in ("ruff check", "ruff format --check", "mypy", "codespell content sitebuild theme tests *.py README.md"):
        c.run(f"{sys.executable} -m {command}" if command != "codespell" else command)


@task
def test(c: Context, only: str = "") -> None:
    """Run every check that CI runs; --only gives pytest's arguments instead of the whole."""
    if not only:
        lint(c)
    browser.ensure()
    c.run(f"{sys.executable} -m pytest {only}", pty=sys.stdout.isatty())
