"""What brings a site to a target, by the programs that it runs."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from sitebuild.deploy.target import RefusedError, Target


class Tool:
    """Brings a site to a target; `patience_s`: how long it may take to be live there.

    `lock` is the number of an open file. What is started holds it too: it outlives a
    killed deploy until the programs of that deploy are gone.
    """

    patience_s = 60

    def __init__(self, target: Target, lock: int) -> None:
        self.target, self._lock = target, lock

    def run(
        self, command: Sequence[str], install: str, accept: Sequence[int] = ()
    ) -> bytes:
        """Return what a program wrote; what it says on its stderr is shown at once.

        With codes to `accept`, what it says is shown only where it ends with another.
        Raises RefusedError then, and with `install` where the program is missing.
        """
        try:
            done = subprocess.run(
                command,
                cwd=self.target.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if accept else None,
                pass_fds=(self._lock,),
                check=False,
            )
        except FileNotFoundError:
            said = f"{command[0]} is not installed: {install}."
            raise RefusedError(said) from None
        if done.returncode and done.returncode not in accept:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            raise RefusedError(f"{command[0]} failed ({done.returncode}). {said}")
        return done.stdout
