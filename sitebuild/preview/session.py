"""One preview: a thread builds what was saved, requests wait for it, open pages hear.

A build is `begun` when it has looked at the sources, and `served` when its pages are
whole, which is before the disk has them.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Any

from sitebuild.preview import tree as trees
from sitebuild.preview.sources import Sources, State, changed, watch
from sitebuild.preview.terminal import Problem, Terminal
from sitebuild.preview.tree import Tree

if TYPE_CHECKING:
    from sitebuild.diff import Change

# A request waits so long for the build that has its save in it.
_REQUEST_LIMIT_S = 20.0
# The search index is made again once nothing was saved for so long.
_IDLE_S = 2.0
# So long must files be quiet for a process to start anew: a checkout takes a while.
_CODE_PAUSE_S = 0.1
# So many builds in a row may come to nothing because a file was half written.
_MOST_DROPPED = 3


@dataclass(eq=False)
class Client:
    """An open page: its address, the version that it shows, and messages for it."""

    path: str
    page: str
    messages: SimpleQueue[str] = field(default_factory=SimpleQueue)


class Session:
    """Builds what changed and gives every request the newest whole tree."""

    def __init__(
        self, settings: Path, terminal: Terminal, editor: str, *, follow: bool
    ) -> None:
        """Take the settings file, and the address by which an editor opens a line."""
        self.root = settings.parent
        self.tree = trees.load(self.root / "output")
        self.is_closed = self.is_restarting = False
        self._settings = settings
        self._terminal = terminal
        self._editor = editor
        self._follows = follow
        self._faults: Sequence[Problem] = ()
        self._sources = Sources(self.root)
        self._at_start = self._sources.look()
        self._state: State = {}  # of the last build that was begun
        self._shown: State = {}  # of the last build that the terminal told of
        self._told = self.tree  # the pages of that build
        self._begun = self._served = self._dropped = 0
        self._wake = Event()
        self._changed = Condition()  # guards tree, faults, clients and the counts
        self._clients: set[Client] = set()
        self._reasons = ""  # the last message on why pages changed
        self._is_first = True
        self._index_is_old = False
        self._builder = Thread(target=self._build_on, daemon=True)

    def run(self, *, is_again: bool) -> list[str]:
        """Build now and after every save; return the files of code that were edited.

        `is_again` tells that this process follows another that told of its builds.
        """
        if is_again:
            self._is_first, self._shown = False, self._at_start
        self._builder.start()
        self._wake.set()
        for _ in watch(self.root):
            state = self._sources.look()
            if self._edited_code(state):
                return self._edited_code(self._sources.settle(_CODE_PAUSE_S))
            if state != self._state:
                self._wake.set()
        return []

    def _edited_code(self, state: State) -> list[str]:
        names = changed(self._at_start, state)
        return [name for name in names if name.endswith(".py")]

    def close(self, limit_s: float, *, is_restart: bool = False) -> None:
        """Let every request and page go; a build that is running has a while to end."""
        with self._changed:
            self.is_closed = True
            self.is_restarting = is_restart
            self._changed.notify_all()
        self._wake.set()
        self._builder.join(limit_s)

    # ---- what requests ask

    def current(self) -> Tree:
        """Return the tree that has in it all that was saved before this call.

        Return the last good tree where that takes too long or the preview ends.
        """
        state = self._sources.look()
        with self._changed:
            number = self._begun
            if state != self._state:
                number += 1
                self._wake.set()
            self._changed.wait_for(
                lambda: self._served >= number or self.is_closed, _REQUEST_LIMIT_S
            )
            return self.tree

    def join(self, path: str, page: str) -> Client:
        """Add an open page, with how things are now as its first messages.

        `page` is the digest of the page that the browser has.
        """
        with self._changed:
            client = Client(path, page)
            client.messages.put(self._outcome(client, ()))
            if self._reasons:
                client.messages.put(self._reasons)
            self._clients.add(client)
            return client

    def leave(self, client: Client) -> None:
        """Forget a page that has gone."""
        with self._changed:
            self._clients.discard(client)

    # ---- the thread that builds

    def _build_on(self) -> None:
        while not self.is_closed:
            self._wake.wait(_IDLE_S if self._index_is_old else None)
            self._wake.clear()
            state = self._sources.settle()
            if self.is_closed or self._edited_code(state):
                return  # the process that starts anew builds it
            if state != self._state or self._dropped:
                self._build(state)
            elif self._index_is_old:
                self._build_index()

    def _build(self, state: State) -> None:
        """Build the pages; the search index follows when the editor pauses."""
        with self._changed:
            self._state = state
            self._begun += 1
        began_s = time.perf_counter()
        served_s: list[float] = []

        def serve(tree: Tree) -> None:
            self._reasons = ""  # a page that is opened now hears of this build's
            self._serve(tree, ())
            served_s.append(time.perf_counter() - began_s)

        faults = self._run(serve, with_index=False)
        is_stale = bool(faults) and self._sources.look() != state
        if is_stale and not served_s and self._dropped < _MOST_DROPPED:
            # The fault may be that of a file which was half written.
            self._dropped += 1
            self._wake.set()
            return
        self._dropped = 0
        if faults:
            self._serve(self.tree, faults)
        now = self._sources.look()  # what an editor put there for a moment is gone
        state = {name: state[name] for name in state.keys() & now.keys()}
        if served_s and not changed(self._shown, state):
            state = now  # a file was renamed while the build ran
        files, self._shown = changed(self._shown, state), state
        self._index_is_old = bool(served_s)
        self._tell(files, served_s[0] if served_s else 0.0)

    def _build_index(self) -> None:
        """Build once more, with a search index of what is served now; say nothing."""
        self._index_is_old = False
        faults = self._run(lambda tree: self._serve(tree, ()), with_index=True)
        if faults:
            self._serve(self.tree, faults)
            self._terminal.failed([], faults, self._kept())

    def _run(self, serve: Any, *, with_index: bool) -> Sequence[Problem]:
        """Build once; an exception in the code that builds is a fault too."""
        try:
            from sitebuild.preview import engine  # noqa: PLC0415 - see there

            return engine.build(self._settings, serve, with_index=with_index)
        except (Exception, SystemExit) as error:
            return [self._as_problem(error)]

    def _as_problem(self, error: BaseException) -> Problem:
        """Return an exception as a fault at the innermost line of the project."""
        places = [
            (it.filename, it.lineno) for it in traceback.extract_tb(error.__traceback__)
        ]
        if isinstance(error, SyntaxError):
            places.append((error.filename or "", error.lineno))
        file, line = self._settings.name, 1
        for path, number in places:
            with suppress(ValueError):
                file, line = Path(path).relative_to(self.root).as_posix(), number or 1
        text = f"the build failed with {type(error).__name__}: {error}; fix the line"
        return Problem(file, line, text)

    def _serve(self, tree: Tree, faults: Sequence[Problem]) -> None:
        """Serve a tree from now on, let who waits go, and tell the open pages."""
        with self._changed:
            old, self.tree, self._faults = self.tree, tree, faults
            self._served = self._begun
            self._changed.notify_all()
            names = {**old.files, **tree.files}
            files = [
                trees.address(name)
                for name in names
                if old.files.get(name) != tree.files.get(name)
            ]
            for client in self._clients:
                client.messages.put(self._outcome(client, files))

    def _tell(self, files: list[str], took_s: float) -> None:
        """Tell terminal and open pages what a build made of what was told before."""
        is_first, self._is_first = self._is_first, self._is_first and bool(self._faults)
        if self._faults:
            self._terminal.failed([] if is_first else files, self._faults, self._kept())
            return
        old, self._told = self._told, self.tree
        for line in self.tree.advice:
            if line not in old.advice:
                self._terminal.say(line)
        if is_first:
            pages = sum(name.endswith(".html") for name in self.tree.files)
            self._terminal.began(pages, took_s, self.tree.drafts)
            return
        from sitebuild.preview import engine  # noqa: PLC0415 - it has just built

        changes, place = engine.compare(old, self.tree, files)
        self._terminal.built(files, took_s, changes)
        message = {
            "changes": [_change(change) for change in changes],
            "drafts": sorted(draft for draft in self.tree.drafts if "#" not in draft),
        }
        self._reasons = json.dumps(message)
        self._send(json.dumps({**message, "go": place if self._follows else ""}))

    def _send(self, message: str) -> None:
        with self._changed:
            for client in self._clients:
                client.messages.put(message)

    def _kept(self) -> str:
        return "the last good pages stay" if self.tree.files else "nothing is built yet"

    def _outcome(self, client: Client, files: Iterable[str]) -> str:
        """Return the message on a build: faults, changed files, the page if it changed.

        Called with the lock held.
        """
        found = self.tree.find(client.path)
        page = self.tree.page(found.name)
        digest = trees.digest(page)
        message: dict[str, Any] = {
            "faults": [self._fault(fault) for fault in self._faults],
            "state": self._kept(),
            "files": list(files),
            "drafts": self.tree.drafts_on(client.path),
        }
        if found.location:
            message["moved"] = True
        elif digest != client.page:
            client.page = digest
            message |= {"page": digest, "html": page.decode()}
        return json.dumps(message)

    def _fault(self, fault: Problem) -> dict[str, str]:
        return {
            "at": f"{fault.file}:{fault.line}",
            "text": fault.text,
            "url": self.link(fault.file, fault.line),
        }

    def link(self, file: str, line: int) -> str:
        """Return the address that opens a line in the editor; "" without an editor."""
        path = (self.root / file).as_posix()
        return self._editor.format(path=path, line=line)


def _change(change: Change) -> dict[str, str]:
    """Return a change as client.js reads it, with the id of the first that changed."""
    ident = next((reason.id for reason in change.reasons if reason.id), "")
    return {"address": change.address, "text": str(change), "id": ident}
