"""The headers that a published site asks of its host."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path


def headers_for(name: str, site: Path) -> dict[str, str]:
    """Return the headers that `_headers` gives a file, as Cloudflare and Netlify read it.

    Every rule whose address matches adds its own; one given twice has both values.
    """
    address = f"/{name.removesuffix('index.html')}"
    found: dict[str, str] = {}
    is_meant = False
    for line in (site / "_headers").read_text("utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith(" "):
            is_meant = fnmatchcase(address, line)
        elif is_meant:
            header, _, value = line.strip().partition(": ")
            found[header] = f"{found[header]}, {value}" if header in found else value
    return found
