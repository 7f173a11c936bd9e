"""Which pages are too heavy for one round trip of the network: advice, no fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import brotli

from sitebuild.disk import NOTHING, DiskCache

# Ten TCP segments of 1,460 bytes (RFC 6928).
ROUND_TRIP_BYTES = 14_600
# The headers of a page take 506 bytes in HTTP/2 (RFC 7541), frames some 40 more.
HEADERS_BYTES = 550


def wire_bytes(page: bytes) -> int:
    """Return what a page weighs on the wire: compressed, with its headers."""
    return len(brotli.compress(page, quality=11)) + HEADERS_BYTES


def _written(page: bytes) -> bytes:
    return b"%d" % wire_bytes(page)


def advise(files: Mapping[str, bytes], disk: DiskCache = NOTHING) -> Iterator[str]:
    """Yield a line for every page that takes more than one round trip.

    To compress a page takes longer than to make it: `disk` keeps what each weighs.
    """
    for name in sorted(files):
        if name.endswith(".html"):
            make = partial(_written, files[name])
            weight = int(disk.remember("weight", files[name], make))
            if weight > ROUND_TRIP_BYTES:
                address = f"/{name.removesuffix('index.html')}"
                yield (
                    f"{address}: {weight:,} bytes on the wire; {ROUND_TRIP_BYTES:,} "
                    "come in one round trip; shorten it, or move a part to another page"
                )
