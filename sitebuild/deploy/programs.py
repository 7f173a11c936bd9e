"""Programs that deploys run: what they say is shown, and a failure is one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

# What rclone says of its progress where there is nothing more to wait for.
_IDLE = re.compile(r"NOTICE: .*(0 B / 0 B|100%).* ETA")
_SECRET = re.compile(r"TOKEN|SECRET|PASS|KEY|CREDENTIAL", re.IGNORECASE)


class RefusedError(SystemExit):
    """A deploy that may not or cannot be done, in a plain sentence.

    A SystemExit, so that nobody meets a traceback.
    """


class Runner(NamedTuple):
    """Runs programs in the folder of the project; `lock` is the number of an open file.

    What is started holds the lock too: it outlives a killed deploy until the programs
    of that deploy are gone.
    """

    root: Path
    lock: int

    def run(
        self,
        command: Sequence[str],
        install: str,
        accept: Iterable[int] = (0,),
        env: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return what a program wrote; what it says on its stderr is shown at once.

        Where another exit code than 0 is accepted, what it says then is not shown.
        Raises RefusedError for a code that is not accepted, with the end of what it
        said, and with `install` where the program is missing.
        """
        accepted = set(accept)
        with TemporaryFile() as written:
            try:
                process = self._start(command, written, env)
            except FileNotFoundError:
                raise RefusedError(
                    f"{command[0]} is not installed: {install}."
                ) from None
            said = _show(process, is_shown=accepted == {0})
            code = process.wait()
            written.seek(0)
            out = written.read()
        if code not in accepted:
            said = said or mask(out.decode("utf-8", "replace")).split("\n")[-20:]
            raise RefusedError(
                f"{command[0]} failed ({code}): {' '.join(said).strip()}"
            )
        if accepted != {0} and code == 0:
            sys.stderr.writelines(f"{line}\n" for line in said)
        return out

    def _start(
        self, command: Sequence[str], out: IO[bytes], env: Mapping[str, str] | None
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self._with_npm(os.environ if env is None else env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            pass_fds=(self.lock,),
        )

    def _with_npm(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return an environment whose PATH ends with the programs of npm."""
        folder = self.root / "node_modules" / ".bin"
        path = os.pathsep.join([env.get("PATH", os.defpath), str(folder)])
        return {**env, "PATH": path}


def _show(process: subprocess.Popen[bytes], *, is_shown: bool) -> list[str]:
    """Return the last lines that a program says, shown as they come."""
    said: list[str] = []
    assert process.stderr  # it is a pipe
    with process.stderr:
        for line in process.stderr:
            text = mask(line.decode("utf-8", "replace").rstrip())
            said = [*said[-19:], text]
            if is_shown and not _IDLE.search(text):
                sys.stderr.write(f"{text}\n")
                sys.stderr.flush()
    return said


def mask(text: str) -> str:
    """Return a text without any secret of the environment, or password of a URL."""
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) > 3:
            text = text.replace(value, "***")
    return re.sub(r"(\w+://[^\s/:@]*):[^\s/@]+@", r"\1:***@", text)


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return names as one text, the first of many, without what a terminal obeys."""
    known = sorted(names)
    shown = [name if name.isprintable() else ascii(name) for name in known[:most]]
    more = [f"and {len(known) - most} more"] if len(known) > most else []
    return ", ".join([*shown, *more])
