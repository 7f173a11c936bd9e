"""The manifest: what a release holds, file by file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sitebuild.host.files import MANIFEST

_MD5, _SHA256 = re.compile("[0-9a-f]{32}"), re.compile("[0-9a-f]{64}")


class Entry(NamedTuple):
    """A file: size in bytes, MD5 (the hash that stores know), SHA-256."""

    size: int
    md5: str
    sha256: str


def entry(data: bytes) -> Entry:
    """Return what a manifest says of some bytes."""
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return Entry(len(data), md5, hashlib.sha256(data).hexdigest())


def manifest(files: Mapping[str, bytes], site: str, stubs: Iterable[str]) -> bytes:
    """Return the manifest of a tree: its site, its stub pages, each file but itself."""
    lines = [
        f"  {json.dumps(path)}: {json.dumps(entry(files[path]))}"
        for path in sorted(files.keys() - {MANIFEST})
    ]
    head = [
        f'{{"site": {json.dumps(site)},',
        f' "stubs": {json.dumps(sorted(stubs))},',
        ' "files": {',
    ]
    return "\n".join([*head, ",\n".join(lines), " }}\n"]).encode()


@dataclass(frozen=True)
class Release:
    """A published tree, by its manifest `data`."""

    data: bytes
    site: str
    stubs: frozenset[str]
    files: Mapping[str, Entry]

    @property
    def name(self) -> str:
        """What tells it from all others: the beginning of the manifest's SHA-256."""
        return hashlib.sha256(self.data).hexdigest()[:16]


def read_release(data: bytes) -> Release:
    """Return the release of a manifest; raise ValueError for other bytes."""
    try:
        raw = json.loads(data)
        files = {_path(path): _entry(found) for path, found in raw["files"].items()}
        return Release(data, str(raw["site"]), frozenset(raw["stubs"]), files)
    except (
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise ValueError("it is not a manifest") from error


def _path(path: str) -> str:
    """A path below the folder of a site, from whoever wrote the manifest."""
    parts = path.split("/")
    if not path.isprintable() or "\\" in path or {"", ".", ".."} & set(parts):
        raise ValueError("it is not a path")
    return path


def _entry(found: list[str]) -> Entry:
    size, md5, sha256 = found
    if not (_MD5.fullmatch(md5) and _SHA256.fullmatch(sha256)):
        raise ValueError("it is not a hash")
    return Entry(int(size), md5, sha256)
