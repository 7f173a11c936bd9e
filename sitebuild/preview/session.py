"""One preview: it builds what was saved; requests wait for that, open pages hear of it.

A build is `begun` when it has looked at the sources, and `served` when its pages are
whole. While saves come, that is all. Once none comes, one more build makes the search
index and the folder output/ of what is served.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import cache_from_source
from math import inf
from pathlib import Path
from threading import Condition
from types import ModuleType
from typing import Any

from sitebuild import output
from sitebuild.faults import as_faults
from sitebuild.preview.sources import State, changed, look, watch

# So long a request waits for the build that has its save in it, or for news.
_LIMIT_S = 20.0
_NAMED = 4  # files, or pages, that a line names
# Open pages show a build before what it changed is looked for: that takes turns from
# the threads that answer them.
_ANSWERS_S = 0.03
# The folder is written once nothing was saved for so long.
_IDLE_S = 2.0
# Of so many builds in a row nothing is told because something was saved meanwhile.
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


@dataclass(frozen=True)
class Tree:
    """One whole state of the site, in memory."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)  # by source file
    drafts: Sequence[str] = ()  # addresses of pages, and of passages on pages
    names: Mapping[str, object] = field(default_factory=dict)  # what an address shows
    advice: Sequence[str] = ()  # for the editor
    # The Content-Security-Policy of a page.
    policy: Callable[[bytes], str] = lambda _: "default-src 'self' 'unsafe-inline'"


