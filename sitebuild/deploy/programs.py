"""Programs that deploys run: found by name, with no secret in what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from sitebuild.deploy.refusal import RefusedError

_SECRET = re.compile(r"TOKEN|SECRET|PASS|KEY|CREDENTIAL", re.IGNORECASE)
_CACHED = tuple(
    f".cache/{folder}"
    for folder in ("rclone/bin", "wrangler/node_modules/.bin", "node_modules/.bin")
)
_SHOWN_CHARACTERS = 500


class Program(NamedTuple):
    """A program and how to get it, in words that can be typed or followed."""

    name: str
    install: str


GIT = Program("git", "install git from the system's packages")


class Runner(NamedTuple):
    """Runs programs in the project's folder; `lock` is the number of the lock's file.

    What is started inherits the lock, so that it outlives a killed deploy until the
    programs of that deploy are gone.
    """

    root: Path
    lock: int

    def find(self, program: Program) -> str:
        """Return its path, in the project's .cache/ or on PATH.

        Raises RefusedError with how to get it.
        """
        folders = [str(self.root / folder) for folder in _CACHED]
        path = os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])
        found = shutil.which(program.name, path=path)
        if not found:
            raise RefusedError(f"{program.name} is not installed: {program.install}.")
        return found

    def run(
        self,
        program: Program,
        words: Iterable[str],
        *,
        accept: Iterable[int] = (0,),
        env: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return what a program wrote.

        Raises RefusedError with the end of its messages for an exit code that is not
        accepted, or where it is not installed.
        """
        done = subprocess.run(
            [self.find(program), *words],
            cwd=self.root,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            pass_fds=(self.lock,),
            env=env,
            check=False,
        )
        if done.returncode not in accept:
            said = (done.stderr + done.stdout).decode("utf-8", "replace")
            raise RefusedError(f"{program.name} failed: {shorten(said)}")
        return done.stdout


def shorten(said: str) -> str:
    """Return the end of a program's messages on one line, without secrets."""
    return " ".join(mask(said).split())[-_SHOWN_CHARACTERS:]


def mask(text: str) -> str:
    """Return the text without any secret of the environment, or password of a URL."""
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) > 3:
            text = text.replace(value, "***")
    return re.sub(r"(\w+://[^\s/:@]*):[^\s/@]+@", r"\1:***@", text)
