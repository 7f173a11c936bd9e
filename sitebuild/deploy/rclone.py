"""A target that rclone reaches (buckets, SFTP, WebDAV, FTP, folders): one rclone process, asked over loopback.

rclone's own comparison is not used: over WebDAV and FTP it sees sizes alone, and two versions of a page may be of one
size. Where the target can rename, files are first uploaded beside the site and then renamed into it, so that no half
of a file is ever live; a bucket puts each object whole.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from sitebuild.deploy import tools
from sitebuild.deploy.plan import RefusedError

# Files on their way, and the mark of a deploy under way. No host serves a name that begins with an underscore.
STAGING = "_deploying"
LOCK = f"{STAGING}/lock.json"
# The shell stops rclone when its input ends, which is also when the deploy is killed; it ends when rclone does.
_LEASH = 'exec 3<&0; "$@" 3<&- & child=$!; (read -r _ <&3; kill $child) >&- 2>&- & wait $child; kill $! 2>&-'
_OPTIONS = [
    "--contimeout=15s",
    "--timeout=60s",
    "--low-level-retries=3",
    "--ask-password=false",
]
_OPTIONS += ["--rc-addr=127.0.0.1:0"]
# What would keep rclone from telling its address, or from doing as asked.
_NOT_OURS = re.compile(
    "RCLONE_(QUIET|VERBOSE|LOG_|SYSLOG|USE_JSON|DRY_RUN|INTERACTIVE|RC|INCLUDE|EXCLUDE|FILTER)"
)
_START = 30  # seconds


def _end(said: str) -> str:
    return " ".join(tools.mask(said).split())[-300:]


class RemoteError(RefusedError):
    """The target could not be reached or refused something."""


class Remote:
    """A target; a context manager. `to` is an rclone remote such as `name:path`, or a folder."""

    def __init__(self, to: str, root: Path, lock: int) -> None:
        """Start rclone, which inherits the lock."""
        if re.search(r"[,:]\w*(pass|secret|key|token)\w*=", to, re.IGNORECASE):
            raise RefusedError(
                "A target holds a secret. Give it to rclone: `rclone config`, or its environment."
            )
        self.to = to
        token = secrets.token_hex(16)
        environment = {
            name: value
            for name, value in os.environ.items()
            if not _NOT_OURS.match(name)
        }
        environment |= {"RCLONE_RC_USER": "deploy", "RCLONE_RC_PASS": token}
        if bundle := environment.pop(
            "AWS_CA_BUNDLE", ""
        ):  # rclone fails while it is set
            environment.setdefault("RCLONE_CA_CERT", bundle)
        command = [
            "sh",
            "-c",
            _LEASH,
            "sh",
            tools.find("rclone", root),
            "rcd",
            *_OPTIONS,
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            cwd=root,
            env=environment,
            pass_fds=(lock,),
            start_new_session=True,  # unknown to Ctrl-C
        )
        self._headers = {
            "Authorization": "Basic "
            + base64.b64encode(f"deploy:{token}".encode()).decode(),
            "Content-Type": "application/json",
        }
        self._open = build_opener(ProxyHandler({})).open
        self._said: SimpleQueue[str] = SimpleQueue()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        try:
            self._url = self._address()
            features = self._call("operations/fsinfo", fs=to)["Features"]
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.renames = bool(features["Move"]) and not features["BucketBased"]
        # Over SFTP each hash costs a command on the server.
        self._hashes = not features["SlowHash"] or features["IsLocal"]

    def _address(self) -> str:
        said = ""
        with suppress(Empty):
            while line := self._said.get(timeout=_START):
                said += line
                if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                    return found[0]
        raise RemoteError(f"rclone did not start: {_end(said)}")

    def _last_words(self) -> str:
        """What rclone said before it ended, if it did."""
        self._reader.join(1)
        return _end("".join(self._said.get() for _ in range(self._said.qsize())))

    def _listen(self) -> None:
        for line in self._process.stderr or ():
            self._said.put(line)
        self._said.put("")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop rclone."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        self._reader.join()
        if self._process.stderr:
            self._process.stderr.close()

    def _call(self, what: str, **values: Any) -> dict[str, Any]:
        """Ask rclone for one thing; raises RemoteError with rclone's own words."""
        request = Request(self._url + what, json.dumps(values).encode(), self._headers)
        try:
            with self._open(request) as answer:
                return dict(json.load(answer))
        except HTTPError as error:
            with error:
                said = str(json.load(error).get("error"))
        except (OSError, HTTPException, ValueError) as error:
            said = self._last_words() or str(error)
        raise RemoteError(
            f"The target does not do as asked ({what.partition('/')[2]}): {tools.mask(said)}"
        )

    def find_files(self) -> dict[str, tuple[int, str]]:
        """Every file that is there: path → size and MD5, the latter empty where the target does not know it."""
        options = {
            "recurse": True,
            "noModTime": True,
            "noMimeType": True,
            "showHash": self._hashes,
            "hashTypes": ["md5"],
        }
        try:
            found = self._call(
                "operations/list",
                fs=self.to,
                remote="",
                opt=options | {"filesOnly": True},
            )["list"]
        except RemoteError as error:
            if re.search(r"directory not found|NoSuchBucket", str(error)):
                return {}
            raise
        return {
            item["Path"]: (item["Size"], (item.get("Hashes") or {}).get("md5", ""))
            for item in found
        }

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        with tempfile.TemporaryDirectory() as folder:
            self._call(
                "operations/copyfile",
                srcFs=self.to,
                srcRemote=path,
                dstFs=folder,
                dstRemote="file",
            )
            return (Path(folder) / "file").read_bytes()

    def read_mark(self) -> str:
        """What the mark of a deploy under way says; "" where there is none."""
        try:
            return self.read(LOCK).decode("utf-8", "replace")
        except RemoteError:
            return ""

    def put(self, source: Path, path: str, headers: Mapping[str, str]) -> None:
        """Upload a file, whatever is there."""
        options = {
            "NoCheckDest": True,
            "UploadHeaders": [{"Key": k, "Value": v} for k, v in headers.items()],
        }
        places = {
            "srcFs": str(source.parent),
            "srcRemote": source.name,
            "dstFs": self.to,
            "dstRemote": path,
        }
        self._call("operations/copyfile", **places, _config=options)

    def rename(self, old: str, new: str) -> None:
        """Rename a file over what may be there: in one step where the target can, else after deleting the other."""
        places = {
            "srcFs": self.to,
            "srcRemote": old,
            "dstFs": self.to,
            "dstRemote": new,
        }
        try:
            self._call("operations/movefile", **places, _config={"NoCheckDest": True})
        except RemoteError:
            self._call("operations/movefile", **places, _config={"IgnoreTimes": True})

    def delete(self, path: str) -> None:
        """Delete a file."""
        self._call("operations/deletefile", fs=self.to, remote=path)

    def clear(self) -> None:
        """Delete what deploys leave beside the site."""
        self._call("operations/purge", fs=self.to, remote=STAGING)
