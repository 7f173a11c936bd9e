"""A branch of a git repository that holds releases: each commit is one, whole.

It is what GitHub Pages serves, and what remembers the releases of hosts that have no
private folder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sitebuild.deploy.hosts.base import Delivery
from sitebuild.deploy.plan import Entries, Takes, select
from sitebuild.deploy.programs import GIT, Program, Runner
from sitebuild.deploy.records import KEPT, History, Past
from sitebuild.deploy.refusal import RefusedError
from sitebuild.deploy.store import Store
from sitebuild.host.files import MANIFEST, has_hash
from sitebuild.host.manifest import Entry, Release, read_release

_PYTHON = Program(sys.executable, "it runs this")
_SEARCHED_COMMITS = 50


class Version(NamedTuple):
    """A commit of the branch: its hash, its time in ISO 8601, its message."""

    commit: str
    date: str
    subject: str


class Branch:
    """A branch of a remote of the project's repository."""

    def __init__(self, remote: str, name: str, runner: Runner) -> None:
        """Take the names of the remote and the branch."""
        self.remote, self.name, self._runner = remote, name, runner
        self._here = f"refs/remotes/{remote}/{name}"

    def _git(self, *words: str) -> bytes:
        return self._runner.run(GIT, words)

    def fetch(self) -> bool:
        """Fetch it; returns whether it exists. Raises RefusedError where it cannot."""
        if not self._git("ls-remote", "--heads", self.remote, self.name):
            return False
        self._git(
            "fetch", "--quiet", self.remote, f"+refs/heads/{self.name}:{self._here}"
        )
        return True

    def files(self, commit: str = "") -> dict[str, str]:
        """Return git's hash of each file, by path."""
        found = {}
        said = self._git("ls-tree", "-r", "-z", commit or self._here)
        for line in filter(None, said.decode().split("\0")):
            words, _, path = line.partition("\t")
            found[path] = words.split()[2]
        return found

    def show(self, path: str, commit: str = "") -> bytes:
        """Return a file of the branch, or of one of its commits."""
        return self._git("show", f"{commit or self._here}:{path}")

    def versions(self) -> Iterator[Version]:
        """Yield its last commits, newest first."""
        options = (f"--max-count={_SEARCHED_COMMITS}", "--format=%H%x09%cI%x09%s")
        said = self._git("log", "--first-parent", *options, self._here).decode()
        for line in said.splitlines():
            commit, date, subject = line.split("\t", 2)
            yield Version(commit, date, subject)

    def releases(self) -> dict[str, Version]:
        """Return the last ten releases on it, each by its name, newest first."""
        found: dict[str, Version] = {}
        for version in self.versions():
            manifest = self._manifest(version.commit)
            if manifest and len(found) < KEPT:
                found.setdefault(read_release(manifest).name, version)
        return found

    def _manifest(self, commit: str) -> bytes | None:
        try:
            data = self.show(MANIFEST, commit)
            read_release(data)
        except (RefusedError, ValueError):
            return None
        return data

    def history(self) -> History:
        """Return the releases of the branch as a history.

        A rollback is a commit too, whose message names the release that was live.
        """
        found, live = [], ""
        for name, version in self.releases().items():
            live = live or name
            day = version.date[:19] + "Z"
            found.append(Past(name, day, _source(version.subject)))
        return History(live, tuple(reversed(found)))

    def manifest(self, name: str) -> bytes | None:
        """Return the manifest of a release on the branch."""
        version = self.releases().get(name)
        return self.show(MANIFEST, version.commit) if version else None

    def restore(self, release: Release, missing: Entries, store: Store) -> None:
        """Bring files of a release on the branch into the store."""
        version = self.releases().get(release.name)
        if version:
            there = self.files(version.commit)
            for path in missing.keys() & there.keys():
                store.put(self.show(path, version.commit))

    def whole(
        self, delivery: Delivery, takes: Takes, store: Store
    ) -> dict[str, bytes | Entry]:
        """Return all that a host which takes a site whole is sent with a release."""
        lingering = self._lingering(delivery, takes, store)
        manifest = {MANIFEST: delivery.release.data}
        return {**lingering, **delivery.files, **manifest}

    def _lingering(self, delivery: Delivery, takes: Takes, store: Store) -> Entries:
        """Return files of the release before that pages which are open may ask for.

        They carry a hash in their name and are gone from the new one. A branch holds
        one release, so they are sent with it, once; those that are kept neither here
        nor there are left out.
        """
        try:
            held = read_release(delivery.live.manifest or b"")
        except ValueError:
            return {}
        found = {}
        for path, entry in select(held, takes).items():
            if has_hash(path) and path not in delivery.files:
                found[path] = entry
        self.restore(held, store.missing(found), store)
        gone = store.missing(found)
        return {path: entry for path, entry in found.items() if path not in gone}

    def send(self, folder: Path, message: str, host: str = "") -> None:
        """Put a folder on the branch as a new commit; `host` is the name of a CNAME."""
        words = ["-m", "ghp_import", "--no-jekyll", "--push", "-m", message]
        words += ["--remote", self.remote, "--branch", self.name]
        if host:
            words += ["--cname", host]
        self._runner.run(_PYTHON, [*words, str(folder)])


def _source(subject: str) -> str:
    """The commit of the sources that a message of `message` names."""
    return subject.rpartition(" from ")[2] if " from " in subject else ""


def message(past: Past) -> str:
    """Return the message of the commit of a release."""
    source = f" from {past.commit}" if past.commit else ""
    return f"Publish {past.name}{source}"
