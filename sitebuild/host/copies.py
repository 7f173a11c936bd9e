"""Brotli and gzip copies beside text files, for servers that send them as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import brotli
import zopfli.gzip

from sitebuild.disk import NOTHING, DiskCache
from sitebuild.host.files import COMPRESSED, is_private

_TEXT = (".html", ".xml", ".txt", ".json", ".js", ".css", ".svg")


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=11))


def _gzip(data: bytes) -> bytes:
    return bytes(zopfli.gzip.compress(data, numiterations=5))


_CODERS: Mapping[str, Callable[[bytes], bytes]] = dict(
    zip(COMPRESSED, (_brotli, _gzip), strict=True)
)


def compress(files: dict[str, bytes], disk: DiskCache = NOTHING) -> None:
    """Put a copy in each coding beside each text file, where it is smaller.

    Copies that earlier builds made of equal bytes are taken from the disk.
    """
    names = [name for name in files if name.endswith(_TEXT) and not is_private(name)]
    for suffix in COMPRESSED:
        copies = _copies([files[name] for name in names], suffix, disk)
        for name, copy in zip(names, copies, strict=True):
            if len(copy) < len(files[name]):
                files[name + suffix] = copy


def _copies(texts: list[bytes], suffix: str, disk: DiskCache) -> list[bytes]:
    kept = {text: disk.get(suffix, text) for text in texts}
    new = [text for text, copy in kept.items() if copy is None]
    with ThreadPoolExecutor() as pool:  # both compressors work outside Python's lock
        for text, copy in zip(new, pool.map(_CODERS[suffix], new), strict=True):
            disk.put(suffix, text, copy)
            kept[text] = copy
    return [kept[text] or b"" for text in texts]
