"""The built site as it is served: all files in memory, replaced in one step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sitebuild import output
from sitebuild.host.files import address, media_type

# What the client script needs on top of the policy of production, and the policy of a
# page that has none.
_SCRIPT_POLICY = "script-src 'self'"
_BARE_POLICY = "default-src 'none'; connect-src 'self'"
# What the client script replaces in an open page, or what no reader sees in it. A page
# that differs in anything else is loaded again.
_REPLACED = re.compile(
    rb"<style.*?</style>|<title>.*?</title>"
    rb'|<meta name="description"[^>]*>|<body.*',
    re.DOTALL,
)


@dataclass(frozen=True)
class Tree:
    """One whole state of the site: its files by path, its redirects, its drafts.

    `drafts` has the addresses of pages that are shown here and are not published.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Found:
    """What an address has: a file of the tree with a status, or a redirect."""

    status: int
    name: str = ""
    location: str = ""


def load(folder: Path) -> Tree:
    """Return what an earlier build left, to be served until the first build ends.

    The tree is empty where there is no such folder or another build replaces it now.
    """
    try:
        return Tree(output.read(folder))
    except OSError:
        return Tree()


def changed_files(old: Tree, new: Tree) -> list[str]:
    """Return the files that only one tree has or whose bytes differ."""
    names = {**old.files, **new.files}
    return [name for name in names if old.files.get(name) != new.files.get(name)]


def digest(data: bytes) -> str:
    """Return a short name for these bytes."""
    return sha256(data).hexdigest()[:16]


def content_type(name: str) -> str:
    """Return the media type of a file by its name; text is UTF-8."""
    kind = media_type(name)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def client_tag(name: str, page: bytes, *, is_draft: bool) -> bytes:
    """Return the element that loads the client script into a page.

    Its attributes tell the script which page this is, which version of it, and whether
    it is a draft.
    """
    attributes = [
        f'data-address="{address(name)}"',
        f'data-page="{digest(page)}"',
        f'data-frame="{digest(_REPLACED.sub(b"", page))}"',
    ]
    if is_draft:
        attributes.append("data-draft")
    return (
        f'<script src="/__preview.js" {" ".join(attributes)} defer></script>'.encode()
    )


def with_client(page: bytes, tag: bytes) -> bytes:
    """Return a page with the client script before the end of its body."""
    before, end, after = page.rpartition(b"</body>")
    if not end:
        return page + tag
    return before + tag + end + after


def allow_client(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a page with a policy under which the client script runs."""
    policy = headers.get("Content-Security-Policy", _BARE_POLICY)
    if "script-src" not in policy:
        policy = f"{policy}; {_SCRIPT_POLICY}"
    return {**headers, "Content-Security-Policy": policy}


def find(path: str, tree: Tree) -> Found:
    """Look up an unquoted path as a static host does.

    Redirects come first; a folder has its index.html, and a folder without its slash
    is redirected. A file whose name begins with an underscore configures a host and is
    not served.
    """
    if path in tree.redirects:
        return Found(301, location=tree.redirects[path])
    name = path.removeprefix("/")
    if not name or name.endswith("/"):
        name += "index.html"
    if name in tree.files and not name.startswith("_"):
        return Found(200, name)
    if f"{name}/index.html" in tree.files:
        return Found(301, location=f"/{name}/")
    if "404.html" in tree.files:
        return Found(404, "404.html")
    return Found(404)
