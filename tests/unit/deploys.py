"""What the tests of deploys share: an owner who deploys, and versions of a site."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers import tree
from servers import apache, need_rclone, remote
from tools import CACHE

from sitebuild import deploy, output
from sitebuild.deploy import Allowed, RefusedError, Wishes
from sitebuild.deploy.hosts.files import MEMORY, STAGING
from sitebuild.deploy.hosts.folder import Folder, FolderHost
from sitebuild.deploy.records import History, Journal, read_history, read_journal
from sitebuild.host.copies import compress
from sitebuild.host.files import COMPRESSED, MANIFEST
from sitebuild.host.manifest import manifest

# Where the small site says it stands.
SITE = "https://example.org"


class Owner:
    """A project that was published, and somebody who deploys it."""

    def __init__(self, root: Path, **target: Any) -> None:
        self.root = root
        self.public = root / "public"
        self.live = root.parent / "live"
        self.memory = root.parent / "memory" / "web"
        self.said: list[str] = []
        root.mkdir(parents=True, exist_ok=True)
        self.configure(
            **(
                target
                or {
                    "tool": "folder",
                    "to": str(self.live),
                    "memory": str(self.memory.parent),
                    "server": True,
                }
            )
        )

    def configure(self, **target: Any) -> None:
        """Write the settings, with one target called web.

        Nobody serves it at its address, so a test that wants it verified says so.
        """
        target = {"verify": False, **target} if "tool" in target else target
        self.target = target
        self.settings = self.root / "publishconf.py"
        self.settings.write_text(
            f"SITEURL = {SITE!r}\nOUTPUT_PATH = {str(self.public)!r}\n"
            f"TARGETS = {{'web': {target!r}}}\n"
        )

    def elsewhere(self, name: str = "laptop") -> Owner:
        """The same project on another machine, where nothing is known of deploys."""
        other = Owner(self.root.parent / name / "project", **self.target)
        other.live, other.memory = self.live, self.memory
        return other

    def publish(self, version: int, pages: int = 8) -> dict[str, bytes]:
        """Put a small published site in place, different in each version."""
        shutil.rmtree(self.public, ignore_errors=True)
        return make_site(self.public, version, pages)

    def deploy(
        self,
        dry_run: bool = False,
        resend: bool = False,
        orphans: str = "",
        **allowed: bool,
    ) -> list[str]:
        """Deploy to the target; returns what was said."""
        self.said = []
        wishes = Wishes(Allowed(**allowed), dry_run, resend, orphans)
        deploy.deploy("web", wishes, settings_file=self.settings, say=self.said.append)
        return self.said

    def rollback(self, release: str = "", **allowed: bool) -> list[str]:
        """Roll the target back; returns what was said."""
        self.said = []
        deploy.rollback(
            "web",
            release,
            Wishes(Allowed(**allowed)),
            settings_file=self.settings,
            say=self.said.append,
        )
        return self.said

    def releases(self) -> list[str]:
        """What the target remembers, as its owner reads it."""
        self.said = []
        deploy.releases("web", settings_file=self.settings, say=self.said.append)
        return self.said

    def refused(self, **how: Any) -> str:
        """Why a deploy is refused."""
        with pytest.raises(RefusedError) as refusal:
            self.deploy(**how)
        return str(refusal.value)

    @property
    def site(self) -> dict[str, bytes]:
        """The files of the live folder, without those on their way or remembered."""
        return {
            path: data
            for path, data in tree(self.live).items()
            if not path.startswith((f"{STAGING}/", f"{MEMORY}/"))
        }

    @property
    def history(self) -> History:
        """What the target's memory holds."""
        path = self.memory / "history.json"
        return read_history(path.read_bytes() if path.exists() else None)

    @property
    def journal(self) -> Journal | None:
        """The journal of a deploy under way."""
        path = self.live / STAGING / "lock.json"
        return read_journal(path.read_bytes() if path.exists() else None)


def make_site(folder: Path, version: int, pages: int = 8) -> dict[str, bytes]:
    """Make a small site in a folder; returns its files."""
    files = dict(_site(version, pages))
    output.publish(files, folder)
    return files


