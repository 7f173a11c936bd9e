"""One preview: a thread builds what was saved, requests wait for it, open pages hear.

A build is `begun` when it has looked at the sources, and `served` when its pages are
whole. While saves come, that is all. Once none comes, one more build makes the search
index and the folder output/ of what is served.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Any

from sitebuild import output
from sitebuild.faults import Fault, SiteFaults, as_faults
from sitebuild.preview.sources import Sources, State, changed, watch
from sitebuild.preview.terminal import Terminal

if TYPE_CHECKING:
    from sitebuild.diff import Change

# A request waits so long for the build that has its save in it, and an open page for
# news.
_REQUEST_LIMIT_S, _NEWS_LIMIT_S = 20.0, 15.0
# The folder is written once nothing was saved for so long.
_IDLE_S = 2.0
# So long must files be quiet for a process to start anew: a checkout takes a while.
_CODE_PAUSE_S = 0.1


@dataclass(frozen=True)
class Tree:
    """One whole state of the site, in memory.

    `redirects` are old and new addresses, `pages` has the address of each source file.
    `drafts` are the addresses of pages, and of passages on pages, that are shown here
    and are not published. `names` has, by address, the kind and name of what stands
    there, where to link to, and the file and line that say it. `advice` is for the
    editor. `policy` gives the Content-Security-Policy of a page.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    drafts: Sequence[str] = ()
    names: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    advice: Sequence[str] = ()
    policy: Callable[[bytes], str] = lambda _: "default-src 'self' 'unsafe-inline'"


