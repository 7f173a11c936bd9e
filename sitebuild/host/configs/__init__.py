"""Rules and redirects in the words of each server: one module a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sitebuild.faults import Report
from sitebuild.host.configs import apache, caddy, nginx, pages
from sitebuild.host.rules import Site

# File -> what writes it. A new server is a module and a line here.
WRITERS: Mapping[str, Callable[[Site], str]] = {
    pages.HEADERS: pages.write_headers,
    pages.REDIRECTS: pages.write_redirects,
    nginx.NAME: nginx.write,
    caddy.NAME: caddy.write,
    apache.NAME: apache.write,
}


def write(site: Site) -> dict[str, str]:
    """Return every file by its name."""
    return {name: write_file(site) for name, write_file in WRITERS.items()}


def check(name: str, text: str, report: Report) -> None:
    """Report what a host would leave out without a word."""
    if name in pages.LIMITS:
        pages.check(name, text, report)
