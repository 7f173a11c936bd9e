"""The build process as the server sees it: start it, ask for a build, read answers."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, cast

from sitebuild.faults import Fault

# The two requests, each a line: a build may take the search index of the build before
# it, or makes its own.
REUSE_INDEX, WHOLE = "reuse-index", "whole"
_MODULE = "sitebuild.preview.worker"


@dataclass(frozen=True)
class Result:
    """How a build ended: its faults, none if it was good, and what it made.

    In `files` the value None stands for the bytes that were sent before. `addresses`
    has the address of each source file, `redirects` the new address of each old one,
    `drafts` the addresses of shown pages that are not published.
    """

    faults: tuple[Fault, ...] = ()
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()


class BuilderDiedError(Exception):
    """The build process ended without an answer; the text is the last it printed."""


class Builder:
    """A child process that builds one project into one folder."""

    def __init__(self, settings: Path, output: Path) -> None:
        """Start the process."""
        self._is_writing = False  # a good build is on its way to the disk
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self.process = subprocess.Popen(
            [sys.executable, "-m", _MODULE, str(settings), str(output)],
            cwd=settings.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
        )

    def begin(self, *, reuse_index: bool) -> None:
        """Ask for a build; raise BuilderDiedError like `answer`."""
        self.wait_for_disk()
        request = REUSE_INDEX if reuse_index else WHOLE
        stdin = cast("Any", self.process.stdin)
        with suppress(OSError):  # `answer` raises if the process has ended
            stdin.write(f"{request}\n".encode())
            stdin.flush()

    def answer(self) -> Result:
        """Return the build that was asked for, as soon as its pages are whole.

        Raise BuilderDiedError when the process ends instead of answering.
        """
        result = self._read()
        self._is_writing = not result.faults
        return result

    def wait_for_disk(self) -> tuple[Fault, ...]:
        """Wait until the disk has the pages of a good build; return why it has not.

        Raise BuilderDiedError like `answer`.
        """
        if not self._is_writing:
            return ()
        self._is_writing = False
        return self._read().faults

    def _read(self) -> Result:
        try:
            return cast("Result", pickle.load(cast("Any", self.process.stdout)))
        except Exception:
            self.process.kill()
            code = self.process.wait()
            raise BuilderDiedError(self._last_line() or f"exit code {code}") from None

    def _last_line(self) -> str:
        self._printed.seek(0)
        text = self._printed.read().decode("utf-8", "replace")
        return text.strip().rpartition("\n")[2]

    def close(self, timeout_s: float = 0.0) -> None:
        """End the process; a build that is running has `timeout_s` seconds to finish.

        What a build that is killed leaves behind is removed by the next one.
        """
        with suppress(subprocess.TimeoutExpired):
            self.process.communicate(timeout=timeout_s)
        self.process.kill()
        self.process.communicate()
        self._printed.close()


def remove_compiled(path: Path) -> None:
    """Remove the compiled form of a module.

    Python does not see an edit that keeps the size of a file within one second.
    """
    if path.suffix == ".py":
        Path(cache_from_source(str(path))).unlink(missing_ok=True)