class Session:
    """Builds what changed and gives every request the newest whole tree."""

    def __init__(self, settings: Path, terminal: Terminal, *, follow: bool) -> None:
        """Take the settings file; the pages of an earlier preview are there at once."""
        self.root = settings.parent
        self.is_closed = False
        self._settings = settings
        self._terminal = terminal
        self._follows = follow
        self._sources = Sources(self.root)
        self._shown = self._at_start = self._sources.look()
        self._state: State = {}  # of the last build that was begun; _shown: told of
        self._folder = self.root / "output"
        self._tree = self._written = _left_in(self._folder)
        self._told: Tree | None = None  # the pages that the terminal told of
        self._begun = self._served = 0
        self._wake = Event()
        self._changed = Condition()  # guards the tree, the counts and the news
        # What open pages know. `number` is that of the news, and greater than any of
        # an earlier process; `built` that of the tree.
        number = time.time_ns() // 10**6
        self._news: dict[str, Any] = {
            "number": number,
            "built": number,
            "faults": (),
            "drafts": (),
            "changes": None,  # not yet known
            "go": "",
        }
        self._changed_at: dict[str, int] = {}  # the number, for each file of the tree
        self._took_s = 0.0
        self._builder = Thread(target=self._build_on, daemon=True)

    def run(self, *, is_again: bool) -> list[str]:
        """Build now and after every save; return the files of code that were edited.

        `is_again` tells that this process follows another that told of its builds.
        """
        if is_again:
            self._told = self._tree
        self._wake.set()
        self._builder.start()
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

    def close(self, limit_s: float) -> None:
        """Let every request go; the folder gets what was served.

        A build that is running has a while to end.
        """
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()
        self._wake.set()
        self._builder.join(limit_s)
        if self._tree is not self._written and not self._builder.is_alive():
            with suppress(OSError):
                staged = output.stage(self._folder)
                output.publish(staged, {}, self._tree.files, self._folder)
                output.remove(staged)

    # ---- what requests ask

    def current(self) -> tuple[Tree, int]:
        """Return the tree that has in it all that was saved before, and its number.

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
            return self._tree, self._news["built"]

    @property
    def names(self) -> Mapping[str, tuple[object, ...]]:
        """What stands at which address of the site; see Tree."""
        return self._tree.names

    def news(self, after: int) -> dict[str, Any]:
        """Return the newest news, and which files changed, after those of a number.

        Return the same news where none comes for a while.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._news["number"] != after or self.is_closed, _NEWS_LIMIT_S
            )
            files = [name for name, at in self._changed_at.items() if at > after]
            return {**self._news, "files": files}

    def _announce(self, **news: Any) -> None:
        """Give open pages the news of a build, and let go who waits for it."""
        with self._changed:
            self._news |= {"number": self._news["number"] + 1, **news}
            self._served = self._begun
            self._changed.notify_all()

    # ---- the thread that builds

    def _build_on(self) -> None:
        idle_s = None  # how long to wait before the folder is written
        while True:
            is_idle = not self._wake.wait(idle_s)
            self._wake.clear()
            state = self._sources.settle()
            if self.is_closed or self._edited_code(state):
                return  # the process that starts anew builds it
            if state != self._state:
                is_good = self._build(state, quick=True)
                idle_s = _IDLE_S if is_good else None
            elif is_idle:
                self._build(state, quick=False)
                idle_s = None

    def _build(self, state: State, *, quick: bool) -> bool:
        """Build, and tell what came of it; of a folder that was written say nothing.

        Return whether there is no fault.
        """
        with self._changed:
            self._state = state
            self._begun += 1
        began_s = time.perf_counter()

        def serve(tree: Tree) -> None:
            self._took_s = time.perf_counter() - began_s
            self._serve(tree, **({"changes": None} if quick else {}))

        faults = self._run(serve, quick=quick)
        if faults and self._sources.look() != state:
            self._state = {}  # the fault may be that of a file which was half written
            self._wake.set()
        elif faults or quick:
            self._tell(state, faults)
        else:
            self._written = self._tree
        return not faults

    def _run(self, serve: Callable[[Tree], None], *, quick: bool) -> SiteFaults | None:
        """Build once; an exception in the code that builds is a fault too."""
        try:
            from sitebuild.preview import engine  # noqa: PLC0415 - see there

            engine.build(self._settings, serve, quick=quick)
        except SiteFaults as faults:
            return faults
        except (Exception, SystemExit) as error:
            return as_faults("build", error, self.root)
        return None

    def _serve(self, tree: Tree, **news: Any) -> None:
        """Serve a tree from now on."""
        with self._changed:
            built = self._news["number"] + 1
            for name in changed(self._tree.files, tree.files):
                self._changed_at[name] = built
            self._tree = tree
            self._announce(built=built, faults=(), drafts=tree.drafts, go="", **news)

    def _tell(self, state: State, faults: SiteFaults | None) -> None:
        """Tell terminal and open pages what a build made of what was told before."""
        now = self._sources.look()
        # without what an editor put there for a moment
        state = {name: state[name] for name in state.keys() & now.keys()}
        files, self._shown = changed(self._shown, state), state
        if faults:
            kept = "the last good pages stay"
            if not self._tree.files:
                kept = "nothing is built yet"
            self._terminal.failed(files, faults.faults, kept)
            self._announce(faults=[_fault(it) for it in faults.faults], state=kept)
            return
        old, self._told = self._told, self._tree
        for line in self._tree.advice:
            if not old or line not in old.advice:
                self._terminal.say(line)
        if not old:
            pages = sum(name.endswith(".html") for name in self._tree.files)
            self._terminal.began(pages, self._took_s, self._tree.drafts)
            self._announce(changes=[])
            return
        from sitebuild.preview import engine  # noqa: PLC0415 - it has just built

        changes, place = engine.compare(old, self._tree, files)
        self._terminal.built(files, self._took_s, changes)
        go = place if self._follows else ""
        self._announce(changes=[_change(it) for it in changes], go=go)


def _fault(fault: Fault) -> dict[str, Any]:
    """Return a fault as client.js reads it."""
    place = fault.place
    text = str(fault).removeprefix(f"{place.file}:{place.line}: ")
    return {"file": place.file, "line": place.line, "text": text}


def _change(change: Change) -> dict[str, str]:
    """Return a change as client.js reads it, with the id of the first that changed."""
    ident = next((reason.id for reason in change.reasons if reason.id), "")
    return {"address": change.address, "text": str(change), "id": ident}


def _left_in(folder: Path) -> Tree:
    """Return what an earlier build left, to be served until the first build ends.

    The tree is empty where the folder cannot be read, as when another build replaces
    it.
    """
    try:
        return Tree(output.read(folder))
    except OSError:
        return Tree()
