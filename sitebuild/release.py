"""The files of a site: addresses, what names say, the manifest that lists them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MANIFEST, ICON = "release.json", "mark.svg"
HEADERS, REDIRECTS, HTACCESS = "_headers", "_redirects", ".htaccess"
# The ending of a compressed copy, and how HTTP names its coding.
CODINGS = {".br": "br", ".gz": "gzip"}
COMPRESSED = tuple(CODINGS)
# Folders in which each name carries the hash of the bytes, so that a browser may keep
# them for ever. The rules in theme/hosts name the same.
LASTING = ("assets/", "pagefind/fragment/", "pagefind/index/")
_INDEX = "index.html"


def address_of(file: str) -> str:
    """Return the address of a file of the site; for an index.html of its folder."""
    is_index = file == _INDEX or file.endswith(f"/{_INDEX}")
    return f"/{file.removesuffix(_INDEX) if is_index else file}"


def file_at(address: str) -> str:
    """Return the path of the file that stands at an address of the site."""
    path = address.removeprefix("/")
    return path + _INDEX if not path or path.endswith("/") else path


def folder_of(site: str) -> str:
    """Return the folder of a site's address without a slash at its end; "" for none."""
    return urlsplit(site).path.rstrip("/")


def bare(path: str) -> str:
    """Return the file that a compressed copy is of; other names as they are."""
    for suffix in COMPRESSED:
        path = path.removesuffix(suffix)
    return path


def is_private(path: str) -> bool:
    """Return whether a file is for hosts alone, none of which serves such a name."""
    return path.startswith("_") or path == HTACCESS


def is_shown(path: str) -> bool:
    """Return whether readers meet a file under its own name."""
    return not (is_private(path) or path == MANIFEST or path.endswith(COMPRESSED))


def is_lasting(path: str) -> bool:
    """Return whether a name carries a hash, so that other bytes have another name."""
    return path.startswith(LASTING)


def digest(data: bytes) -> str:
    """Return what a manifest says of some bytes: their SHA-256."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Release:
    """A published tree: what its manifest says.

    `commit` is that of the project, "" where none is known, and `changes` whether
    sources differed from it. `redirects` are old addresses of pages and the new ones.
    `files` are the hashes by path; on a host None stands for one that is on its way, or
    was of the release before and stays until the next.
    """

    site: str
    files: Mapping[str, str | None]
    commit: str = ""
    changes: bool = False
    redirects: Mapping[str, str] = field(default_factory=dict)

    @property
    def stubs(self) -> frozenset[str]:
        """The pages that stand for redirects, and their compressed copies."""
        paths = [file_at(old) for old in self.redirects]
        return frozenset(path + end for path in paths for end in ("", *COMPRESSED))

    def write(self) -> bytes:
        """Return the manifest."""
        head = {"site": self.site, "commit": self.commit, "changes": self.changes}
        files = dict(sorted(self.files.items()))
        rest = {"redirects": dict(self.redirects), "files": files}
        return (json.dumps(head | rest, indent=1) + "\n").encode()


def read_release(data: bytes) -> Release:
    """Return the release of a manifest. Raises ValueError for other bytes."""
    try:
        raw = json.loads(data)
        return Release(
            str(raw["site"]),
            {_path(path): found for path, found in raw["files"].items()},
            str(raw["commit"]),
            bool(raw["changes"]),
            {str(old): str(new) for old, new in raw["redirects"].items()},
        )
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is not a manifest") from error


def _path(path: str) -> str:
    """Return a path below the folder of a site; others may have written it."""
    parts = path.split("/")
    if not path.isprintable() or "\\" in path or {"", ".", ".."} & set(parts):
        raise ValueError("it is not a path")
    return path
