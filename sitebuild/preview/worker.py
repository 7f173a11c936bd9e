"""The process that builds: it runs one build for each line on its standard input.

A good build is answered twice: with its pages as soon as they are whole, and when the
disk has them. A build with faults is answered once. The process ends when its standard
input does, so it never outlives the server.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from sitebuild.faults import Fault, SiteFaults, place_of
from sitebuild.preview.builder import REUSE_INDEX, Result


def run(settings: Path, **override: Any) -> Result:
    """Build once. Raise nothing: an exception in the build's own code is a fault."""
    try:
        # Imported here, since the project's code may fail to load.
        from sitebuild import plugin  # noqa: PLC0415

        plugin.build(settings, **override)
    except SiteFaults as error:
        return Result(error.faults)
    except (Exception, SystemExit) as error:
        fault = Fault(
            place_of(error, settings.parent),
            f"the build failed with {type(error).__name__}: {error}",
            "the code of a build raises no exception",
            "fix the line",
        )
        return Result((fault,))
    return Result()


class _Answers:
    """Sends results to the server, the bytes of each file only when they changed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._sent: dict[str, bytes] = {}

    def send(self, result: Result) -> None:
        pickle.dump(result, self._stream)
        self._stream.flush()

    def send_pages(self, built: Any) -> None:
        """Send what a build made, before the disk has it; see the setting ON_BUILT."""
        files: dict[str, bytes | None] = {}
        for name, data in built.files.items():
            files[name] = None if self._sent.get(name) == data else data
        addresses = {}
        drafts = set()
        for document in built.documents.values():
            if document.is_published:
                addresses[document.path] = document.url
            elif _file_of(document.url) in built.files:
                addresses[document.path] = document.url
                drafts.add(document.url)
        self.send(Result((), files, addresses, built.redirects, frozenset(drafts)))
        self._sent = built.files


def _file_of(address: str) -> str:
    name = address.removeprefix("/")
    if not name or name.endswith("/"):
        name += "index.html"
    return name


def main(settings: Path, output: Path) -> None:
    """Answer build requests until standard input ends."""
    from sitebuild.memory import Memory  # noqa: PLC0415 - as in run()

    # Ctrl-C in a terminal reaches the server too, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = _Answers(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what a build prints must not be read as an answer
    memory = Memory()
    for line in sys.stdin:
        result = run(
            settings,
            memory=memory,
            OUTPUT_PATH=str(output),
            REUSE_SEARCH_INDEX=line.strip() == REUSE_INDEX,
            SHOW_DRAFTS=True,
            ON_BUILT=answers.send_pages,
        )
        answers.send(result)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
