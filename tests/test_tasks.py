"""The commands: they start from nothing but Python, each is described, and the README tells no other story."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import tasks
from sitebuild.dev import bootstrap, browser

README = (ROOT / "README.md").read_text("utf-8")
TASKS = [name for name, value in vars(tasks).items() if type(value).__name__ == "Task"]


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_described_and_in_the_readme(name: str) -> None:
    """Each task has a line of help, each of its options too, and a row in the README."""
    task = vars(tasks)[name]
    assert (task.__doc__ or "").strip()
    assert all(argument.help for argument in task.get_arguments())
    assert re.search(rf"^\| `{name}\b", README, re.M)


def test_readme_names_no_other_task() -> None:
    """Every command that the README names exists."""
    named = set(re.findall(r"(?:invoke|tasks\.py) ([a-z]+)", README))
    assert named <= set(TASKS)
    assert {"serve", "test"} <= set(
        re.findall(r"^python3 tasks\.py (\w+)", README, re.M)
    )


def test_readme_is_short() -> None:
    """The README has at most 180 lines."""
    assert len(README.splitlines()) <= 180


def test_tasks_start_themselves() -> None:
    """`python3 tasks.py --list` works in the made environment and lists every task."""
    run = subprocess.run(
        [sys.executable, "-m", "invoke", "--list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in TASKS:
        assert re.search(rf"^\s+{name}\s", run.stdout, re.M)


def test_old_python_gets_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An old Python is told which is needed, in one sentence and with exit code 1."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert bootstrap.start(["build"]) == 1
    assert (
        capsys.readouterr().err
        == "Python 3.11 or newer is needed, and this is 3.9.2: run this with a newer python3.\n"
    )


def test_missing_venv_module_gets_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Python without the venv module is told what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert bootstrap.start(["build"]) == 1
    assert "has no venv module: install it" in capsys.readouterr().err


def test_build_prints_faults_and_no_traceback(project) -> None:
    """A failed task prints the faults, ends with exit code 1, and shows no traceback."""
    for name in ("tasks.py", "requirements.txt", "README.md"):
        (project.root / name).write_bytes((ROOT / name).read_bytes())
    project.edit(
        "content/articles/weekly-massages.md",
        ("topics: flexibility\n", "topics: flexiblity\n"),
    )
    run = subprocess.run(
        [sys.executable, "-m", "invoke", "build"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert 'did you mean "flexibility"?' in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `python3 tasks.py` does in some folder once the environment is made."""
    code = "import sys; from sitebuild.dev import bootstrap as b; b.environment = lambda: sys.executable; b.start(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_arguments_count_from_the_folder_of_the_caller(tmp_path: Path) -> None:
    """A task that is started from elsewhere finds the project, and its arguments where the caller stands."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(f"<p>It is {name}.")
    done = run(tmp_path, "changes", "old", "new")
    assert (done.returncode, done.stdout) == (
        0,
        "changed /: text It is [-old.-] {+new.+}\n",
    ), done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("changes", "old", "missing"), '"missing" is no folder;'),
        (("changes", "file", "old"), '"file" is no folder;'),
        (("serve", "--port", "99999"), '"99999" is no port;'),
        (("serve", "--port", "-1"), '"-1" is no port;'),
        (("serve", "--port", "abc"), '"abc" is no port;'),
        (("new", "article", "word " * 60), "gives no address;"),
    ],
)
def test_a_wrong_argument_gets_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    """What a task cannot take is told in one sentence, with exit code 1 and no traceback."""
    (tmp_path / "old").mkdir()
    (tmp_path / "file").touch()
    done = run(tmp_path, *arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_browser_is_found() -> None:
    """The browser that the tests use is the one that `test` makes sure of."""
    assert browser.find()
