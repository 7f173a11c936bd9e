"""`_headers` and `_redirects`, as Cloudflare Pages and Netlify read them."""

from __future__ import annotations

from typing import NamedTuple

from sitebuild.faults import Report
from sitebuild.host.files import address
from sitebuild.host.rules import Site
from sitebuild.model import SourceLine

HEADERS, REDIRECTS = "_headers", "_redirects"


class Limit(NamedTuple):
    """What Cloudflare Pages reads of a file: rules, and characters a line.

    Netlify names no limits.
    """

    rules: int
    characters: int


LIMITS = {HEADERS: Limit(100, 2000), REDIRECTS: Limit(2000, 1000)}


def write_headers(site: Site) -> str:
    """Return `_headers`: an address, then its headers, indented."""
    lines = []
    for rule in site.rules:
        lines.append(address(rule.path))
        lines += [f"  {name}: {value}" for name, value in rule.added.items()]
    return "".join(f"{line}\n" for line in lines)


def write_redirects(site: Site) -> str:
    """Return `_redirects`: a line for each old address."""
    return "".join(f"{old} {new} 301\n" for old, new in site.moves())


def check(name: str, text: str, report: Report) -> None:
    """Report more rules, or longer lines, than Cloudflare Pages reads."""
    limit, rules = LIMITS[name], 0
    for number, line in enumerate(text.splitlines(), 1):
        rules += not line.startswith(" ")
        if len(line) > limit.characters:
            report.add(
                SourceLine(name, number),
                f"a line of {len(line)} characters",
                f"Cloudflare Pages drops more than {limit.characters}",
                "shorten it",
            )
    if rules > limit.rules:
        report.add(
            SourceLine(name, 1),
            f"more than {limit.rules} rules",
            "Cloudflare Pages drops the rest",
            "group files in folders",
        )
