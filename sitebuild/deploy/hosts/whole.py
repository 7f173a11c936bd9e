"""Hosts that take a whole folder and put it live at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from http.client import HTTPException
from pathlib import Path
from typing import ClassVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from sitebuild.deploy.hosts.base import Context, Delivery, Found, Host, Live
from sitebuild.deploy.hosts.branch import Branch, message
from sitebuild.deploy.plan import PAGES, Entries, Takes, select
from sitebuild.deploy.programs import GIT
from sitebuild.deploy.records import History
from sitebuild.deploy.refusal import RefusedError
from sitebuild.host.files import MANIFEST
from sitebuild.host.manifest import Release, read_release

_TIMEOUT_S = 30


class WholeHost(Host):
    """A host with a tool that takes a folder, and no place for a memory of its own.

    Its releases are remembered on a branch of the project's repository.
    """

    patience_s: ClassVar[int] = 60

    def __init__(self, context: Context) -> None:
        """Open the branch that remembers."""
        super().__init__(context)
        remote = context.target.get("remote", "origin")
        self.branch = Branch(remote, f"deploys/{context.name}", context.runner)

    @property
    def takes(self) -> Takes:
        """These hosts read `_headers` and `_redirects` and compress by themselves."""
        return PAGES

    @abstractmethod
    def upload(self, folder: Path) -> None:
        """Run the host's tool."""

    def read(self) -> Live:
        """Return what the site serves, by its manifest, and what the branch holds."""
        manifest, unknown = None, ""
        try:
            manifest = self._fetch(MANIFEST)
            if manifest is None:
                unknown = self._find_stranger()
        except RefusedError as error:
            unknown = str(error)
        present = {}
        if manifest:
            try:
                held = select(read_release(manifest), self.takes)
            except ValueError:
                held = {}
            present = {path: Found(entry.size) for path, entry in held.items()}
        history = self.branch.history() if self._remembers() else History()
        return Live(manifest, present, history, listed=False, unknown=unknown)

    def _remembers(self) -> bool:
        """Whether the branch is there; raises RefusedError without a repository."""
        remotes = self.context.runner.run(GIT, ["remote"], accept=(0, 128)).split()
        if self.branch.remote.encode() not in remotes:
            raise RefusedError(
                f'There is no git remote "{self.branch.remote}" to remember releases '
                f"on. Add one (git remote add {self.branch.remote} ADDRESS), or name "
                f'another in the target: "remote".'
            )
        return self.branch.fetch()

    def _find_stranger(self) -> str:
        """Why the address may be another site's: its front page is there. Else "".

        The tools of these hosts list no files, so nothing more can be known.
        """
        if self._fetch("") is None:
            return ""
        return (
            f"{self.url}/ shows a site without a {MANIFEST}, which no deploy put there "
            "(this one, or that of an old host to which the address still leads)"
        )

    def _fetch(self, path: str) -> bytes | None:
        """What the site serves at a path; None where it has nothing there."""
        url = f"{self.url}/{path}"
        request = Request(url, headers={"Cache-Control": "no-cache"})
        try:
            with urlopen(request, timeout=_TIMEOUT_S) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            raise RefusedError(f"{url} answers {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            said = getattr(error, "reason", error)
            raise RefusedError(f"{url} cannot be reached ({said})") from None

    def read_manifest(self, name: str) -> bytes | None:
        """Return the manifest of a release on the branch."""
        return self.branch.manifest(name)

    def restore(self, release: Release, missing: Entries) -> None:
        """Bring files of a release on the branch into the store."""
        self.branch.restore(release, missing, self.context.store)

    def keep_copies(self, paths: Iterable[str]) -> str:  # noqa: ARG002 - it has all
        """Return where they are anyway: these hosts keep what was live before."""
        return "the host's own list of deploys"

    def remove(self, paths: Iterable[str]) -> None:
        """Do nothing: a release replaces all."""

    def send(self, delivery: Delivery) -> None:
        """Hand the folder to the tool, which swaps it in at once; then remember it."""
        if not delivery.plan and delivery.live.history.live == delivery.release.name:
            return
        store = self.context.store
        files = self.branch.whole(delivery, self.takes, store)
        with store.lay_out(files) as folder:
            self.upload(folder)
            self.branch.send(folder, message(delivery.past))
