"""The built pages as they are served: all files in memory, replaced in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sitebuild.names import Name

_INDEX = "index.html"
_MISSING = "404.html"
_NO_POLICY = "default-src 'self'; style-src 'unsafe-inline'"
NOT_BUILT = (
    b"<!DOCTYPE html><html lang=en><title>Not built</title>"
    b"<body><p>Not built yet.</p></body></html>"
)


class Found(NamedTuple):
    """What an address has: a file of the tree with a status, or another address."""

    status: int
    name: str = ""
    location: str = ""


@dataclass(frozen=True)
class Tree:
    """One whole state of the site.

    `redirects` are old and new addresses, `pages` has the address of each source file.
    `drafts` are the addresses of pages, and of passages on pages, that are shown here
    and are not published. `advice` is for the editor. `policy` gives
    the Content-Security-Policy of a page.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()
    names: Sequence[Name] = ()
    advice: Sequence[str] = ()
    policy: Callable[[bytes], str] = lambda _: _NO_POLICY

    def find(self, path: str) -> Found:
        """Look up an unquoted path as a static host does.

        Redirects come first; a folder has its index.html, and a folder without its
        slash is redirected. A file whose name begins with an underscore configures a
        host and is not served.
        """
        if path in self.redirects:
            return Found(301, location=self.redirects[path])
        name = path.removeprefix("/")
        if not name or name.endswith("/"):
            name += _INDEX
        if name in self.files and not name.startswith(("_", ".")):
            return Found(200, name)
        if f"{name}/{_INDEX}" in self.files:
            return Found(301, location=f"/{name}/")
        return Found(404, _MISSING if _MISSING in self.files else "")

    def page(self, name: str) -> bytes:
        """Return the bytes of a page of the tree; NOT_BUILT where it has none."""
        return self.files.get(name, NOT_BUILT)

    def drafts_on(self, address: str) -> list[str]:
        """Return the ids of what is a draft on a page; "" is the page itself."""
        on_page = []
        for draft in self.drafts:
            page, _, ident = draft.partition("#")
            if page == address:
                on_page.append(ident)
        return sorted(on_page)


def load(folder: Path) -> Tree:
    """Return what an earlier build left, to be served until the first build ends.

    Links are not followed. The tree is empty where the folder cannot be read, as when
    another build replaces it.
    """
    files = {}
    with suppress(OSError):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
        return Tree(files)
    return Tree()


def address(name: str) -> str:
    """Return the address of a file: of an index.html its folder."""
    if name == _INDEX or name.endswith(f"/{_INDEX}"):
        name = name.removesuffix(_INDEX)
    return f"/{name}"


def digest(data: bytes) -> str:
    """Return a short name for these bytes."""
    return sha256(data).hexdigest()[:16]


def with_client(page: bytes) -> bytes:
    """Return a page that loads client.js, which learns which version this is."""
    tag = f'<script src="/__preview.js" data-page="{digest(page)}" defer></script>'
    before, end, after = page.rpartition(b"</body>")
    return before + tag.encode() + end + after if end else page + tag.encode()
