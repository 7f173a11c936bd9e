"""What one can do with the site, as Invoke tasks: `invoke --list`.

`python3 tasks.py TASK` does the same on a machine that has nothing but Python: it makes
the environment first.
"""

import sys

if __name__ == "__main__":
    from sitebuild.environment import start

    sys.exit(start(sys.argv[1:]))

import importlib
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from invoke import Context, Exit, task

ROOT = Path(__file__).resolve().parent
SETTINGS, PUBLISHING = ROOT / "pelicanconf.py", ROOT / "publishconf.py"
PYTHON = f'"{sys.executable}" -m'
SPELLED = "content sitebuild theme tasks.py pelicanconf.py publishconf.py README.md"
# Two workers more than there are cores, as many tests wait. Each takes a file at a
# time, whose tests share what is costly; tests/site/shared.py has their order.
WORKERS = f"-n {(os.cpu_count() or 1) + 2} --dist loadfile --no-loadscope-reorder"
CALLER = Path.cwd()  # where arguments count from; the tasks run in the project
os.chdir(ROOT)


@task
def build(_: Context) -> None:
    """Build the site into output/."""
    from sitebuild.plugin import build as build_site

    print(build_site(SETTINGS).summary)


@task(
    help={
        "port": "the port to begin with; the next free one is taken",
        "open": "open the browser",
        "editor": "your editor, such as code: faults and passages are links into it",
        "follow": "let the browser go to the page that was edited",
        "sink": "show a site with every construct instead, to restyle the theme",
    }
)
def serve(
    _: Context,
    port: str = "8000",
    open: bool = False,
    editor: str = "",
    follow: bool = False,
    sink: bool = False,
) -> None:
    """Show the site while you write: a saved edit is in the browser at once."""
    from sitebuild import preview

    if not (re.fullmatch("[0-9]{1,5}", port) and int(port) < preview.PORTS):
        raise Exit(
            f'"{port}" is no port; allowed are numbers from 0 (any free one) to'
            f" {preview.PORTS - 1}.",
            1,
        )
    link = preview.EDITORS.get(editor, editor)
    if link and not ("{path}" in link and "{line}" in link):
        raise Exit(
            f'"{editor}" is no editor; allowed are {", ".join(preview.EDITORS)}, or an'
            " address with {path} and {line}.",
            1,
        )
    settings = _sink() if sink else SETTINGS
    preview.serve(settings, int(port), open_browser=open, editor=link, follow=follow)


def _sink() -> Path:
    """Return the settings of the tests' site with every construct, in this theme."""
    sys.path.insert(0, str(ROOT / "tests" / "site"))
    folder = ROOT / ".cache" / "sink"
    shutil.rmtree(folder, ignore_errors=True)
    importlib.import_module("bread").bake_sink(folder)
    shutil.rmtree(folder / "theme")
    (folder / "theme").symlink_to(ROOT / "theme")
    return folder / "pelicanconf.py"


@task
def check(c: Context) -> None:
    """Check all content without publishing, and say what is worth a look."""
    from sitebuild.check import advice
    from sitebuild.plugin import build as build_site

    done = build_site(SETTINGS, OUTPUT_PATH=str(ROOT / ".cache" / "check"))
    today = datetime.now(UTC).date()
    months, contact = done.settings.get("REVIEW_MONTHS", 0), done.settings["CONTACT"]
    for line in (
        *advice.advise(done.site, today, months),
        *advice.advise_contact(contact),
    ):
        print(line)
    c.run(f"{PYTHON} codespell_lib content", warn=True)


def _given(task: str, arguments: list[str]) -> list[str]:
    """Return those of a task's arguments that are given: Invoke would want them all."""
    words = sys.argv[sys.argv.index(task) + 1 :] if task in sys.argv else []
    return arguments[: sum(not word.startswith("-") for word in words)]


@task(
    positional=_given("names", ["word"]),
    help={"word": "list only what has this word"},
)
def names(_: Context, word: str | None = None) -> None:
    """List what has an id: topics, passages, findings …; `names WORD`: with a word."""
    from sitebuild.derive.names import names as known
    from sitebuild.plugin import build as build_site

    folder = str(ROOT / ".cache" / "names")
    done = build_site(SETTINGS, OUTPUT_PATH=folder, SHOW_DRAFTS=True)
    for name in known(done.preview):
        if (word or "").lower() in str(name).lower():
            print(name)


@task(
    positional=_given("new", ["kind", "words"]),
    help={"kind": "article, topic, finding or term", "words": "in quotes"},
)
def new(_: Context, kind: str | None = None, words: str | None = None) -> None:
    """Begin an article, topic, finding or term: invoke new article "Its title"."""
    from sitebuild import new as made

    if kind not in made.KINDS or not words:
        raise Exit(
            f"What is new is one of {', '.join(made.KINDS)}, and its words in quotes: "
            'new article "Its title"',
            1,
        )
    path = made.new(kind, ROOT / "content", words, datetime.now(UTC).date())
    said = "a draft, which only `serve` shows until you set its status to published"
    if kind in ("finding", "term"):
        said = "its last entry is new; write there what is still to be said"
    print(f"{path.relative_to(ROOT)}: {said}")


@task(help={"old": "a built folder", "new": "another"})
def changes(_: Context, old: str, new: str) -> None:
    """Say which pages differ between two built folders, and why."""
    from sitebuild import diff

    for folder in (old, new):
        if not (CALLER / folder).is_dir():
            raise Exit(
                f'"{folder}" is no folder; allowed are two folders that builds made.', 1
            )
    for line in diff.report(CALLER / old, CALLER / new):
        print(line)


@task
def publish(_: Context) -> None:
    """Build the public site into public/, and say what changed since the last time."""
    from sitebuild import publish as publishing

    os.umask(0o022)  # whoever serves the files reads them
    for line in publishing.publish(PUBLISHING):
        print(line)


_TARGET = {"target": "one of TARGETS in publishconf.py"}


@task(
    iterable=["force"],
    help={
        **_TARGET,
        "dry_run": "show what would be done, and stop",
        "force": "a guard that does not stop it, by the name that its refusal gives",
        "resend": "send all files, also those that are there",
    },
)
def deploy(
    _: Context,
    target: str,
    force: list[str],
    dry_run: bool = False,
    resend: bool = False,
) -> None:
    """Bring public/ to a host, and ask its address for every page."""
    from sitebuild import deploy as deploying

    deploying.deploy(target, PUBLISHING, dry_run=dry_run, force=force, resend=resend)


@task(help=_TARGET)
def verify(_: Context, target: str) -> None:
    """Ask the public address for every page of public/."""
    from sitebuild import deploy as deploying

    deploying.verify(target, PUBLISHING)


@task
def lint(c: Context) -> None:
    """Check the code: style, types, spelling."""
    for command in ("ruff check", "ruff format --check", "mypy"):
        c.run(f"{PYTHON} {command}")
    c.run(f"{PYTHON} codespell_lib {SPELLED}")


@task(
    help={
        "only": "arguments for pytest, to run a part",
        "long": "the long runs instead: many kills, edits and broken inputs",
    }
)
def test(c: Context, only: str = "", long: bool = False) -> None:
    """Run the checks of the code, as CI does."""
    if not only and not long:
        lint(c)
    c.run(f"{PYTHON[:-3]} tests/site/programs.py")
    chosen = "-m long" if long else ""
    c.run(f"{PYTHON} pytest {WORKERS} {chosen} {only}", pty=sys.stdout.isatty())
