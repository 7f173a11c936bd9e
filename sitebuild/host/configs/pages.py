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


Rules = list[tuple[str, dict[str, str]]]


def read_headers(text: str) -> Rules:
    """Return the rules of `_headers`: a pattern, and its headers."""
    rules: Rules = []
    for line in text.splitlines():
        if line.startswith(" ") and rules:
            name, _, value = line.strip().partition(": ")
            rules[-1][1][name] = value
        else:
            rules.append((line, {}))
    return rules


def find_headers(rules: Rules, at: str) -> dict[str, str]:
    """Return the headers that the rules give an address."""
    found: dict[str, str] = {}
    for pattern, headers in rules:
        below = pattern.endswith("*") and at.startswith(pattern[:-1])
        if below or at == pattern:
            found |= headers
    return found


def read_redirects(text: str) -> dict[str, str]:
    """Return the redirects of `_redirects`."""
    lines = (line.split() for line in text.splitlines())
    return {words[0]: words[1] for words in lines if len(words) == 3}


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
