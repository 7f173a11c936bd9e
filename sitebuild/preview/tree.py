"""The built site as it is served: every file in memory, replaced in one step, with the client script in each page."""

from __future__ import annotations

import mimetypes
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sitebuild.diff import changes

# What the system's own table may lack or have wrong (IANA media types).
_TYPES = {
    ".js": "text/javascript",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/xml",
}
# What the client script needs on top of the policy of production.
_SCRIPT_POLICY = "script-src 'self'; connect-src 'self'"
# What the client script exchanges in an open page; a page that differs in anything else is loaded anew.
_EXCHANGED = re.compile(rb"<style.*?</style>|<title>.*?</title>|<body.*", re.DOTALL)


@dataclass(frozen=True)
class Tree:
    """One whole state of the site: its files by path, and where old addresses lead."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)

    def after(
        self, files: Mapping[str, bytes | None], redirects: Mapping[str, str]
    ) -> Tree:
        """The state that a build makes of this one: its files, of which None has the bytes that it has here."""
        held = {
            name: self.files[name] if data is None else data
            for name, data in files.items()
        }
        return Tree(held, redirects)


@dataclass(frozen=True)
class Found:
    """What stands at an address: a file of the tree under a status, or an address to go to instead."""

    status: int
    name: str = ""
    location: str = ""


def _walk(folder: str, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Files by their path below the first folder; links are not followed, so nothing outside it is served."""
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield prefix + entry.name, Path(entry.path).read_bytes()


def load(output: Path) -> Tree:
    """What an earlier build left, to be served until the first build ends; nothing while another replaces it."""
    try:
        return Tree(dict(_walk(str(output))))
    except OSError:
        return Tree()


def differing(old: Tree, new: Tree) -> list[str]:
    """The files that are in one tree alone or have other bytes in the second."""
    return [
        name
        for name in {**old.files, **new.files}
        if old.files.get(name) != new.files.get(name)
    ]


def digest(data: bytes) -> str:
    """A name for these bytes."""
    return sha256(data).hexdigest()[:16]


def content_type(name: str) -> str:
    """The media type of a file by its name; text is UTF-8."""
    kind = (
        _TYPES.get(Path(name).suffix.lower())
        or mimetypes.guess_type(name)[0]
        or "application/octet-stream"
    )
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def with_client(
    name: str, page: bytes, headers: Mapping[str, str]
) -> tuple[bytes, Mapping[str, str]]:
    """A page with the client script before the end of its body; the script learns whose and which bytes these are."""
    data = {
        "address": changes.address(name),
        "page": digest(page),
        "frame": digest(_EXCHANGED.sub(b"", page)),
    }
    told = " ".join(f'data-{key}="{value}"' for key, value in data.items())
    tag = f'<script src="/__preview.js" {told} defer></script>'.encode()
    before, end, after = page.rpartition(b"</body>")
    whole = before + tag + end + after if end else page + tag
    policy = headers.get("Content-Security-Policy", "default-src 'none'")
    if "script-src" not in policy:
        policy = f"{policy}; {_SCRIPT_POLICY}"
    return whole, {**headers, "Content-Security-Policy": policy}


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
