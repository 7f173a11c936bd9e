"""One build process kept warm: the child that runs builds one after another, and the handle that asks it for them.

A request is a line. A good build is answered twice: with its pages as soon as they are whole, and when the disk holds
them; a faulty one once, with its faults. The child ends when its standard input does, so it never outlives the server.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, cast

from sitebuild.faults import Fault, SiteFaults, place_of

_CHILD = "import sys, pathlib, sitebuild.preview.builder as b; b.main(*map(pathlib.Path, sys.argv[1:]))"
_CODE_FAULT = ("the code of a build raises nothing", "mend the line")


@dataclass(frozen=True)
class Result:
    """How a build ended: its faults, none if it was good; its files, with None for the bytes of those sent before.

    `addresses` has the address that each source file gave, `redirects` where old ones lead.
    """

    faults: tuple[Fault, ...] = ()
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)


class BuilderDiedError(Exception):
    """The build process ended without an answer; the text is the last that it said."""


def run(settings: Path, **override: Any) -> Result:
    """Build once. Raises nothing: an exception in the build's own code is a fault like another."""
    try:
        importlib.import_module("sitebuild.plugin").build(settings, **override)
    except SiteFaults as error:
        return Result(error.faults)
    except (Exception, SystemExit) as error:
        found = f"the build failed with {type(error).__name__}: {error}"
        return Result((Fault(place_of(error, settings.parent), found, *_CODE_FAULT),))
    return Result()


class Builder:
    """A child process that builds one project into one folder."""

    def __init__(self, settings: Path, output: Path) -> None:
        """Start it; it loads all code while it waits for the first request."""
        self._writing = False  # a good build that is on its way to the disk
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(settings), str(output)],
            cwd=settings.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )

    def begin(self, *, late: bool) -> None:
        """Ask for a build; with `late` the search index may be that of the build before."""
        self.settle()
        stdin = cast("Any", self.process.stdin)
        with suppress(OSError):  # the answer tells
            stdin.write(b"late\n" if late else b"whole\n")
            stdin.flush()

    def answer(self) -> Result:
        """What has been asked for, as soon as its pages are whole.

        Raises BuilderDiedError when the process ends instead of answering.
        """
        result = self._read()
        self._writing = not result.faults
        return result

    def settle(self) -> tuple[Fault, ...]:
        """Wait until the disk holds the pages of a good build; why it does not, where it refused them.

        Raises BuilderDiedError like `answer`.
        """
        faults = self._read().faults if self._writing else ()
        self._writing = False
        return faults

    def _read(self) -> Result:
        try:
            return cast("Result", pickle.load(cast("Any", self.process.stdout)))
        except Exception:
            self.process.kill()
            code = self.process.wait()
            self._said.seek(0)
            last = (
                self._said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
            )
            raise BuilderDiedError(last or f"exit code {code}") from None

    def close(self, patience: float = 0.0) -> None:
        """End the process; a build under way may end within so many seconds, else the next one removes its traces."""
        with suppress(subprocess.TimeoutExpired):
            self.process.communicate(timeout=patience)
        self.process.kill()
        self.process.communicate()
        self._said.close()


def forget_compiled(path: Path) -> None:
    """Remove the compiled form of a module; Python takes an edit of the same size and second for no edit."""
    if path.suffix == ".py":
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


def main(settings: Path, output: Path) -> None:
    """Answer build requests until standard input ends."""
    from sitebuild.render.cache import RenderCache  # noqa: PLC0415 - for the child

    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C in a terminal reaches the server, which ends this process
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sent: dict[str, bytes] = {}
    cache = RenderCache()

    def answer(result: Result) -> None:
        pickle.dump(result, answers)
        answers.flush()

    def ready(built: Any) -> None:
        nonlocal sent
        files = {
            name: None if sent.get(name) == data else data
            for name, data in built.files.items()
        }
        urls = {d.path: d.url for d in built.documents.values() if d.is_published}
        answer(Result((), files, urls, built.redirects))
        sent = built.files

    for line in sys.stdin:
        answer(
            run(
                settings,
                cache=cache,
                OUTPUT_PATH=str(output),
                REUSE_SEARCH_INDEX=line.strip() == "late",
                ON_BUILT=ready,
            )
        )
