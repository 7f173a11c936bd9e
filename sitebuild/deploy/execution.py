"""One deploy from its plan to its end, and from wherever an earlier one died."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from sitebuild.deploy.hosts import Host
from sitebuild.deploy.plan import (
    Entry,
    Plan,
    RefusedError,
    Release,
    find_objections,
    make_plan,
    read_release,
    select,
)
from sitebuild.deploy.rclone import LOCK, STAGING, Remote
from sitebuild.deploy.store import Journal, Store
from sitebuild.diff import changes
from sitebuild.host import configs as servers
from sitebuild.host import headers as hosting

_TOGETHER = 8
_OVERTAKEN = (
    "Another deploy to this target began at the same moment. Try again when it is done."
)


@dataclass(frozen=True)
class Live:
    """What is on a target: the manifest's bytes (None without one), files there, and the mark of a deploy under way."""

    manifest: bytes | None
    present: Mapping[str, tuple[int, str]]
    mark: str = ""


@dataclass(frozen=True)
class Deployment:
    """A release on its way to a target; `target` is the settings of the one called `name`."""

    name: str
    target: Mapping[str, Any]
    release: Release
    store: Store
    root: Path
    lock: int
    say: Callable[[str], None]
    is_rollback: bool = False

    def run(self, dry_run: bool, force: bool) -> None:
        """Tell the plan, and unless `dry_run` do it; the guard speaks unless `force`."""
        if self.target["tool"] == "rclone":
            with Remote(self.target["to"], self.root, self.lock) as remote:
                present = remote.find_files()
                manifest = (
                    remote.read(hosting.MANIFEST)
                    if hosting.MANIFEST in present
                    else None
                )
                live = Live(
                    manifest, present, remote.read_mark() if LOCK in present else ""
                )
                plan, journal = self._prepare(live, dry_run, force)
                if not dry_run:
                    self._send(plan, journal, remote, live)
        else:
            host = Host(self.target, self.root, self.release.site, self.lock)
            plan, journal = self._prepare(self._read(host, force), dry_run, force)
            if not dry_run and (plan or force):
                self._hand_over(host)
        if dry_run:
            self.say("This was the plan; nothing was done.")
            return
        stale = self._find_stale(plan, journal)
        self.store.record(self.name, self.release.name, is_rollback=self.is_rollback)
        self.say(f"Live on {self.name}: release {self.release.name}.")
        if stale:
            self.say(
                f"Reload nginx or Caddy: {' and '.join(stale)} changed, and pages are unstyled until then."
            )

    def _find_stale(self, plan: Plan, journal: Journal) -> list[str]:
        """Files that a server read when it began and that have changed since, also in a deploy that died."""
        new, old = self._select(self.release), self.store.release(journal.base)
        held = self._select(old) if old else {}
        names = [name for name in (servers.NGINX, servers.CADDY) if name in new]
        return [
            name
            for name in names
            if name in plan.change or held.get(name, new[name]) != new[name]
        ]

    def _select(self, release: Release) -> dict[str, Entry]:
        redirects = self.target["tool"] in ("cloudflare", "netlify")
        return select(
            release, server=bool(self.target.get("server")), redirects=redirects
        )

    def _read(self, host: Host, force: bool) -> Live:
        """What a host has, as its manifest tells it, and a branch by what is on it."""
        try:
            manifest = host.read()
        except RefusedError:
            if not force:
                raise
            manifest = None
        held = _parse(manifest)
        blobs = host.find_blobs() if held else None
        present = {}
        for path, (size, md5, sha256) in (self._select(held) if held else {}).items():
            blob = self.store.find_blob(sha256)
            if blobs is None or path in blobs:
                found = blobs and blob and blobs[path]
                present[path] = (
                    (size, "")
                    if not found
                    else (size, md5)
                    if found == blob
                    else (-1, "")
                )
        return Live(manifest, present)

    def _prepare(self, live: Live, dry_run: bool, force: bool) -> tuple[Plan, Journal]:
        """The plan and the state it begins from, told and guarded."""
        held, journal = _parse(live.manifest), self.store.journal(self.name)
        ours = bool(live.mark) and live.mark == journal.token
        if ours:
            known, mine, staged = journal.known, journal.ours, journal.staged
        else:
            known, mine, staged = self._select(held) if held else {}, set[str](), {}
        new, present = self._select(self.release), live.present
        if force or (live.mark and not ours):  # trust only what the target vouches for
            known = {
                path: entry
                for path, entry in known.items()
                if present.get(path, ("", ""))[1]
            }
            staged = {}
        known = {
            path: entry
            for path, entry in known.items()
            if present.get(path) in (entry[:2], (entry[0], ""))
        }
        known |= {
            path: entry for path, entry in new.items() if present.get(path) == entry[:2]
        }
        staged = {
            p: entry
            for p, entry in staged.items()
            if present.get(f"{STAGING}/{p}", (-1, ""))[0] == entry[0]
        }
        mine = mine | set(self._select(held) if held else ())
        plan = make_plan(self.release.site, known, present, mine, new)
        for line in [*self._reasons(held), *plan.lines()]:
            self.say(line)
        objections = [
            *self._unexpected(live, held, journal, ours),
            *find_objections(plan, sorted(mine & set(present))),
        ]
        if objections and not force and not dry_run:
            raise RefusedError(
                "\n".join(
                    f"Not deployed: {text}. --force does it all the same."
                    for text in objections
                )
            )
        for text in objections:
            self.say(f"Beware: {text}.")
        untouched = {
            path: entry for path, entry in known.items() if new.get(path) == entry
        }
        token = journal.token if ours else secrets.token_hex(16)
        base = held.name if held else ""
        return plan, Journal(
            token, base, self.release.name, untouched, mine | set(new), staged
        )

    def _reasons(self, held: Release | None) -> Iterable[str]:
        """Why each page changes, where the release that is live is kept."""
        old = self.store.release(held.name) if held else None
        if not old:
            return ()
        trees = [
            {
                path: (self.store.objects / entry[2]).read_bytes()
                for path, entry in self._select(release).items()
            }
            for release in (old, self.release)
        ]
        shown = [
            {
                p: data
                for p, data in t.items()
                if not p.endswith(hosting.COMPRESSED) and p[0] != "_"
            }
            for t in trees
        ]
        return changes.describe(changes.compare(*shown))

    def _unexpected(
        self, live: Live, held: Release | None, journal: Journal, ours: bool
    ) -> Iterable[str]:
        """What is on the target and was not put there by the last deploy from here."""
        last = self.store.history(self.name)[0]
        expected = {last, journal.base, journal.release, self.release.name}
        if live.mark and not ours:
            yield "another deploy to it is under way or died there"
        if held and held.site != self.release.site:
            yield f"it holds another site, {held.site}"
        elif held and held.name not in expected:
            yield f"it holds the release {held.name}, which was not put there from here"
        elif not held and live.manifest is not None:
            yield "its manifest cannot be read"
        elif not held and last and not ours:
            yield f"the release {last} was put there and is gone"

    def _send(self, plan: Plan, journal: Journal, remote: Remote, live: Live) -> None:
        """Assets, then pages, then deletions, then the manifest; each step is noted when it is done."""
        if not plan and journal.base == self.release.name:
            if live.mark:
                remote.clear()
            return
        new, writing = self._select(self.release), Lock()
        self.store.begin(self.name, journal)
        self._mark(journal.token, remote, live)

        def note(step: str, path: str) -> None:
            with writing:
                self.store.note(self.name, step, path, new[path])

        def upload(path: str) -> None:
            if journal.staged.get(path) == new[path]:
                return
            place = f"{STAGING}/{path}" if remote.renames else path
            remote.put(
                self.store.objects / new[path][2],
                place,
                hosting.object_headers(path, new[path][2]),
            )
            note("staged" if remote.renames else "live", path)

        def put_live(path: str) -> None:
            remote.rename(f"{STAGING}/{path}", path)
            note("live", path)

        phases = plan.phases()
        for phase in phases:
            _each(upload, phase)
        _check_mark(journal.token, remote)
        for phase in phases if remote.renames else ():
            _each(put_live, phase)
        _each(remote.delete, plan.delete)
        _check_mark(journal.token, remote)
        self._put_manifest(remote)
        remote.clear()

    def _mark(self, token: str, remote: Remote, live: Live) -> None:
        """Say on the target that a deploy is under way, and see that nobody did so since it was listed."""
        _check_mark(live.mark, remote)
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "lock.json"
            source.write_text(token)
            remote.put(source, LOCK, {})
        _check_mark(token, remote)
        if live.manifest is not None and remote.read(hosting.MANIFEST) != live.manifest:
            raise RefusedError(_OVERTAKEN)

    def _put_manifest(self, remote: Remote) -> None:
        source = self.store.folder / f"{self.release.name}.json"
        headers = hosting.object_headers(hosting.MANIFEST, "")
        if remote.renames:
            remote.put(source, f"{STAGING}/{hosting.MANIFEST}", headers)
            remote.rename(f"{STAGING}/{hosting.MANIFEST}", hosting.MANIFEST)
        else:
            remote.put(source, hosting.MANIFEST, headers)

    def _hand_over(self, host: Host) -> None:
        """Lay out the release for the host's own tool, which sends what changed and swaps it in at once."""
        with tempfile.TemporaryDirectory(dir=self.store.folder) as name:
            folder = Path(name)
            self.store.materialize(
                {path: entry[2] for path, entry in self._select(self.release).items()},
                folder,
            )
            (folder / hosting.MANIFEST).write_bytes(self.release.data)
            host.send(folder)


def _check_mark(token: str, remote: Remote) -> None:
    if remote.read_mark() != token:
        raise RefusedError(_OVERTAKEN)


def _parse(manifest: bytes | None) -> Release | None:
    try:
        return read_release(manifest or b"")
    except ValueError:
        return None


def _each(work: Callable[[str], None], paths: Iterable[str]) -> None:
    """Do it for all, several at a time; after the first failure nothing new is begun."""
    with ThreadPoolExecutor(_TOGETHER) as pool:
        jobs = [pool.submit(work, path) for path in paths]
        try:
            for job in jobs:
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
