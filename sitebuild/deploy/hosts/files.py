"""Targets that are changed file by file; each live file is the old or the new one.

What must change is first staged beside the site and then put in its place, assets
before the pages that show them, deletions after that, the manifest last. A store that
cannot rename puts each file whole. The journal is written on the target before the
first step; with the listing it tells at each moment what is live, so that any machine
can go on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from sitebuild.deploy.hosts.base import Context, Delivery, Found, Host, Live
from sitebuild.deploy.plan import Entries
from sitebuild.deploy.records import HISTORY, Journal, read_history, read_journal
from sitebuild.deploy.refusal import RefusedError
from sitebuild.deploy.store import Store
from sitebuild.host.files import MANIFEST
from sitebuild.host.manifest import Entry, Release

# No host serves a name that begins with an underscore, where it reads our files.
STAGING, MEMORY = "_deploying", "_releases"
LOCK = f"{STAGING}/lock.json"
REPLACED = f"{MEMORY}/replaced"
_OVERTAKEN = (
    "Another deploy to this target began at the same moment. Try again when it is done."
)


class Files(ABC):
    """The files of a target by their path, and the few things that are done to them."""

    renames: bool

    @abstractmethod
    def list(self, folder: str = "") -> dict[str, Found]:
        """Return every file, by its path below `folder`; the memory's only there."""

    @abstractmethod
    def fetch(self, paths: Iterable[str], folder: Path) -> None:
        """Copy files that are there into a local folder."""

    @abstractmethod
    def put(self, folder: Path, paths: Iterable[str], below: str = "") -> None:
        """Upload files of a local folder to the same paths below `below`."""

    @abstractmethod
    def place(self, paths: Iterable[str]) -> None:
        """Rename staged files to their places, over what is there."""

    @abstractmethod
    def copy(self, paths: Iterable[str], below: str) -> None:
        """Copy files to the same paths below `below`."""

    @abstractmethod
    def delete(self, paths: Iterable[str]) -> None:
        """Delete files, and folders that are empty then."""

    @abstractmethod
    def clear(self) -> None:
        """Delete what is staged, the journal with it."""

    def read(self, store: Store, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of those files that are there."""
        wanted = [*paths]
        with store.lay_out({}) as folder:
            self.fetch(wanted, folder)
            return {
                path: (folder / path).read_bytes()
                for path in wanted
                if (folder / path).is_file()
            }


class Memory:
    """The releases that a target remembers, in a private folder of its own.

    `keeps_files`: the files of the releases too, each once, by its SHA-256.
    """

    def __init__(self, files: Files, folder: str, *, keeps_files: bool) -> None:
        """Take the place: files, and the folder in them."""
        self.files, self.keeps_files = files, keeps_files
        self._below = f"{folder}/" if folder else ""

    def path(self, name: str) -> str:
        """Return the path of something that is remembered."""
        return self._below + name

    def _object(self, entry: Entry) -> str:
        return self.path(f"objects/{entry.sha256}")

    def keep(self, delivery: Delivery, store: Store) -> None:
        """Keep a release before it goes live."""
        held: dict[str, bytes | Entry] = {}
        held[self.path(f"{delivery.release.name}.json")] = delivery.release.data
        if self.keeps_files:
            there = self.files.list(self.path("objects"))
            for entry in delivery.release.files.values():
                if entry.sha256 not in there:
                    held[self._object(entry)] = entry
        with store.lay_out(held) as folder:
            self.files.put(folder, held)

    def prune(self, delivery: Delivery, store: Store) -> None:
        """Let go of releases that left the history, and of files they alone had."""
        gone = set(delivery.live.history.names) - set(delivery.history.names)
        if not gone:
            return
        unused = [self.path(f"{name}.json") for name in gone]
        if self.keeps_files:
            used = set()
            names = [f"{name}.json" for name in delivery.history.names]
            kept = self.files.read(store, map(self.path, names))
            for data in kept.values():
                store.keep_manifest(data)
            for name in delivery.history.names:
                release = store.release(name)
                if release is None:
                    return
                used |= {entry.sha256 for entry in release.files.values()}
            there = self.files.list(self.path("objects"))
            unused += [self.path(f"objects/{name}") for name in there.keys() - used]
        self.files.delete(unused)


class FilesHost(Host):
    """A target that is a tree of files."""

    private: ClassVar[bool] = False

    def __init__(self, context: Context) -> None:
        """Open the files of the target, and those of its memory."""
        super().__init__(context)
        self.files = self.open(context.target["to"])
        place = context.target.get("memory")
        if place:
            self.memory = Memory(self.open(place), context.name, keeps_files=True)
        else:
            keeps = bool(context.target.get("server"))
            self.memory = Memory(self.files, MEMORY, keeps_files=keeps)

    @abstractmethod
    def open(self, place: str) -> Files:
        """Return the files at a place."""

    def read(self) -> Live:
        """Return what is live, by listing it."""
        store, present, staged = self.context.store, {}, {}
        for path, found in self.files.list().items():
            if path.startswith(f"{STAGING}/"):
                staged[path.removeprefix(f"{STAGING}/")] = found
            else:
                present[path] = found
        wanted = {MANIFEST, LOCK} & {*present, *(f"{STAGING}/{p}" for p in staged)}
        held = self.files.read(store, wanted) if wanted else {}
        history = self.memory.path(HISTORY)
        remembered = self.memory.files.read(store, [history]).get(history)
        present.pop(MANIFEST, None)
        return Live(
            held.get(MANIFEST),
            present,
            read_history(remembered),
            read_journal(held.get(LOCK)),
            staged,
        )

    def read_manifest(self, name: str) -> bytes | None:
        """Return the manifest of a release that the target remembers."""
        path = self.memory.path(f"{name}.json")
        return self.memory.files.read(self.context.store, [path]).get(path)

    def restore(self, release: Release, missing: Entries) -> None:  # noqa: ARG002
        """Bring files into the store from the memory, or from the live site."""
        store = self.context.store
        if self.memory.keeps_files:
            objects = {
                self.memory.path(f"objects/{e.sha256}") for e in missing.values()
            }
            for data in self.memory.files.read(store, objects).values():
                store.put(data)
        for data in self.files.read(store, store.missing(missing)).values():
            store.put(data)

    def keep_copies(self, paths: Iterable[str]) -> str:
        """Copy files to the private folder."""
        self.files.copy(paths, REPLACED)
        return REPLACED

    def remove(self, paths: Iterable[str]) -> None:
        """Delete files."""
        self.files.delete(paths)

    def send(self, delivery: Delivery) -> None:
        """Stage, place, delete, and write the manifest; see the head of this module."""
        store, release = self.context.store, delivery.release
        if not delivery.plan and delivery.live.manifest == release.data:
            delivery.reload()
            self._remember(delivery)
            if delivery.live.journal:
                self.files.clear()
            return
        self._lock(delivery)
        self.memory.keep(delivery, store)
        if self.files.renames:
            self._stage_and_place(delivery)
        else:
            self._put(delivery)
        self._remember(delivery)
        self.files.clear()

    def _remember(self, delivery: Delivery) -> None:
        """Note the release as the live one."""
        if delivery.history != delivery.live.history:
            path = self.memory.path(HISTORY)
            self._write(self.memory.files, {path: delivery.history.dump()})
            self.memory.prune(delivery, self.context.store)

    def _write(self, files: Files, held: Mapping[str, bytes]) -> None:
        with self.context.store.lay_out(held) as folder:
            files.put(folder, held)

    def _stage_and_place(self, delivery: Delivery) -> None:
        before, after = delivery.plan.phases()
        wanted: dict[str, bytes | Entry] = {MANIFEST: delivery.release.data}
        for phase in (*before, *after):
            for path in phase:
                if not _is_staged(path, delivery):
                    wanted[path] = delivery.files[path]
        with self.context.store.lay_out(wanted) as folder:
            self.files.put(folder, wanted, STAGING)
        self._check_lock(delivery.journal)
        self._write_lock(delivery.journal, placing=True)
        for phase in before:
            self.files.place(phase)
        delivery.reload()
        for phase in after:
            self.files.place(phase)
        self.files.delete(delivery.plan.delete)
        self._check_lock(delivery.journal)
        self.files.place([MANIFEST])

    def _put(self, delivery: Delivery) -> None:
        self._write_lock(delivery.journal, placing=True)
        before, after = delivery.plan.phases()
        self._put_whole(before, delivery)
        delivery.reload()
        self._put_whole(after, delivery)
        self.files.delete(delivery.plan.delete)
        self._check_lock(delivery.journal)
        self._write(self.files, {MANIFEST: delivery.release.data})

    def _put_whole(self, phases: list[list[str]], delivery: Delivery) -> None:
        for phase in phases:
            files = {path: delivery.files[path] for path in phase}
            with self.context.store.lay_out(files) as folder:
                self.files.put(folder, phase)

    def _lock(self, delivery: Delivery) -> None:
        """Write the journal, and see that nobody did so since the target was read."""
        self._check_lock(delivery.live.journal)
        self._write_lock(delivery.journal, placing=False)
        held = self.files.read(self.context.store, [LOCK, MANIFEST])
        _check(held.get(LOCK), delivery.journal)
        if held.get(MANIFEST) != delivery.live.manifest:
            raise RefusedError(_OVERTAKEN)

    def _write_lock(self, journal: Journal, *, placing: bool) -> None:
        written = Journal(**{**vars(journal), "placing": placing})
        self._write(self.files, {LOCK: written.dump()})

    def _check_lock(self, journal: Journal | None) -> None:
        _check(self.files.read(self.context.store, [LOCK]).get(LOCK), journal)


def _check(held: bytes | None, journal: Journal | None) -> None:
    """Raise RefusedError where the lock is not of that journal."""
    found = read_journal(held)
    if (found and found.token) != (journal and journal.token):
        raise RefusedError(_OVERTAKEN)


def _is_staged(path: str, delivery: Delivery) -> bool:
    """Whether an earlier deploy of the same release has staged a file whole."""
    found, before = delivery.live.staged.get(path), delivery.live.journal
    if found is None or before is None:
        return False
    entry = delivery.files[path]
    if before.release == delivery.release.name:
        return found.may_be(entry)
    return found.is_surely(entry)
