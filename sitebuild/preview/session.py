"""One preview: it builds what was saved; requests wait for that, open pages hear of it.

While saves come, builds are quick. Once none comes, one more makes the search index and
the folder output/ of what is served.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import cache_from_source
from math import inf
from pathlib import Path
from threading import Condition
from types import ModuleType
from typing import Any

import watchfiles

from sitebuild import output
from sitebuild.faults import as_faults, listed
from sitebuild.read import tree as folders

# The folders of a project of which every file may change a page. Beside them stand the
# settings, which are Python.
FOLDERS = ("content", "theme", "sitebuild")
# Files that are saved together come within so many ms of each other, in all so many.
_PAUSE_MS, _BURST_MS = 2, 50
_LOOK_MS = 500
# So long a request waits for the build that has its save in it, or for news.
_LIMIT_S = 20.0
_NAMED = 4  # files, or pages, that a line names
# The folder is written once nothing was saved for so long.
_IDLE_S = 2.0
# Of so many builds in a row nothing is shown because something was saved meanwhile.
_MOST_DROPPED = 3
# What edited code may be part of, or have registered with.
_PACKAGES = ("sitebuild", "pelican", "blinker")

# What stands out where a person reads: words removed and added, faults, places
# (ECMA-48, 8.3.117).
_COLOURS = {
    r"\[-.*?-\]|(?<=: )\d+ faults?(?=; )": 31,
    r"\{\+.*?\+\}": 32,
    r"^  \S+:\d+(?=: )": 34,
}

# The path of each source below the project, and what no save leaves as it was: when it
# changed (which nobody can set, unlike a time of modification), its size, its inode.
State = Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Tree:
    """One whole state of the site, in memory; `pages` is empty for an earlier build."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)  # by source file
    drafts: Sequence[str] = ()  # addresses of pages, and of passages on pages
    advice: Sequence[str] = ()  # for the editor
    names: Callable[[], Mapping[str, object]] = dict  # what an address shows
    # The Content-Security-Policy of a page.
    policy: Callable[[bytes], str] = lambda _: "default-src 'self' 'unsafe-inline'"


