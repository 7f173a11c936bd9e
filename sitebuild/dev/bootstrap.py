"""Makes the environment that the tasks run in, with nothing but Python's standard library.

Written so that an old Python can read it and say what it lacks.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (3, 11)


def missing() -> str:
    """What this Python lacks, as a sentence; empty if it lacks nothing."""
    if sys.version_info < NEEDED:
        have = ".".join(map(str, sys.version_info[:3]))
        return f"Python 3.11 or newer is needed, and this is {have}: run this with a newer python3."
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        return "This Python has no venv module: install it (on Debian and Ubuntu: apt install python3-venv)."
    return ""


def environment() -> Path:
    """The Python of .venv, made anew when requirements.txt is not the one that it was made from."""
    folder, requirements = ROOT / ".venv", ROOT / "requirements.txt"
    python = folder / (
        "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    )
    stamp, wanted = (
        folder / "made-from.sha256",
        hashlib.sha256(requirements.read_bytes()).hexdigest(),
    )
    if not python.exists() or not stamp.exists() or stamp.read_text() != wanted:
        sys.stderr.write(
            "Making the environment in .venv; this takes a minute or two, once.\n"
        )
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(folder)], check=True
        )
        pip = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
        ]
        subprocess.run([*pip, "-r", str(requirements)], check=True)
        stamp.write_text(wanted)
    return python


def start(arguments: list[str]) -> int:
    """Become Invoke with some arguments in the environment, so that signals reach it; returns the exit code if not."""
    lacks = missing()
    if lacks:
        sys.stderr.write(lacks + "\n")
        return 1
    try:
        python = str(environment())
        command = [python, "-m", "invoke", "--search-root", str(ROOT), *arguments]
        if (
            sys.platform == "win32"
        ):  # where a process that becomes another ends for its caller
            return subprocess.run(command, check=False).returncode
        os.execv(python, command)
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        sys.stderr.write(
            f"The environment could not be made: {error}. Mend that and try again.\n"
        )
        return 1
