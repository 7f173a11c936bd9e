"""The commands: they start from nothing but Python, each is described, and the README tells no other story."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import warm
from invoke import Collection, Program, Task
from projects import ROOT

import tasks
from sitebuild import deploy as deploying
from sitebuild import environment

README = (ROOT / "README.md").read_text("utf-8")
TASKS = [name for name, value in vars(tasks).items() if isinstance(value, Task)]


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


@pytest.mark.parametrize("words", [["web"], ["--dry-run", "web"]])
def test_a_target_is_a_name(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`deploy NAME` takes a name, wherever the options stand."""
    done: list[str] = []
    monkeypatch.setattr(deploying, "deploy", lambda name, *_, **__: done.append(name))
    program = Program(namespace=Collection(copy.deepcopy(tasks.deploy)))
    program.run(["invoke", "deploy", *words], exit=False)
    assert done == ["web"]


def test_readme_is_short() -> None:
    """The README has at most 150 lines, each as wide as a terminal shows."""
    assert len(README.splitlines()) <= 150
    assert max(map(len, README.splitlines())) <= 120


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "sys.version_info",
            (3, 9, 2),
            "Python 3.11 or newer is needed, and this is 3.9.2",
        ),
        ("importlib.util.find_spec", lambda _: None, "no venv module: install it"),
    ],
    ids=["an old Python", "no venv"],
)
def test_what_python_lacks_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: object,
    said: str,
) -> None:
    """It is told in one sentence, with exit code 1."""
    monkeypatch.setattr(name, value)
    assert environment.start(["build"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `python3 tasks.py` does in some folder once the environment is made."""
    code = (
        "import sys; from sitebuild import environment as b;"
        "b.ensure = lambda files: sys.executable; sys.exit(b.start(sys.argv[1:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_argument_lists_the_tasks(tmp_path: Path) -> None:
    """`python3 tasks.py` alone lists every task."""
    done = run(tmp_path)
    assert done.returncode == 0
    for name in TASKS:
        assert re.search(rf"^\s+{name}\s", done.stdout, re.M)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to make environments of an empty project: "venv" or a file name.

    Nothing is downloaded; an environment is a link to the Python that runs the test.
    """
    done: list[str] = []

    def record(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if command[1:3] == ["-m", "venv"]:
            shutil.rmtree(command[-1], ignore_errors=True)
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.symlink_to(sys.executable)
            done.append("venv")
        else:
            assert "--require-hashes" in command
            done.append(Path(command[-1]).name)
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr("subprocess.run", record)
    for name in (environment.SITE, environment.TESTS):
        (tmp_path / name).write_text(f"# {name}\n")
    return done


def test_the_environment_is_made_once(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is installed stays, and the tests' tools are added.

    It is made anew for other requirements, and for another Python, with which it would
    fail in a task.
    """
    first, both = [environment.SITE], [environment.SITE, environment.TESTS]

    def ensure(files: list[str], *done: str) -> None:
        made.clear()
        environment.ensure(files)
        assert made == list(done)

    ensure(first, "venv", environment.SITE)
    ensure(both, environment.TESTS)
    ensure(first)
    ensure(both)
    (environment.ROOT / environment.SITE).write_text("# another\n")
    ensure(first, "venv", environment.SITE)
    for target in ("/usr/bin/env", "/nothing"):
        python = environment.ROOT / ".venv/bin/python"
        python.unlink()
        python.symlink_to(target)
        ensure(first, "venv", environment.SITE)
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    ensure(first, "venv", environment.SITE)


def test_an_installation_that_failed_is_tried_again(
    made: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failure is one sentence and exit code 1; the next start installs again."""

    def fail(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "It failed.")

    with monkeypatch.context() as patch:
        patch.setattr("subprocess.run", fail)
        assert environment.start(["build"]) == 1
    assert "could not be made: It failed." in capsys.readouterr().err
    environment.ensure([environment.SITE])
    assert made == ["venv", environment.SITE]


@pytest.mark.parametrize("name", [environment.SITE, environment.TESTS])
def test_an_installation_that_was_interrupted_is_made_anew(
    made: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What an interruption leaves half installed is not built upon."""
    install = environment._install

    def interrupt(python: Path, file: Path) -> None:
        if file.name == name:
            raise KeyboardInterrupt
        install(python, file)

    with monkeypatch.context() as patch:
        patch.setattr(environment, "_install", interrupt)
        assert environment.start(["test"]) == 130
    made.clear()
    environment.ensure([environment.SITE, environment.TESTS])
    assert made == ["venv", environment.SITE, environment.TESTS]


def test_an_environment_is_made_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a folder with a blank and an accent, also where pip's own settings say --user.

    Without a way to the package index it is named, and not a version.
    """
    folder = tmp_path / "b c é"
    folder.mkdir()
    (folder / environment.SITE).write_text("# nothing\n")
    monkeypatch.setattr(environment, "ROOT", folder)
    monkeypatch.setenv("PIP_USER", "1")
    environment.ensure([environment.SITE])
    assert f"{environment.SITE} = " in (folder / ".venv/made-from.txt").read_text()
    monkeypatch.delenv("PIP_USER")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    (folder / environment.TESTS).write_text(
        f"some-package==1.0 --hash=sha256:{'0' * 64}\n"
    )
    assert environment.start(["test"]) == 1
    said = capsys.readouterr().err
    assert "the package index cannot be reached" in said
    assert "version" not in said


@pytest.mark.parametrize("task", ["test", "lint", "new"])
def test_tasks_that_test_need_both_files(
    made: list[str], monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    """Only the tasks that test the code need the tools of the tests."""
    monkeypatch.setattr(os, "execve", lambda *_: None)
    environment.start([task, "test"])
    assert (environment.TESTS in made) == (task != "new")


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
        (("new", "page", "Title"), "one of article, topic, finding, term, and its"),
        (("new",), 'new article "Its title"'),
        (("new", "article"), 'new article "Its title"'),
    ],
)
def test_a_wrong_argument_gets_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    """What a task cannot take is told in one sentence, with exit code 1 and no traceback."""
    (tmp_path / "old").mkdir()
    (tmp_path / "file").touch()
    invoke = ("invoke", "--search-root", str(ROOT))
    done = warm.run(*invoke, *arguments, cwd=tmp_path, apart=True)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
