"""Which pages are too heavy for one round trip of the network: advice, no fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import brotli

# Ten TCP segments of 1,460 bytes (RFC 6928).
ROUND_TRIP_BYTES = 14_600
# The headers of a page take 520 bytes in HTTP/2 (RFC 7541), frames some 30 more.
HEADERS_BYTES = 550
# Those of a further file on the same connection, which repeat most of them.
MORE_HEADERS_BYTES = 70


def wire_bytes(page: bytes) -> int:
    """Return what a page weighs on the wire: compressed, with its headers."""
    return len(brotli.compress(page, quality=11)) + HEADERS_BYTES


def icon_bytes(icon: bytes) -> int:
    """Return what the icon adds, which a browser fetches right after the first page."""
    return len(brotli.compress(icon, quality=11)) + MORE_HEADERS_BYTES


def advise(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield a line for every page that with the icon takes more than one round trip."""
    icon = files.get("mark.svg")
    beside = icon_bytes(icon) if icon else 0
    for name in sorted(files):
        if name.endswith(".html"):
            weight = wire_bytes(files[name]) + beside
            if weight > ROUND_TRIP_BYTES:
                address = f"/{name.removesuffix('index.html')}"
                yield (
                    f"{address}: {weight:,} bytes on the wire; {ROUND_TRIP_BYTES:,} "
                    "come in one round trip; shorten it, or move a part to another page"
                )
