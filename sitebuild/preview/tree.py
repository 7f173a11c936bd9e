"""The built site as it is served: every file in memory, replaced in one step, with the client script in each page."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sitebuild import hosting

# What the system's own table may lack or have wrong (IANA media types).
_TYPES = {
    ".js": "text/javascript", ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon",
    ".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".xml": "application/xml",
}  # fmt: skip
# What the client script needs on top of the policy of production.
_SCRIPT_POLICY = "script-src 'self'; connect-src 'self'"


@dataclass(frozen=True)
class File:
    """One built file: its bytes, the headers of production and, to tell whether it changed, its time and size."""

    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    sign: tuple[int, int] = (0, 0)

    @property
    def digest(self) -> str:
        """A name for these bytes."""
        return sha256(self.data).hexdigest()[:16]


@dataclass(frozen=True)
class Tree:
    """One whole state of the site: its files by path, and where old addresses lead."""

    files: Mapping[str, File] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)

    def bytes(self) -> dict[str, bytes]:
        """The files' bytes by path."""
        return {name: file.data for name, file in self.files.items()}


@dataclass(frozen=True)
class Found:
    """What stands at an address: a file of the tree under a status, or an address to go to instead."""

    status: int
    name: str = ""
    location: str = ""


def _walk(folder: Path, prefix: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Files by their path below the first folder; links are not followed, so nothing outside it is served."""
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield prefix + entry.name, entry


def load(output: Path, content: Path, old: Tree) -> Tree:
    """Read a built tree; files whose time and size are those of `old` are taken from there."""
    for _ in range(100):  # another build may swap the folder while it is read
        try:
            inode = output.stat().st_ino
            files = dict(_read(output, old))
            if output.stat().st_ino == inode:
                return Tree(files, hosting.find_redirects(content))
        except FileNotFoundError:
            continue
    return old


def _read(folder: Path, old: Tree) -> Iterator[tuple[str, File]]:
    for name, entry in _walk(folder):
        stat = entry.stat()
        sign = (stat.st_mtime_ns, stat.st_size)
        known = old.files.get(name)
        if known and known.sign == sign:
            yield name, known
        else:
            headers = {"Content-Type": content_type(name), **hosting.headers_for(name, folder)}
            yield name, File(Path(entry.path).read_bytes(), headers, sign)


def differing(old: Tree, new: Tree) -> list[str]:
    """The files that are in one tree alone or were read anew for the second."""
    return [name for name in {**old.files, **new.files} if old.files.get(name) is not new.files.get(name)]


def content_type(name: str) -> str:
    """The media type of a file by its name; text is UTF-8."""
    kind = _TYPES.get(Path(name).suffix.lower()) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def with_client(page: File) -> File:
    """A page with the client script before the end of its body; the script learns which bytes the page has."""
    tag = f'<script src="/__preview.js" data-page="{page.digest}" defer></script>'.encode()
    before, end, after = page.data.rpartition(b"</body>")
    data = before + tag + end + after if end else page.data + tag
    policy = page.headers.get("Content-Security-Policy", "default-src 'none'")
    if "script-src" not in policy:
        policy = f"{policy}; {_SCRIPT_POLICY}"
    return File(data, {**page.headers, "Content-Security-Policy": policy})


def find(path: str, tree: Tree) -> Found:
    """Look an unquoted path up as a static host does: a folder by its index.html, a bare folder by adding the slash.

    Redirects come first; names that begin with an underscore tell a host how to serve and are not served.
    """
    if path in tree.redirects:
        return Found(301, location=tree.redirects[path])
    name = path.removeprefix("/")
    name += "index.html" if not name or name.endswith("/") else ""
    if name in tree.files and not name.startswith("_"):
        return Found(200, name)
    if f"{name}/index.html" in tree.files:
        return Found(301, location=f"/{name}/")
    return Found(404, "404.html" if "404.html" in tree.files else "")
