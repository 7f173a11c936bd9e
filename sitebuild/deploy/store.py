"""What this machine keeps of deploys, in .build/releases/: releases to go back to, what is live, what is under way.

Files are kept once each, by their SHA-256; a deploy sends from here, so that nothing done to the published folder while
it runs can get out. The last ten releases of each target stay.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sitebuild import hosting, output
from sitebuild.deploy.plan import Entry, RefusedError, Release, read_release

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
                raise RefusedError("Another deploy of this site is under way. Try again when it is done.") from None
            yield file.fileno()

    def keep(self, tree: Path) -> Release:
        """Keep a published folder; raises RefusedError if anything in it is not what the build made."""
        try:
            release = read_release((tree / hosting.MANIFEST).read_bytes())
        except (OSError, ValueError):
            raise RefusedError(f"{tree.name}/ holds no published site. Publish first.") from None
        held = {path: data for path, data in output.read(tree).items() if path != hosting.MANIFEST}
        wrong = sorted(held.keys() ^ release.files.keys())
        for path in sorted(held.keys() & release.files.keys()):
            data = held[path]
            sha256 = release.files[path][2]
            if tuple(hosting.entry(data)) != release.files[path]:
                wrong.append(path)
            elif not (self.objects / sha256).exists():
                _write(self.objects / sha256, data)
        if wrong:
            found = f"{wrong[0]} and {len(wrong) - 1} others are" if wrong[1:] else f"{wrong[0]} is"
            raise RefusedError(f"{found} not as built: {tree.name}/ was edited by hand. Publish again.")
        _write(self.folder / f"{release.name}.json", release.data)
        return release

    def release(self, name: str) -> Release | None:
        """A kept release, by the beginning of its name; None if there is not exactly one, or not all of it."""
        found = [path for path in self.folder.glob("*.json") if name and path.name.startswith(name)]
        if len(found) != 1 or found[0].stem.startswith("target-"):
            return None
        release = read_release(found[0].read_bytes())
        return release if all((self.objects / entry[2]).exists() for entry in release.files.values()) else None

    def history(self, target: str) -> tuple[str, list[str]]:
        """The release last put on a target ("" for none), and its releases in the order of their first time."""
        path = self.folder / f"target-{target}.json"
        raw = json.loads(path.read_bytes()) if path.exists() else {"live": "", "history": []}
        return str(raw["live"]), list(raw["history"])

    def record(self, target: str, release: str) -> None:
        """Note what is live on a target, and let go of releases that nobody goes back to."""
        _, history = self.history(target)
        history = [*history, *({release} - set(history))][-_KEPT:]
        history = history if release in history else [release, *history]
        state = json.dumps({"live": release, "history": history}, indent=1)
        _write(self.folder / f"target-{target}.json", state.encode())
        self._journal(target).unlink(missing_ok=True)
        self._prune()

    def _prune(self) -> None:
        targets = [json.loads(path.read_bytes()) for path in self.folder.glob("target-*.json")]
        kept = {name for target in targets for name in target["history"]}
        manifests = [path for path in self.folder.glob("*.json") if not path.name.startswith("target-")]
        for path in manifests:
            if path.stem not in kept:
                path.unlink()
        held = [read_release(path.read_bytes()) for path in manifests if path.stem in kept]
        used = {entry[2] for release in held for entry in release.files.values()}
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
        _write(self._journal(target), json.dumps(asdict(journal), default=sorted).encode() + b"\n")

    def note(self, target: str, step: str, path: str, entry: Entry) -> None:
        """Note one step of a deploy: a file "staged" or "live"."""
        with self._journal(target).open("a") as file:
            file.write(json.dumps([step, path, entry]) + "\n")

    def journal(self, target: str) -> Journal:
        """The deploy that did not come to its end; an empty one if there is none."""
        path = self._journal(target)
        head, *steps = path.read_text("utf-8").splitlines() if path.exists() else ["{}"]
        journal = Journal(**json.loads(head))
        journal.ours = set(journal.ours)
        for held in (journal.known, journal.staged):
            held.update({path: (entry[0], entry[1], entry[2]) for path, entry in held.items()})
        for line in steps:
            with suppress(ValueError):  # the last line of a killed deploy may be torn
                step, name, (size, md5, sha256) = json.loads(line)
                journal.apply(step, name, (size, md5, sha256))
        return journal
