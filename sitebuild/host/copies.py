"""Brotli and gzip copies beside text files, for servers that send them as they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import brotli
import zopfli.gzip

from sitebuild.host.files import COMPRESSED, is_private

_TEXT = (".html", ".xml", ".txt", ".json", ".js", ".css", ".svg")


def compress(files: dict[str, bytes]) -> None:
    """Put a copy in each coding beside each text file, where it is smaller."""
    names = [name for name in files if name.endswith(_TEXT) and not is_private(name)]
    with ThreadPoolExecutor() as pool:  # both compressors work outside Python's lock
        found = pool.map(_copies, [files[name] for name in names])
        for name, copies in zip(names, found, strict=True):
            for suffix, copy in copies.items():
                if len(copy) < len(files[name]):
                    files[name + suffix] = copy


def _copies(data: bytes) -> dict[str, bytes]:
    br, gz = COMPRESSED
    return {
        br: brotli.compress(data, quality=11),
        gz: zopfli.gzip.compress(data, numiterations=5),
    }