@cache
def _site(version: int, pages: int) -> dict[str, bytes]:
    """The files of the small site.

    Every page refers to a picture of the version and to the other pages, one of them
    new.
    """
    title = f"<title>{version}</title>"
    picture = f'<svg xmlns="http://www.w3.org/2000/svg">{title}</svg>'.encode()
    name = f"picture-{version}.svg"
    names = [f"page-{number}" for number in range(pages - 1)] + [f"new-in-{version}"]
    lines = "".join(f'<p><a href="/{other}/">{other}</a></p>\n' for other in names)
    files = {
        name: picture,
        "feed.xml": f"<feed><id>{version}</id></feed>".encode(),
        "robots.txt": b"User-agent: *\n",
    }
    for page in ["", *(f"{name}/" for name in names)]:
        image = f'<img alt="{version}" src="/{name}">'
        text = f"<!DOCTYPE html><title>{page}</title>{image}\n{lines}"
        files[f"{page}index.html"] = text.encode()
    files["404.html"] = b"<!DOCTYPE html><title>Nothing</title>"
    compress(files)
    files[MANIFEST] = manifest(files, SITE, [])
    return files


def plain(files: dict[str, bytes]) -> dict[str, bytes]:
    """What a target takes that compresses by itself."""
    return {path: data for path, data in files.items() if not path.endswith(COMPRESSED)}


class Recorder(Folder):
    """A folder that tells of each step before it is done, for a test to interfere."""

    def __init__(self, root: Path, before: Callable[[str, str], None]) -> None:
        super().__init__(root)
        self.before = before

    def put(self, folder: Path, paths: Iterable[str], below: str = "") -> None:
        """Put one after the other."""
        for path in paths:
            self.before("put", f"{below}/{path}".removeprefix("/"))
            super().put(folder, [path], below)

    def place(self, paths: Iterable[str]) -> None:
        """Place one after the other."""
        for path in paths:
            self.before("place", path)
            super().place([path])

    def delete(self, paths: Iterable[str]) -> None:
        """Delete one after the other."""
        for path in paths:
            self.before("delete", path)
            super().delete([path])

    def clear(self) -> None:
        """Clear."""
        self.before("clear", "")
        super().clear()


Steps = list[tuple[str, str]]


@pytest.fixture
def steps(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> Steps:
    """What deploys do to the owner's live folder, as (what, path), growing."""
    done: Steps = []

    def note(what: str, path: str) -> None:
        done.append((what, path))

    watch(owner, monkeypatch, note)
    return done


def watch(
    owner: Owner,
    monkeypatch: pytest.MonkeyPatch,
    before: Callable[[str, str], None],
) -> None:
    """Call `before` with each step that is done to the owner's live folder."""

    def open_folder(_: object, place: str) -> Folder:
        if place == str(owner.live):
            return Recorder(Path(place), before)
        return Folder(Path(place))

    monkeypatch.setattr(FolderHost, "open", open_folder)


def killed_at(owner: Owner, number: int, act: Callable[[], Any]) -> bool:
    """Do something in a child that is killed before its step `number`.

    Returns whether it was killed, and not done before.
    """
    child = os.fork()
    if not child:
        end = 1
        try:
            with pytest.MonkeyPatch.context() as patch:
                left = [number]

                def count(_what: str, _path: str) -> None:
                    left[0] -= 1
                    if left[0] < 0:
                        os.kill(os.getpid(), signal.SIGKILL)

                watch(owner, patch, count)
                act()
                end = 0
        finally:
            os._exit(end)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), status
    return status != 0


@pytest.fixture
def owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Owner:
    """An owner with a folder as the target, and an rclone without remotes."""
    monkeypatch.setenv("RCLONE_CONFIG", str(tmp_path / "rclone.conf"))
    monkeypatch.setenv("PATH", str(CACHE / "rclone" / "bin"), prepend=":")
    return Owner(tmp_path / "project")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that servers with users of their own can reach."""
    with tempfile.TemporaryDirectory(prefix="site-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def dav(
    owner: Owner, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Apache with WebDAV over the owner's live folder, and the owner's target on it."""
    need_rclone()
    owner.live = open_folder / "live"
    with apache(owner.live, open_folder / "apache") as address:
        entries = {"TYPE": "webdav", "VENDOR": "other", "URL": f"{address}/dav"}
        for name, value in remote("dav", entries).items():
            monkeypatch.setenv(name, value)
        owner.configure(tool="rclone", to="dav:", memory=str(owner.memory.parent))
        yield address
