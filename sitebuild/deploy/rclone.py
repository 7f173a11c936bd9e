"""Buckets, SFTP without a shell, FTP: rclone brings files in the order of their use.

rclone's own comparison is not used: over FTP it sees sizes alone, and two versions of a
page may be of one size.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from sitebuild.deploy.target import Plan, RefusedError, Target, say
from sitebuild.deploy.tool import Tool
from sitebuild.host.files import MANIFEST, bare, is_lasting

# From this version on a file is renamed over another one in one step; 1.60 removes the
# live file first.
_NEEDED = (1, 75)
_INSTALL = "get it from https://rclone.org/downloads/"
# Each checker is a connection, and OpenSSH lets ten log in at a time; hashes are a
# login on the server for each file that is sent.
_OPTIONS = ("--retries=1", "--checkers=4", "--sftp-disable-hashcheck")
_PROGRESS = ("--stats=5s", "--stats-one-line", "--stats-log-level=NOTICE")
# How long a bucket lets browsers keep a file, as the rules in theme/hosts do.
_YEAR = "--header-upload=Cache-Control: public, max-age=31536000, immutable"
_AGAIN = "--header-upload=Cache-Control: no-cache"
_FILES = ("lsf", "--recursive", "--files-only")
_OR_NOT = (3, 4)  # rclone's codes where there may be no such folder or file


class Rclone(Tool):
    """The files of an rclone remote such as `name:path`."""

    def __init__(self, target: Target, lock: int) -> None:
        """Check that the remote is safe to write to."""
        super().__init__(target, lock)
        self._to = str(target.entries["to"])
        self._options = [*_OPTIONS]
        if re.match(":|[^:/]*,", self._to):
            raise RefusedError(
                f'"to" is "{self._to}"; allowed is a remote of `rclone config` and a '
                "path, such as shared:public_html."
            )
        self._check_host_key(self._to.partition(":")[0])
        features = json.loads(self._run("backend", "features", self._to))["Features"]
        if not features["BucketBased"]:
            self._check_version()

    def _run(self, *words: str, accept: Sequence[int] = ()) -> bytes:
        return self.run(["rclone", *words, *self._options], _INSTALL, accept)

    def _check_host_key(self, remote: str) -> None:
        """Refuse an SFTP remote with which rclone trusts whoever answers."""
        entries = dict(json.loads(self._run("config", "dump")).get(remote, {}))
        start = f"RCLONE_CONFIG_{remote.upper()}_"
        for key, value in os.environ.items():
            if key.startswith(start):
                entries[key.removeprefix(start).lower()] = value
        if entries.get("type") == "alias":
            self._check_host_key(entries["remote"].partition(":")[0])
        is_checked = "known_hosts_file" in entries
        is_checked |= "RCLONE_SFTP_KNOWN_HOSTS_FILE" in os.environ
        if entries.get("type") == "sftp" and not is_checked:
            raise RefusedError(
                f'rclone would trust any server that answers for "{remote}". Add to it '
                "the line known_hosts_file = ~/.ssh/known_hosts (rclone config update "
                f"{remote} known_hosts_file ~/.ssh/known_hosts), and log in once by "
                "`ssh`, which notes the key of the server there."
            )

    def _check_version(self) -> None:
        said = self._run("version").decode("utf-8", "replace").partition("\n")[0]
        found = re.match(r"rclone v(\d+)\.(\d+)", said)
        if not found or (int(found[1]), int(found[2])) < _NEEDED:
            raise RefusedError(
                f"rclone {'.'.join(map(str, _NEEDED))} or newer is needed for this "
                f"target, and this is {said}, which takes a live page away before it "
                f"puts the new one there: {_INSTALL}."
            )

    @property
    def _manifest(self) -> str:
        end = "" if self._to.endswith((":", "/")) else "/"
        return f"{self._to}{end}{MANIFEST}"

    def read_manifest(self) -> bytes | None:
        """Return the manifest that is there."""
        return self._run("cat", self._manifest, accept=_OR_NOT) or None

    def find_others(self) -> list[str]:
        """Return files that are there, without those that a deploy never touches."""
        said = self._run(*_FILES, self._to, accept=_OR_NOT)
        return self.target.strangers(said.decode("utf-8", "replace").splitlines())

    def begin(self) -> None:
        """Remove what deploys left that died: files whose names end in .partial."""
        data = self.read_manifest() or b""
        if b": null" not in data:
            return
        left = self._run(*_FILES, "--include=*.partial", self._to, accept=_OR_NOT)
        ours = {*json.loads(data)["files"], MANIFEST}
        self._delete(
            path
            for path in left.decode("utf-8", "replace").splitlines()
            if re.sub(r"\.[0-9a-f]{8}\.partial$", "", path) in ours
        )

    def write_manifest(self, data: bytes) -> None:
        """Put a manifest there, by renaming what was uploaded, if the server can."""
        with NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            words = ["copyto", file.name, self._manifest, "--no-check-dest", _AGAIN]
            try:
                self._run(*words, accept=[0])
            except RefusedError as error:
                if "--inplace" in self._options or "rename" not in str(error).lower():
                    raise
                say(
                    "The server cannot rename: files are written in place, and for a "
                    "moment a reader may meet half a page."
                )
                self._options.append("--inplace")
                self._run(*words)

    def send(self, folder: Path, plan: Plan) -> None:
        """Send what pages load, then pages, then lists of pages; delete last."""
        ranks: dict[int, list[str]] = {}
        for path in plan.send:
            rank = _rank(path, is_new=path not in plan.ours)
            ranks.setdefault(rank, []).append(path)
        for rank, paths in sorted(ranks.items()):
            say(f"Sending {len(paths)} files …")
            with _listed(paths) as files:
                words = ["copy", str(folder), self._to, files, "--no-check-dest"]
                words += ["--no-traverse", _AGAIN if rank else _YEAR, *_PROGRESS]
                self._run(*words)
        self._delete(plan.delete)

    def _delete(self, paths: Iterable[str]) -> None:
        wanted = [*paths]
        if wanted:
            with _listed(wanted) as files:
                self._run("delete", self._to, files)

    def end(self) -> None:
        """Do nothing: the manifest was the last."""


def _rank(path: str, *, is_new: bool) -> int:
    """Return when a file is sent: a page comes after all that it refers to."""
    name = bare(path)
    if is_lasting(name):
        return 0
    if name.endswith(".html"):
        return 2 if is_new else 3
    return 4 if name.endswith((".xml", ".txt")) else 1


@contextmanager
def _listed(paths: Iterable[str]) -> Iterator[str]:
    """Yield the option with which rclone takes these files alone."""
    with NamedTemporaryFile("w", encoding="utf-8") as file:
        file.writelines(f"{path}\n" for path in paths)
        file.flush()
        yield f"--files-from-raw={file.name}"
