"""What the tests of deploys share: an owner who deploys, a small site of many versions, a WebDAV server that may refuse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import pytest
from tools import need

from sitebuild import deploy, output
from sitebuild.deploy import RefusedError
from sitebuild.host import headers as hosting

# Where the small site says it stands.
SITE = "https://example.org"


class Owner:
    """A project that was published, and somebody who deploys it."""

    def __init__(self, root: Path, **target: Any) -> None:
        self.root = root
        self.public = root / "public"
        self.live = root.parent / "live"
        self.said: list[str] = []
        root.mkdir(parents=True, exist_ok=True)
        self.configure(
            **(target or {"tool": "rclone", "to": str(self.live), "server": True})
        )

    def configure(self, **target: Any) -> None:
        """Write the settings, with one target called web."""
        self.settings = self.root / "publishconf.py"
        self.settings.write_text(
            f"SITEURL = {SITE!r}\nOUTPUT_PATH = {str(self.public)!r}\nTARGETS = {{'web': {target!r}}}\n"
        )

    def publish(self, version: int, pages: int = 8) -> dict[str, bytes]:
        """Put a small published site in place, different in each version; returns its files."""
        shutil.rmtree(self.public, ignore_errors=True)
        return make_site(self.public, version, pages)

    def deploy(self, **how: bool) -> list[str]:
        """Deploy to the target; returns what was said."""
        self.said = []
        deploy.deploy("web", settings_file=self.settings, say=self.said.append, **how)
        return self.said

    def rollback(self, manifest: str = "") -> list[str]:
        """Roll the target back; returns what was said."""
        self.said = []
        deploy.rollback(
            "web", manifest, settings_file=self.settings, say=self.said.append
        )
        return self.said

    def refused(self, **how: bool) -> str:
        """Why a deploy is refused."""
        with pytest.raises(RefusedError) as refusal:
            self.deploy(**how)
        return str(refusal.value)


def make_site(folder: Path, version: int, pages: int = 8) -> dict[str, bytes]:
    """A small site whose every page refers to a picture of the version and to the other pages, of which one is new."""
    picture = f'<svg xmlns="http://www.w3.org/2000/svg"><title>{version}</title></svg>'.encode()
    name = f"picture.{hosting.entry(picture)[2][:12]}.svg"
    names = [f"page-{number}" for number in range(pages - 1)] + [f"new-in-{version}"]
    lines = "".join(f'<p><a href="/{other}/">{other}</a></p>\n' for other in names)
    files = {
        name: picture,
        "feed.xml": f"<feed><id>{version}</id></feed>".encode(),
        "robots.txt": b"User-agent: *\n",
    }
    for page in ["", *(f"{name}/" for name in names)]:
        text = f'<!DOCTYPE html><title>{page}</title><img alt="{version}" src="/{name}">\n{lines}'
        files[f"{page}index.html"] = text.encode()
    files["404.html"] = b"<!DOCTYPE html><title>Nothing</title>"
    hosting.compress(files)
    files[hosting.MANIFEST] = hosting.manifest(files, SITE, [])
    output.publish(files, folder)
    return files


def plain(files: dict[str, bytes]) -> dict[str, bytes]:
    """What a target takes that compresses by itself."""
    return {
        path: data
        for path, data in files.items()
        if not path.endswith(hosting.COMPRESSED)
    }


class Dav(BaseHTTPRequestHandler):
    """As much of WebDAV (RFC 4918) as rclone asks for, over a folder; remembers what was done and may refuse."""

    folder: ClassVar[Path]
    done: ClassVar[list[tuple[str, str]]]
    refuse_after: ClassVar[int]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _path(self, address: str) -> Path:
        return self.folder / unquote(urlsplit(address).path).strip("/")

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def do_PROPFIND(self) -> None:
        """List a folder."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self._path(self.path)
        if not path.exists():
            self._answer(404)
            return
        found = [
            path,
            *(
                sorted(path.iterdir())
                if path.is_dir() and self.headers["Depth"] != "0"
                else []
            ),
        ]
        items = ""
        for item in found:
            href = (
                "/"
                + item.relative_to(self.folder).as_posix().strip(".")
                + ("/" if item.is_dir() else "")
            )
            kind = "<D:collection/>" if item.is_dir() else ""
            items += (
                f"<D:response><D:href>{href.replace('//', '/')}</D:href><D:propstat><D:prop>"
                f"<D:resourcetype>{kind}</D:resourcetype><D:getcontentlength>{item.stat().st_size}</D:getcontentlength>"
                "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
            )
        self._answer(
            207,
            f'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{items}</D:multistatus>'.encode(),
        )

    def do_GET(self) -> None:
        """Give a file."""
        path = self._path(self.path)
        self._answer(200, path.read_bytes()) if path.is_file() else self._answer(404)

    def do_HEAD(self) -> None:
        """Give a file without its bytes."""
        self.do_GET()

    def do_PUT(self) -> None:
        """Take a file, or refuse it."""
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if len([1 for method, _ in self.done if method == "PUT"]) >= self.refuse_after:
            self._answer(403)
            return
        self._path(self.path).write_bytes(data)
        self.done.append(("PUT", self.path))
        self._answer(201)

    def do_MKCOL(self) -> None:
        """Make a folder."""
        path = self._path(self.path)
        if path.exists() or not path.parent.exists():
            self._answer(405 if path.exists() else 409)
            return
        path.mkdir()
        self._answer(201)

    def do_MOVE(self) -> None:
        """Rename a file."""
        self._path(self.path).replace(self._path(self.headers["Destination"]))
        self.done.append(("MOVE", urlsplit(self.headers["Destination"]).path))
        self._answer(201)

    def do_DELETE(self) -> None:
        """Delete a file or a folder."""
        path = self._path(self.path)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        self.done.append(("DELETE", self.path))
        self._answer(204)


@pytest.fixture
def owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Owner:
    """An owner with a folder as the target, and an rclone that knows of no remotes but those of the test."""
    need("rclone")
    monkeypatch.setenv("RCLONE_CONFIG", str(tmp_path / "rclone.conf"))
    return Owner(tmp_path / "project")


@pytest.fixture
def dav(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Dav]]:
    """A WebDAV server over the owner's live folder, and the owner's target on it."""
    owner.live.mkdir()
    handler = type(
        "Handler", (Dav,), {"folder": owner.live, "done": [], "refuse_after": 10**9}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("RCLONE_CONFIG_DAV_TYPE", "webdav")
    monkeypatch.setenv("RCLONE_CONFIG_DAV_VENDOR", "other")
    monkeypatch.setenv(
        "RCLONE_CONFIG_DAV_URL", f"http://127.0.0.1:{server.server_port}/"
    )
    owner.configure(tool="rclone", to="dav:")
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()
