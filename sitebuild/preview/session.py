"""One preview: the sources looked at, the tree served, the builds between them, and the browsers told."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from threading import Condition, Event, Thread

from sitebuild.diff import changes
from sitebuild.faults import Fault
from sitebuild.host import headers as hosting
from sitebuild.model import SourceLine
from sitebuild.preview import tree, watcher
from sitebuild.preview.builder import Builder, BuilderDiedError, Result, forget_compiled

_PAUSE, _SETTLE_LIMIT = 0.002, 0.05
_WAIT = 20.0
_PATIENCE = 15.0  # a build that takes longer is ended by the next save
_REST = 2.0
_PUT_OFF = 3  # so many faulty builds in a row may be passed over because the sources changed meanwhile


class Session:
    """Builds what changed and hands every request the newest whole tree."""

    def __init__(
        self,
        settings: Path,
        say: Callable[[str], None],
        editor: str = "",
        *,
        follow: bool = False,
    ) -> None:
        """Take the settings file, where to write lines for the editor, and how links to source lines are made."""
        self.root, self.settings = settings.parent, settings
        self.output = self.root / "output"
        self.tree = self._held = tree.load(
            self.output
        )  # what is served, and what the build process made last
        self.faults: tuple[Fault, ...] = ()
        self.wake, self.stop = Event(), Event()
        self._say, self._editor, self._follow = say, editor, follow
        self._sources = watcher.Sources(self.root)
        self._built: watcher.State = {}
        self._started = self._ended = self._put_off = 0
        self._turn = Condition()
        self._clients: set[SimpleQueue[str]] = set()
        self._late = 0.0  # when the last build was that left the search index for later
        self._last: list[changes.Change] = []
        self._files: list[str] = []  # changed since the last build that was shown
        self._builder: Builder | None = None

    def run(self) -> None:
        """Build now and after every change, until `stop` is set."""
        watcher.start(self.root, self.wake, self.stop)
        self.wake.set()
        while not self.stop.is_set():
            self.wake.wait()
            self.wake.clear()
            state = self._sources.look()
            if (self._put_off or state != self._built) and not self.stop.is_set():
                self._rebuild(state)
            elif self._late and time.monotonic() - self._late > _REST:
                self._rebuild(state, late=False)

    def close(self) -> None:
        """End the build process and let every waiting request and client go."""
        self.stop.set()
        self.wake.set()
        with self._turn:
            self._turn.notify_all()
        for client in list(self._clients):
            client.put("")
        self._close_builder(patience=2.0)

    def fresh(self) -> tree.Tree:
        """The tree with everything in it that was saved before this call; the last good one if that takes too long."""
        state = self._sources.look()
        with self._turn:
            turn = self._started if state == self._built else self._started + 1
            self.wake.set() if turn > self._started else None
            self._turn.wait_for(
                lambda: self._ended >= turn or self.stop.is_set(), _WAIT
            )
            return self.tree

    def subscribe(self, path: str, digest: str) -> SimpleQueue[str]:
        """A queue of messages for the browser that shows a page; the first two say how things stand."""
        client: SimpleQueue[str] = SimpleQueue()
        with self._turn:
            found = tree.find(path, self.tree)
            data = self.tree.files.get(found.name)
            stale = bool(data and tree.digest(data) != digest)
            client.put(self._outcome([path] if stale else []))
            client.put(self._reasons(first=not stale))
            self._clients.add(client)
        return client

    def unsubscribe(self, client: SimpleQueue[str]) -> None:
        """Forget a browser that has gone."""
        self._clients.discard(client)

    def _rebuild(self, state: watcher.State, *, late: bool = True) -> None:
        """Build what stands there; with `late` the search index follows when the editor rests."""
        self._files += (
            watcher.changed(self._built, state, self.root) if self._built else []
        )
        with self._turn:
            self._built = state
            self._started += late
        began = time.perf_counter()
        result, settled = self._build(state, late=late)
        if not result.faults:
            self._held = self._held.after(result.files, result.redirects)
        if self._put_off < _PUT_OFF and (
            settled != state or (result.faults and self._sources.look() != state)
        ):
            self._put_off += 1  # other files were saved with these, or one was met half written; what follows decides
            self.wake.set()
            return
        old, new = self.tree, self.tree if result.faults else self._held
        with self._turn:
            self.tree, self.faults, self._put_off = new, result.faults, 0
            self._ended, self._late = (
                self._started,
                time.monotonic() if late and not result.faults else 0.0,
            )
            self._turn.notify_all()
        took = time.perf_counter() - began
        self._tell(
            self._outcome([changes.address(name) for name in tree.differing(old, new)])
        )
        self._wait_for_the_disk()  # meanwhile browsers get their page
        if late or result.faults:
            self._last = changes.compare(old.files, new.files)
            self._tell(self._reasons(self._edited(result) if self._follow else ""))
        if late or self.faults:
            self._print(took)
        else:
            self._say("search index made anew")
        self._files = []

    def _wait_for_the_disk(self) -> None:
        """Until the last good build has written what is served already; where the disk refuses, that is a fault."""
        try:
            if self._builder and (faults := self._builder.settle()):
                self.faults = faults
                self._tell(self._outcome([]))
        except BuilderDiedError:
            self._close_builder()
            self._late = (
                time.monotonic()
            )  # the build that follows when the editor rests writes it

    def _close_builder(self, patience: float = 0.0) -> None:
        if self._builder:
            self._builder.close(patience)
            self._builder = None

    def _build(
        self, state: watcher.State, *, late: bool
    ) -> tuple[Result, watcher.State]:
        """Run a build, in a fresh process where code changed or the old one ended; twice at the most.

        Returns how it ended, and what the sources were when no more were saved in its first moments.
        """
        for name in self._files:
            forget_compiled(self.root / name)
            if name == "sitebuild/host/headers.py":  # the server's headers are its own
                with suppress(Exception):  # the build tells
                    importlib.reload(hosting)
            elif name.startswith("sitebuild/preview/"):
                self._say(
                    f"{name} is part of this preview: start it again to see the change"
                )
        if any(
            map(watcher.needs_fresh_process, set(self._files) - {self.settings.name})
        ):
            self._close_builder()
        said = ""
        for _ in range(2):
            self._builder = self._builder or Builder(self.settings, self.output)
            try:
                self._builder.begin(late=late)
                settled = self._sources.settle(state, _PAUSE, _SETTLE_LIMIT)
                with self._patience(self._builder, settled):
                    return self._builder.answer(), settled
            except BuilderDiedError as error:
                self._close_builder()
                said = str(error)
        place, found = (
            SourceLine(self.settings.name, 1),
            f"the build process ended: {said}",
        )
        fault = Fault(
            place,
            found,
            "a build ends with pages or faults",
            "see the last change of code",
        )
        return Result((fault,)), state

    @contextmanager
    def _patience(self, builder: Builder, state: watcher.State) -> Iterator[None]:
        """End a build that takes very long once anything else was saved, so that a slip in code does not stop all."""
        done = Event()

        def watch() -> None:
            if not done.wait(_PATIENCE):
                self._say(
                    f"the build takes longer than {_PATIENCE:.0f} s; the next save ends it"
                )
            while not done.wait(_REST) and self._sources.look() == state:
                pass
            if not done.is_set():
                builder.process.kill()

        Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            done.set()

    def _edited(self, result: Result) -> str:
        """The address of the first edited page, with the passage that changed on it."""
        url = next(
            (
                result.addresses[name]
                for name in self._files
                if name in result.addresses
            ),
            "",
        )
        change = next((change for change in self._last if change.address == url), None)
        ids = [reason.id for reason in change.reasons if reason.id] if change else []
        return f"{url}#{ids[0]}" if ids else url

    @property
    def _state(self) -> str:
        """What stays up while there are faults."""
        return "the last good pages stay" if self.tree.files else "nothing is built yet"

    def _outcome(self, addresses: list[str]) -> str:
        """The message sent at once: the faults, and the pages that are other than before."""
        faults = [
            {
                "at": f"{f.place.file}:{f.place.line}",
                "text": f"{f.found}; {f.allowed}; {f.remedy}",
                "url": self._link(f.place),
            }
            for f in self.faults
        ]
        return json.dumps(
            {"faults": faults, "addresses": addresses, "state": self._state}
        )

    def _reasons(self, go: str = "", *, first: bool = False) -> str:
        """The message that follows it: why they are, and where to go."""
        return json.dumps(
            {
                "pages": [
                    asdict(change) for change in self._last if changes.is_page(change)
                ],
                "go": go,
                "first": first,
            }
        )

    def _link(self, place: SourceLine) -> str:
        """The address that opens a source line in the editor's program; empty where none was named."""
        scheme = self._editor.removesuffix("://")
        return (
            f"{scheme}://file{(self.root / place.file).as_posix()}:{place.line}"
            if scheme
            else ""
        )

    def _tell(self, message: str) -> None:
        for client in list(self._clients):
            client.put(message)

    def _print(self, took: float) -> None:
        files = list(dict.fromkeys(self._files))
        what = (
            ", ".join(files[:3])
            + (f" and {len(files) - 3} more" if len(files) > 3 else "")
            or "the site"
        )
        if self.faults:
            count = len(self.faults)
            self._say(f"{what}: {count} fault{'s' if count > 1 else ''}; {self._state}")
            lines = [str(fault) for fault in self.faults]
        else:
            self._say(f"{what}: built in {took * 1000:.0f} ms")
            lines = changes.describe(self._last)
        for line in lines:
            self._say(f"  {line}")