class Session:
    """Builds what changed and gives every request the newest whole tree.

    One thread runs it; others ask.
    """

    def __init__(self, settings: Path, *, follow: bool) -> None:
        """Take the settings file; the pages of an earlier build are there at once."""
        self._settings = settings
        self._root, self._folder = settings.parent, settings.parent / "output"
        self._follows = follow
        self._shown = look(self._root)  # the sources of what was told of
        self._code = _code(self._shown)
        self._state: State = {}  # of the last build that was begun
        self.tree = self._written = _left_in(self._folder)
        self._told: Tree | None = None  # what the terminal told of
        self._write_at = inf  # when the folder gets the tree, if nothing is saved
        self._changed = Condition()  # guards the tree, the counts and the news
        self._begun = self._served = self._dropped = 0
        # What open pages know. `number` is that of the news, and greater than any of
        # an earlier process; `built` that of the tree; `changes` may not be known yet.
        number = time.time_ns() // 10**6
        self._news: dict[str, Any] = {"number": number, "built": number}
        self._news |= {"faults": (), "drafts": (), "changes": None, "go": ""}
        self._changed_at: dict[str, int] = {}  # the number, for each file of the tree

    def run(self) -> None:
        """Build now and after every save."""
        for _ in watch(self._root):
            state = look(self._root)
            if state != self._state:
                self._build(state, quick=True)
            elif time.monotonic() > self._write_at:
                self._build(state, quick=False)

    def close(self) -> None:
        """Give the folder what was served."""
        if self.tree is not self._written:
            with suppress(OSError):
                staged = output.stage(self._folder)
                output.publish(staged, {}, self.tree.files, self._folder)
                output.remove(staged)

    def current(self, after: int) -> tuple[Tree, dict[str, Any]]:
        """Return the tree that has in it all that was saved before, and the news.

        Wait for news of another number than `after`. The news name the files that have
        changed since then. What takes too long is not waited for.
        """
        state = look(self._root)
        with self._changed:
            number = self._begun + (state != self._state)
            self._changed.wait_for(
                lambda: self._served >= number and self._news["number"] != after,
                _LIMIT_S,
            )
            files = [name for name, at in self._changed_at.items() if 0 < after < at]
            return self.tree, {**self._news, "files": files}

    def _announce(self, **news: Any) -> None:
        """Give open pages the news of a build, and let go who waits for it."""
        with self._changed:
            self._news |= {"number": self._news["number"] + 1, "go": "", **news}
            self._served = self._begun
            self._changed.notify_all()

    # ---- what a save leads to

    def _build(self, state: State, *, quick: bool) -> None:
        """Build, and tell what came of it; of a folder that was written say nothing."""
        with self._changed:
            self._state = state
            self._begun += 1
        self._write_at = inf
        began_s = took_s = time.perf_counter()

        def serve(tree: Tree) -> None:
            nonlocal took_s
            took_s = time.perf_counter() - began_s
            if not quick and look(self._root) != state:
                self._state = {}  # it may hold a save that nobody was told of
                return
            self._serve(tree, is_edited=quick)
            time.sleep(_ANSWERS_S)

        faults = self._make(serve, quick=quick)
        is_stale = look(self._root) != state
        self._dropped = self._dropped + 1 if is_stale else 0
        if 0 < self._dropped <= _MOST_DROPPED:
            # A fault may be that of a file which was half written, and a file that an
            # editor writes beside may be gone: the next build tells of both.
            self._state = {}
            return
        if not (faults or quick):
            self._written = self.tree
            return
        files, self._shown = changed(self._shown, state), state
        subject = _few(files) or "The site"
        if faults:
            self._tell_faults(subject, faults)
        else:
            self._tell(subject, files, took_s)
            self._write_at = time.monotonic() + _IDLE_S

    def _make(self, serve: Callable[[Tree], None], *, quick: bool) -> list[str]:
        """Run a build with the code as it is now; return the faults."""
        code = _code(self._state)
        if code != self._code:
            _forget([self._root / name for name in changed(self._code, code)])
            self._code = code
        try:
            faults: list[str] = _engine().build(self._settings, serve, quick=quick)
        except (Exception, SystemExit) as error:  # in the code that builds
            found = as_faults("build", error, self._root).faults
            return [str(fault) for fault in found]
        return faults

    def _serve(self, tree: Tree, *, is_edited: bool) -> None:
        """Serve a tree from now on; what an edit changed is told later."""
        with self._changed:
            built = self._news["number"] + 1
            for name in changed(self.tree.files, tree.files):
                self._changed_at[name] = built
            self.tree = tree
            changes = None if is_edited else self._news["changes"]
            self._announce(built=built, faults=(), drafts=tree.drafts, changes=changes)

    def _tell_faults(self, subject: str, faults: Sequence[str]) -> None:
        """Tell terminal and open pages what is wrong, and what is served meanwhile."""
        kept = "the last good pages stay" if self.tree.files else "nothing is built yet"
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        say(f"{subject}: {count}; {kept}")
        for fault in faults:
            say(f"  {fault}")
        self._announce(faults=faults, state=kept)

    def _tell(self, subject: str, files: list[str], took_s: float) -> None:
        """Tell terminal and open pages what a build made of what was told before.

        The page that says most of the edit comes first; see `engine.compare`.
        """
        old, self._told = self._told, self.tree
        for line in self.tree.advice:
            if not old or line not in old.advice:
                say(line)
        if not old:
            count = sum(name.endswith(".html") for name in self.tree.files)
            say(f"Built {count} pages in {took_s * 1000:.0f} ms.")
            drafts = [draft for draft in self.tree.drafts if "#" not in draft]
            if drafts:
                listed = ", ".join(drafts)
                say(f"Drafts, shown here and not published: {listed}.")
            self._announce(changes=())
            return
        changes, place = _engine().compare(old, self.tree, files)
        pages = [f"{it.kind} {it.address}".removeprefix("changed ") for it in changes]
        where = _few(pages) or "no page"
        say(f"{subject}: built in {took_s * 1000:.0f} ms: {where}")
        why = next((it.reasons for it in changes if it.reasons), ())
        if why:
            say(f"  {why[0]}{f'; and {len(why) - 1} more' if why[1:] else ''}")
        shown = []
        for it in changes:
            text = f"{it.kind}: {'; '.join(map(str, it.reasons))}"
            ident = next((reason.id for reason in it.reasons if reason.id), "")
            shown.append({"address": it.address, "text": text, "id": ident})
        self._announce(changes=shown, go=place if self._follows else "")


def _code(state: State) -> State:
    return {name: state[name] for name in state if name.endswith(".py")}


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


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if names[_NAMED:] else ""
    return ", ".join(names[:_NAMED]) + more


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


def _left_in(folder: Path) -> Tree:
    """Return what an earlier build left, to be served until the first build ends.

    The tree is empty where the folder cannot be read, as when another build replaces
    it.
    """
    with suppress(OSError):
        return Tree(output.read(folder))
    return Tree()
