"""One preview: looks at the sources, builds what changed, and passes on what came out.

One thread runs the loop of builds; the threads of requests wait for it and read what it
has made.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock

from sitebuild import diff
from sitebuild.faults import Fault
from sitebuild.host.files import address
from sitebuild.preview import follow as following
from sitebuild.preview import tree, watcher
from sitebuild.preview.browsers import Browsers, Client, EditorLinks, outcome, reasons
from sitebuild.preview.builder import BuilderDiedError, Result
from sitebuild.preview.builds import Attempt, Builds
from sitebuild.preview.progress import Progress
from sitebuild.preview.terminal import Terminal
from sitebuild.preview.tree import Tree

# A request waits so long for the build that has its save in it.
REQUEST_LIMIT_S = 20.0
# The search index is rebuilt once nothing was saved for so long.
IDLE_S = 2.0
_CLOSE_S = 2.0
# So many builds in a row are dropped because the sources changed while they ran.
_MAX_DROPPED = 3


class Session:
    """Builds what changed and gives every request the newest whole tree."""

    def __init__(
        self,
        settings: Path,
        say: Callable[[str], None],
        editor: str = "",
        *,
        follow: bool = False,
    ) -> None:
        """Take the settings file, what prints a line, and the scheme of editor links.

        With `follow` the browser goes to the edited page.
        """
        self.root = settings.parent
        self.output = self.root / "output"
        self.tree = tree.load(self.output)  # what is served
        self.faults: tuple[Fault, ...] = ()
        self.wake = Event()
        self.stop = Event()
        self.browsers = Browsers()
        self._sources = watcher.Sources(self.root)
        self._builds = Builds(settings, self.output, self._sources, say)
        self._terminal = Terminal(say)
        self._links = EditorLinks(self.root, editor)
        self._follows = follow
        self._progress = Progress()
        self._lock = Lock()  # held where tree, faults and differences change together
        self._last_built = self.tree  # what the build process made last, served or not
        self._differences: list[diff.Change] = []
        self._changed_files: list[str] = []  # since the last build that was shown
        self._dropped = 0
        self._index_due_s: float | None = None  # when the search index is to be rebuilt

    def run(self) -> None:
        """Build now and after every change, until `stop` is set."""
        watcher.start(self.root, self.wake, self.stop)
        self.wake.set()
        while not self.stop.is_set():
            self.wake.wait()
            self.wake.clear()
            self.step()

    def close(self) -> None:
        """End the build process and let every waiting request and page go."""
        self.stop.set()
        self.wake.set()
        self._progress.close()
        self.browsers.send("")
        self._builds.close(_CLOSE_S)

    def wait_until_current(self) -> Tree:
        """Return the tree that has in it all that was saved before this call.

        Return the last good tree if that takes longer than REQUEST_LIMIT_S.
        """
        self._progress.wait_until_current(
            self._sources.look(), self.wake.set, REQUEST_LIMIT_S
        )
        return self.tree

    def subscribe(self, path: str, digest: str) -> Client:
        """Return the messages for a page; the first two say how things are now.

        `path` is its address and `digest` names the bytes that the browser has.
        """
        with self._lock:
            data = self.tree.files.get(tree.find(path, self.tree).name)
            is_stale = data is not None and tree.digest(data) != digest
            return self.browsers.join(
                self._outcome([path] if is_stale else []),
                reasons(self._differences, self.tree.drafts, is_first=not is_stale),
            )

    def unsubscribe(self, client: Client) -> None:
        """Forget a page that has gone."""
        self.browsers.leave(client)

    def step(self) -> None:
        """Look at the sources once, and build if there is a reason to."""
        state = self._sources.look()
        if self.stop.is_set():
            return
        if self._dropped or state != self._progress.state:
            self._build(state)
        elif self._index_due_s is not None and time.monotonic() > self._index_due_s:
            self._build_index(state)

    def _build(self, state: watcher.State) -> None:
        """Build the pages; the search index follows when the editor pauses."""
        if self._progress.state:
            before = self._progress.state
            self._changed_files += watcher.changed(before, state, self.root)
        self._progress.begin(state)
        began_s = time.perf_counter()
        attempt = self._builds.run(state, self._changed_files, reuse_index=True)
        if self._is_dropped(state, attempt):
            return
        old = self._serve(attempt.result)
        took_s = time.perf_counter() - began_s
        if not attempt.result.faults:
            self._index_due_s = time.monotonic() + IDLE_S
        self._progress.finish()
        self._show(attempt.result, old, took_s)

    def _build_index(self, state: watcher.State) -> None:
        """Build once more, with a search index of what is served now."""
        attempt = self._builds.run(state, self._changed_files, reuse_index=False)
        if self._is_dropped(state, attempt):
            return
        old = self._serve(attempt.result)
        if attempt.result.faults:
            self._show(attempt.result, old, 0.0)
            return
        self._send_outcome(old)
        self._wait_for_disk()
        if self.faults:
            self._terminal.failed(self._changed_files, self.faults, self._state)
        else:
            self._terminal.indexed()

    def _is_dropped(self, state: watcher.State, attempt: Attempt) -> bool:
        """Return whether a build is dropped because what follows decides.

        This is so if other files were saved with those that it read, or if one of them
        was half written when it was read. A dropped build is followed by another.
        """
        result = attempt.result
        if not result.faults:
            self._last_built = _tree_of(result, self._last_built)
        is_overtaken = attempt.sources != state
        if result.faults and not is_overtaken:
            is_overtaken = self._sources.look() != state
        if not is_overtaken or self._dropped == _MAX_DROPPED:
            self._dropped = 0
            return False
        self._dropped += 1
        self.wake.set()
        return True

    def _serve(self, result: Result) -> Tree:
        """Serve what a build made, and return what was served before."""
        with self._lock:
            old = self.tree
            self.faults = result.faults
            self._index_due_s = None
            if not result.faults:
                self.tree = self._last_built
        return old

    def _show(self, result: Result, old: Tree, took_s: float) -> None:
        """Show browsers and terminal what a build made of the tree before it."""
        self._send_outcome(old)
        self._wait_for_disk()  # browsers load their pages meanwhile
        self._differences = diff.compare(old.files, self.tree.files)
        go = ""
        if self._follows:
            files = self._changed_files
            go = following.target(files, result.addresses, self._differences)
        self.browsers.send(reasons(self._differences, self.tree.drafts, go=go))
        if self.faults:
            self._terminal.failed(self._changed_files, self.faults, self._state)
        else:
            self._terminal.built(self._changed_files, took_s, self._differences)
        self._changed_files = []

    def _wait_for_disk(self) -> None:
        """Wait until the disk has what is served; a disk that refuses is a fault."""
        try:
            faults = self._builds.wait_for_disk()
        except BuilderDiedError:
            # The build that follows when the editor pauses writes it.
            self._index_due_s = time.monotonic() + IDLE_S
            return
        if faults:
            self.faults = faults
            self.browsers.send(self._outcome([]))

    @property
    def _state(self) -> str:
        """What is served while there are faults, in words."""
        if self.tree.files:
            return "the last good pages stay"
        return "nothing is built yet"

    def _send_outcome(self, old: Tree) -> None:
        names = tree.changed_files(old, self.tree)
        addresses = [address(name) for name in names]
        addresses += sorted(old.drafts ^ self.tree.drafts)
        self.browsers.send(self._outcome(addresses))

    def _outcome(self, addresses: list[str]) -> str:
        return outcome(self.faults, addresses, self._state, self._links)


def _tree_of(result: Result, last: Tree) -> Tree:
    """Return the tree that a good build made; it sent no bytes that `last` has."""
    files = {}
    for name, data in result.files.items():
        files[name] = last.files[name] if data is None else data
    return Tree(files, result.redirects, result.drafts)
