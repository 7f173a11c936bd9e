"""What the name of a built file says: address, type, copy, private."""

from __future__ import annotations

import re
from mimetypes import MimeTypes
from pathlib import PurePosixPath

MANIFEST, SPECULATION, ICON = "release.json", "speculation.json", "mark.svg"
COMPRESSED = (".br", ".gz")
_INDEX = "index.html"
_HASH = re.compile(r"[._][0-9a-f]{7,64}\.\w+$")
_TYPES = MimeTypes(filenames=())  # Python's own table: the system's differ
# What that table lacks in some version, or has under an older name.
_BY_SUFFIX = {
    ".js": "text/javascript",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_RULES = re.compile(r"speculation(\.[0-9a-f]+)?\.json")


def address(path: str) -> str:
    """Return the address of a file of the tree: a folder for its index.html."""
    if path == _INDEX or path.endswith(f"/{_INDEX}"):
        path = path.removesuffix(_INDEX)
    return f"/{path}"


def bare(path: str) -> str:
    """Return the file that a compressed copy is of; other names as they are."""
    for suffix in COMPRESSED:
        path = path.removesuffix(suffix)
    return path


def is_private(path: str) -> bool:
    """Return whether a file is for hosts alone, none of which serves such a name."""
    return path.startswith("_") or path == ".htaccess"


def is_shown(path: str) -> bool:
    """Return whether readers meet a file under its own name."""
    return not (is_private(path) or path == MANIFEST or path.endswith(COMPRESSED))


def has_hash(path: str) -> bool:
    """Return whether a name carries a hash, so that other bytes have another name."""
    return bool(_HASH.search(bare(path)))


def is_speculation(path: str) -> bool:
    """Return whether a file holds the rules by which browsers prefetch."""
    return bool(_RULES.fullmatch(path))


def media_type(path: str) -> str:
    """Return the media type of a file, without parameters (RFC 9110, 8.3)."""
    if is_speculation(path):
        return "application/speculationrules+json"
    known = _BY_SUFFIX.get(PurePosixPath(path).suffix.lower())
    known = known or _TYPES.guess_type(path)[0]
    return known or "application/octet-stream"
