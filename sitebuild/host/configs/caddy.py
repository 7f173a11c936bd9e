"""The file that a site block of Caddy imports; its lines may stand in any order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitebuild.host.configs.nginx import quote
from sitebuild.host.files import address
from sitebuild.host.rules import Rule, Site

NAME = "_Caddyfile"


def write(site: Site) -> str:
    """Return the file."""
    lines = [
        f"# Made by the build. In the block of {site.host}, beside its root: "
        "import /path/_Caddyfile"
    ]
    lines += [f"redir {old} {new} 301" for old, new in site.moves()]
    for rule in site.rules:
        lines += _rule(rule)
    lines += ["@hosts path /_*", "error @hosts 404"]
    lines += ["file_server {", "  precompressed br gzip", "}"]
    lines += ["handle_errors {", "  rewrite * /404.html"]
    lines += [f"  {line}" for line in _headers("", _missing(site))]
    return "\n".join([*lines, "  file_server", "}"]) + "\n"


def _missing(site: Site) -> Mapping[str, str]:
    """The headers of the page that stands for what is not found."""
    for rule in site.rules:
        if rule.path == "404.html":
            return rule.full
    return {}


def _rule(rule: Rule) -> Iterator[str]:
    if rule.path == "*":
        yield from _headers("", rule.added)
        return
    for form in sorted({address(rule.path), f"/{rule.path}"}):
        yield from _headers(f"{form} ", rule.added)


def _headers(where: str, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        yield f"header {where}{name} {quote(value)}"
