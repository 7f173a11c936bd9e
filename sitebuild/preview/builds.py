"""Runs one build at a time, always in a process that has the current code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from sitebuild.faults import Fault
from sitebuild.model import SourceLine
from sitebuild.preview import watcher
from sitebuild.preview.builder import (
    Builder,
    BuilderDiedError,
    Result,
    remove_compiled,
)

# Files that are saved together come within this time of each other, and a build does
# not wait longer than this for more of them.
PAUSE_S, SETTLE_LIMIT_S = 0.002, 0.05
# A build that takes longer is ended by the next save.
LONG_BUILD_S = 15.0
_LOOK_EVERY_S = 2.0
_ATTEMPTS = 2
_HOST = "sitebuild/host/"
_PREVIEW = "sitebuild/preview/"


@dataclass(frozen=True)
class Attempt:
    """One build: how it ended, and the sources when no more were saved at its start."""

    result: Result
    sources: watcher.State


class Builds:
    """The builds of one project; a build process is started when one is needed."""

    def __init__(
        self,
        settings: Path,
        output: Path,
        sources: watcher.Sources,
        say: Callable[[str], None],
    ) -> None:
        """Take the settings file, the output folder, and where to write a line."""
        self._settings = settings
        self._output = output
        self._sources = sources
        self._say = say
        self._builder: Builder | None = None

    def run(
        self, state: watcher.State, changed: Sequence[str], *, reuse_index: bool
    ) -> Attempt:
        """Build the sources in this state, of which some files changed.

        A process that dies is replaced once; after that its death is the fault of the
        build.
        """
        self._load_changed_code(changed)
        last_words = ""
        for _ in range(_ATTEMPTS):
            if self._builder is None:
                self._builder = Builder(self._settings, self._output)
            try:
                return self._attempt(self._builder, state, reuse_index=reuse_index)
            except BuilderDiedError as error:
                self.close()
                last_words = str(error)
        fault = Fault(
            SourceLine(self._settings.name, 1),
            f"the build process ended: {last_words}",
            "a build ends with pages or faults",
            "see the last change of code",
        )
        return Attempt(Result((fault,)), state)

    def wait_for_disk(self) -> tuple[Fault, ...]:
        """Wait until the disk has the last good build; return why it has not.

        Raise BuilderDiedError when the process ends first.
        """
        if self._builder is None:
            return ()
        try:
            return self._builder.wait_for_disk()
        except BuilderDiedError:
            self.close()
            raise

    def close(self, timeout_s: float = 0.0) -> None:
        """End the build process, which may first finish for `timeout_s` seconds."""
        if self._builder is not None:
            self._builder.close(timeout_s)
            self._builder = None

    def _attempt(
        self, builder: Builder, state: watcher.State, *, reuse_index: bool
    ) -> Attempt:
        builder.begin(reuse_index=reuse_index)
        quiet = self._sources.wait_until_quiet(state, PAUSE_S, SETTLE_LIMIT_S)
        with self._ended_if_stuck(builder, quiet):
            return Attempt(builder.answer(), quiet)

    def _load_changed_code(self, changed: Sequence[str]) -> None:
        """End a build process that has old code."""
        needs_new_process = False
        for name in changed:
            remove_compiled(self._settings.parent / name)
            if name.startswith((_HOST, _PREVIEW)):
                self._say(f"{name} is part of the preview: restart it to use the edit")
            # The settings are read again for every build.
            if name != self._settings.name and watcher.needs_new_process(name):
                needs_new_process = True
        if needs_new_process:
            self.close()

    @contextmanager
    def _ended_if_stuck(self, builder: Builder, state: watcher.State) -> Iterator[None]:
        """Let a save end a build that takes very long.

        Without this a loop without end in the code would stop the preview for good.
        """
        answered = Event()
        arguments = (builder, state, answered)
        Thread(target=self._end_if_stuck, args=arguments, daemon=True).start()
        try:
            yield
        finally:
            answered.set()

    def _end_if_stuck(
        self, builder: Builder, state: watcher.State, answered: Event
    ) -> None:
        if answered.wait(LONG_BUILD_S):
            return
        self._say(
            f"the build takes longer than {LONG_BUILD_S:g} s; the next save ends it"
        )
        while not answered.wait(_LOOK_EVERY_S):
            if self._sources.look() != state:
                builder.process.kill()
                return