class Session:
    """Builds what changed and gives every request the newest whole tree.

    One thread runs it; others ask.
    """

    def __init__(self, settings: Path, *, follow: bool) -> None:
        """Take the settings file; the pages of an earlier build are there at once."""
        self._settings, self._root = settings, settings.parent
        self._follows = follow
        self._dropped = 0
        self._write_at = inf  # when the folder gets the tree, if nothing is saved
        self._changed = Condition()  # guards what follows
        self.tree = Tree()
        with suppress(OSError):  # another build may be replacing it
            self.tree = Tree(output.read(self._root / "output"))
        self._state: State = {}  # the sources that the tree is of
        self._begun_s = 0.0  # when its build began to read them
        # What open pages know. Its number is greater than any of an earlier process.
        self._news: dict[str, Any] = {"number": time.time_ns() // 10**6, "go": ""}
        self._news |= {"faults": (), "drafts": (), "changes": ()}
        self._changed_at: dict[str, int] = {}  # the number, for each file of the tree

    def run(self) -> None:
        """Build now and after every save."""
        for _ in _watch(self._root):
            state = _look(self._root)
            if state != self._state:
                self._build(state, quick=True)
            elif time.monotonic() > self._write_at:
                self._build(state, quick=False)
            with self._changed:  # who waits for a file that is gone again
                self._changed.notify_all()

    def close(self) -> None:
        """Give the folder what was served."""
        if self._write_at < inf:
            self._build(self._state, quick=False)

    def current(self, after: int) -> tuple[Tree, dict[str, Any]]:
        """Return a tree that has in it all that was saved before, and the news.

        With `after` wait for news of another number instead; they name the files that
        have changed since then. What takes too long is not waited for.
        """
        asked_s = time.perf_counter()

        def is_there() -> bool:
            if after:
                return bool(self._state) and self._news["number"] != after
            return self._begun_s > asked_s or self._state == _look(self._root)

        with self._changed:
            self._changed.wait_for(is_there, _LIMIT_S)
            files = [name for name, at in self._changed_at.items() if 0 < after < at]
            return self.tree, {**self._news, "files": files}

    # ---- what a save leads to

    def _build(self, state: State, *, quick: bool) -> None:
        """Build, and tell what came of it; of a folder that was written say nothing.

        A fault may be that of a file which was half written, and a file that an editor
        writes beside may be gone: where something was saved meanwhile the next build
        tells of both.
        """
        began_s = time.perf_counter()
        files = _differing(self._state, state) if self._state else []
        built = self._make([name for name in files if name.endswith(".py")], quick)
        took_ms = round((time.perf_counter() - began_s) * 1000)
        if _look(self._root) != state and self._dropped < _MOST_DROPPED:
            self._dropped += 1
            return
        self._dropped = 0
        self._write_at = inf
        subject = listed(files, _NAMED) or "The site"
        if not isinstance(built, Tree):
            self._serve(state, self.tree, began_s)
            self._tell_faults(subject, built)
            return
        old = self.tree
        self._serve(state, built, began_s)
        if quick:
            self._write_at = time.monotonic() + _IDLE_S
            self._tell(subject, files, old, took_ms)
        else:
            self._announce()

    def _make(self, edited: Sequence[str], quick: bool) -> Tree | list[str]:
        """Build with the code as it is now; return the faults if there are any."""
        if edited:
            _forget([self._root / name for name in edited])
        try:
            built: Tree | list[str] = _engine().build(self._settings, quick=quick)
        except (Exception, SystemExit) as error:  # in the code that builds
            return [str(it) for it in as_faults("build", error, self._root).faults]
        return built

    def _serve(self, state: State, tree: Tree, begun_s: float) -> None:
        """Serve the tree of some sources from now on; open pages hear of it later."""
        with self._changed:
            number = self._news["number"] + 1
            for name in _differing(self.tree.files, tree.files):
                self._changed_at[name] = number
            self.tree, self._state, self._begun_s = tree, state, begun_s
            self._changed.notify_all()

    def _announce(self, **news: Any) -> None:
        """Give open pages the news of a build."""
        with self._changed:
            self._news |= {"number": self._news["number"] + 1, "go": "", **news}
            self._changed.notify_all()

    def _tell_faults(self, subject: str, faults: Sequence[str]) -> None:
        """Tell terminal and open pages what is wrong, and what is served meanwhile."""
        kept = "the last good pages stay" if self.tree.files else "nothing is built yet"
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        say(f"{subject}: {count}; {kept}")
        for fault in faults:
            say(f"  {fault}")
        self._announce(faults=faults, state=kept)

    def _tell(
        self, subject: str, files: Sequence[str], old: Tree, took_ms: int
    ) -> None:
        """Tell terminal and open pages what a build of saved files changed, and why.

        Their own pages come first.
        """
        new = self.tree
        for line in new.advice:
            if line not in old.advice:
                say(line)
        if not old.pages:
            count = sum(name.endswith(".html") for name in new.files)
            say(f"Built {count} pages in {took_ms} ms.")
            drafts = [draft for draft in new.drafts if "#" not in draft]
            if drafts:
                say(f"Drafts, shown here and not published: {listed(drafts)}.")
            self._announce(faults=(), drafts=new.drafts)
            return
        saved = {new.pages.get(name) for name in files}
        changes = [it for it in _engine().compare(old.files, new.files) if it.is_page]
        changes.sort(key=lambda it: it.address not in saved)
        pages = [f"{it.kind} {it.address}".removeprefix("changed ") for it in changes]
        say(f"{subject}: built in {took_ms} ms: {listed(pages, _NAMED) or 'no page'}")
        why = next((it.reasons for it in changes if it.reasons), ())
        if why:
            say(f"  {why[0]}{f'; and {len(why) - 1} more' if why[1:] else ''}")
        shown = []
        for it in changes:
            text = f"{it.kind}: {'; '.join(map(str, it.reasons))}"
            shown.append({"address": it.address, "text": text, "id": it.id})
        go = ""
        if self._follows and changes and changes[0].address in saved:
            go = f"{changes[0].address}#{changes[0].id}".removesuffix("#")
        self._announce(faults=(), drafts=new.drafts, changes=shown, go=go)


def _look(root: Path) -> State:
    """Return the state of a project's sources; one that has vanished is left out."""
    state = {}
    start = len(str(root)) + 1
    for path in _sources(str(root)):
        with suppress(OSError):
            stat = os.stat(path)  # noqa: PTH116 - a Path for each costs most of a look
            state[path[start:]] = (stat.st_ctime_ns, stat.st_size, stat.st_ino)
    return state


def _sources(root: str) -> Iterator[str]:
    for path in folders.walk(root, deep=False):
        if path.endswith(".py"):
            yield path
    for name in FOLDERS:
        yield from folders.walk(f"{root}/{name}")


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names that only one of two mappings has or whose values differ."""
    return sorted(name for name in {**old, **new} if old.get(name) != new.get(name))


def _watch(root: Path) -> Iterator[None]:
    """Yield at once, whenever a source may have changed, and twice a second.

    The system says when; some file systems say nothing. The watch begins again when a
    folder was replaced, which ends its watch.
    """
    while True:
        yield
        watched = [root / name for name in FOLDERS if (root / name).is_dir()]
        try:
            inodes = [folder.stat().st_ino for folder in watched]
            for _ in watchfiles.watch(
                *watched,
                watch_filter=None,
                step=_PAUSE_MS,
                debounce=_BURST_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
            ):
                yield
                if [folder.stat().st_ino for folder in watched] != inodes:
                    break
        except (OSError, RuntimeError):
            # The system has no watches left, or a folder has just gone.
            time.sleep(_LOOK_MS / 1000)


def _engine() -> ModuleType:
    # With `from` it would be the one before, of which the package still knows.
    import sitebuild.preview.engine as engine  # noqa: PLC0415, PLR0402

    return engine


def _forget(edited: Sequence[Path]) -> None:
    """Let the next import load edited code, and what may have taken names from it.

    Compiled code is removed: Python does not see an edit that keeps the size of a file
    within one second.
    """
    for path in edited:
        Path(cache_from_source(path)).unlink(missing_ok=True)
    for name in tuple(sys.modules):
        is_kept = name.startswith("sitebuild.preview") and not name.endswith(".engine")
        if name.partition(".")[0] in _PACKAGES and not is_kept:
            del sys.modules[name]
    logging.getLogger("pelican").handlers.clear()


def say(line: str) -> None:
    """Print a line, in colour where that is wished (see no-color.org).

    A terminal that has gone is no reason to stop.
    """
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        for pattern, colour in _COLOURS.items():
            line = re.sub(pattern, rf"\033[{colour}m\g<0>\033[0m", line)
    with suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
