"""What this machine keeps of deploys, in .build/releases/: releases to go back to, what is live, what is under way.

Files are kept once each, by their SHA-256; a deploy sends from here, so that nothing done to the published folder while
it runs can get out. The last ten releases of each target stay.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sitebuild import output
from sitebuild.deploy.plan import Entry, RefusedError, Release, read_release
from sitebuild.host import headers as hosting

_KEPT = 10


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


@dataclass
class Journal:
    """A deploy under way, and so what is live in the middle of it.

    `base` is the release that it found, `known` the files whose live bytes are known, `ours` all that deploys may have
    put there, `staged` what is uploaded and not yet in its place.
    """

    token: str = ""
    base: str = ""
    release: str = ""
    known: dict[str, Entry] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)
    staged: dict[str, Entry] = field(default_factory=dict)

    def apply(self, step: str, path: str, entry: Entry) -> None:
        """Follow one step of a deploy."""
        if step == "staged":
            self.staged[path] = entry
        else:
            self.staged.pop(path, None)
            self.known[path] = entry


class Store:
    """The folder .build/releases/ of a project."""

    def __init__(self, folder: Path) -> None:
        """Make the folder if it is not there."""
        self.folder = folder
        self.objects = folder / "objects"
        self.objects.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def lock(self) -> Iterator[int]:
        """Hold the lock; raises RefusedError while another deploy holds it.

        The programs that a deploy starts inherit its number, so that it outlives a killed deploy until they are gone.
        """
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RefusedError(
                    "Another deploy of this site is under way. Try again when it is done."
                ) from None
            yield file.fileno()

    def keep(self, tree: Path) -> Release:
        """Keep a published folder; raises RefusedError if anything in it is not what the build made."""
        try:
            release = read_release((tree / hosting.MANIFEST).read_bytes())
        except (OSError, ValueError):
            raise RefusedError(
                f"{tree.name}/ holds no published site. Publish first."
            ) from None
        held = {
            path: data
            for path, data in output.read(tree).items()
            if path != hosting.MANIFEST
        }
        wrong = sorted(held.keys() ^ release.files.keys())
        for path in sorted(held.keys() & release.files.keys()):
            data = held[path]
            sha256 = release.files[path][2]
            if tuple(hosting.entry(data)) != release.files[path]:
                wrong.append(path)
            elif not (self.objects / sha256).exists():
                _write(self.objects / sha256, data)
        if wrong:
            found = (
                f"{wrong[0]} and {len(wrong) - 1} others are"
                if wrong[1:]
                else f"{wrong[0]} is"
            )
            raise RefusedError(
                f"{found} not as built: {tree.name}/ was edited by hand. Publish again."
            )
        _write(self.folder / f"{release.name}.json", release.data)
        return release

    def release(self, name: str) -> Release | None:
        """A kept release, by the beginning of its name; None if there is not exactly one, or not all of it."""
        found = [
            path
            for path in self.folder.glob("*.json")
            if name and path.name.startswith(name)
        ]
        if len(found) != 1 or found[0].stem.startswith("target-"):
            return None
        try:
            release = read_release(found[0].read_bytes())
        except ValueError:
            return None
        return (
            release
            if all(
                (self.objects / entry[2]).exists() for entry in release.files.values()
            )
            else None
        )

    def find_blob(self, sha256: str) -> str:
        """Git's hash of a kept file; "" where it is not kept."""
        path = self.objects / sha256
        if not path.exists():
            return ""
        data = path.read_bytes()
        return hashlib.sha1(
            b"blob %d\0%b" % (len(data), data), usedforsecurity=False
        ).hexdigest()

    def history(self, target: str) -> tuple[str, list[str]]:
        """The release last put on a target ("" for none), and its releases in the order in which they went live."""
        try:
            raw = json.loads((self.folder / f"target-{target}.json").read_bytes())
            return str(raw["live"]), list(raw["history"])
        except (
            FileNotFoundError,
            ValueError,
            LookupError,
            TypeError,
        ):  # none yet, or torn by a crash of the machine
            return "", []

    def record(self, target: str, release: str, *, is_rollback: bool = False) -> None:
        """Note what is live on a target, and let go of releases that nobody goes back to.

        A rollback goes along the history; a deploy is its new end, before which comes what was live.
        """
        live, history = self.history(target)
        if release != live and not (is_rollback and release in history):
            end = history.index(live) + 1 if live in history else len(history)
            others = [
                name for name in (*history[end:], *history[:end]) if name != release
            ]
            history = [*others, release][-_KEPT:]
        state = json.dumps({"live": release, "history": history}, indent=1)
        _write(self.folder / f"target-{target}.json", state.encode())
        self._journal(target).unlink(missing_ok=True)
        self._prune()

    def _prune(self) -> None:
        targets = [
            path.stem.removeprefix("target-")
            for path in self.folder.glob("target-*.json")
        ]
        kept = {name for target in targets for name in self.history(target)[1]}
        for path in self.folder.glob("*.json"):
            if not path.name.startswith("target-") and path.stem not in kept:
                path.unlink()
        used = {
            entry[2]
            for name in kept
            if (held := self.release(name))
            for entry in held.files.values()
        }
        for path in self.objects.iterdir():
            if path.name not in used:
                path.unlink()

    def materialize(self, files: dict[str, str], folder: Path) -> None:
        """Lay out kept files (path → SHA-256) in a folder, for tools that take one."""
        for path, sha256 in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            os.link(self.objects / sha256, folder / path)

    def _journal(self, target: str) -> Path:
        return self.folder / f"target-{target}.journal"

    def begin(self, target: str, journal: Journal) -> None:
        """Note that a deploy begins, with all that is known before its first step."""
        _write(
            self._journal(target),
            json.dumps(asdict(journal), default=sorted).encode() + b"\n",
        )

    def note(self, target: str, step: str, path: str, entry: Entry) -> None:
        """Note one step of a deploy: a file "staged" or "live"."""
        with self._journal(target).open("a") as file:
            file.write(json.dumps([step, path, entry]) + "\n")

    def journal(self, target: str) -> Journal:
        """The deploy that did not come to its end; an empty one if there is none, or none that can be read."""
        try:
            head, *steps = self._journal(target).read_text("utf-8").splitlines()
            journal = Journal(**json.loads(head))
        except (FileNotFoundError, ValueError, TypeError):
            return Journal()
        journal.ours = set(journal.ours)
        for held in (journal.known, journal.staged):
            held.update(
                {path: (entry[0], entry[1], entry[2]) for path, entry in held.items()}
            )
        for line in steps:
            with suppress(ValueError):  # the last line of a killed deploy may be torn
                step, name, (size, md5, sha256) = json.loads(line)
                journal.apply(step, name, (size, md5, sha256))
        return journal
