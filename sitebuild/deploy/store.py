"""What this machine keeps of deploys, in .build/releases/: files, manifests, a lock.

A deploy sends from here, so that nothing done to the published folder while it runs can
get out. Which releases were live on a target is not known here but there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sitebuild import output
from sitebuild.deploy.refusal import RefusedError
from sitebuild.host.files import MANIFEST
from sitebuild.host.manifest import Entry, Release, entry, read_release

_KEPT = 20
_SENDING = "sending-"


def write_whole(path: Path, data: bytes) -> None:
    """Write all of a file or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


class Store:
    """The folder .build/releases/ of a project."""

    def __init__(self, folder: Path) -> None:
        """Make the folder if it is not there."""
        self.folder = folder
        self.objects = folder / "objects"
        self.manifests = folder / "manifests"
        for place in (self.objects, self.manifests):
            place.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def lock(self) -> Iterator[int]:
        """Hold the lock; yields the number of its file.

        Raises RefusedError while another deploy of this machine holds it.
        """
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RefusedError(
                    "Another deploy of this site is under way. "
                    "Try again when it is done."
                ) from None
            for left in self.folder.glob(f"{_SENDING}*"):
                shutil.rmtree(left)
            yield file.fileno()

    def actor(self) -> str:
        """Return who deploys: the workflow where it runs in one, else this machine.

        A workflow runs one deploy at a time, so its next run may go on with its last.
        """
        if os.environ.get("GITHUB_ACTIONS") == "true":
            names = ("GITHUB_REPOSITORY", "GITHUB_WORKFLOW")
            return " ".join(os.environ.get(name, "") for name in names)
        path = self.folder / "machine"
        if not path.exists() or not path.read_text("utf-8"):
            write_whole(path, secrets.token_hex(8).encode())
        return path.read_text("utf-8")

    def put(self, data: bytes) -> None:
        """Keep some bytes."""
        path = self.objects / entry(data).sha256
        if not path.exists():
            write_whole(path, data)

    def keep(self, tree: Path) -> Release:
        """Keep a published folder.

        Raises RefusedError if anything in it is not what the build made.
        """
        try:
            release = read_release((tree / MANIFEST).read_bytes())
        except (OSError, ValueError):
            raise RefusedError(
                f"{tree.name}/ holds no published site. Publish first."
            ) from None
        found = output.read(tree)
        del found[MANIFEST]
        wrong = sorted(found.keys() ^ release.files.keys())
        for path in sorted(found.keys() & release.files.keys()):
            if entry(found[path]) != release.files[path]:
                wrong.append(path)
            else:
                self.put(found[path])
        if wrong:
            raise RefusedError(
                f"{_name(wrong)} not as built: {tree.name}/ was edited by hand. "
                "Publish again."
            )
        self.keep_manifest(release.data)
        self._prune(release)
        return release

    def keep_manifest(self, data: bytes) -> None:
        """Keep a manifest."""
        write_whole(self.manifests / f"{read_release(data).name}.json", data)

    def release(self, name: str) -> Release | None:
        """Return a kept release; None where its manifest is not kept."""
        try:
            return read_release((self.manifests / f"{name}.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def read(self, sha256: str) -> bytes | None:
        """Return a kept file; None where it is not kept, or not whole."""
        path = self.objects / sha256
        data = path.read_bytes() if path.is_file() else b""
        return data if entry(data).sha256 == sha256 else None

    def missing(self, files: Mapping[str, Entry]) -> dict[str, Entry]:
        """Return those of a release's files that are not kept."""
        return {
            path: wanted
            for path, wanted in files.items()
            if not (self.objects / wanted.sha256).is_file()
        }

    def find_blob(self, sha256: str) -> str:
        """Return git's hash of a kept file; "" where it is not kept."""
        data = self.read(sha256)
        if data is None:
            return ""
        head = b"blob %d\0" % len(data)
        return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()

    def _prune(self, release: Release) -> None:
        """Let go of all but the last manifests, and of files that none names."""
        paths = sorted(self.manifests.glob("*.json"), key=os.path.getmtime)
        used = {found.sha256 for found in release.files.values()}
        for path in paths[:-_KEPT]:
            path.unlink()
        for path in paths[-_KEPT:]:
            kept = self.release(path.stem)
            if kept:
                used |= {found.sha256 for found in kept.files.values()}
        for path in self.objects.iterdir():
            if path.name not in used:
                path.unlink()

    @contextmanager
    def lay_out(self, files: Mapping[str, bytes | Entry]) -> Iterator[Path]:
        """Yield a folder with files, given as bytes or as what is kept, for a tool.

        They are copies, so that a file goes out with the time of its deploy and never
        with an earlier one than what it replaces.
        """
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=_SENDING) as name:
            folder = Path(name)
            for path, found in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                if isinstance(found, bytes):
                    (folder / path).write_bytes(found)
                else:
                    shutil.copyfile(self.objects / found.sha256, folder / path)
            yield folder


def _name(paths: list[str]) -> str:
    if len(paths) > 1:
        return f"{paths[0]} and {len(paths) - 1} others are"
    return f"{paths[0]} is"
