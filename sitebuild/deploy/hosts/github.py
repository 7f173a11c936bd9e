"""GitHub Pages: git pushes a branch, which is served as it is and is the memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from sitebuild.deploy.hosts.base import (
    REMOTE,
    Context,
    Delivery,
    Found,
    Host,
    Live,
    Setting,
)
from sitebuild.deploy.hosts.branch import Branch, message
from sitebuild.deploy.plan import Entries
from sitebuild.deploy.records import History
from sitebuild.host.files import MANIFEST
from sitebuild.host.manifest import Release, read_release

_OWN = (".nojekyll", "CNAME")


class GitHub(Host):
    """A branch that GitHub serves."""

    patience_s: ClassVar[int] = 600

    needs: ClassVar[Mapping[str, Setting]] = {
        "remote": REMOTE,
        "branch": Setting("the name of a branch"),
    }

    def __init__(self, context: Context) -> None:
        """Open the branch."""
        super().__init__(context)
        target = context.target
        self.branch = Branch(target["remote"], target["branch"], context.runner)

    @property
    def domain(self) -> str:
        """The domain for the CNAME; "" where GitHub's own is used."""
        host = urlsplit(self.context.site).hostname or ""
        return "" if host.endswith(".github.io") else host

    def read(self) -> Live:
        """Return what is on the branch, by git's hashes."""
        if not self.branch.fetch():
            return Live(None, {}, History())
        blobs = self.branch.files()
        manifest = self.branch.show(MANIFEST) if MANIFEST in blobs else None
        present = self._compare(blobs, manifest)
        return Live(manifest, present, self.branch.history(), listed=False)

    def _compare(
        self, blobs: Mapping[str, str], manifest: bytes | None
    ) -> dict[str, Found]:
        """The files of the branch, with their MD5 where the manifest is right."""
        try:
            held = dict(read_release(manifest or b"").files)
        except ValueError:
            held = {}
        present = {}
        for path, blob in blobs.items():
            if path == MANIFEST or path in _OWN:
                continue
            present[path] = Found(-1)
            if path in held:
                kept = self.context.store.find_blob(held[path].sha256)
                if kept in ("", blob):
                    md5 = held[path].md5 if kept else ""
                    present[path] = Found(held[path].size, md5)
        return present

    def read_manifest(self, name: str) -> bytes | None:
        """Return the manifest of a release on the branch."""
        return self.branch.manifest(name)

    def restore(self, release: Release, missing: Entries) -> None:
        """Bring files of a release on the branch into the store."""
        self.branch.restore(release, missing, self.context.store)

    def keep_copies(self, paths: Iterable[str]) -> str:  # noqa: ARG002 - it has all
        """Return where they are anyway: the branch keeps every commit."""
        version = next(self.branch.versions())
        return f"commit {version.commit} of {self.branch.name}"

    def remove(self, paths: Iterable[str]) -> None:
        """Do nothing: a release replaces the whole branch."""

    def send(self, delivery: Delivery) -> None:
        """Push the release as a new commit of the branch."""
        if not delivery.plan and delivery.live.manifest == delivery.release.data:
            return
        store = self.context.store
        files = self.branch.whole(delivery, self.takes, store)
        with store.lay_out(files) as folder:
            self.branch.send(folder, message(delivery.past), self.domain)
