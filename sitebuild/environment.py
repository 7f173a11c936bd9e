"""Makes the environment that the tasks run in, with Python's standard library alone.

Written so that an old Python can read it and say what it lacks.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEEDED = (3, 11)
# What the site needs, and what its tests need besides.
SITE, TESTS = "requirements.txt", "requirements-test.txt"
TESTING_TASKS = ("test", "lint")
_STAMP = "made-from.txt"
_UNREACHED = "after connection broken by"  # as pip says that it tries again
_INTERRUPTED = 130  # as a shell reports Ctrl-C


def missing() -> str:
    """Return what this Python lacks, as a sentence; "" if it lacks nothing."""
    if sys.version_info < NEEDED:
        have = ".".join(map(str, sys.version_info[:3]))
        return (
            f"Python 3.11 or newer is needed, and this is {have}: "
            "run this with a newer python3."
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        return (
            "This Python has no venv module: install it "
            "(on Debian and Ubuntu: apt install python3-venv)."
        )
    return ""


def needed_files(arguments: list[str]) -> list[str]:
    """Return the requirement files of a task; the first argument names the task.

    A file that the project does not have is not needed.
    """
    names = [name for name in arguments if not name.startswith("-")]
    wanted = [SITE]
    if names and names[0] in TESTING_TASKS:
        wanted.append(TESTS)
    return [name for name in wanted if (ROOT / name).exists()]


def ensure(files: Iterable[str] = (SITE,)) -> Path:
    """Return the Python of .venv, in which these requirement files are installed.

    The folder is made again if Python is not the one that it was made with, or if an
    installed file has changed; a file that is not installed is added. What was
    interrupted is made anew. Raise OSError when that fails.
    """
    folder = ROOT / ".venv"
    python = folder / "bin" / "python"
    if sys.platform == "win32":
        python = folder / "Scripts" / "python.exe"
    installed = _read_stamp(folder)
    wanted = {name: _digest(ROOT / name) for name in files}
    if not _is_usable(python, installed, wanted):
        if folder.is_symlink():
            raise OSError(".venv is a link to another environment: remove it")
        _say("Making the environment in .venv; this takes a minute or two, once.")
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        installed = {"python": _identity(python)}
    for name, digest in wanted.items():
        if name in installed:
            continue
        if name == TESTS:
            _say("Adding what the tests need to .venv; this takes a minute, once.")
        _write_stamp(folder, {})
        _install(python, ROOT / name)
        installed[name] = digest
        _write_stamp(folder, installed)
    return python


def _is_usable(python: Path, installed: dict[str, str], wanted: dict[str, str]) -> bool:
    """Return whether what is installed need only be added to."""
    if not python.exists() or installed.get("python") != _identity(python):
        return False
    return all(installed.get(name, wanted[name]) == wanted[name] for name in wanted)


def _identity(python: Path) -> str:
    """Return what an upgrade of Python changes: its version and where it really is.

    An environment finds its packages by the version of the Python that it links to.
    """
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{version} {python.resolve()}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_stamp(folder: Path) -> dict[str, str]:
    """Return what the folder was made from, by name; nothing if that is not known."""
    stamp = folder / _STAMP
    if not stamp.exists():
        return {}
    lines = stamp.read_text("utf-8").splitlines()
    return dict(line.split(" = ", 1) for line in lines if " = " in line)


def _write_stamp(folder: Path, installed: dict[str, str]) -> None:
    lines = [f"{name} = {value}\n" for name, value in installed.items()]
    (folder / _STAMP).write_text("".join(lines), "utf-8")


def _install(python: Path, requirements: Path) -> None:
    command = [str(python), "-m", "pip", "install", "--require-hashes", "-q"]
    command += ["--disable-pip-version-check", "-r", str(requirements)]
    # Where pip is told to install for the user, an environment refuses.
    _run(command, PIP_USER="0")


def _run(command: list[str], **environment: str) -> None:
    """Run a command that says nothing; raise OSError with what it says if it fails."""
    done = subprocess.run(
        command,
        check=False,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if not done.returncode:
        return
    if _UNREACHED in done.stdout:
        raise OSError(
            "the package index cannot be reached; look at the network, and at what pip"
            " is told of an index or a proxy (pip config list)"
        )
    raise OSError(done.stdout.strip() or f"{command[2]} ended with {done.returncode}")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


NEW = (
    "What is new is an article, topic, finding or term, and its words in quotes: "
    'python3 tasks.py new article "Its title"'
)


_BUILD = "from sitebuild.plugin import main; main()"


def start(arguments: list[str]) -> int:
    """Become Invoke with some arguments, or list the tasks if there are none.

    The process is replaced, so that signals reach the task. Return the exit code where
    that is not possible.
    """
    lacks = missing()
    if arguments[:1] == ["new"] and len(arguments) < 3 and "--help" not in arguments:
        lacks = lacks or NEW  # Invoke would speak of positional arguments
    if lacks:
        _say(lacks)
        return 1
    try:
        python = str(ensure(needed_files(arguments)))
        command = [python, "-m", "invoke", "--search-root", str(ROOT)]
        command += arguments or ["--list"]
        if arguments == ["build"]:  # Invoke would take a tenth of its time
            command = [python, "-c", _BUILD]
            os.chdir(ROOT)
        # On Windows a process that becomes another ends for its caller.
        if sys.platform == "win32":
            return subprocess.run(command, check=False).returncode
        os.execv(python, command)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as error:
        _say(f"The environment could not be made: {error}. Fix that and try again.")
        return 1
