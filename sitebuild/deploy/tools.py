"""Programs that deploys run: found by name, with no secret in what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from sitebuild.deploy.plan import RefusedError

_SECRET = re.compile(r"TOKEN|SECRET|PASS|KEY|CREDENTIAL", re.IGNORECASE)
_INSTALL = {
    "git": "install git from the system's packages",
    "rclone": "install rclone from the system's packages",
    "wrangler": "npm install --prefix .cache wrangler@4.86.0",
    "netlify": "npm install --prefix .cache netlify-cli@26.2.0",
}


def find(program: str, root: Path) -> str:
    """The path of a program, on PATH or in the project's .cache/; raises RefusedError with how to get it."""
    path = f"{root}/.cache/node_modules/.bin{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    if not (found := shutil.which(program, path=path)):
        raise RefusedError(f"{program} is not installed: {_INSTALL[program]}.")
    return found


def mask(text: str) -> str:
    """The text without any secret that the environment holds."""
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) > 3:
            text = text.replace(value, "***")
    return re.sub(r"(\w+://[^\s/:@]*):[^\s/@]+@", r"\1:***@", text)


def run(command: list[str], root: Path, lock: int) -> str:
    """What a program said; raises RefusedError with the end of it when the program fails, or is not to be found."""
    done = subprocess.run(
        [find(command[0], root), *command[1:]],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        pass_fds=(lock,),
        check=False,
    )
    if done.returncode:
        said = " ".join(mask(done.stderr + done.stdout).split())[-500:]
        raise RefusedError(f"{Path(command[0]).name} failed: {said}")
    return done.stdout
