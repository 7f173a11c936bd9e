"""An owner of a small published site, who deploys it by the commands of the README."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import warm
from programs import need

ROOT = Path(__file__).resolve().parents[2]
SITE = "https://example.org"
HEADERS = (ROOT / "theme" / "hosts" / "_headers").read_bytes()
HTACCESS = (ROOT / "theme" / "hosts" / "htaccess").read_bytes()
MAIL = '<a href="mailto:editor@example.org">editor@example.org</a>'
# Where the program stands that tests have from wheels.
PROGRAMS = Path(sys.executable).parent


class Owner:
    """A project with a published site, and one target called web."""

    def __init__(self, root: Path, **target: Any) -> None:
        self.root, self.public = root, root / "public"
        self.env: dict[str, str] = {}
        root.mkdir(parents=True)
        shutil.copy(ROOT / "tasks.py", root)
        (root / "sitebuild").symlink_to(ROOT / "sitebuild")
        self.configure(**target)

    def configure(self, siteurl: str = SITE, **target: Any) -> None:
        """Write the settings; nobody serves the target unless the test says where."""
        if target["tool"] == "ssh":
            need("rsync")
        if "url" not in target:
            target = {"verify": False, **target}
        settings = f"SITEURL = {siteurl!r}\nOUTPUT_PATH = 'public'\nTARGETS = {{'web': {target!r}}}\n"
        (self.root / "publishconf.py").write_text(settings)

    def publish(self, version: int, pages: int = 8) -> dict[str, bytes]:
        """Put a small published site in place, different in each version."""
        shutil.rmtree(self.public, ignore_errors=True)
        files = site(version, pages)
        for path, data in files.items():
            file = self.public / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return files

    def run(self, *words: str) -> warm.Done:
        """Run a task; the result has all that was said."""
        return warm.run("invoke", *words, cwd=self.root, env=self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """What its commands see."""
        path = f"{PROGRAMS}:{os.environ['PATH']}"
        known = {**os.environ, "RCLONE_CONFIG": "/dev/null", "PATH": path}
        # A run of rclone ends before it would pay to collect garbage.
        known |= {"GOGC": "off", "GOMAXPROCS": "1", **self.env}
        known.pop("AWS_CA_BUNDLE", None)  # rclone fails while it is set
        return known

    def stand_in(self, name: str, script: str) -> None:
        """Put a program of that name before all others."""
        folder = self.root / "bin"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
        self.env["PATH"] = f"{folder}:{self.environment['PATH']}"

    def deploy(self, *words: str) -> str:
        """Deploy to the target; return what was said."""
        done = self.run("deploy", "web", *words)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def refused(self, *words: str) -> str:
        """Return why a deploy is refused, which nobody meets as a traceback."""
        done = self.run("deploy", "web", *words)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout


def site(version: int, pages: int = 8) -> dict[str, bytes]:
    """Return the files of a small site, with its manifest.

    Every page names a picture of the version and the other pages, one of them new.
    """
    return dict(_site(version, pages))


@cache
def _site(version: int, pages: int) -> dict[str, bytes]:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><title>{version}</title></svg>'
    picture = f"assets/picture.{hashlib.sha256(drawing.encode()).hexdigest()[:8]}.svg"
    names = [f"page-{number}" for number in range(pages - 1)] + [f"new-in-{version}"]
    lines = "".join(f'<p><a href="/{name}/">{name}</a></p>\n' for name in names)
    files = {
        picture: drawing.encode(),
        "feed.xml": f"<feed><id>{version}</id></feed>".encode(),
        "robots.txt": b"User-agent: *\nDisallow:\n",
        "_headers": HEADERS,
        "_redirects": b"/was/ /page-0/ 301\n/was /page-0/ 301\n",
        ".htaccess": HTACCESS,
        "404.html": b"<!DOCTYPE html><title>Nothing</title>",
        "was/index.html": b"<!DOCTYPE html><title>Moved</title>",
    }
    for page in ["", *(f"{name}/" for name in names)]:
        text = f'<!DOCTYPE html><title>{page}</title><img alt="" src="/{picture}">\n'
        files[f"{page}index.html"] = f"{text}{lines}{MAIL}".encode()
    for path in [path for path in files if path.endswith("index.html")]:
        files[f"{path}.br"] = brotli.compress(files[path])
    files["release.json"] = manifest(files)
    return files


def manifest(files: Mapping[str, bytes], **about: Any) -> bytes:
    """Return the manifest that `publish` writes of such files."""
    known = {
        "site": SITE,
        "commit": "",
        "changes": False,
        "redirects": {"/was/": "/page-0/"},
        **about,
    }
    known["files"] = {
        path: hashlib.sha256(data).hexdigest()
        for path, data in sorted(files.items())
        if path != "release.json"
    }
    return json.dumps(known).encode()


def taken(files: Mapping[str, bytes], server: str = "") -> dict[str, bytes]:
    """Return what a target is sent, but for the manifest."""
    private = {"apache": {".htaccess"}, "edge": {"_headers", "_redirects"}}
    found = {}
    for path, data in files.items():
        is_private = path.startswith("_") or path == ".htaccess"
        is_copy = path.endswith(".br") and server not in ("nginx", "caddy", "apache")
        is_stub = server == "edge" and path.startswith("was/")
        if path == "release.json" or is_copy or is_stub:
            continue
        if not is_private or path in private.get(server, ()):
            found[path] = data
    return found


def lasting(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that carry a hash in their name."""
    return {path: data for path, data in files.items() if path.startswith("assets/")}


def tree(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, but for the manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).as_posix() != "release.json"
    }
