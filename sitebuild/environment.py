"""Makes the environment that the tasks run in, with Python's standard library alone.

Written so that an old Python can read it and say what it lacks.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
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


def ensure(files: Iterable[str] = (SITE,)) -> Path:
    """Return the Python of .venv, in which these requirement files are installed.

    A stamp in the folder has a line for the Python that it was made with, and one for
    each file that is installed, in the order of `files`. Where they differ the folder
    is made again, where some are missing they are added; without a stamp, as after an
    interruption, it is made anew. Raise OSError when that fails.
    """
    folder = ROOT / ".venv"
    python = folder / "bin" / "python"
    wanted = [_identity(python), *(f"{name} = {_digest(name)}" for name in files)]
    stamp = folder / _STAMP
    made = stamp.read_text("utf-8").splitlines() if stamp.exists() else []
    common = min(len(made), len(wanted))
    if not made or made[:common] != wanted[:common] or not python.exists():
        if folder.is_symlink():
            raise OSError(".venv is a link to another environment: remove it")
        _say("Making the environment in .venv; this takes a minute or two, once.")
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        made = [_identity(python)]
    for line in wanted[len(made) :]:
        name = line.partition(" = ")[0]
        if name == TESTS:
            _say("Adding what the tests need to .venv; this takes a minute, once.")
        stamp.unlink(missing_ok=True)
        _install(python, ROOT / name)
        made.append(line)
        stamp.write_text("\n".join(made), "utf-8")
    return python


def _identity(python: Path) -> str:
    """Return what an upgrade of Python changes: its version and where it really is.

    An environment finds its packages by the version of the Python that it links to.
    """
    version = ".".join(map(str, sys.version_info[:2]))
    return f"python = {version} {python.resolve()}"


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _install(python: Path, requirements: Path) -> None:
    command = [str(python), "-m", "pip", "install", "--require-hashes", "-q"]
    command += ["--disable-pip-version-check", "-r", str(requirements)]
    # Where pip is told to install for the user, an environment refuses.
    _run(command, PIP_USER="0")


def _run(command: list[str], **environment: str) -> None:
    """Run a command that says nothing; raise OSError with what it says if it fails."""
    import subprocess  # noqa: PLC0415 - rarely needed, and it takes time

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


_BUILD = "from sitebuild.plugin import main; main()"


def start(arguments: list[str]) -> int:
    """Become Invoke with some arguments, or list the tasks if there are none.

    The process is replaced, so that signals reach the task. Return the exit code where
    that is not possible.
    """
    lacks = missing()
    if lacks:
        _say(lacks)
        return 1
    try:
        is_testing = {*arguments[:1]} & {*TESTING_TASKS}
        python = str(ensure((SITE, TESTS) if is_testing else (SITE,)))
        command = [python, "-m", "invoke", "--search-root", str(ROOT)]
        command += arguments or ["--list"]
        if arguments == ["build"]:  # Invoke would take a tenth of its time
            command = [python, "-c", _BUILD]
            os.chdir(ROOT)
        # A terminal may know fewer characters than the tasks print.
        printing = {"PYTHONIOENCODING": ":backslashreplace"}
        os.execve(python, command, {**printing, **os.environ})
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as error:
        _say(f"The environment could not be made: {error}. Fix that and try again.")
        return 1
