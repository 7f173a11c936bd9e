"""Brotli and gzip copies beside text files, for servers that send them as they are."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import brotli

from sitebuild.host.files import COMPRESSED, is_private

_TEXT = (".html", ".xml", ".txt", ".json", ".js", ".css", ".svg")


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=11))


def _gzip(data: bytes) -> bytes:
    copy = BytesIO()
    with gzip.GzipFile("", "wb", 9, copy, mtime=0) as file:
        file.write(data)
    return copy.getvalue()


_CODERS: Mapping[str, Callable[[bytes], bytes]] = dict(
    zip(COMPRESSED, (_brotli, _gzip), strict=True)
)


def compress(files: dict[str, bytes]) -> None:
    """Put a copy in each coding beside each text file, where it is smaller."""
    names = [name for name in files if name.endswith(_TEXT) and not is_private(name)]
    with ThreadPoolExecutor() as pool:  # both compressors work outside Python's lock
        for suffix in COMPRESSED:
            copies = pool.map(_CODERS[suffix], [files[name] for name in names])
            for name, copy in zip(names, copies, strict=True):
                if len(copy) < len(files[name]):
                    files[name + suffix] = copy
